"""From bytes to painted strips, against pyte making the same strips of the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pyte
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hptui.terminal.emulator import Emulator, engine_names
from hptui.terminal.keys import encode
from hptui.ui.widgets.strips import StripMaker
from tests.bench.output import CHUNK, COLUMNS, KINDS, ROWS, chunks

SECONDS = 1.0  # of measuring, each


def ours(engine: str) -> Callable[[bytes], None]:
    emulator, maker = Emulator(COLUMNS, ROWS, engine=engine), StripMaker(Style())

    def paint(data: bytes) -> None:
        emulator.feed(data)
        emulator.take_damage()
        for y in range(emulator.history, emulator.history + ROWS):
            maker.strip(emulator.line(y), COLUMNS)

    return paint


def pytes() -> Callable[[bytes], None]:
    screen = pyte.HistoryScreen(COLUMNS, ROWS, history=10_000)
    stream = pyte.ByteStream(screen)
    styles: dict[tuple[object, ...], Style] = {}

    names = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

    def colour(name: str) -> Color | None:
        if name == "default":
            return None
        name = name.removeprefix("bright").replace("brown", "yellow")
        return Color.parse(name if name in names else f"#{name}")

    def style(cell: object) -> Style:
        fg, bg, bold, italics, underline, strike, reverse = cell[1:8]  # type: ignore[index]
        found = styles.get((fg, bg, bold, italics, underline, strike, reverse))
        if found is None:
            found = Style(
                color=colour(fg),
                bgcolor=colour(bg),
                bold=bold,
                italic=italics,
                underline=underline,
                reverse=reverse,
            )
            styles[fg, bg, bold, italics, underline, strike, reverse] = found
        return found

    def paint(data: bytes) -> None:
        stream.feed(data)
        for y in range(ROWS):
            row, segments, text, now = screen.buffer[y], [], "", None
            for x in range(COLUMNS):
                cell = row[x]
                if (look := style(cell)) is not now and text:
                    segments.append(Segment(text, now))
                    text = ""
                text, now = text + cell.data, look
            Strip([*segments, Segment(text, now)], COLUMNS)

    return paint


def seconds_per_chunk(paint: Callable[[bytes], None], data: bytes) -> float:
    pieces = chunks(data)
    paint(pieces[0])
    began, count = time.perf_counter(), 0
    while count == 0 or time.perf_counter() - began < SECONDS:
        paint(pieces[count % len(pieces)])
        count += 1
    return (time.perf_counter() - began) / count


def seconds_per_echo(engine: str) -> float:
    """A key to bytes, the byte echoed, and the one row painted again."""
    emulator, maker = Emulator(COLUMNS, ROWS, engine=engine), StripMaker(Style())
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS / 2:
        emulator.feed(encode("a", "a", emulator.modes))
        for row in emulator.take_damage():
            maker.strip(emulator.line(emulator.history + row), COLUMNS)
        count += 1
    return (time.perf_counter() - began) / count


def bench() -> Iterator[str]:
    for kind, make in KINDS.items():
        data = make()
        reference = seconds_per_chunk(pytes(), data)
        yield f"{kind}: pyte takes {reference * 1000:.0f} ms for {CHUNK >> 10} KiB and {ROWS} strips"
        for engine in engine_names():
            took = seconds_per_chunk(ours(engine), data)
            target = "; target: 20" if engine == "ghostty" else ""
            yield f"    {engine:8} {took * 1000:6.2f} ms, {reference / took:.1f} times as fast{target}"
    for engine in engine_names():
        yield f"key, echo and its row: {engine} {seconds_per_echo(engine) * 1000:.3f} ms"
