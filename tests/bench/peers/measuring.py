"""Times a widget in a Textual app, in two ways, and takes down what it shows.

By the chunk: 32 KiB are fed, then the widget is asked for all its strips, as Textual's compositor asks; the middle of many. What
Textual does with the strips afterwards is the same for every widget, and not counted.

In a flood: all the output comes in pieces as large as the widget's own reader takes them, one after the other, and the app paints
as it always does, to an outer terminal that is nowhere. Counted is the time to the end of the output.

Knows Textual only, so that it runs in any widget's environment. Prints one JSON object by kind of output.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.widget import Widget

from tests.bench.output import COLUMNS, KINDS, ROWS, chunks

W = TypeVar("W", bound=Widget)
SECONDS = 0.5  # of measuring by the chunk, for each kind
SHOWN_AFTER = 3  # chunks


class Stage(App[None]):
    """Shows one widget on the whole screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


async def measure(
    make: Callable[[], W],
    feed: Callable[[W, bytes], Awaitable[None]],
    flood: Callable[[W, list[bytes]], Awaitable[None]],
    *,
    width: int,
    piece: int,
) -> None:
    """`feed` returns when the widget has parsed the bytes and knows what to paint anew; `flood` when it has parsed them all."""
    found = {}
    for kind, output in KINDS.items():
        data = output()
        seconds, shown = await _by_the_chunk(make(), feed, chunks(data), width)
        found[kind] = {
            "chunk": seconds,
            "flood": await _in_a_flood(make(), flood, chunks(data, piece), width),
            "shown": shown,
        }
    print(json.dumps(found))


async def _by_the_chunk(
    widget: W, feed: Callable[[W, bytes], Awaitable[None]], pieces: list[bytes], width: int
) -> tuple[float, list[str]]:
    app, everything = Stage(widget), Region(0, 0, width, ROWS)
    shown: list[str] = []
    async with app.run_test(size=(width, ROWS)):
        with app.batch_update():  # nothing is painted meanwhile
            await feed(widget, pieces[0])
            end, taken = time.perf_counter() + SECONDS, list[float]()
            while len(taken) <= SHOWN_AFTER or time.perf_counter() < end:
                begun = time.perf_counter()
                await feed(widget, pieces[(len(taken) + 1) % len(pieces)])
                strips = widget.render_lines(everything)
                taken.append(time.perf_counter() - begun)
                if len(taken) == SHOWN_AFTER:
                    shown = [strip.text.rstrip() for strip in strips]
            return median(taken), shown


async def _in_a_flood(
    widget: W, flood: Callable[[W, list[bytes]], Awaitable[None]], pieces: list[bytes], width: int
) -> float:
    async with Stage(widget).run_test(size=(width, ROWS)):
        HeadlessDriver.is_headless = property(lambda _: False)  # type: ignore[method-assign, assignment]
        try:
            begun = time.perf_counter()
            await flood(widget, pieces)
            return time.perf_counter() - begun
        finally:
            HeadlessDriver.is_headless = property(lambda _: True)  # type: ignore[method-assign, assignment]


__all__ = ["COLUMNS", "ROWS", "measure"]
