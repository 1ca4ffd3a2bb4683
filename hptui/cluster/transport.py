"""The way to the API server: the client library's transport with our time limits, credentials, TLS and retries.

Blocking, and therefore only ever used on our own threads. Every request carries (connect, read) limits; the library's
and urllib3's own retries are off; idempotent reads are tried again here when the server says 429 or 5xx. After a 401 the
kubeconfig is read again, credentials are renewed, and the request is made once more.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import urllib3
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.rest import RESTClientObject
from urllib3 import HTTPHeaderDict

import hptui
from hptui.cluster.alarm import Alarm
from hptui.cluster.answers import mapped, refusal, warnings_of, was_cut
from hptui.cluster.connections import Sockets, chosen_proxy, connected_socket, make_manager
from hptui.cluster.credentials import Credentials, Held
from hptui.cluster.kubeconfig import Target
from hptui.cluster.request_log import told
from hptui.cluster.wire import read
from hptui.errors import ClusterError, CredentialsError, InvalidError, ServerError, UnreachableError
from hptui.failures import connection
from hptui.log.redaction import hide

log = logging.getLogger(__name__)

Query = Sequence[tuple[str, str]]
_TRIES = 4  # of a request that the server answers with 429, or a read with 5xx
_PATIENCE = 10.0  # seconds: no Retry-After longer than this is waited for
LARGEST = 64 << 20  # bytes of an answer; a page of nodes has some 8 MB
PIECE = 1 << 20  # bytes read, and unpacked, at once
WHOLE = 4  # times the read limit: how long a whole answer may take
_BUSY = frozenset((429,))
_FAILING = frozenset((429, 500, 502, 503, 504))


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits, in seconds."""

    connect: float = 10.0
    read: float = 15.0
    watch: float = 120.0  # that a watch lasts, or a log is silent


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer, read whole."""

    status: int
    body: bytes
    warnings: tuple[str, ...] = ()
    date: str = ""  # the Date header


class _Rest(RESTClientObject):
    """The library's REST client on our own connection pool."""

    def __init__(self, configuration: Configuration, manager: urllib3.PoolManager) -> None:
        self.configuration = configuration
        self.pool_manager = manager


class Transport:
    """Requests to one API server as one user. Thread-safe; `close` ends what is under way."""

    def __init__(
        self,
        target: Target,
        *,
        limits: Limits,
        plugin_limit: float,
        reload: Callable[[], Target],
        pin: Callable[[str], str] = str,
    ) -> None:
        """`pin` makes the commands of a remedy mean this cluster."""
        self.target = target
        self._pin = pin
        self.limits = limits
        self.credentials = Credentials(target, plugin_limit=plugin_limit)
        self._reload = reload
        self._guard = threading.Lock()
        self._closed = threading.Event()
        self._sockets = Sockets(self.patience)
        self._client: ApiClient | None = None
        self._made_for: tuple[Any, ...] = ()

    @property
    def where(self) -> str:
        return self.target.words

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Foreign errors as ours, with remedies for this cluster."""
        with self._pinned(), mapped(self.where):
            yield

    @contextmanager
    def _pinned(self) -> Iterator[None]:
        try:
            yield
        except ClusterError as error:
            error.hint = self._pin(error.hint)
            raise

    @property
    def patience(self) -> float:
        """The seconds that a whole answer may take, or its beginning, however it trickles."""
        return WHOLE * self.limits.read

    # Requests

    def get(
        self, path: str, query: Query = (), *, accept: str = "application/json", retry: bool = True
    ) -> Answer:
        """Read something. Tried again a few times while the server is busy or failing, unless `retry` is off."""
        if not retry:
            return self.request("GET", path, query, accept=accept)
        return self._patiently(_FAILING, lambda: self.request("GET", path, query, accept=accept))

    def ask(self, path: str, query: Query, body: Mapping[str, Any]) -> Answer:
        """POST what changes nothing, as a review or a dry run; tried again as a read is."""
        return self._patiently(_FAILING, lambda: self.request("POST", path, query, body))

    def create(self, path: str, query: Query, body: Mapping[str, Any]) -> Answer:
        """POST. Tried again only when the server says that it did not even look (429)."""
        return self._patiently(_BUSY, lambda: self.request("POST", path, query, body))

    def _patiently(self, retried: frozenset[int], ask: Callable[[], Answer]) -> Answer:
        for attempt in range(1, _TRIES):
            try:
                return ask()
            except ServerError as error:
                wait = error.retry_after if error.retry_after is not None else 0.2 * 2**attempt
                if error.status not in retried or wait > _PATIENCE:
                    raise
                log.info("Try %d of %d comes in about %.1f s: %s", attempt + 1, _TRIES, wait, error.message)
                self.pause(wait * random.uniform(1.0, 1.2))
            except UnreachableError as error:
                if retried is not _FAILING or not was_cut(error):
                    raise
                if attempt > 1:  # the first may be a kept-alive connection, closed just as it was used again
                    self.pause(0.1 * 2**attempt * random.uniform(1.0, 1.2))
        return ask()

    def request(
        self,
        method: str,
        path: str,
        query: Query = (),
        body: Mapping[str, Any] | None = None,
        *,
        accept: str = "application/json",
    ) -> Answer:
        """One request, its answer read whole. Raises ClusterError for everything but a success."""
        response = self._send(method, path, query, body, accept, compressed=True)
        content = self._read_whole(response)
        if not 200 <= response.status < 300:
            refused = self.refused(response.status, response.headers, content, path)
            log.info("%s %s is refused: %s", method, path, refused.message)
            raise refused
        warnings = warnings_of(response.headers.getlist("Warning"))
        return Answer(response.status, content, warnings, response.headers.get("Date", ""))

    def _read_whole(self, response: Any) -> bytes:
        """The body. The read limit is about silence; these are about an answer that never ends, trickling or pouring."""
        limit = self.patience
        with Alarm(time.monotonic() + limit) as alarm:
            alarm.set(response.shutdown)
            try:
                with self.mapped():
                    content = bytearray()
                    while piece := response.read(PIECE, decode_content=True):
                        content += piece
                        if len(content) > LARGEST:
                            response.close()
                            raise UnreachableError(
                                f"{self.where} sends an answer of more than {LARGEST >> 20} MiB, which no Kubernetes API does."
                            )
                    response.release_conn()
            except UnreachableError:
                if not alarm.rang:
                    raise
                raise UnreachableError(f"{self.where} did not finish its answer in {limit:g} s.") from None
        return bytes(content)

    def open(self, path: str, query: Query = (), *, accept: str = "application/json", silence: float) -> Any:
        """Start a long answer and return urllib3's response, to be streamed.

        Its beginning has the usual limit; after that, `silence` seconds without a byte end it.
        """
        response = self._send("GET", path, query, None, accept, compressed=False)
        if response.status in (200, 204):
            if response.connection is not None and response.connection.sock is not None:
                response.connection.sock.settimeout(silence)
            return response
        raise self.refused(response.status, response.headers, self._read_whole(response), path)

    def refused(self, status: int, headers: Mapping[str, str], body: bytes, path: str) -> ClusterError:
        """The error for an answer that is no success; where the way to log in again is known, it says so."""
        error = refusal(status, headers, body, where=self.where, path=path)
        fact = self.credentials.fact
        if status == 401 and fact is not None and fact.login:
            error.hint = connection.LOG_IN.format(login=fact.login)
        error.hint = self._pin(error.hint)
        return error

    def _send(
        self,
        method: str,
        path: str,
        query: Query,
        body: Mapping[str, Any] | None,
        accept: str,
        *,
        compressed: bool,
    ) -> Any:
        for last in (False, True):
            seen = self.credentials.renewals
            client, held = self._ready()
            headers = self.headers(held)
            headers["Accept"] = accept
            if compressed:
                headers["Accept-Encoding"] = "gzip"
            if body is not None:
                headers["Content-Type"] = "application/json"
            with told(method, path) as answered, self.mapped():
                response = client.call_api(
                    method,
                    self.url(path, query),
                    _on_the_wire(headers),
                    body,
                    _request_timeout=(self.limits.connect, self.limits.read),
                ).response
                answered(response.status)
                if response.status != 401:
                    self.credentials.worked()
                    return response
                if last:
                    return response
                response.drain_conn()
                response.release_conn()
            self.renew(seen)
        raise AssertionError("unreachable")

    def url(self, path: str, query: Query = ()) -> str:
        """Raises InvalidError for a value that is no text: bytes of a command line that are not valid in its encoding."""
        text = f"{self.target.server}{path}"
        try:
            return f"{text}?{urlencode(query, quote_via=quote)}" if query else text
        except UnicodeEncodeError as error:
            raise InvalidError(
                "What is asked for holds bytes that are not text, and cannot be sent."
            ) from error

    def headers(self, held: Held) -> HTTPHeaderDict:
        """The headers that say who asks; the same for REST and for WebSockets.

        Raises CredentialsError for a name or token with a line break or the like in it, which could become another header.
        """
        headers = HTTPHeaderDict({"User-Agent": f"hptui/{hptui.__version__}"})
        if held.authorization:
            headers["Authorization"] = held.authorization
            hide(held.authorization.partition(" ")[2])  # from a log that may quote somebody who quotes it
        target = self.target
        if target.as_user:
            headers["Impersonate-User"] = target.as_user
            for group in target.as_groups:
                headers.add("Impersonate-Group", group)
            if target.as_uid:
                headers["Impersonate-Uid"] = target.as_uid
            for key, values in target.as_extra.items():
                for value in values:
                    headers.add(f"Impersonate-Extra-{quote(key, safe='')}", value)
        for name, value in headers.iteritems():
            if not value.isprintable():
                raise CredentialsError(
                    f"The {name} header cannot be sent: its value holds a character that cannot be seen.",
                    hint="Check --as, --as-group and the kubeconfig's user.",
                )
        return headers

    def renew(self, seen: int) -> None:
        """After a 401: read the kubeconfig again and forget credentials that can be had anew."""
        log.info("The API server answered 401: renewing the credentials.")
        self._read_again()
        self.credentials.renew(seen)

    def _read_again(self) -> None:
        """Somebody may have logged in again meanwhile."""
        try:
            fresh = self._reload()
        except ClusterError as error:
            log.warning("The kubeconfig cannot be read again: %s", error)
            return
        if fresh.server == self.target.server:
            self.target = fresh
            self.credentials.use(fresh)

    # Connections

    def connect_socket(self) -> Any:
        """A connected (TLS) socket of its own to the server."""
        client, _ = self._ready()
        with self.mapped():
            return connected_socket(client.rest_client.pool_manager, self.target.server, self.limits.connect)

    def held(self) -> Held:
        return self._ready()[1]

    def _ready(self) -> tuple[ApiClient, Held]:
        """The client for the credentials of now; a new pool only when certificates or addresses have changed."""
        if self._closed.is_set():
            raise ClusterError("This cluster has been closed.")
        if self.credentials.look_for_another():
            self._read_again()
        with self._pinned():
            held = self.credentials.held()
        target = self.target
        made_for = (held.certificate, held.key, dict(target.cluster))
        with self._guard:
            if self._client is None or made_for != self._made_for:
                if self._client is not None:
                    self._client.rest_client.pool_manager.clear()
                self._client = self._make_client(target, held)
                self._made_for = made_for
            return self._client, held

    def _make_client(self, target: Target, held: Held) -> ApiClient:
        configuration = Configuration()
        configuration.host = target.server
        configuration.keep_alive = True
        proxy = chosen_proxy(target, configuration.proxy, configuration.no_proxy)
        manager = make_manager(target, held, self._sockets, proxy=proxy)
        # The library makes a pool of its own, which is thrown away: it need not know of a proxy.
        configuration.proxy = None
        client = ApiClient(configuration)
        client.rest_client = _Rest(configuration, manager)
        return client

    def pause(self, seconds: float) -> None:
        """Wait on a thread; raises ClusterError when the cluster is closed meanwhile."""
        if self._closed.wait(seconds):
            raise ClusterError("This cluster has been closed.")

    def distrust_connections(self) -> None:
        """After a sleep: requests to come make connections of their own. Does not block."""
        self._sockets.distrust()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        """End every connection, also those that wait for an answer; does not block."""
        self._closed.set()
        self.credentials.close()
        self._sockets.cut()
        with self._guard:
            if self._client is not None:
                self._client.rest_client.pool_manager.clear()


def _on_the_wire(headers: HTTPHeaderDict) -> HTTPHeaderDict:
    """Values as http.client sends them in UTF-8, which is what kubectl sends; by itself it knows Latin-1 only."""
    return HTTPHeaderDict([(name, value.encode().decode("latin-1")) for name, value in headers.iteritems()])


def decode(decoder: msgspec.json.Decoder[Any], body: bytes, what: str) -> Any:
    """Decode an answer; what the server should never have said becomes a ServerError."""
    try:
        return read(decoder, body)
    except msgspec.DecodeError as error:
        raise ServerError(f"The API server's answer about {what} cannot be read: {error}") from error


def segment(name: str) -> str:
    """A name as one segment of a path: nothing in it can reach another path. Raises InvalidError for what is no name."""
    if name in ("", ".", ".."):
        raise InvalidError(f"{name!r} is not a name.")
    try:
        return quote(name, safe="")
    except UnicodeEncodeError as error:
        raise InvalidError(f"{name!a} holds bytes that are not text; it is not a name.") from error
