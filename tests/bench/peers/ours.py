"""hptui's own pane, as its peers are measured: `python -m tests.bench.peers.ours ENGINE [apart]`.

Apart, the engine is in a process of its own, as it is for sessions.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from hptui.terminal.engine_process import EngineProcess
from hptui.ui.widgets.terminal_view import TerminalView
from tests.bench.peers.measuring import COLUMNS, measure

SCROLLBAR = 1
PIECE = 64 << 10  # bytes, as a session's channel hands them over


async def feed(view: TerminalView, data: bytes) -> None:
    """All of it at once, and a new picture of it, which the view itself takes only once a frame."""
    view.emulator.feed(data)
    view.fit()
    await asyncio.sleep(0)


async def flood(view: TerminalView, pieces: list[bytes]) -> None:
    left = iter(pieces)

    async def read() -> Sequence[bytes]:
        return [data] if (data := next(left, b"")) else []

    await view.pump(read)


if __name__ == "__main__":
    engine, *apart = sys.argv[1:]
    process = EngineProcess() if apart else None
    asyncio.run(
        measure(
            lambda: TerminalView(engine=engine, engine_process=process),
            feed,
            flood,
            width=COLUMNS + SCROLLBAR,
            piece=PIECE,
        )
    )
    if process is not None:
        process.close()
