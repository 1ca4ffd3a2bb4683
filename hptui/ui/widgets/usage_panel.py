"""CPU and memory of the pod and its node over time, on fixed axes with units.

The axes start at zero and end at the node's capacity, or for a session at a round figure above its highest value: a line that
scales to its own minimum and maximum makes 50.0 and 50.1 fill the height.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual.app import ComposeResult, RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import Node, Usage
from hptui.errors import HptuiError, NotFoundError
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.log_panel import NO_POD

KEPT = 240  # samples
BRAILLE = 0x2800
# Dots of a braille cell from the bottom up, left column then right.
DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))


@dataclass(frozen=True, slots=True)
class Series:
    title: str
    unit: Callable[[float], str]
    step: Callable[[float], float]  # the axis's end for a highest value


def cpu_axis(highest: float) -> float:
    """The next of 0.1, 0.2, 0.5, 1, 2, 5, 10 … cores."""
    return _round_up(max(highest, 0.1), (1, 2, 5, 10), 10)


def memory_axis(highest: float) -> float:
    """The next power of two from 64 MiB on."""
    return float(2 ** math.ceil(math.log2(max(highest, 64 * 1024**2))))


def capacity_axis(capacity: float, otherwise: Callable[[float], float], highest: float) -> float:
    """The capacity, unless it is not known or the use is beyond it."""
    return capacity if 0 < highest <= capacity else otherwise(highest)


def _round_up(value: float, steps: Sequence[float], base: float) -> float:
    power = base ** math.floor(math.log(value, base) + 1e-9)
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))


class Chart(Widget):
    """One series as braille columns: newest at the right, each cell two samples wide and four levels high."""

    DEFAULT_CSS = """
    Chart { height: 7; }
    """

    def __init__(self, series: Series) -> None:
        super().__init__()
        self.series = series
        self._values: deque[float] = deque(maxlen=KEPT)
        self._seconds: float = 0.0

    @property
    def has_samples(self) -> bool:
        return bool(self._values)

    def add(self, value: float, seconds_apart: float) -> None:
        """A new sample; `seconds_apart` labels the time axis."""
        self._values.append(value)
        self._seconds = seconds_apart
        self.refresh()

    def render(self) -> RenderResult:
        values = list(self._values)
        if not values:
            return tell(f"{self.series.title}: waiting for the first sample …", "dim")
        top = self.series.step(max(values))
        label = max(len(self.series.unit(top)), len(self.series.unit(0)))
        width = max(4, self.size.width - label - 1)
        rows = max(1, self.size.height - 2)
        head = join(tell(self.series.title, "strong"), f"  {self.series.unit(values[-1])}")
        lines = [head]
        for index, text in enumerate(braille(values[-2 * width :], top, width, rows)):
            axis = self.series.unit(top) if index == 0 else self.series.unit(0) if index == rows - 1 else ""
            lines.append(join(tell(f"{axis:>{label}}▕", "dim"), tell(text, "accent")))
        shown = min(len(values), 2 * width)
        since = f"{fmt.span(shown * self._seconds)} ago"
        foot = f"{'':>{label + 1}}{since}{'now':>{max(4, width - len(since))}}"
        return Content("\n").join([*lines, tell(foot, "dim")])


def braille(values: Sequence[float], top: float, width: int, rows: int) -> list[str]:
    """Filled columns of 0…top as `rows` lines of `width` braille cells, right-aligned; pure."""
    levels = rows * 4
    padded = [-1.0] * (2 * width - len(values)) + list(values)
    heights = [0 if v < 0 else max(1, min(levels, round(v / top * levels))) for v in padded]
    lines = []
    for row in range(rows):
        base = (rows - 1 - row) * 4
        cells = []
        for column in range(width):
            bits = 0
            for side in (0, 1):
                filled = heights[2 * column + side] - base
                for dot in range(max(0, min(4, filled))):
                    bits |= DOTS[side][dot]
            cells.append(chr(BRAILLE + bits) if bits else " ")
        lines.append("".join(cells))
    return lines


class UsagePanel(VerticalScroll):
    """Four charts: the pod's and its node's CPU and memory; where there are none, a plain word on why."""

    DEFAULT_CSS = """
    UsagePanel { padding: 0 1; }
    UsagePanel Static { height: auto; }
    """

    def __init__(self, node: Node | None) -> None:
        """`node`, where it is known, gives its charts their axes: its capacity."""
        super().__init__()
        cpu = partial(capacity_axis, node.cpu_capacity, cpu_axis) if node else cpu_axis
        memory = partial(capacity_axis, node.memory_capacity, memory_axis) if node else memory_axis
        self._note = Static(tell("Usage appears here with the first sample of metrics.k8s.io.", "dim"))
        self._pod = (
            Chart(Series("Session cpu", _cores, cpu_axis)),
            Chart(Series("Session memory", fmt.size, memory_axis)),
        )
        self._node = (
            Chart(Series("Node cpu", _cores, cpu)),
            Chart(Series("Node memory", fmt.size, memory)),
        )
        self._latest: dict[tuple[Chart, Chart], Usage] = {}

    def compose(self) -> ComposeResult:
        yield self._note
        for chart in (*self._pod, *self._node):
            chart.display = False
            yield chart

    def apply(self, pod: Usage | HptuiError, node: Usage | HptuiError, seconds_apart: float) -> None:
        """The newest of both, or why there is none."""
        notes = [self._take(self._pod, pod, seconds_apart), self._take(self._node, node, seconds_apart)]
        said = dict.fromkeys(note for note in notes if note)
        self._note.update(tell("\n".join(said), "dim"))
        self._note.display = bool(said)

    def tell_none(self) -> None:
        """There was no pod, and there won't be one."""
        self._note.update(tell(NO_POD, "dim"))

    def _take(self, charts: tuple[Chart, Chart], found: Usage | HptuiError, seconds_apart: float) -> str:
        match found:
            case NotFoundError():
                return (
                    ""
                    if charts in self._latest
                    else "No sample yet; the metrics server takes up to a minute for the first."
                )
            case HptuiError():
                return plain(found.sentence)
        last = self._latest.get(charts)
        # metrics.k8s.io repeats its last sample until it has another.
        if last is None or last.at != found.at:
            self._latest[charts] = found
            charts[0].add(found.cpu, seconds_apart)
            charts[1].add(found.memory, seconds_apart)
            for chart in charts:
                chart.display = True
        return ""


def _cores(value: float) -> str:
    return f"{fmt.cores(value)} cores"
