"""One row of an answer with every value whole: units and exact numbers, times local and in UTC, and what the host sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hptui import format as fmt
from hptui.probes.probe import Column, Kind
from hptui.probes.table import Row, cell_text, utc_time
from hptui.probes.values import Value
from hptui.terminal.plain import visible, visible_parts
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell

DETAIL = KeyGroup("answer-detail", "The details of a row")
MOST_TEXT = 50_000  # characters of one value; what is more is in an export
_COUNTED = {Kind.BYTES: "bytes", Kind.SECONDS: "s"}


class RowDetail(VerticalScroll, can_focus=True):
    """Beside the table, or below it where there is no room; `escape` gives the keyboard back."""

    DEFAULT_CSS = """
    RowDetail { display: none; border: round $foreground 25%; padding: 0 1; background: transparent; }
    RowDetail:focus { border: round $border; }
    RowDetail.-open { display: block; }
    RowDetail > Static { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static()
        self._shown: tuple[Row, Sequence[int]] | None = None

    def compose(self) -> ComposeResult:
        yield self._text

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def show(self, row: Row | None, columns: Sequence[Column], changed: Sequence[int] = ()) -> None:
        """This row, from its beginning unless it is shown already."""
        if row is None:
            self._shown = None
            self._text.update(tell("No row is under the cursor.", "dim"))
            return
        if self._shown is None or self._shown[0].key != row.key:
            self.scroll_home(animate=False)
        self._shown = row, changed
        self._text.update(row_page(row, columns, changed))


def row_page(row: Row, columns: Sequence[Column], changed: Sequence[int] = ()) -> Content:
    """Every value of a row, then the record as the host sent it, where it comes from one."""
    lines: list[Content] = []
    for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
        tone = "warn" if place in changed else "dim"
        lines.append(tell(visible(column.title) + (" ~" if place in changed else ""), tone))
        lines += [join("  ", line) for line in _value(column.kind, cell)]
    if row.record:
        lines += [Content(""), tell("As the host sent it", "dim")]
        raw = json.dumps(row.record, indent=2, ensure_ascii=False, default=str)
        lines += [_signed(line) for line in _cut(raw).split("\n")]
    return Content("\n").join(lines)


def _value(kind: Kind, cell: Value) -> Iterator[Content]:
    match cell:
        case None | "" | ():
            yield tell("–", "dim")
        case datetime():
            yield Content(fmt.moment(cell))
            yield tell(f"{utc_time(cell)} · {_exact(cell)} · {_ago(cell)}", "dim")
        case tuple():
            yield from (_signed(_cut(each)) for each in cell)
        case str():
            yield from (_signed(line) for line in _cut(cell).replace("\r\n", "\n").split("\n"))
        case int() | float() if not isinstance(cell, bool) and kind in _COUNTED:
            exact = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.3f}"
            yield join(cell_text(kind, cell), tell(f"  {exact} {_COUNTED[kind]}", "dim"))
        case _:
            yield Content(cell_text(kind, cell))


def _exact(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _ago(at: datetime) -> str:
    seconds = (datetime.now(UTC) - at).total_seconds()
    return f"{fmt.span(seconds)} ago" if seconds >= 0 else f"in {fmt.span(-seconds)}"


def _cut(text: str) -> str:
    """No answer makes the screen stand still; what is left out is said."""
    more = len(text) - MOST_TEXT
    return text if more <= 0 else f"{text[:MOST_TEXT]}\n… {more:,} more characters, which an export has"


def _signed(line: str) -> Content:
    return join(*(tell(part, "accent" if odd else "") for part, odd in visible_parts(line)))
