"""An answer's table against Textual's DataTable: the same rows shown, filtered and sorted in the same headless app.

"Shown" counts from the records on, as they stand when the last byte has been read, to the painted screen; both are given the
same conversion of the records. "Longest wait" is how long a key would have waited meanwhile for the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable

from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import Record
from hptui.probes.table import Table, cell_text, matching, search_steps, table_steps
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import AnswerView, Choices, in_turns
from hptui.ui.widgets.answer_table import AnswerTable

SIZE = (120, 40)
WORDS = ("s", "se", "ser", "serv", "serv 1", "serv 19")  # as typed

PIPES = parse_probe(
    "pipes",
    "# title: Pipes\n# key: name\n# sort: name\n# column: name text Pipe\n# column: what text What it is\n"
    "# column: instances number Instances\n# column: most number Most\n1|O\n",
)
EVENTS = parse_probe(
    "events",
    "# title: Log\n# key: log id\n# sort: -time\n# column: time time Time\n# column: level text Level\n# column: log text Log\n"
    "# column: id number Record\n# column: event number Event\n# column: provider text Provider\n"
    "# column: message text Message\n1|O\n",
)
NEWEST = datetime(2026, 11, 27, tzinfo=UTC)


def pipes(count: int) -> list[Record]:
    names = ("containerd-containerd", "csi-proxy", "lsass", "mojo.service", "PSHost")
    return [
        {"name": f"{names[n % 5]}.{n:06}", "what": f"served by {n % 90}", "instances": n % 7, "most": -1}
        for n in range(count)
    ]


def events(count: int) -> list[Record]:
    return [
        {
            "time": (NEWEST - timedelta(seconds=7 * n)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z"),
            "level": ("Error", "Information", "Warning")[n % 3],
            "log": "System",
            "id": n,
            "event": 7036 + n % 5,
            "provider": "Service Control Manager",
            "message": f"The service number {n} entered the running state.\r\nMore of its words follow in a second line.",
        }
        for n in range(count)
    ]


@dataclass
class Times:
    """Seconds."""

    shown: float = 0.0
    waited: float = 0.0  # the longest wait while it was being shown
    filtered: float = 0.0  # the mean of the keys
    slowest: float = 0.0  # of the keys
    sorted: float = 0.0


class Bench(App[Times]):
    """One table, and a widget that tells when it has been painted."""

    def __init__(self, table: Widget) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        yield self.table

    async def painted(self) -> None:
        done = asyncio.Event()
        self.table.call_after_refresh(done.set)
        await done.wait()


class Waiting:
    """The longest time for which the event loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def __aenter__(self) -> Waiting:
        self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _tick(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


Filter = Callable[[str], object]


async def measure(app: Bench, show: Callable[[], Awaitable[Filter]], sort: Callable[[], object]) -> Times:
    times = Times()
    async with app.run_test(size=SIZE):
        await app.painted()
        async with Waiting() as waiting:
            began = time.perf_counter()
            filter_by = await show()
            await app.painted()
            times.shown = time.perf_counter() - began
        times.waited = waiting.longest
        keys = []
        for words in (*WORDS, ""):
            began = time.perf_counter()
            result = filter_by(words)
            if isinstance(result, Awaitable):
                await result
            await app.painted()
            keys.append(time.perf_counter() - began)
        times.filtered, times.slowest = sum(keys) / len(keys), max(keys)
        began = time.perf_counter()
        sort()
        await app.painted()
        times.sorted = time.perf_counter() - began
    return times


async def ours(probe: Probe, records: Sequence[Record]) -> Times:
    view = AnswerView(probe, Choices())
    widget = AnswerTable(view)
    app = Bench(widget)
    texts: list[str] = []

    async def show() -> Filter:
        table = await in_turns(table_steps(probe, records))
        view.put(table)
        view.widths = await in_turns(width_steps(table))
        widget.show(view)

        async def filter_by(words: str) -> None:
            if not texts:  # the first key waits for them, where they aren't there by then
                texts.extend(await in_turns(search_steps(view.rows, view.columns)))
                view.take_texts(texts)
            view.set_words(words)
            widget.arranged()

        return filter_by

    def sort() -> None:
        view.sort_by(1, descending=False)
        widget.arranged()

    return await measure(app, show, sort)


async def theirs(probe: Probe, records: Sequence[Record]) -> Times:
    widget: DataTable[Text] = DataTable(cursor_type="row")
    app = Bench(widget)

    async def show() -> Filter:
        table = await in_turns(table_steps(probe, records))
        widget.add_columns(*(column.title for column in table.columns))
        rows = [_texts(table, place) for place in range(len(table.rows))]
        widget.add_rows(rows)
        searched = await in_turns(search_steps(table.rows, table.columns))

        def filter_by(words: str) -> None:
            widget.clear()
            widget.add_rows([rows[place] for place in matching(searched, words)])

        return filter_by

    def sort() -> None:
        widget.sort(widget.ordered_columns[1].key, key=str)

    return await measure(app, show, sort)


def _texts(table: Table, place: int) -> list[Text]:
    cells = zip(table.columns, table.rows[place].cells, strict=True)
    return [Text(cell_text(column.kind, cell).replace("\r\n", "↵")) for column, cell in cells]


def bench() -> Iterator[str]:
    for name, probe, records in (
        ("5,000 pipes", PIPES, pipes(5000)),
        ("20,000 events", EVENTS, events(20000)),
    ):
        mine, other = asyncio.run(ours(probe, records)), asyncio.run(theirs(probe, records))
        yield f"{name}, the table / DataTable; target: shown in less than 1000 ms, no wait over 50 ms"
        for what in ("shown", "waited", "filtered", "slowest", "sorted"):
            here, there = getattr(mine, what), getattr(other, what)
            yield f"    {_WHAT[what]:26} {here * 1000:6.0f} ms / {there * 1000:6.0f} ms, {there / here:.1f} times as fast"


_WHAT = {
    "shown": "shown",
    "waited": "longest wait meanwhile",
    "filtered": "a key of the filter",
    "slowest": "the slowest of them",
    "sorted": "sorted by another column",
}
