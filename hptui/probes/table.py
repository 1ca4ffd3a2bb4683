"""An answer as a table: typed cells, sorted, filtered and compared with the answer before."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from hptui import format as fmt
from hptui.probes.insight import insight
from hptui.probes.probe import Column, Kind, Probe
from hptui.probes.reader import Record
from hptui.probes.values import Value, convert

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work of which a screen does a piece at a time: it stops after every few milliseconds, and its end is the result."""

_MOST_GUESSED = 40  # columns of a probe that names none
_STEP = 100  # rows, which take about 3 ms


@dataclass(frozen=True, slots=True)
class Row:
    key: tuple[Value, ...]  # what makes it the same row the next time
    cells: tuple[Value, ...]  # one for each column
    record: Record


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from one answer to the next."""

    added: frozenset[tuple[Value, ...]]
    changed: Mapping[tuple[Value, ...], frozenset[int]]  # the columns that differ
    gone: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def whole(steps: Steps[T]) -> T:
    """All of the work at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def table_of(probe: Probe, records: Sequence[Record]) -> Table:
    """Rows in the order of the probe's `sort`, with what hptui knows beside what the host says."""
    return whole(table_steps(probe, records))


def table_steps(probe: Probe, records: Sequence[Record]) -> Steps[Table]:
    """`table_of` in steps."""
    described = insight(probe)
    columns = probe.columns or _guessed(records)
    places = {column.key: place for place, column in enumerate(columns)}
    key = [places[name] for name in probe.key if name in places] or list(range(len(columns)))
    rows = []
    for number, raw in enumerate(records):
        record = described(raw)
        cells = tuple(convert(column.kind, record.get(column.key)) for column in columns)
        rows.append(Row(tuple(cells[place] for place in key), cells, record))
        if number % _STEP == _STEP - 1:
            yield
    by = probe.sort.removeprefix("-")
    if by in places:
        rows = sorted_rows(rows, places[by], descending=probe.sort.startswith("-"))
        yield
    return Table(tuple(columns), tuple(rows))


def _guessed(records: Sequence[Record]) -> tuple[Column, ...]:
    """The properties of the records in the order in which they come, as text or what their first value looks like."""
    kinds: dict[str, Kind] = {}
    for record in records[:200]:
        for key, raw in record.items():
            if len(kinds) < _MOST_GUESSED and kinds.get(key, Kind.TEXT) is Kind.TEXT:
                kinds[key] = _kind_of(raw)
    return tuple(Column(key, kind, key) for key, kind in kinds.items())


def _kind_of(raw: object) -> Kind:
    if isinstance(raw, bool):
        return Kind.FLAG
    if isinstance(raw, int | float):
        return Kind.NUMBER
    if isinstance(raw, list):
        return Kind.LIST
    return Kind.TIME if isinstance(convert(Kind.TIME, raw), datetime) else Kind.TEXT


def sorted_rows(rows: Iterable[Row], column: int, *, descending: bool = False) -> list[Row]:
    """By one column's cells; what is empty comes last either way, and equal rows keep their order."""
    rows = list(rows)
    return [rows[place] for place in sorted_places(rows, column, descending=descending)]


def sorted_places(rows: Sequence[Row], column: int, *, descending: bool = False) -> list[int]:
    """The places of the rows in that order."""
    cells = [row.cells[column] for row in rows]
    filled = [place for place, cell in enumerate(cells) if cell not in (None, "", ())]
    empty = [place for place, cell in enumerate(cells) if cell in (None, "", ())]
    kinds = {type(cells[place]) for place in filled}
    if kinds <= {int, float} or kinds == {datetime}:
        keys: list[Any] = list(cells)  # as they are: most columns are so, and rows may be many
    elif kinds == {str}:
        keys = [str(cell).casefold() for cell in cells]
    else:
        keys = [_order(cell) for cell in cells]
    filled.sort(key=keys.__getitem__, reverse=descending)
    return filled + empty


def _order(value: Value) -> tuple[int, float, str]:
    """Numbers and times before words, so that a column that holds both can be sorted."""
    if isinstance(value, bool):
        return 0, float(value), ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    if isinstance(value, datetime):
        return 0, value.timestamp(), ""
    if isinstance(value, tuple):
        return 1, 0.0, "\n".join(value).casefold()
    return 1, 0.0, (value or "").casefold()


def search_texts(rows: Sequence[Row], columns: Sequence[Column]) -> list[str]:
    """For each row what a filter looks in: made once, so that typing in it stays quick."""
    return whole(search_steps(rows, columns))


def search_steps(rows: Sequence[Row], columns: Sequence[Column], *, utc: bool = False) -> Steps[list[str]]:
    """`search_texts` in steps; `utc` where times are shown so."""
    texts = []
    kinds = [column.kind for column in columns]
    for number, row in enumerate(rows):
        cells = (cell_text(kind, cell, utc=utc) for kind, cell in zip(kinds, row.cells, strict=True))
        texts.append("\n".join(cells).casefold())
        if number % _STEP == _STEP - 1:
            yield
    return texts


def matching(texts: Sequence[str], words: str, among: Iterable[int] | None = None) -> list[int]:
    """The places of the rows that hold every word of `words`; one that begins with ! must not be held.

    `among` are the only places to look at.
    """
    places = list(range(len(texts)) if among is None else among)
    for word in words.casefold().split():
        if word.startswith("!") and len(word) > 1:
            unwanted = word[1:]
            places = [place for place in places if unwanted not in texts[place]]
        else:
            places = [place for place in places if word in texts[place]]
    return places


def compare(old: Table, new: Table) -> Changes:
    """What `new` has that `old` hadn't, what has changed, and what is gone. Columns must be the same."""
    before = {row.key: row for row in old.rows}
    now = {row.key: row for row in new.rows}
    changed = {
        key: frozenset(place for place, cell in enumerate(row.cells) if cell != before[key].cells[place])
        for key, row in now.items()
        if key in before and row.cells != before[key].cells
    }
    gone = tuple(row for row in old.rows if row.key not in now)
    return Changes(frozenset(now.keys() - before.keys()), changed, gone)


def cell_text(kind: Kind, value: Value, *, utc: bool = False) -> str:
    """A cell as people read it, with its unit, and times local or in UTC; not yet made safe to show."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return utc_time(value) if utc else local_time(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, str):
        return value
    match kind:
        case Kind.BYTES:
            return fmt.size(value)
        case Kind.SECONDS:
            return f"{value:.2f}s" if value < 10 and value != int(value) else fmt.span(value)
        case Kind.PERCENT:
            return f"{value:g}%"
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def one_line(text: str, most: int) -> str:
    """Without line breaks, and of so many characters at most; what is cut off has a sign in its place."""
    text = text.translate(_LINE_BREAKS)
    return text if len(text) <= most else f"{text[: most - 1]}…"


_LINE_BREAKS = str.maketrans({"\n": " ", "\r": " "})


def local_time(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def utc_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
