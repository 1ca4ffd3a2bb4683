"""hptui's own pane, as its peers are measured: `python -m tests.bench.peers.ours ENGINE`."""

from __future__ import annotations

import asyncio
import sys

from hptui.ui.widgets.terminal_view import TerminalView
from tests.bench.peers.measuring import COLUMNS, measure

SCROLLBAR = 1


async def feed(view: TerminalView, data: bytes) -> None:
    """All of it at once, and a new picture of it, which the view itself takes only once a frame."""
    view.emulator.feed(data)
    view.fit()
    await asyncio.sleep(0)


if __name__ == "__main__":
    engine = sys.argv[1]
    asyncio.run(measure(lambda: TerminalView(engine=engine), feed, width=COLUMNS + SCROLLBAR))
