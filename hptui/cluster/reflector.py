"""List, watch, resume: keeps a stream of changes true over drops, expiries and restarts of the API server.

A list in pages with the version unset, then a watch with bookmarks from the list's version. A watch that ends in good
order is resumed where it was. A version that is too old (410 by HTTP or as an event) is answered with a fresh list, of which
only the difference is given out. Everything else that goes wrong makes the state Stale, with the reason and the time of the
next try. All of it runs on the stream's own thread, in pages small enough not to hold the loop up.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Generic, TypeVar

import msgspec
from urllib3.exceptions import ReadTimeoutError

from hptui.cluster.answers import refusal
from hptui.cluster.backoff import Backoff, Pace
from hptui.cluster.listing import Kind, decode_one, list_all, list_pages
from hptui.cluster.model import Live, Stale
from hptui.cluster.threads import Closed, ThreadStream
from hptui.cluster.transport import Query, Transport
from hptui.cluster.wire import MetaOnly, WatchEvent, read
from hptui.errors import (
    ClusterError,
    CredentialsError,
    ExpiredError,
    ForbiddenError,
    InvalidError,
    KubeconfigError,
    NotFoundError,
    ServerError,
    UnavailableError,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
U = TypeVar("U")

SILENCE = 15.0  # seconds over the watch's own end without a byte: the connection is dead
SHORT = 1.0  # seconds: a watch that ends sooner is not resumed at once
PENDING = 2000  # changes under way to the loop
UNMENDABLE = (
    CredentialsError,
    ForbiddenError,
    KubeconfigError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)
SLEPT = "This machine slept, or the program stood still: everything is asked for anew."
STUBBORN = 6  # refusals in a row that end a stream which has once been live
LONGEST_LINE = 32 << 20  # bytes; etcd takes objects of 1.5 MiB
_CHUNK = 65536


def stubborn(error: ClusterError) -> float:
    """How many refusals in a row end a stream that was live. Where credentials have ended, somebody may log in again."""
    return float("inf") if isinstance(error, CredentialsError) else STUBBORN


_EVENT = msgspec.json.Decoder(WatchEvent)
_META = msgspec.json.Decoder(MetaOnly)


def lines_of(response: Any) -> Iterator[bytes]:
    """Whole lines of a long answer as they come; what follows the last line break is given out at the end.

    Raises ServerError for a line longer than any object can be."""
    rest: list[bytes] = []
    size = 0
    for chunk in chunks_of(response):
        head, found, tail = chunk.rpartition(b"\n")
        if found:
            rest.append(head)
            yield from b"".join(rest).split(b"\n")
            rest, size = [], 0
        if tail:
            rest.append(tail)
            size += len(tail)
        if size > LONGEST_LINE:
            raise ServerError(
                f"The API server sends a line of more than {LONGEST_LINE >> 20} MiB, which is no event."
            )
    if rest:
        yield b"".join(rest)


def chunks_of(response: Any) -> Iterator[bytes]:
    if getattr(response, "chunked", False):
        yield from response.stream(_CHUNK)
        return
    while chunk := response.read1(_CHUNK):
        yield chunk


def watch_events(
    transport: Transport, path: str, query: Query, version: str, opened: Callable[[Any], None]
) -> Iterator[WatchEvent]:
    """One watch, from `version` on, until the server ends it in good order. `opened` gets the response at its start.

    Raises ExpiredError for a version that is too old, UnreachableError when the connection is cut or silent.
    """
    seconds = max(1, round(transport.limits.watch * random.uniform(0.8, 1.0)))
    watch_query = [
        *query,
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("resourceVersion", version),
        ("timeoutSeconds", str(seconds)),
    ]
    response = transport.open(path, watch_query, silence=seconds + min(SILENCE, transport.limits.read))
    try:
        opened(response)
        with transport.mapped():
            for line in lines_of(response):
                if not line.strip():
                    continue
                try:
                    event = read(_EVENT, line)
                except msgspec.DecodeError as error:
                    log.warning("A watch event is left out, it cannot be decoded: %s", error)
                    continue
                if event.type == "ERROR":
                    raise _error_event(bytes(event.object), transport.where, path)
                yield event
    finally:
        response.close()


def _error_event(status: bytes, where: str, path: str) -> ClusterError:
    code = 500
    with suppress(msgspec.DecodeError, AttributeError, ValueError, TypeError, RecursionError):
        code = int(msgspec.json.decode(status).get("code") or 500)
    return refusal(code, {}, status, where=where, path=path)


def version_of(event: WatchEvent) -> str:
    try:
        return str(read(_META, event.object).metadata.resource_version)
    except msgspec.DecodeError:
        return ""


@dataclass(frozen=True, slots=True)
class Changes(Generic[T]):
    """Some objects; `removed` holds keys. `complete` once the first whole list has been handed over."""

    changed: tuple[T, ...]
    removed: tuple[str, ...] = ()
    complete: bool = True


def newest(changes: Sequence[Changes[T]], key: Callable[[T], str]) -> Changes[T]:
    """Several changes as one: of each object only the newest, and removed only if it is gone at the end."""
    changed: dict[str, T] = {}
    removed: dict[str, None] = {}
    for one in changes:
        for item in one.changed:
            removed.pop(key(item), None)
            changed[key(item)] = item
        for name in one.removed:
            changed.pop(name, None)
            removed[name] = None
    return Changes(tuple(changed.values()), tuple(removed), any(one.complete for one in changes))


class Reflector(ThreadStream[Any, U], Generic[T, U]):
    """A self-repairing stream of changes of the objects of one kind that a query selects."""

    def __init__(
        self,
        transport: Transport,
        kind: Kind[T],
        path: str,
        query: Query,
        *,
        pace: Pace,
    ) -> None:
        super().__init__(f"hptui-watch-{kind.name}", limit=PENDING)
        self._transport = transport
        self._kind = kind
        self._path = path
        self._query = tuple(query)
        self._backoff = Backoff(pace)
        self._known: dict[str, str] = {}  # key -> resourceVersion
        self._version = ""
        self._complete = False
        self._live: bool | None = None
        self._ever_live = False
        self._heard = datetime.now(UTC)
        self._refusals = 0

    def updates(self, changes: Sequence[Changes[T]]) -> Sequence[U]:
        """Changes that came one after the other, as few updates (on the loop)."""
        raise NotImplementedError

    def combine(self, items: Sequence[Any]) -> Sequence[U]:
        combined: list[U] = []
        for are_changes, group in groupby(items, key=lambda item: isinstance(item, Changes)):
            run = list(group)
            combined.extend(self.updates(run) if are_changes else run)
        return combined

    def deliver(self, changes: Changes[T]) -> None:
        """Hand changes over (on the thread)."""
        self.put(changes, max(1, len(changes.changed)))

    def run(self) -> None:
        while not self.stopped:
            started = time.monotonic()
            listed = not self._version
            try:
                if listed:
                    self._list()
                self._watch()
            except ExpiredError as error:
                log.info("Listing %ss again: %s", self._kind.name, error)
                self._version = ""
                if not listed:
                    continue
            except ClusterError as error:
                if not self._go_on():
                    self._fail(error)
                continue
            if self._go_on():
                continue
            if time.monotonic() - started < SHORT:
                self.pause(self._backoff.wait())

    # On the thread

    def _list(self) -> None:
        """Give out what has changed since the last list, page by page, and what is gone at the end."""
        seen: dict[str, str] = {}
        version = ""
        try:
            for items, page_version, last in list_pages(self._transport, self._kind, self._path, self._query):
                version = page_version
                self._take_page(items, seen, last)
        except ExpiredError:
            # Between two pages the token became too old: one list without pages is always consistent.
            items, version = list_all(self._transport, self._kind, self._path, self._query)
            seen.clear()
            self._take_page(items, seen, last=True)
        self._known = seen
        self._version = version

    def _take_page(self, items: list[T], seen: dict[str, str], last: bool) -> None:
        changed = []
        for item in items:
            key, version = self._kind.key(item), self._kind.version(item)
            seen[key] = version
            if self._known.get(key) != version:
                changed.append(item)
        removed = tuple(key for key in self._known if key not in seen) if last else ()
        first_whole = last and not self._complete
        self._complete = self._complete or last
        self._heard = datetime.now(UTC)
        # What was handed over must be known at once: the next page may never come.
        for item in changed:
            self._known[self._kind.key(item)] = self._kind.version(item)
        if changed or removed or first_whole:
            self.deliver(Changes(tuple(changed), removed, self._complete))

    def _watch(self) -> None:
        under_way = False

        def opened(response: Any) -> None:
            nonlocal under_way
            under_way = True
            self.was_woken()  # while it was asked for, which has just succeeded
            self.blocking(response.shutdown)
            self._say_live()

        try:
            for event in watch_events(self._transport, self._path, self._query, self._version, opened):
                self._heard = datetime.now(UTC)
                self._take_event(event)
        except ServerError:
            if under_way:  # said inside the watch: what it has missed is not known
                self._version = ""
            raise
        finally:
            self.blocking(None)
        log.debug("The watch of %ss has ended in good order and is resumed", self._kind.name)

    def _take_event(self, event: WatchEvent) -> None:
        if event.type == "BOOKMARK":
            self._version = version_of(event) or self._version
            return
        item = decode_one(self._kind, event.object)
        if item is None:
            self._version = version_of(event) or self._version
            return
        key = self._kind.key(item)
        self._version = self._kind.version(item) or self._version
        if event.type == "DELETED":
            self._known.pop(key, None)
            self.deliver(Changes((), (key,), self._complete))
        else:
            self._known[key] = self._kind.version(item)
            self.deliver(Changes((item,), (), self._complete))

    def _go_on(self) -> bool:
        """Whether the watch was cut by ourselves, after a sleep: then what is shown is old until it is under way again."""
        if not self.was_woken() or self.stopped or self._transport.closed:
            return False
        self._backoff.forgive()
        if self._live:
            self._live = False
            self.put(Stale(self._heard, SLEPT, datetime.now(UTC)))
        return True

    def _say_live(self) -> None:
        self._refusals = 0
        if not self._live:
            log.info("The watch of %ss is live", self._kind.name)
            self._live = self._ever_live = True
            self.put(Live(datetime.now(UTC)))

    def _fail(self, error: ClusterError) -> None:
        if self.stopped or self._transport.closed:
            raise Closed
        if isinstance(error, UNMENDABLE):
            self._refusals += 1
            if not self._ever_live or self._refusals >= stubborn(error):
                raise error
        if isinstance(error.__cause__, ReadTimeoutError):
            self._transport.distrust_connections()  # what made this one silent has hardly spared the idle ones
        wait = self._backoff.wait(error.retry_after)
        log.info("The watch of %ss broke: %s; next try in %.1f s", self._kind.name, error, wait)
        self._live = False
        retry_at = datetime.now(UTC) + timedelta(seconds=wait)
        self.put(Stale(self._heard, error.message, retry_at, error.hint))
        self.pause(wait)
