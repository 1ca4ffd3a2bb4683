"""textual-terminal's Terminal: pyte behind a Textual widget."""

from __future__ import annotations

import asyncio
import codecs
from typing import Any

from textual_terminal import Terminal

from tests.bench.peers.measuring import COLUMNS, ROWS, measure

PIECE = 64 << 10  # bytes, as its reader asks for
_DECODER = codecs.getincrementaldecoder("utf-8")("replace")


async def feed(terminal: Any, data: bytes) -> None:
    """By the queue that its own reader of the pty fills."""
    if terminal.recv_queue is None:
        terminal.recv_queue = asyncio.Queue()
        terminal.ncol, terminal.nrow = COLUMNS, ROWS
        terminal._screen.resize(ROWS, COLUMNS)
        terminal.recv_task = asyncio.create_task(terminal.recv())
    await terminal.recv_queue.put(["stdout", _DECODER.decode(data)])
    shown = terminal.render()
    await asyncio.sleep(0)  # the reader takes it and makes its lines without waiting for anything
    assert terminal.render() is not shown


async def flood(terminal: Any, pieces: list[bytes]) -> None:
    """It makes its lines anew for each piece."""
    for piece in pieces:
        await feed(terminal, piece)


if __name__ == "__main__":
    asyncio.run(measure(lambda: Terminal("true"), feed, flood, width=COLUMNS, piece=PIECE))
