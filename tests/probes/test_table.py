"""Answers as tables: sorted, filtered, compared, written."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.probes.asking import Outcome, Result
from hptui.probes.export import as_csv, as_json
from hptui.probes.probe import Kind, parse_probe
from hptui.probes.reader import AnswerReader, Record
from hptui.probes.table import (
    Table,
    cell_text,
    compare,
    matching,
    search_texts,
    sorted_rows,
    table_of,
)
from hptui.probes.values import convert
from tests.probes.test_values import JSON

PROBE = parse_probe(
    "things",
    "# title: Things\n# key: id\n# sort: -size\n# column: id number\n# column: name text\n# column: size bytes Size\n1|O\n",
)
RECORDS: list[Record] = [
    {"id": 1, "name": "kubelet", "size": 2048},
    {"id": 2, "name": "Containerd", "size": None},
    {"id": 3, "name": "csi-proxy", "size": 4096},
]


def ids(table: Table) -> list[object]:
    return [row.cells[0] for row in table.rows]


def test_rows_come_in_the_probe_s_order_with_the_empty_ones_last() -> None:
    table = table_of(PROBE, RECORDS)
    assert ids(table) == [3, 1, 2]
    assert [row.cells[0] for row in sorted_rows(table.rows, 2)] == [1, 3, 2]
    assert [row.cells[1] for row in sorted_rows(table.rows, 1)] == ["Containerd", "csi-proxy", "kubelet"]


def test_columns_of_a_probe_that_names_none_are_those_of_its_records() -> None:
    own = parse_probe("own", "# title: Own\n1|O\n", own=True)
    table = table_of(own, [{"a": 1, "b": None}, {"b": "2026-11-27T02:14:07Z", "c": [1]}])
    assert [(column.key, column.kind) for column in table.columns] == [
        ("a", Kind.NUMBER),
        ("b", Kind.TIME),
        ("c", Kind.LIST),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [("", [3, 1, 2]), ("CONTAINER", [2]), ("kib 4.0", [3]), ("!c", [1]), ("c !proxy", [2]), ("nosuch", [])],
)
def test_a_filter_looks_at_what_is_shown(words: str, found: list[int]) -> None:
    table = table_of(PROBE, RECORDS)
    places = matching(search_texts(table.rows, table.columns), words)
    assert [table.rows[place].cells[0] for place in places] == found


def test_two_answers_compared() -> None:
    old = table_of(PROBE, RECORDS)
    new = table_of(PROBE, [{"id": 1, "name": "kubelet", "size": 1}, RECORDS[2], {"id": 4, "name": "new"}])
    changes = compare(old, new)
    assert changes.added == {(4,)}
    assert changes.changed == {(1,): frozenset({2})}
    assert [row.cells[0] for row in changes.gone] == [2]
    assert not compare(old, old)


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        (Kind.BYTES, 2048, "2.0 KiB"),
        (Kind.SECONDS, 0.314, "0.31s"),
        (Kind.SECONDS, 90061, "25h"),
        (Kind.PERCENT, 12.5, "12.5%"),
        (Kind.FLAG, True, "yes"),
        (Kind.LIST, ["a", "b"], "a, b"),
        (Kind.NUMBER, None, ""),
        (Kind.BYTES, "n/a", "n/a"),
        (Kind.BYTES, float("inf"), "inf"),
        (Kind.NUMBER, 10**400, str(10**400)),
    ],
)
def test_cells_have_their_unit(kind: Kind, raw: object, text: str) -> None:
    assert cell_text(kind, convert(kind, raw)) == text


@given(st.lists(st.dictionaries(st.sampled_from(["id", "name", "size", "x"]), JSON, max_size=4), max_size=6))
def test_whatever_records_hold_a_table_can_be_made_and_written(records: list[Record]) -> None:
    table = table_of(PROBE, records)
    for column in range(3):
        assert len(sorted_rows(table.rows, column, descending=True)) == len(records)
    assert matching(search_texts(table.rows, table.columns), "") == list(range(len(records)))
    assert not compare(table, table)
    assert json.loads(as_json(result(records), table))["outcome"] == "answered"
    as_csv(table.columns, table.rows).encode()


def test_csv_runs_nothing_in_a_spreadsheet_and_keeps_every_break() -> None:
    table = table_of(PROBE, [{"id": 1, "name": '=cmd|"/c calc"!A1', "size": 3}, {"id": 2, "name": "a\r\nb"}])
    rows = list(csv.reader(io.StringIO(as_csv(table.columns, table.rows), newline="")))
    assert rows == [["id", "name", "size"], ["1", '\'=cmd|"/c calc"!A1', "3"], ["2", "a\r\nb", ""]]


def test_json_says_when_where_and_as_whom() -> None:
    written = json.loads(as_json(result(RECORDS), table_of(PROBE, RECORDS)))
    assert (written["node"], written["account"], written["asked"]) == (
        "win-1",
        "SYSTEM",
        "2026-11-27T02:14:07Z",
    )
    assert written["rows"][0] == {"id": 3, "name": "csi-proxy", "size": 4096}


def result(records: list[Record]) -> Result:
    answer = AnswerReader("0").answer()
    asked = datetime(2026, 11, 27, 2, 14, 7, tzinfo=UTC)
    return Result(PROBE, {}, "win-1", "SYSTEM", asked, 0.5, Outcome.ANSWERED, answer)
