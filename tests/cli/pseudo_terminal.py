"""A terminal to run the program in; POSIX only."""

from __future__ import annotations

import asyncio
import contextlib
import os

from tests.cli.conftest import LIMIT


class PseudoTerminal:
    """The master's side of the terminal that a program is given."""

    def __init__(self, columns: int, rows: int) -> None:
        self.master, self.slave = os.openpty()
        self.seen = b""
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    async def sees(self, text: bytes) -> None:
        """Read until `text` has appeared."""
        async with asyncio.timeout(LIMIT):
            while text not in self.seen:
                await self.drain()

    async def drain(self) -> None:
        """Read what comes within a moment."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self.master, readable.set)
        try:
            async with asyncio.timeout(0.2):
                await readable.wait()
        except TimeoutError:
            return
        finally:
            loop.remove_reader(self.master)
        self.seen += os.read(self.master, 65536)

    def modes(self) -> list[object]:
        import termios

        return termios.tcgetattr(self.slave)

    def close(self) -> None:
        for fd in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(fd)
