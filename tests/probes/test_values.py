"""What 5.1 makes of values: every form that is known of it comes back as what it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.probes.probe import Kind
from hptui.probes.values import convert, number_in

AT = datetime(2026, 11, 27, 2, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        # ConvertTo-Json of 5.1: JavaScriptSerializer's dates, and a date with a note property around it
        (Kind.TIME, "/Date(1795745647000)/", AT),
        (Kind.TIME, "/Date(1795745647000+0100)/", AT),
        (Kind.TIME, {"value": "/Date(1795745647000)/", "DisplayHint": 2, "DateTime": "Friday"}, AT),
        # Get-Date's o, with .NET's seven digits
        (Kind.TIME, "2026-11-27T02:14:07.0000000Z", AT),
        (Kind.TIME, "2026-11-27T03:14:07+01:00", AT),
        (Kind.TIME, "2026-11-27T02:14:07", AT),
        # never: WMI's and .NET's first days
        (Kind.TIME, "/Date(-62135596800000)/", "/Date(-62135596800000)/"),
        (Kind.TIME, "1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"),
        (Kind.TIME, "soon", "soon"),
        (Kind.TIME, None, None),
        # the array that 5.1 writes as an object, one element without its array, none at all
        (Kind.LIST, {"value": ["a", "b"], "Count": 2}, ("a", "b")),
        (Kind.LIST, "a", ("a",)),
        (Kind.LIST, None, ()),
        (Kind.LIST, [1, True, None], ("1", "true", "")),
        (Kind.TEXT, {"value": ["a", "b"], "Count": 2}, "a, b"),
        (Kind.TEXT, {"a": 1}, '{"a":1}'),
        (Kind.TEXT, 5, "5"),
        (Kind.SECONDS, {"Ticks": 900000000, "TotalSeconds": 90.0, "Days": 0}, 90.0),
        (Kind.SECONDS, "1.02:03:04.5", 93784.5),
        (Kind.SECONDS, "-00:00:01", -1.0),
        (Kind.SECONDS, 3, 3.0),
        (Kind.FLAG, True, True),
        (Kind.FLAG, "False", False),
        (Kind.FLAG, 1, True),
        (Kind.FLAG, "perhaps", "perhaps"),
        (Kind.BYTES, 4096, 4096),
        (Kind.NUMBER, "1\u00a0234", 1234),
        (Kind.NUMBER, "n/a", "n/a"),
    ],
)
def test_every_form_comes_back(kind: Kind, raw: object, value: object) -> None:
    assert convert(kind, raw) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-3", -3), ("1,234", 1234), ("1.234.567", 1234567), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
        ("0,5", 0.5), ("0.5", 0.5), ("1'234", 1234), ("1 234,25", 1234.25), ("12,5", 12.5), ("1.5", 1.5),
        ("1,2,3", None), ("", None), ("1,234.5.6", None), ("12a", None), ("٣", None), ("9" * 99, None),
    ],
)  # fmt: skip
def test_numbers_of_any_culture(text: str, number: float | None) -> None:
    assert number_in(text) == number


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(Kind), JSON)
def test_anything_becomes_a_value(kind: Kind, raw: object) -> None:
    value = convert(kind, raw)
    assert value is None or isinstance(value, str | int | float | bool | datetime | tuple)
