"""A plain socket to a server behind a proxy that is itself reached by TLS.

An exec's own TLS runs inside the proxy's, and Python has no non-blocking form of TLS within TLS. So a thread with an event loop
of its own carries the bytes between the proxy and one end of a socket pair; the exec does its TLS on the other.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress

from urllib3.exceptions import ProxyError

from hptui.cluster.dialling import keepalive

_PIECE = 1 << 16  # bytes
_CLOSE_LIMIT = 2.0  # seconds
_LONGEST_HEAD = 1 << 16  # bytes of the proxy's answer


def socket_through_tls_proxy(
    proxy: tuple[str, int],
    target: tuple[str, int],
    *,
    context: ssl.SSLContext,
    headers: Mapping[str, str],
    limit: float,
) -> socket.socket:
    """A socket whose other end is `target` (host, port), once the proxy has let it through.

    `limit` in seconds. Raises ProxyError and OSError. The relay ends when either end closes.
    """
    ours, theirs = socket.socketpair()
    opened: Future[None] = Future()
    relay = _relay(theirs, proxy, target, context, headers, limit, opened)
    threading.Thread(target=asyncio.run, args=(relay,), name="hptui-proxy-relay", daemon=True).start()
    try:
        opened.result()
    except BaseException:
        ours.close()
        raise
    return ours


async def _relay(
    end: socket.socket,
    proxy: tuple[str, int],
    target: tuple[str, int],
    context: ssl.SSLContext,
    headers: Mapping[str, str],
    limit: float,
    opened: Future[None],
) -> None:
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(*proxy, ssl=context, server_hostname=proxy[0])
            for option in keepalive():
                writer.get_extra_info("socket").setsockopt(*option)
            await _connect(reader, writer, target, headers)
            end.setblocking(False)
            our_reader, our_writer = await asyncio.open_connection(sock=end)
    except (
        OSError,
        ProxyError,
        TimeoutError,
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
    ) as error:
        end.close()
        known = isinstance(error, (OSError, ProxyError))
        opened.set_exception(error if known else ProxyError("The proxy did not answer", error))
        return
    opened.set_result(None)
    copies = [asyncio.create_task(_copy(reader, our_writer)), asyncio.create_task(_copy(our_reader, writer))]
    await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    for copy in copies:
        copy.cancel()
    await asyncio.gather(*copies, return_exceptions=True)
    await asyncio.gather(_close(writer), _close(our_writer))


async def _connect(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target: tuple[str, int],
    headers: Mapping[str, str],
) -> None:
    host = f"[{target[0]}]" if ":" in target[0] else target[0]
    lines = [f"CONNECT {host}:{target[1]} HTTP/1.1", f"Host: {host}:{target[1]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].decode("latin-1", "replace")
    if status.split(" ")[1:2] != ["200"] or len(head) > _LONGEST_HEAD:
        await _close(writer)
        raise ProxyError("Unable to connect to proxy", OSError(f"Tunnel connection failed: {status}"))


async def _close(writer: asyncio.StreamWriter) -> None:
    """With what is still unsent, but without waiting for a peer that does not read."""
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_CLOSE_LIMIT):
            await writer.wait_closed()
    writer.transport.abort()
    await asyncio.sleep(0)  # the transport lets go in the loop's next turn


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()
