"""Everything at once: many answers as one zip file, with the data as JSON and a page to read, for a ticket.

The page holds no scripts and loads nothing; what the host said is escaped, and never markup.
"""

from __future__ import annotations

import asyncio
import html
import io
import json
import os
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from hptui.probes.asking import Outcome, Result
from hptui.probes.export import as_csv, result_data
from hptui.probes.probe import Column, Kind, Probe
from hptui.probes.self_test import askable
from hptui.probes.table import Row, Table, cell_text, table_of, utc_time
from hptui.terminal.plain import plain
from hptui.terminal.private_file import create, writing
from hptui.terminal.recording import file_name

EVERYTHING = Probe(
    "hptui collect",  # as no probe can be called
    "Everything at once, into one file",
    "",
    about="Every question that only reads, one after another, your own too; the answers in one zip file for a ticket: "
    "a page to read, and the data as JSON and CSV.",
    group="All of it",
    limit=0.0,
)
"""What a list of questions has for all of them; nothing that could be put to a host."""

PAGE = "summary.html"
_MOST_ROWS = 500  # of each answer on the page
_LONGEST_CELL = 400  # characters on the page

_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;margin:.5em 0 1.5em}
th,td{border:1px solid #ccc;padding:.15em .5em;text-align:left;vertical-align:top}
th{background:#f0f0f0}td{font-family:ui-monospace,monospace;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere}
.bad{color:#a40000}.no{color:#666}h2{margin:1.5em 0 .2em}
"""


def usual_name(node: str) -> str:
    """Of a new file with everything about a node."""
    return f"hptui-{file_name(node)}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


class Collection:
    """Answers on their way into one new file: those of all `probes` that can be asked with nobody there."""

    def __init__(self, probes: Sequence[Probe], file: Path) -> None:
        self.file = file
        self.probes = [probe for probe in probes if askable(probe)]
        self.results: list[Result] = []
        self.is_kept = False  # whether the file is there

    @property
    def unanswered(self) -> int:
        """Questions that have no answer in it."""
        return len(self.probes) - len(self.results)

    async def fill(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Make the file, let `ask` put the answers into `results`, and write them.

        Raises TerminalError where the file can't be made, before anything is asked, or written. What `ask` raises, a cancelling
        too, is raised when what had been answered by then is in the file; without any answer there is none.
        """
        descriptor = create(self.file, refused="Nothing is collected")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                try:
                    await ask()
                finally:
                    if self.results:
                        data = await asyncio.to_thread(archive, self.results)
                        with writing(self.file, refused="Nothing is kept"):
                            stream.write(data)
                            stream.flush()
                        self.is_kept = True
        finally:
            if not self.is_kept:
                self.file.unlink(missing_ok=True)


def report(results: Sequence[Result]) -> Table:
    """What became of these, as REPORT's rows in their order."""
    rows = []
    for result in results:
        probe, count = result.probe, len(result.answer.records)
        said = "; ".join(part for part in (result.why, *result.answer.notes) if part)
        cells = (probe.title, result.outcome.value, count, result.took, said, probe.name)
        rows.append(Row((probe.name,), cells, {}))
    return Table(REPORT.columns, tuple(rows))


REPORT = Probe(
    "answers",
    "Everything at once",
    "",
    columns=(
        Column("question", Kind.TEXT, "Question"),
        Column("outcome", Kind.TEXT, "Answer"),
        Column("rows", Kind.NUMBER, "Rows"),
        Column("took", Kind.SECONDS, "Took"),
        Column("said", Kind.TEXT, "What there is to say"),
        Column("name", Kind.TEXT, "Name"),
    ),
    key=("name",),
)
"""The shape of a report; nothing that could be put to a host."""


def names(results: Sequence[Result]) -> list[str]:
    """The archive's files."""
    return [PAGE, *(f"{kind}/{result.probe.name}.{kind}" for result in results for kind in ("json", "csv"))]


def archive(results: Sequence[Result]) -> bytes:
    """A zip file. Its entries have the time at which their questions were asked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        tables = [table_of(result.probe, result.answer.records) for result in results]
        first = min((result.asked for result in results), default=None)
        stamp = first.timetuple()[:6] if first is not None else (1980, 1, 1, 0, 0, 0)

        def put(name: str, text: str) -> None:
            info = zipfile.ZipInfo(name, stamp)
            info.external_attr = 0o600 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, text.encode("utf-8", "replace"))

        put(PAGE, page(results, tables))
        for result, table in zip(results, tables, strict=True):
            put(f"json/{result.probe.name}.json", json.dumps(result_data(result, table), indent=2))
            put(f"csv/{result.probe.name}.csv", as_csv(table.columns, table.rows))
    return out.getvalue()


def page(results: Sequence[Result], tables: Sequence[Table]) -> str:
    return "".join(_page(results, tables))


def _page(results: Sequence[Result], tables: Sequence[Table]) -> Iterator[str]:
    node = results[0].node if results else "nothing"
    yield (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_text(node)}</title><style>{_STYLE}</style></head><body>"
    )
    yield f"<h1>{_text(node)}</h1>"
    start = next((result.answer.start for result in results if result.answer.start is not None), None)
    if start is not None:
        said = f"Asked as {start.user} on {start.machine} from {utc_time(results[0].asked)} on"
        yield f"<p>{_text(said)}, by Windows PowerShell {_text(start.version)}, {_text(start.mode)}.</p>"
    yield "<p>Times are UTC. All rows, and what is cut short here, are in the folders json and csv.</p>"
    yield "<table><tr><th>Question</th><th>Rows</th><th>Answer</th></tr>"
    for result, table in zip(results, tables, strict=True):
        name = _text(result.probe.name)
        yield (
            f"<tr><td><a href=#{name}>{_text(result.probe.title)}</a></td><td>{len(table.rows)}</td>"
            f"<td class={_class(result)}>{_text(result.why or result.outcome.value)}</td></tr>"
        )
    yield "</table>"
    for result, table in zip(results, tables, strict=True):
        yield from _section(result, table)
    yield "</body></html>\n"


def _section(result: Result, table: Table) -> Iterator[str]:
    yield f"<h2 id={_text(result.probe.name)}>{_text(result.probe.title)}</h2><p>{_text(result.probe.about)}</p>"
    if result.why:
        yield f"<p class={_class(result)}>{_text(result.why)}</p>"
    for note in result.answer.notes:
        yield f"<p>{_text(note)}</p>"
    if not table.rows:
        return
    yield f"<table><tr>{''.join(f'<th>{_text(column.title)}</th>' for column in table.columns)}</tr>"
    for row in table.rows[:_MOST_ROWS]:
        cells = zip(table.columns, row.cells, strict=True)
        yield f"<tr>{''.join(f'<td>{_cell(cell_text(column.kind, cell, utc=True))}</td>' for column, cell in cells)}</tr>"
    yield "</table>"
    if len(table.rows) > _MOST_ROWS:
        yield f"<p>… and {len(table.rows) - _MOST_ROWS:,} more rows in the data.</p>"


def _class(result: Result) -> str:
    return {Outcome.ANSWERED: "ok", Outcome.NOT_HERE: "no"}.get(result.outcome, "bad")


def _cell(text: str) -> str:
    return _text(text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…")


def _text(text: str) -> str:
    return "\n".join(html.escape(plain(line)) for line in text.splitlines())
