"""A host that does the few things the recording rig did: for tests of the API server's side alone.

It is no Windows: `powershell.exe -Command` knows exit, whoami and Start-Sleep; `cat`, `flood` and `sh` serve the streams.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hptui.demo.process import CannotStart, ProcessIO, ProcessRequest

_TITLE = b"\x1b]0;Administrator: C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\x07"
START = b"\x1b[?9001h\x1b[?1004h\x1b[?25l\x1b[2J\x1b[m\x1b[H" + _TITLE + b"\x1b[?25h"
PROMPT = b"PS C:\\> "
_LONGEST = 8191

Body = Callable[[ProcessIO], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Scripted:
    body: Body
    io: ProcessIO

    async def run(self) -> int:
        return await self.body(self.io)


def start_scripted(request: ProcessRequest, io: ProcessIO) -> Scripted:
    """As hptui.demo.host.start.start_process."""
    argv = list(request.argv)
    if request.account.startswith("NOSUCH\\"):
        raise CannotStart(
            "failed to create user process token: failed to logon user: The user name or password is incorrect.: "
            "unknown",
            128,
        )
    line = " ".join(argv)
    if len(line) > _LONGEST:
        return Scripted(_fails("The command line is too long.\r\n", 1), io)
    program = argv[0].rpartition("\\")[2].removesuffix(".exe") if argv else ""
    if program in ("powershell", "pwsh"):
        return Scripted(_powershell(request, argv[1:]), io)
    bodies: dict[str, Callable[[], Body]] = {
        "whoami": lambda: _says(_whoami(request)),
        "cat": lambda: _cat,
        "cmd": lambda: _exits(int(argv[-1].removeprefix("exit"))),
        "sh": lambda: _both,
        "flood": lambda: _flood(int(argv[1]) if len(argv) > 1 else 1 << 30),
        "beat": lambda: _beat(request, argv),
    }
    if program in bodies:
        return Scripted(bodies[program](), io)
    if request.os_build.startswith("10.0.17763"):
        raise CannotStart(
            f'failed to get application name from commandline "{line}": failed to find executable "{argv[0]}": '
            "The system cannot find the file specified.: unknown",
            128,
        )
    words = (
        f"'{argv[0]}' is not recognized as an internal or external command,\r\n"
        "operable program or batch file.\r\n"
    )
    return Scripted(_fails(words, 1), io)


def _whoami(request: ProcessRequest) -> str:
    account = request.account or "nt authority\\system"
    return f"{account.lower()}\r\n"


def _says(text: str, code: int = 0) -> Body:
    async def body(io: ProcessIO) -> int:
        await io.write(text.encode())
        return code

    return body


def _fails(text: str, code: int) -> Body:
    async def body(io: ProcessIO) -> int:
        await io.write_error(text.encode())
        return code

    return body


def _exits(code: int) -> Body:
    async def body(io: ProcessIO) -> int:
        return code

    return body


async def _cat(io: ProcessIO) -> int:
    while data := await io.read():
        await io.write(data)
    return 0


async def _both(io: ProcessIO) -> int:
    await io.write(b"to-stdout\n")
    await io.write_error(b"to-stderr\n")
    return 1


def _flood(size: int) -> Body:
    async def body(io: ProcessIO) -> int:
        line = b"0123456789abcdef" * 63 + b"0123456789abcd\r\n"
        for _ in range(size // len(line)):
            await io.write(line)
        return 0

    return body


def _beat(request: ProcessRequest, argv: list[str]) -> Body:
    """`beat SECONDS [COUNT]`: a heartbeat line again and again."""
    pause = float(argv[1]) if len(argv) > 1 else 0.05
    count = int(argv[2]) if len(argv) > 2 else 1 << 30

    async def body(io: ProcessIO) -> int:
        for number in range(1, count + 1):
            await io.write(f"heartbeat {number} of {request.pod} on {request.node}\n".encode())
            await asyncio.sleep(pause)
        return 0

    return body


def _powershell(request: ProcessRequest, options: list[str]) -> Body:
    lowered = [option.lower() for option in options]
    if "-command" not in lowered:
        return _shell(request)
    script = options[lowered.index("-command") + 1]
    if found := re.fullmatch(r"exit (-?\d+)", script):
        return _exits(int(found.group(1)) & 0xFFFFFFFF)
    if found := re.fullmatch(r"Start-Sleep -Seconds (\d+)", script):
        return _sleeps(float(found.group(1)))
    if "Start-Sleep" in script:
        return _sleeps(3600)
    if script == "whoami":
        return _says(_whoami(request))
    return _fails(
        f"{script} : The term '{script}' is not recognized as the name of a cmdlet, function, script file, or "
        "operable program.\r\n",
        1,
    )


def _sleeps(seconds: float) -> Body:
    async def body(io: ProcessIO) -> int:
        await asyncio.sleep(seconds)
        return 0

    return body


def _shell(request: ProcessRequest) -> Body:
    """A prompt that echoes, and knows whoami, size and exit."""

    async def body(io: ProcessIO) -> int:
        size = [request.columns, request.rows]

        async def watch_size() -> None:
            while True:
                size[:] = await io.wait_resized()

        watcher = asyncio.create_task(watch_size()) if request.tty else None
        try:
            return await _lines(request, io, size)
        finally:
            if watcher is not None:
                watcher.cancel()

    return body


async def _lines(request: ProcessRequest, io: ProcessIO, size: list[int]) -> int:
    await io.write(START)
    await io.write(PROMPT)
    line = b""
    while True:
        data = await io.read()
        if not data:
            if not request.tty:
                return 0
            await asyncio.Event().wait()
        line += data
        while b"\r" in line:
            command, _, line = line.partition(b"\r")
            await io.write(command + b"\r\n")
            words = command.decode().split()
            match words:
                case ["exit", code]:
                    return int(code) & 0xFFFFFFFF
                case ["whoami"]:
                    await io.write(_whoami(request).encode())
                case ["size"]:
                    await io.write(f"{size[0]} x {size[1]}\r\n".encode())
            await io.write(PROMPT)
