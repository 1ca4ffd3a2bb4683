"""A host with a handful of programs that show what a command line must carry: bytes, exit codes, sizes, and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hptui.demo.process import CannotStart, ProcessIO, ProcessRequest

BINARY = bytes(range(256)) * 16
"""Every byte, line ends and all."""


@dataclass(frozen=True, slots=True)
class Program:
    body: Callable[[ProcessRequest, ProcessIO], Awaitable[int]]
    request: ProcessRequest
    io: ProcessIO

    async def run(self) -> int:
        return await self.body(self.request, self.io)


def start(request: ProcessRequest, io: ProcessIO) -> Program:
    """As hptui.demo.host.start.start_process; a pod's first process, which comes encoded, just stays."""
    if request.account == "no-such-group":
        raise CannotStart("failed to create user process token: failed to logon user: unknown", 128)
    if "-EncodedCommand" in request.argv:
        return Program(_stay, request, io)
    body = _PROGRAMS.get(request.argv[0])
    if body is None:
        raise CannotStart(f'failed to find executable "{request.argv[0]}"')
    return Program(body, request, io)


async def _stay(request: ProcessRequest, io: ProcessIO) -> int:
    await asyncio.Event().wait()
    return 0


async def _both(request: ProcessRequest, io: ProcessIO) -> int:
    await io.write(BINARY)
    await io.write_error(b"warned: " + BINARY)
    return 7


async def _exit(request: ProcessRequest, io: ProcessIO) -> int:
    return int(request.argv[1])


async def _cat(request: ProcessRequest, io: ProcessIO) -> int:
    while data := await io.read():
        await io.write(data)
    return 0


async def _account(request: ProcessRequest, io: ProcessIO) -> int:
    await io.write(f"{request.account} on {request.node} in {request.namespace}\n".encode())
    return 0


async def _wait(request: ProcessRequest, io: ProcessIO) -> int:
    await io.write(b"ready\n")
    return await _stay(request, io)


async def _flood(request: ProcessRequest, io: ProcessIO) -> int:
    while True:
        await io.write(b"flood " * 1000 + b"\n")


async def _sizes(request: ProcessRequest, io: ProcessIO) -> int:
    """The terminal's size at the start and each new one, until a q is typed."""
    await io.write(f"size {request.columns}x{request.rows}\r\n".encode())

    async def follow() -> None:
        while True:
            columns, rows = await io.wait_resized()
            await io.write(f"size {columns}x{rows}\r\n".encode())

    following = asyncio.create_task(follow())
    try:
        while (typed := await io.read()) and b"q" not in typed:
            await io.write(b"typed " + typed.hex().encode() + b"\r\n")
    finally:
        following.cancel()
    return 5


_PROGRAMS = {
    "both": _both,
    "exit": _exit,
    "cat": _cat,
    "account": _account,
    "wait": _wait,
    "flood": _flood,
    "sizes": _sizes,
}
