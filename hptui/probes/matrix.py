"""Several answers to one question side by side, differences marked: one account beside another, one node beside another.

An answer of one record is laid out by column, one of many by row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hptui.probes.admin import PROBE as ADMIN
from hptui.probes.admin import stand_in
from hptui.probes.asking import Outcome, Result
from hptui.probes.export import result_data, rows_data
from hptui.probes.insight import records_of
from hptui.probes.probe import Column, Kind, Probe
from hptui.probes.table import Row, Table, cell_text, table_of
from hptui.probes.values import Value

NOTHING = "–"
_WORDS = (Kind.TEXT, Kind.LIST)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    cells: tuple[str, ...]  # one for each answer
    differs: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    title: str
    heads: tuple[str, ...]  # who, or where
    rows: tuple[MatrixRow, ...]

    @property
    def differing(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.differs)


@dataclass(frozen=True, slots=True)
class Asked:
    """One column of a matrix: who was asked, and the answer or why there is none."""

    head: str
    result: Result | None
    why: str = ""


def matrix_table(matrix: Matrix) -> Table:
    """A row for each fact: its name, what each has of it, and whether that differs."""
    columns = (
        Column("what", Kind.TEXT, matrix.title),
        *(Column(head, Kind.TEXT, head) for head in matrix.heads),
        Column("differs", Kind.FLAG, "Differs"),
    )
    rows = [
        Row((number, row.label), (row.label, *row.cells, row.differs), {})
        for number, row in enumerate(matrix.rows)
    ]
    return Table(columns, tuple(rows))


def matrix_json(asked: Sequence[Asked], table: Table) -> str:
    """The rows of `table`, which are those of a matrix, with who was asked and what each answer is worth."""
    results = [each.result for each in asked if each.result is not None]
    data = {
        "probe": results[0].probe.name,
        "arguments": dict(results[0].arguments),
        "node": results[0].node,
        "accounts": [_answer_data(each) for each in asked],
        "rows": rows_data(table.columns, table.rows),
    }
    return json.dumps(data, indent=2)


def _answer_data(asked: Asked) -> dict[str, object]:
    if asked.result is None:
        return {"account": asked.head, "outcome": "not asked", "why": asked.why}
    known = result_data(asked.result, Table((), ()))
    return {"account": asked.head, **{key: known[key] for key in ("user", "asked", "outcome", "why")}}


def side_by_side(asked: Sequence[Asked]) -> Matrix:
    """All answers must be to the same probe; at least one there must be."""
    probe = next(each.result.probe for each in asked if each.result is not None)
    tables = [_table(probe, each) for each in asked]
    by_column = all(table is None or len(table.rows) <= 1 for table in tables)
    rows = [_line("Answer", [_outcome(each) for each in asked])]
    rows += _columns(tables) if by_column else _rows(probe, tables)
    return Matrix(probe.title, tuple(each.head for each in asked), tuple(rows))


def _table(probe: Probe, asked: Asked) -> Table | None:
    if asked.result is not None:
        return table_of(probe, records_of(asked.result))
    return table_of(probe, [stand_in(asked.why)]) if probe.name == ADMIN and not probe.own else None


def _outcome(asked: Asked) -> str:
    result = asked.result
    if result is None:
        return asked.why
    return result.outcome.value if result.outcome is Outcome.ANSWERED else result.why


def _columns(tables: Sequence[Table | None]) -> list[MatrixRow]:
    """Answers of a probe that names no columns may have different ones."""
    titles = {column.key: column.title for table in tables if table is not None for column in table.columns}
    return [
        _line(
            title, [_cell(table, table.rows[0], key) if table and table.rows else NOTHING for table in tables]
        )
        for key, title in titles.items()
    ]


def _cell(table: Table, row: Row, key: str) -> str:
    for column, cell in zip(table.columns, row.cells, strict=True):
        if column.key == key:
            return cell_text(column.kind, cell)
    return NOTHING


def _rows(probe: Probe, tables: Sequence[Table | None]) -> list[MatrixRow]:
    """In the order of the first answer that has a row, by the rows' keys."""
    found: dict[tuple[Value, ...], str] = {}
    names: dict[tuple[Value, ...], str] = {}
    for table in tables:
        for row in table.rows if table is not None else ():
            found.setdefault(row.key, " ".join(str(part) for part in row.key))
            names.setdefault(row.key, _name(probe, table, row))
    if len(set(names.values())) == len(names):
        found = {key: f"{names[key]} ({label})" if names[key] else label for key, label in found.items()}
    kept = [{row.key: row for row in table.rows} if table is not None else {} for table in tables]
    lines = []
    for key, label in found.items():
        there = [
            (table, rows[key]) if table is not None and key in rows else None
            for table, rows in zip(tables, kept, strict=True)
        ]
        lines.append(_line(label, _rests(probe, there)))
    return lines


def _name(probe: Probe, table: Table | None, row: Row) -> str:
    """What people call it, where the first column has that and the key is something else, as a SID."""
    first = table.columns[0] if table is not None and table.columns else None
    if first is None or first.kind is not Kind.TEXT or first.key in probe.key:
        return ""
    return cell_text(first.kind, row.cells[0])


def _rests(probe: Probe, there: Sequence[tuple[Table, Row] | None]) -> list[str]:
    """What each row says beside its key; words that are the same for all are left out, numbers and flags never."""
    said = [_texts(probe, *each) if each else {} for each in there]
    present = [texts for each, texts in zip(there, said, strict=True) if each]
    same = {
        column
        for column, text in present[0].items()
        if column.kind in _WORDS and all(texts.get(column) == text for texts in present)
    }
    return [
        "; ".join(f"{column.title}: {text}" for column, text in texts.items() if column not in same) or "yes"
        if each
        else NOTHING
        for each, texts in zip(there, said, strict=True)
    ]


def _texts(probe: Probe, table: Table, row: Row) -> dict[Column, str]:
    return {
        column: text
        for column, cell in zip(table.columns, row.cells, strict=True)
        if probe.key and column.key not in probe.key and (text := cell_text(column.kind, cell))
    }


def _line(label: str, cells: Sequence[str]) -> MatrixRow:
    return MatrixRow(label, tuple(cells), len(set(cells)) > 1)
