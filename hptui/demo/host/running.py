"""How a program of the simulated host runs: what it is given, where its output goes, and which programs there are.

A program is a coroutine that takes a `ProgramRun` and gives its exit code. Programs are registered by name with their path, so
a new one is one function with a decorator.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from hptui.demo.host.console.console import Console
from hptui.demo.host.machine import Machine
from hptui.demo.host.windows.accounts import Token
from hptui.demo.host.windows.processes import WindowsProcess

SYSTEM32 = "C:\\Windows\\System32"
CONTROL_C = 0xC000013A
"""The exit code of what Ctrl+C ended, STATUS_CONTROL_C_EXIT."""


class Streams(Protocol):
    """A program's standard handles."""

    async def read(self) -> bytes: ...

    async def write(self, data: bytes) -> None: ...

    async def write_error(self, data: bytes) -> None: ...


@dataclass(slots=True)
class ProgramRun:
    """One run of a program."""

    name: str  # as it was called
    arguments: Sequence[str]
    line: str  # the command line behind the name, as it was written
    machine: Machine
    token: Token
    process: WindowsProcess
    directory: str
    environment: MutableMapping[str, str]
    streams: Streams
    console: Console | None = None  # with a tty and nothing redirected
    encoding: str = "cp437"  # the console's output code page
    columns: int = 120
    container_id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    async def out(self, text: str) -> None:
        """Lines in `text` end with \\n; Windows ends them with \\r\\n."""
        await self.streams.write(text.replace("\n", "\r\n").encode(self.encoding, "replace"))

    async def err(self, text: str) -> None:
        await self.streams.write_error(text.replace("\n", "\r\n").encode(self.encoding, "replace"))

    async def read_all(self) -> bytes:
        pieces = []
        while data := await self.streams.read():
            pieces.append(data)
        return b"".join(pieces)


Program: TypeAlias = Callable[[ProgramRun], Coroutine[Any, Any, int]]


@dataclass(frozen=True, slots=True)
class Installed:
    path: str
    program: Program


PROGRAMS: dict[str, Installed] = {}
"""By lower-case file name without its extension."""


def program(name: str, folder: str = SYSTEM32) -> Callable[[Program], Program]:
    """Registers a program by its file name, as in whoami.exe."""

    def register(body: Program) -> Program:
        PROGRAMS[name.lower().rsplit(".", 1)[0]] = Installed(f"{folder}\\{name}", body)
        return body

    return register


def find_installed(name: str) -> Installed | None:
    """By name, name with extension, or whole path."""
    plain = name.strip('"').replace("/", "\\")
    file = plain.rsplit("\\", 1)[-1].lower()
    stem = file.rsplit(".", 1)[0] if file.endswith((".exe", ".com")) else file
    found = PROGRAMS.get(stem)
    if found is None or "." in stem:
        return None
    if file != stem and not found.path.lower().endswith(file):
        return None
    if "\\" not in plain:
        return found
    whole = plain.lower().removesuffix(".exe").removesuffix(".com").replace("\\sysnative\\", "\\system32\\")
    return found if found.path.lower().rsplit(".", 1)[0] == whole else None


def quoted(arguments: Sequence[str]) -> str:
    """Arguments as one command line, quoted as Windows programs expect it."""
    pieces = []
    for argument in arguments:
        if argument and not any(char in argument for char in ' \t\n"'):
            pieces.append(argument)
            continue
        escaped, slashes = [], 0
        for char in argument:
            if char == "\\":
                slashes += 1
                continue
            escaped.append("\\" * (slashes * 2 + 1 if char == '"' else slashes))
            escaped.append(char)
            slashes = 0
        pieces.append('"' + "".join(escaped) + "\\" * (slashes * 2) + '"')
    return " ".join(pieces)
