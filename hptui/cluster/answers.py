"""What the API server and everything before it says when it refuses, in our errors: the one place where that is decided.

Refusals are Status objects, bare text from a kubelet or an aggregated API, or empty; failures below HTTP are the
exceptions of urllib3, websocket-client, ssl and the client library.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec
import urllib3.exceptions as http_errors
import websocket
from kubernetes.client.exceptions import ApiException

from hptui import kubectl
from hptui.cluster.dialling import NameNotInTime
from hptui.cluster.wire import StatusWire, read
from hptui.errors import (
    AdmissionError,
    ClusterError,
    ConflictError,
    CredentialsError,
    ExpiredError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PodSecurityError,
    QuotaError,
    ServerError,
    UnavailableError,
    UnreachableError,
)
from hptui.failures import connection, refusals, running

_STATUS = msgspec.json.Decoder(StatusWire)
_RIGHT = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"'
    r' in API group "(?P<group>[^"]*)"(?: in the namespace "(?P<namespace>[^"]*)"| at the cluster scope)?'
)
_WEBHOOK = re.compile(r"admission webhook \"?[^ ]+\"? denied|denied request:|ValidatingAdmissionPolicy", re.I)
_QUOTA = re.compile(r"exceeded quota|failed quota")
_ABSENT = re.compile(r"error looking up service account|no PriorityClass with name|is being terminated")
_TEXT = 2000  # characters of a body that is no Status

_BY_STATUS: Mapping[int, type[ClusterError]] = {
    400: InvalidError,
    401: CredentialsError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: ExpiredError,
    413: InvalidError,
    415: InvalidError,
    422: InvalidError,
    429: ServerError,
    431: InvalidError,
}


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, where: str, path: str = ""
) -> ClusterError:
    """The error for an answer that is no success. `where` names server, context and file; `path` what was asked for."""
    said = _decode(body)
    words = said.message if said and said.message and said.message.strip() else _text(body)
    message = words or f"HTTP status {status}"
    reason = (said.reason if said else None) or ""
    retry_after = _retry_after(headers, said)
    if said is None and _is_page(headers, body):
        return UnreachableError(
            f"{where} answered with a web page (HTTP status {status}), which no Kubernetes API does.",
            hint=connection.LOGIN_PAGE.hint,
            status=status,
        )
    if 300 <= status < 400:
        return UnreachableError(
            f"{where} sends us elsewhere (HTTP status {status}), which no Kubernetes API does.",
            hint=connection.LOGIN_PAGE.hint,
            status=status,
        )
    if status == 403:
        return _forbidden(message, reason, path, where)
    if status == 401:
        return CredentialsError(
            f"{where} does not accept the credentials: {message}", status=401, reason=reason
        )
    if status == 404 and said is None:
        return UnavailableError(f"The cluster does not know {path.partition('?')[0]}: {message}", status=404)
    if status in (400, 422) and _WEBHOOK.search(message):
        return AdmissionError(message, status=status, reason=reason)
    kind = _BY_STATUS.get(status) or (ServerError if status >= 500 else ClusterError)
    title = hint = None
    if status == 404 and message.startswith("namespaces "):
        hint = refusals.NO_NAMESPACE.hint
    elif status in (413, 431):
        title, hint = refusals.TOO_LONG.title, refusals.TOO_LONG.hint
        message = f"{where} takes no request of this length (HTTP status {status})."
    elif status >= 500 and "dial tcp" in message:
        hint = running.KUBELET_UNREACHABLE.hint
    elif status >= 500 and "container not found" in message:
        hint = running.NOT_RUNNING.hint
    return kind(message, title=title, hint=hint, status=status, reason=reason, retry_after=retry_after)


def _forbidden(message: str, reason: str, path: str, where: str) -> ClusterError:
    if "violates PodSecurity" in message:
        return PodSecurityError(message, status=403, reason=reason)
    if _QUOTA.search(message):
        return QuotaError(message, status=403, reason=reason)
    if _WEBHOOK.search(message):
        return AdmissionError(message, status=403, reason=reason)
    if _ABSENT.search(message):
        return InvalidError(
            message,
            hint=refusals.NAMED_ABSENT.hint,
            status=403,
            reason=reason,
        )
    right = _RIGHT.search(message)
    if right is not None and right["user"] == "system:anonymous":
        return CredentialsError(
            f"{where} took this as an anonymous request: {message}",
            hint=connection.ANONYMOUS.hint,
            status=403,
            reason=reason,
        )
    if right is not None:
        place = f"in namespace {right['namespace']}" if right["namespace"] else "in the whole cluster"
        name = f"{right['resource']}.{right['group']}" if right["group"] else right["resource"]
        commands = kubectl.grant((right["verb"],), name, right["namespace"] or "", right["user"])
        return ForbiddenError(
            message,
            hint=refusals.RIGHT_MISSING.hint.format(
                verb=right["verb"], resource=name, place=place, command=" && ".join(commands)
            ),
            status=403,
            reason=reason,
        )
    if message.rstrip().endswith("forbidden:") and "/exec" in path:
        # The server checks `create` after `get`, and then says nothing more than this.
        return ForbiddenError(
            f"{message.rstrip()} the verb create on pods/exec is missing.",
            hint=refusals.EXEC_CREATE_MISSING.hint,
            status=403,
            reason=reason,
        )
    return ForbiddenError(message, status=403, reason=reason)


def _decode(body: bytes) -> StatusWire | None:
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        found: StatusWire = read(_STATUS, body)
        return found
    except msgspec.DecodeError:
        return None


def _text(body: bytes) -> str:
    return body[: _TEXT * 4].decode("utf-8", errors="replace").strip()[:_TEXT]


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    kind = headers.get("Content-Type") or headers.get("content-type") or ""
    return "html" in kind or body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html"))


def _retry_after(headers: Mapping[str, str], said: StatusWire | None) -> float | None:
    text = headers.get("Retry-After") or headers.get("retry-after") or ""
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
        return float(text)
    if text:
        try:
            return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            pass
    if said and said.details and said.details.retry_after_seconds:
        return max(0.0, float(said.details.retry_after_seconds))
    return None


_WARNING = re.compile(r'299\s+\S+\s+"((?:[^"\\]|\\.)*)"')


def warnings_of(values: Sequence[str]) -> tuple[str, ...]:
    """The texts of Warning headers (RFC 7234, 5.5), each once, in order."""
    found = (re.sub(r"\\(.)", r"\1", text) for value in values for text in _WARNING.findall(value))
    return tuple(dict.fromkeys(found))


@contextmanager
def mapped(where: str) -> Iterator[None]:
    """Turn the exceptions of the network and of foreign libraries into UnreachableError. `where` names the server."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(where, error) from error
    except (
        http_errors.HTTPError,
        http.client.HTTPException,
        websocket.WebSocketException,
        ApiException,
        OSError,
    ) as error:
        cause = _certificate_cause(error)
        if cause is not None:
            raise _untrusted(where, cause) from error
        if "CERTIFICATE_REQUIRED" in str(error) or "BAD_CERTIFICATE" in str(error):
            raise CredentialsError(
                f"{where} does not accept the client certificate, or wants one."
            ) from error
        raise _unreachable(where, error) from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies under it, down to the cause: libraries wrap in arguments, by `from` and by neither."""
    inner: BaseException | None = error
    for _ in range(8):
        if inner is None:
            return
        yield inner
        wrapped = next((a for a in inner.args if isinstance(a, BaseException)), None)
        context = None if inner.__suppress_context__ else inner.__context__
        inner = wrapped or inner.__cause__ or context


def _certificate_cause(error: BaseException) -> BaseException | None:
    return next((one for one in _chain(error) if isinstance(one, ssl.SSLCertVerificationError)), None)


def _untrusted(where: str, error: BaseException) -> UnreachableError:
    words = getattr(error, "verify_message", "") or str(error)
    if "ostname mismatch" in words or "not valid for" in words:
        known = connection.WRONG_NAME
    elif "expired" in words or "not yet valid" in words:
        known = connection.OUT_OF_TIME
    else:
        known = connection.UNTRUSTED
    return UnreachableError(
        f"{where} shows a certificate that is not trusted: {words}",
        title=known.title,
        hint=known.hint,
    )


def _unreachable(where: str, error: BaseException) -> UnreachableError:
    if isinstance(error, http_errors.ProxyError):
        return UnreachableError(
            f"The proxy on the way to {where} does not help: {short(error)}",
            hint=connection.PROXY.hint,
        )
    if isinstance(error, http_errors.NameResolutionError):
        late = any(isinstance(one, NameNotInTime) for one in _chain(error))
        why = ": no name server has answered in time" if late else ""
        return UnreachableError(f"The name of {where} cannot be resolved{why}.")
    # NewConnectionError (refused, no route) is a kind of ConnectTimeoutError by inheritance only.
    timeouts = (http_errors.ConnectTimeoutError, http_errors.ReadTimeoutError, TimeoutError)
    if isinstance(error, timeouts) and not isinstance(error, http_errors.NewConnectionError):
        return UnreachableError(f"{where} did not answer in time.")
    if isinstance(error, websocket.WebSocketTimeoutException):
        return UnreachableError(f"{where} did not answer in time.")
    return UnreachableError(f"{where} cannot be reached: {short(error)}")


_IN_THE_MIDDLE = (
    http.client.IncompleteRead,
    http_errors.IncompleteRead,
    http_errors.InvalidChunkLength,
)
_CUT = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
    http_errors.ProtocolError,
)


def was_cut(error: UnreachableError) -> bool:
    """Whether a connection that stood, or almost, was cut: then the same question may be answered on another."""
    return any(isinstance(one, _CUT) for one in _chain(error.__cause__)) if error.__cause__ else False


def short(error: BaseException) -> str:
    """What happened, in few words: the innermost cause's, without the libraries' wrapping."""
    chain = tuple(_chain(error))
    inner = chain[-1]
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    if any(isinstance(one, _IN_THE_MIDDLE) for one in chain) or "ended prematurely" in str(inner):
        return "the connection was cut in the middle of an answer"
    text = str(inner) or type(inner).__name__
    return re.sub(r"^<[^>]*>: |^\w*Connection\([^)]*\): ", "", text)
