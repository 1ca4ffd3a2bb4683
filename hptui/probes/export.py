"""A table as CSV or JSON, for other programs: numbers in their base units, times in ISO 8601 and UTC."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hptui.probes.asking import Result
from hptui.probes.insight import records_of
from hptui.probes.probe import Column
from hptui.probes.reader import Answer
from hptui.probes.table import Row, Table, table_of
from hptui.probes.values import Value

# A spreadsheet takes what begins so for a formula, and what the host says is not to be run.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Comma-separated (RFC 4180) with a line of titles. Text that a spreadsheet would run has a ' in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([csv_cell(column.key) for column in columns])
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row.cells])
    return out.getvalue()


def csv_cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = (
        value if isinstance(value, str) else _iso(value) if isinstance(value, datetime) else "\n".join(value)
    )
    text = text.encode("utf-8", "replace").decode()
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_json(result: Result, table: Table) -> str:
    """The answer with when, where and as whom; rows hold the typed values by column."""
    return json.dumps(result_data(result, table), indent=2)


def result_data(result: Result, table: Table | None = None) -> dict[str, Any]:
    """What as_json writes; with all rows in the probe's order unless a `table` is given."""
    answer = result.answer
    table = table or table_of(result.probe, records_of(result))
    return {
        "probe": result.probe.name,
        "arguments": dict(result.arguments),
        "node": result.node,
        "account": result.account,
        "user": answer.start.user if answer.start else None,
        "asked": _iso(result.asked),
        "seconds": round(result.took, 3),
        "outcome": result.outcome.value,
        "why": result.why,
        "rows": rows_data(table.columns, table.rows),
        "besides": _besides(answer),
    }


def rows_data(columns: Sequence[Column], rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {column.key: _json_cell(cell) for column, cell in zip(columns, row.cells, strict=True)}
        for row in rows
    ]


def _json_cell(value: Value) -> object:
    if isinstance(value, datetime):
        return _iso(value)
    return list(value) if isinstance(value, tuple) else value


def _besides(answer: Answer) -> dict[str, object]:
    """What else the process printed."""
    return {"notes": list(answer.notes), "noise": list(answer.noise), "errors": answer.errors}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
