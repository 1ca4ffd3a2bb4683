"""textual-tty's Monitor, which its Terminal is made of: bittty behind a Textual widget."""

from __future__ import annotations

import asyncio
import codecs
from typing import Any

from textual_tty.monitor import Monitor

from tests.bench.peers.measuring import COLUMNS, ROWS, measure

PIECE = 64 << 10  # bytes, as its reader asks for
_DECODER = codecs.getincrementaldecoder("utf-8")("replace")


async def feed(monitor: Any, data: bytes) -> None:
    """By its own door; the tick is what its timer calls, sixty times a second."""
    monitor.feed(_DECODER.decode(data))
    monitor._tick()
    await asyncio.sleep(0)


async def flood(monitor: Any, pieces: list[bytes]) -> None:
    """Its own timers paint."""
    for piece in pieces:
        monitor.feed(_DECODER.decode(piece))
        await asyncio.sleep(0)


if __name__ == "__main__":
    asyncio.run(measure(lambda: Monitor(size=(COLUMNS, ROWS)), feed, flood, width=COLUMNS, piece=PIECE))
