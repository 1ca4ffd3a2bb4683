"""A console on a tty: ConPTY's start, its screen, and keys for whoever reads them.

One task reads the terminal for as long as the console lives, so Ctrl+C reaches a running command at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress

from hptui.demo.host.console.keys import Key, KeyDecoder, Reply
from hptui.demo.host.console.transcript import Transcript, visible
from hptui.demo.process import ProcessIO

_DA1_LIMIT = 3.0  # seconds that ConPTY waits for the terminal to say what it is
_ESCAPE_LIMIT = 0.05  # seconds after which a lone ESC is the Escape key
_CHUNK = 16_384  # characters gathered before they are written
_QUEUED = 10_000  # keys typed ahead

RESIZED = Key("resized")
END_OF_INPUT = Key("end")


class Console:
    """The console of one tty process and its children."""

    def __init__(self, io: ProcessIO, columns: int, rows: int) -> None:
        self._io = io
        self.transcript = Transcript(max(columns, 20), max(rows, 5))
        self._decoder = KeyDecoder()
        self._keys: deque[Key] = deque(maxlen=_QUEUED)
        self._arrived = asyncio.Event()
        self._identified = asyncio.Event()
        self._pieces: list[str] = []
        self._size = 0
        self._writing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._writes: set[asyncio.Future[None]] = set()
        self.on_interrupt: Callable[[], None] | None = None
        self.editing = False

    @property
    def columns(self) -> int:
        return self.transcript.columns

    @property
    def rows(self) -> int:
        return self.transcript.rows

    async def open(self, title: str) -> None:
        """ConPTY's start: questions first, then a cleared screen with a title."""
        self._tasks = [
            asyncio.create_task(self._read_keys(), name="console keys"),
            asyncio.create_task(self._follow_size(), name="console size"),
        ]
        await self._io.write(b"\x1b[1t\x1b[c\x1b[?1004h\x1b[?9001h")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._identified.wait(), _DA1_LIMIT)
        await self._io.write(b"\x1b[?25l\x1b[2J\x1b[m\x1b[H")
        await self._io.write(f"\x1b]0;{title}\x07\x1b[?25h".encode())

    async def close(self) -> None:
        ending = [*self._tasks, *self._writes]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    # Keys

    async def _read_keys(self) -> None:
        reading: asyncio.Task[bytes] | None = None
        try:
            while True:
                reading = reading or asyncio.ensure_future(self._io.read())
                done, _ = await asyncio.wait(
                    {reading}, timeout=_ESCAPE_LIMIT if self._decoder.waiting else None
                )
                if not done:
                    self._take(self._decoder.lone_escape())
                    continue
                data = reading.result()
                reading = None
                if not data:
                    # A closed stdin ends nothing on a tty; a reader of lines sees the end.
                    self._push(END_OF_INPUT)
                    return
                self._take(self._decoder.feed(data))
        finally:
            if reading is not None:
                reading.cancel()

    def _take(self, keys: list[Key | Reply]) -> None:
        for key in keys:
            if isinstance(key, Reply):
                if key.text.startswith("\x1b[?") and key.text.endswith("c"):
                    self._identified.set()
            elif key.name == "ctrl+c" and self.on_interrupt is not None:
                self._keys.clear()
                self._pieces.clear()
                self._size = 0
                self.on_interrupt()
            else:
                self._push(key)

    def _push(self, key: Key) -> None:
        self._keys.append(key)
        self._arrived.set()

    async def next_key(self) -> Key:
        await self.flush()
        while not self._keys:
            self._arrived.clear()
            await self._arrived.wait()
        return self._keys.popleft()

    def take_early_interrupt(self) -> None:
        """A Ctrl+C typed before the command had started is meant for it."""
        keys = list(self._keys)
        for place, key in enumerate(keys):
            if key.name == "ctrl+c" and self.on_interrupt is not None:
                self._keys.clear()
                self._keys.extend(keys[place + 1 :])
                self.on_interrupt()
                return

    def put_back(self, key: Key) -> None:
        self._keys.appendleft(key)
        self._arrived.set()

    def keys_waiting(self) -> bool:
        return bool(self._keys)

    async def read_line(self, *, hidden: bool = False) -> str | None:
        """A line as programs without an editor of their own read it; None at its end (Ctrl+Z, Enter).

        A hidden one is shown as stars."""
        typed: list[str] = []
        while True:
            key = await self.next_key()
            if key.name in ("enter", "newline"):
                await self.show("\r\n")
                line = "".join(typed)
                return None if line.startswith("\x1a") else line
            if key is END_OF_INPUT:
                self._push(END_OF_INPUT)
                return None
            if key.name == "backspace" and typed:
                typed.pop()
                await self.show("\b \b")
            elif key.name == "ctrl+z":
                typed.append("\x1a")
                await self.show("^Z")
            elif key.text:
                typed += key.text
                await self.show("*" * len(key.text) if hidden else key.text)

    # As the streams of a program

    async def read(self) -> bytes:
        line = await self.read_line()
        return b"" if line is None else (line + "\r\n").encode()

    async def write(self, data: bytes) -> None:
        await self.show(data.decode("utf-8", "replace"))

    async def write_error(self, data: bytes) -> None:
        await self.show(data.decode("utf-8", "replace"))

    # The screen

    async def show(self, text: str) -> None:
        """Text with \\r\\n line ends and colours, gathered and written in chunks."""
        self._pieces.append(text)
        self._size += len(text)
        if self._size > _CHUNK:
            await self.flush()

    async def flush(self) -> None:
        if self._pieces:
            await self._finish(self._write_out(""))

    async def send(self, sequences: str) -> None:
        """Sequences that are not part of the transcript, as the line editor's own painting."""
        await self._finish(self._write_out(sequences))

    async def _write_out(self, sequences: str) -> None:
        async with self._writing:
            text = "".join(self._pieces)
            self._pieces.clear()
            self._size = 0
            if text:
                self.transcript.write(text)
            if text or sequences:
                await self._io.write((text + sequences).encode("utf-8", "replace"))

    async def _finish(self, writing: Coroutine[None, None, None]) -> None:
        """To its end even when the command that writes is interrupted: the transcript and the screen are to agree."""
        task = asyncio.ensure_future(writing)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        await asyncio.shield(task)

    async def clear(self) -> None:
        await self.flush()
        self.transcript.clear()
        await self.send("\x1b[2J\x1b[m\x1b[H")

    def at_line_start(self) -> bool:
        return not visible(self.transcript.last)

    async def _follow_size(self) -> None:
        while True:
            columns, rows = await self._io.wait_resized()
            columns, rows = max(columns, 20), max(rows, 5)
            if (columns, rows) == (self.columns, self.rows):
                continue
            self.transcript.columns, self.transcript.rows = columns, rows
            if self.editing:
                # The editor paints its own line; it repaints everything when it comes to it.
                self._push(RESIZED)
            else:
                await self.repaint()

    async def repaint(self) -> None:
        """The whole screen again, row by row, as ConPTY does after a resize."""
        rows = self.transcript.wrapped()
        row, column = self.transcript.cursor()
        lines = "\r\n".join(f"{text}\x1b[m\x1b[K" for text in rows)
        await self.send(f"\x1b[?25l\x1b[H{lines}\x1b[J\x1b[{row};{column}H\x1b[?25h")
