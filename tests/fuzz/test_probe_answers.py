"""What a host's processes answer to a probe: bytes cut anywhere, records of no kind, and cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.errors import ProbeError
from hptui.probes.catalogue import built_in
from hptui.probes.export import as_csv
from hptui.probes.harness import call, whole_script
from hptui.probes.probe import Kind, Probe, parse_probe
from hptui.probes.reader import Answer, AnswerReader, readable_errors
from hptui.probes.table import cell_text, compare, matching, search_texts, sorted_rows, table_of
from hptui.probes.values import convert
from tests.fuzz.nasty import assert_told, clean_text, cuts, json_values, raw, text

NONCE = "abc"
PROBES = built_in()
dates = st.sampled_from(
    (
        "/Date(1700000000000)/",
        "/Date(-99999999999999999)/",
        "/Date(253402300799999)/",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00Z",
        "2026-11-23T05:48:05.1234567+05:30",
        "1.02:03:04.5",
        "99999999.99:99:99",
        "1,5",
        "1.234.567,8",
        "9" * 30,
        "=1+1",
        "@SUM(A1)",
        "-1+1",
    )
)
cells = st.one_of(
    json_values,
    dates,
    st.builds(lambda v: {"value": v, "Count": 1}, json_values),
    st.builds(lambda v: {"TotalSeconds": v}, json_values),
)
marks = st.builds(
    lambda mark, nonce, more: {"hptui": mark, "nonce": nonce, **more},
    st.sampled_from(("start", "end", "error", "note", "x")),
    st.sampled_from((NONCE, "other")),
    st.dictionaries(
        st.sampled_from(("records", "code", "pid", "message", "line", "text", "user")),
        json_values,
        max_size=3,
    ),
)
lines = st.one_of(
    st.dictionaries(clean_text, cells, max_size=3).map(lambda record: json.dumps(record).encode()),
    marks.map(lambda mark: json.dumps(mark).encode()),
    json_values.map(lambda value: json.dumps(value).encode()),
    raw,
)


def read(parts: list[bytes]) -> Answer:
    reader = AnswerReader(NONCE)
    for part in parts:
        reader.feed(part)
    return reader.answer()


@pytest.mark.cases(120)
@given(st.data(), st.lists(lines, max_size=6))
@example(None, [b"{" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"1" * 5000 + b"}"])
def test_an_answer_is_the_same_however_it_is_cut(data: st.DataObject | None, said: list[bytes]) -> None:
    whole = b"\n".join(said)
    answer = read([whole])
    assert read(data.draw(cuts(whole)) if data is not None else [whole]) == answer
    assert answer.lost >= 0
    assert not answer.complete or b'"end"' in whole
    table_of(Probe("p", "p", "x"), answer.records)


@pytest.mark.cases(60)
@given(st.sampled_from(PROBES), st.data())
def test_any_records_are_a_table_that_can_be_worked_with(probe: Probe, data: st.DataObject) -> None:
    keys = st.sampled_from([column.key for column in probe.columns] or ["a"]) | clean_text
    records = st.lists(st.dictionaries(keys, cells, max_size=4), max_size=4)
    old, new = (table_of(probe, data.draw(records)) for _ in range(2))
    compare(old, new)
    for place, _ in enumerate(new.columns[:6]):
        sorted_rows(new.rows, place, descending=bool(place % 2))
    matching(search_texts(new.rows, new.columns), "a !b")
    written = list(csv.reader(io.StringIO(as_csv(new.columns, new.rows), newline="")))
    assert len(written) == len(new.rows) + 1
    for row in written[1:]:
        for column, cell in zip(new.columns, row, strict=True):
            number = cell.lstrip("-").replace(".", "").replace("e", "").replace("+", "").isdigit()
            assert not cell.startswith(("=", "+", "@", "\t", "\r")) or number, (column.key, cell)


@pytest.mark.cases(250)
@given(st.sampled_from(tuple(Kind)), cells)
@example(Kind.TIME, "9999-12-31T23:59:59-12:00")
@example(Kind.TIME, "/Date(253402300799999)/")
@example(Kind.NUMBER, "9" * 5000)
@example(Kind.SECONDS, {"TotalSeconds": 1e300})
def test_any_value_is_shown_in_its_column(kind: Kind, value: Any) -> None:
    shown = cell_text(kind, convert(kind, value))
    assert isinstance(shown, str)
    cell_text(kind, convert(kind, value), utc=True)


@pytest.mark.cases(100)
@given(text | st.builds(lambda a, b: f'#< CLIXML\n<Objs><S S="Error">{a}_x000A_{b}</S>', text, text))
def test_any_errors_are_readable(said: str) -> None:
    readable_errors(said.encode("utf-8", "replace").decode()).encode()


@pytest.mark.cases(100)
@given(
    text,
    st.lists(
        st.builds(
            lambda word, rest: f"# {word}: {rest}",
            st.sampled_from(("title", "column", "parameter", "key", "limit", "sort", "uses", "x")),
            text,
        ),
        max_size=4,
    ),
    text,
)
def test_any_file_is_a_probe_or_refused(name: str, head: list[str], body: str) -> None:
    try:
        probe = parse_probe(
            name if name.isascii() and name.isalpha() else "own", "\n".join([*head, body]), own=True
        )
        probe.arguments({})
    except ProbeError as error:
        assert_told(error, hint=False)


ASKS = parse_probe("asks", '# parameter: path text "" Where\n# parameter: hours number 6 Hours\nO @{a=1}')


@pytest.mark.cases(150)
@given(text, text | st.from_regex(r"-?[0-9]{1,20}", fullmatch=True))
@example("'; calc #", "6")
@example("\u2019; calc \u2018", "\u0663")
@example("\udcff", "6")
@example("NONCE PROBE PARAMETERS BODY", "6")
def test_an_argument_is_one_string_of_the_script(path: str, hours: str) -> None:
    """As PowerShell reads it: in single quotes two quotes of any kind are one, and nothing else has a meaning."""
    try:
        values = ASKS.arguments({"path": path, "hours": hours})
    except ProbeError as error:
        assert_told(error, hint=False)
        return
    script = whole_script(ASKS, values, NONCE)
    found = re.search(
        r"\$path='((?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*)';\$hours=(-?[0-9]+)(?![0-9])", script
    )
    assert found is not None
    assert re.sub(r"(['\u2018-\u201b])\1", r"\1", found[1]) == path
    assert script == whole_script(ASKS, {"path": "", "hours": "6"}, NONCE).replace(
        "$path='';$hours=6", found[0]
    )
    call(ASKS, values, NONCE)
