"""Where a shell's text goes: to pipes as lines in the console's code page, or to a console with its colours."""

from __future__ import annotations

from typing import Protocol

from hptui.demo.host.console.console import Console
from hptui.demo.host.running import Streams

_CHUNK = 16_384  # characters gathered before they are written
_RED = "\x1b[91m"
_COLOURS = {
    "black": "30", "darkblue": "34", "darkgreen": "32", "darkcyan": "36", "darkred": "31", "darkmagenta": "35",
    "darkyellow": "33", "gray": "37", "darkgray": "90", "blue": "94", "green": "92", "cyan": "96", "red": "91",
    "magenta": "95", "yellow": "93", "white": "97",
}  # fmt: skip


class ShellHost(Protocol):
    @property
    def columns(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def streams(self) -> Streams: ...

    @property
    def console(self) -> Console | None: ...

    encoding: str

    async def write(self, text: str, foreground: str = "", background: str = "") -> None: ...

    async def write_line(self, text: str) -> None: ...

    async def write_error(self, line: str) -> None: ...

    async def flush(self) -> None: ...


class PipeHost:
    """No console: stdout and stderr are pipes."""

    columns = 120
    rows = 50
    console = None

    def __init__(self, streams: Streams, encoding: str) -> None:
        self.streams = streams
        self.encoding = encoding
        self._pieces: list[str] = []
        self._size = 0

    async def write(self, text: str, foreground: str = "", background: str = "") -> None:
        self._pieces.append(text.replace("\r\n", "\n").replace("\n", "\r\n"))
        self._size += len(text)
        if self._size > _CHUNK:
            await self.flush()

    async def write_line(self, text: str) -> None:
        self._pieces.append(text + "\r\n")
        self._size += len(text)
        if self._size > _CHUNK:
            await self.flush()

    async def write_error(self, line: str) -> None:
        await self.flush()
        await self.streams.write_error((line + "\r\n").encode(self.encoding, "replace"))

    async def flush(self) -> None:
        if self._pieces:
            data = "".join(self._pieces).encode(self.encoding, "replace")
            self._pieces.clear()
            self._size = 0
            await self.streams.write(data)


class ConsoleHost:
    """A console: errors are red, and everything goes through its screen."""

    encoding = "utf-8"

    def __init__(self, console: Console) -> None:
        self.console: Console = console

    @property
    def columns(self) -> int:
        return self.console.columns

    @property
    def rows(self) -> int:
        return self.console.rows

    @property
    def streams(self) -> Streams:
        return self.console

    async def write(self, text: str, foreground: str = "", background: str = "") -> None:
        codes = [_COLOURS.get(foreground.lower(), "")]
        if background.lower() in _COLOURS:
            codes.append(str(int(_COLOURS[background.lower()]) + 10))
        codes = [code for code in codes if code]
        if codes:
            text = f"\x1b[{';'.join(codes)}m{text}\x1b[m"
        await self.console.show(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    async def write_line(self, text: str) -> None:
        await self.console.show(text + "\r\n")

    async def write_error(self, line: str) -> None:
        await self.console.show(f"{_RED}{line}\x1b[m\r\n")

    async def flush(self) -> None:
        await self.console.flush()


def known_colour(name: str) -> bool:
    return name.lower() in _COLOURS
