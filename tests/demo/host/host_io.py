"""Both ends of a simulated process for the tests: pipes that keep what is written, and a terminal with a screen to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import pyte

from hptui.demo.host.start import start_process
from hptui.demo.process import ProcessRequest

SYSTEM = "NT AUTHORITY\\SYSTEM"
LOCAL_SERVICE = "NT AUTHORITY\\Local service"
NETWORK_SERVICE = "NT AUTHORITY\\NetworkService"
BUILD_2019, BUILD_2022, BUILD_2025 = "10.0.17763.6414", "10.0.20348.2700", "10.0.26100.4061"
CONTAINER = "0123456789abcdef" * 4
LIMIT = 20.0  # seconds after which a condition counts as never coming true


class PipeIO:
    """stdin given beforehand, stdout and stderr kept."""

    def __init__(self, given: bytes = b"") -> None:
        self._given = [given] if given else []
        self.output = bytearray()
        self.errors = bytearray()
        self.written = asyncio.Event()

    async def read(self) -> bytes:
        return self._given.pop(0) if self._given else b""

    async def write(self, data: bytes) -> None:
        self.output += data
        self.written.set()

    async def write_error(self, data: bytes) -> None:
        self.errors += data
        self.written.set()

    async def wait_resized(self) -> tuple[int, int]:
        await asyncio.Event().wait()
        raise AssertionError

    @property
    def text(self) -> str:
        return self.output.decode("cp437").replace("\r\n", "\n")

    @property
    def error_text(self) -> str:
        return self.errors.decode("cp437").replace("\r\n", "\n")

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")[:-1] if self.output else []

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT):
            while not condition():
                self.written.clear()
                await self.written.wait()


def request(
    argv: Sequence[str], account: str = SYSTEM, *, node: str = "win-tests", build: str = BUILD_2022,
    containerd: str = "1.7.20", environment: Mapping[str, str] | None = None, tty: bool = False,
    size: tuple[int, int] = (80, 24),
) -> ProcessRequest:  # fmt: skip
    return ProcessRequest(
        argv, node, build, containerd, account, tty=tty, columns=size[0], rows=size[1],
        environment=environment or {}, pod="hptui-test", namespace="hptui", container_id=CONTAINER,
    )  # fmt: skip


async def run(asked: ProcessRequest, given: bytes = b"") -> tuple[int, PipeIO]:
    """Start it, run it to its end: exit code and what it wrote."""
    io = PipeIO(given)
    async with asyncio.timeout(LIMIT):
        return await start_process(asked, io).run(), io


async def powershell(
    script: str, account: str = SYSTEM, *, given: bytes = b"", node: str = "win-tests"
) -> tuple[int, PipeIO]:
    return await run(request(["powershell.exe", "-NoProfile", "-Command", script], account, node=node), given)


class TerminalIO:
    """A terminal in front of a tty process: what it writes is on a screen, what is typed goes in."""

    def __init__(self, columns: int = 80, rows: int = 24, *, answers: bool = True) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._sizes: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._answers = answers
        self.raw = bytearray()
        self.open = asyncio.Event()
        self.open.set()

    async def read(self) -> bytes:
        return await self._typed.get()

    async def write(self, data: bytes) -> None:
        await self.open.wait()
        self.raw += data
        if self._answers and b"\x1b[c" in data:
            self.type(b"\x1b[?61;6;7;21;22;23;24;28;32;42c")
        # pyte takes a private parameter for a character; these say nothing about the picture.
        self._stream.feed(data.replace(b"\x1b[1t", b"").replace(b"\x1b[c", b""))
        self._changed.set()

    write_error = write

    async def wait_resized(self) -> tuple[int, int]:
        return await self._sizes.get()

    def type(self, text: str | bytes) -> None:
        self._typed.put_nowait(text.encode() if isinstance(text, str) else text)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._sizes.put_nowait((columns, rows))

    @property
    def lines(self) -> list[str]:
        """The screen's rows without what is blank at their ends, down to the last that holds something."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def last(self) -> str:
        return self.lines[-1] if self.lines else ""

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds; fails with the screen when it never does."""
        try:
            async with asyncio.timeout(LIMIT):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError("the screen stays:\n" + "\n".join(self.lines)) from None

    async def prompt(self, text: str = "PS C:\\hpc>") -> None:
        """Wait for an empty prompt on the last line."""
        await self.until(lambda: self.last == text)


class Session:
    """A tty process with its terminal: `async with Session() as terminal`."""

    def __init__(self, asked: ProcessRequest | None = None, *, answers: bool = True) -> None:
        self._asked = asked or request(["powershell.exe", "-NoLogo"], tty=True)
        self.terminal = TerminalIO(self._asked.columns, self._asked.rows, answers=answers)
        self._task: asyncio.Task[int] | None = None

    async def __aenter__(self) -> Session:
        self._task = asyncio.create_task(start_process(self._asked, self.terminal).run())
        return self

    async def __aexit__(self, *details: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def code(self) -> int:
        assert self._task is not None
        async with asyncio.timeout(LIMIT):
            return await self._task
