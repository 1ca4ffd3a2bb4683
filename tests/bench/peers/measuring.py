"""Times a widget in a headless Textual app: each chunk is fed, then the widget is asked for the strips of all its rows.

What Textual does with the strips afterwards is the same for every widget, and not counted.

Knows Textual only, so that it runs in any widget's environment. Prints one JSON object: seconds per chunk by kind of output.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.bench.output import COLUMNS, KINDS, ROWS, chunks

W = TypeVar("W", bound=Widget)
SECONDS = 1.0  # of measuring, for each kind


class Stage(App[None]):
    """Shows one widget on the whole screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


async def measure(make: Callable[[], W], feed: Callable[[W, bytes], Awaitable[None]], *, width: int) -> None:
    """`feed` returns when the widget has parsed the bytes and knows what to paint anew."""
    found = {}
    for kind, output in KINDS.items():
        widget, pieces = make(), chunks(output())
        async with Stage(widget).run_test(size=(width, ROWS)):
            await feed(widget, pieces[0])
            begun, count = time.perf_counter(), 0
            while count == 0 or time.perf_counter() - begun < SECONDS:
                await feed(widget, pieces[count % len(pieces)])
                for y in range(ROWS):
                    widget.render_line(y)
                count += 1
            found[kind] = (time.perf_counter() - begun) / count
    print(json.dumps(found))


__all__ = ["COLUMNS", "ROWS", "measure"]
