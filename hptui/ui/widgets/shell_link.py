"""The bytes between a shell's exec channel and its terminal, with one way to get past a flood.

When Ctrl+C has stopped a flood, megabytes of it still lie in socket buffers on the way; showing them would take seconds in which
the shell seems to hang. So from Ctrl+C until the output pauses only its end is kept, and a line says how much was skipped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from hptui import format as fmt
from hptui.cluster.port import ExecChannel

FLOOD = 256 << 10  # bytes without a pause that make a flood
UNREAD = 64 << 10  # bytes written and not sent, from which on a host doesn't listen
PAUSE = 0.05  # seconds without output that end one
SKIP_LIMIT = 1.5  # seconds; then the host did not stop, and what it says is shown again
KEPT = 32 << 10  # bytes of a flood's end: several screens, however they are painted

_CTRL_C = b"\x03"
_CTRL_C_RECORD = b"\x1b[67;46;3;1;"  # in win32 input mode


class ShellLink:
    """One for each exec."""

    def __init__(self, channel: ExecChannel, *, on_skipped: Callable[[bytes], None] | None = None) -> None:
        """`on_skipped` is told what isn't shown: a recording keeps it."""
        self._channel = channel
        self._on_skipped = on_skipped
        self._burst = 0
        self._skipping = False
        self.written_at = time.monotonic()

    def write(self, data: bytes) -> None:
        """To the host, at once."""
        self.written_at = time.monotonic()
        self._channel.write(data)
        if self._burst > FLOOD and (data == _CTRL_C or data.startswith(_CTRL_C_RECORD)):
            self._skipping = True

    @property
    def deaf(self) -> bool:
        """Whether the host doesn't read what it is sent: then it is to get no more answers to what it asks."""
        return self._channel.unsent > UNREAD

    async def read(self) -> Sequence[bytes]:
        """The next output of the host; nothing at its end."""
        if self._skipping:
            self._skipping = False
            return await self._end_of_flood()
        began = time.monotonic()
        pieces = [output.data for output in await self._channel.read()]
        size = sum(map(len, pieces))
        self._burst = size if time.monotonic() - began > PAUSE else self._burst + size
        return pieces

    async def _end_of_flood(self) -> Sequence[bytes]:
        tail, total = bytearray(), 0
        limit = time.monotonic() + SKIP_LIMIT
        while time.monotonic() < limit:
            try:
                async with asyncio.timeout(PAUSE):
                    outputs = await self._channel.read()
            except TimeoutError:
                break
            if not outputs:
                break
            for output in outputs:
                total += len(output.data)
                tail += output.data
            self._skip(tail, len(tail) - KEPT)
        self._burst = 0
        if total <= KEPT:
            return [bytes(tail)] if tail else await self.read()
        # From a whole line on; CAN ends a sequence that was cut.
        start = tail.find(b"\n") + 1
        self._skip(tail, start)
        note = f"\x18\x1b[m\r\n--- {fmt.size(total - len(tail))} of output skipped after ctrl+c ---\r\n"
        return [note.encode(), bytes(tail)]

    def _skip(self, tail: bytearray, size: int) -> None:
        if size > 0:
            if self._on_skipped is not None:
                self._on_skipped(bytes(tail[:size]))
            del tail[:size]
