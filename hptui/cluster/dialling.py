"""A connected socket within a time limit: the resolution of the name counts too, which has no limit of its own.

A name server that does not answer holds getaddrinfo for half a minute and more, and nothing can cut it. So it runs on a thread
that is left to itself when its time is over.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kubernetes.utils.keepalive import tcp_keepalive_socket_options

T = TypeVar("T")


def keepalive() -> list[tuple[int, int, int]]:
    """Socket options: a link that carries nothing is asked after half a minute, and dead after a minute."""
    return tcp_keepalive_socket_options(idle=30, interval=10, count=3)


class NameNotInTime(socket.gaierror):
    """No name server has answered within the limit."""


def within(limit: float | None, function: Callable[[], T], *, late: Callable[[T], None] | None = None) -> T:
    """What `function` gives or raises; TimeoutError after `limit` seconds. A result that comes `late` is disposed of so."""
    if limit is None:
        return function()
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    guard = threading.Lock()
    given_up = False

    def run() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = function()
        except BaseException as raised:  # noqa: BLE001 - it belongs to whoever waits
            error = raised
        with guard:
            if not given_up:
                answers.put((result, error))
                return
        if error is None and late is not None:
            late(result)  # type: ignore[arg-type]

    threading.Thread(target=run, name="dialling", daemon=True).start()
    try:
        result, error = answers.get(timeout=limit)
    except queue.Empty:
        with guard:
            given_up = answers.empty()
        if given_up:
            raise TimeoutError(f"not within {limit:g} seconds") from None
        result, error = answers.get()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def dial(host: str, port: int, limit: float | None, options: Sequence[tuple[Any, ...]]) -> socket.socket:
    """A TCP connection to the first address that takes it. `limit` is in seconds, for all of it together.

    Raises socket.gaierror, TimeoutError and other OSErrors.
    """
    ends = None if limit is None else time.monotonic() + limit
    name = host.strip("[]")
    try:
        found = within(limit, lambda: socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM))
    except TimeoutError as error:
        raise NameNotInTime(socket.EAI_AGAIN, f"no name server has answered {error}") from None
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, f"{name!r} is no name of a host") from error
    failure: OSError = OSError("the name has no addresses")
    for left, (family, kind, protocol, _, address) in zip(range(len(found), 0, -1), found, strict=True):
        share = None if ends is None else (ends - time.monotonic()) / left
        if share is not None and share <= 0:
            raise TimeoutError("timed out")
        try:
            return _connected(socket.socket(family, kind, protocol), address, share, limit, options)
        except OSError as error:
            failure = error
    raise failure


def _connected(
    sock: socket.socket, address: Any, share: float | None, limit: float | None, options: Sequence[Any]
) -> socket.socket:
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(share)
        sock.connect(address)
        sock.settimeout(limit)
    except BaseException:
        sock.close()
        raise
    return sock


def dispose(sock: Any) -> None:
    with suppress(OSError):
        sock.close()
