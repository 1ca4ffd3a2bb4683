"""Following a log: only what is new is asked for, and laid onto the rows that are there."""

from __future__ import annotations

import pytest

from hptui.errors import ProbeError
from hptui.probes.following import laid_onto, since
from hptui.probes.probe import parse_probe
from hptui.probes.table import table_of

HEAD = (
    '# title: L\n# parameter: after text "" From\n# parameter: level number 3 Level\n# key: id\n# sort: -time\n'
    "# column: time time Time\n# column: id number Id\n"
)
LOG = parse_probe("log", f"{HEAD}# follow: after time\n1|O\n")
OTHER = parse_probe("other", f"{HEAD}1|O\n")


def rows(*numbers: int) -> list[dict[str, object]]:
    return [{"id": n, "time": f"2026-11-27T10:00:{n:02}.5000000Z"} for n in numbers]


def test_what_is_asked_for_begins_with_the_newest_row_and_keeps_the_other_arguments() -> None:
    old = table_of(LOG, rows(1, 7, 3))
    assert since(LOG, {"after": "", "level": "2"}, old) == {
        "after": "2026-11-27T10:00:07.500000Z",
        "level": "2",
    }
    assert since(LOG, {}, table_of(LOG, [])) is None
    assert since(OTHER, {}, old) is None


def test_new_rows_are_laid_onto_the_old_ones_each_once_and_in_order() -> None:
    old, new = table_of(LOG, rows(1, 2, 3)), table_of(LOG, rows(3, 5, 4))
    assert [row.key for row in laid_onto(LOG, {}, old, new).rows] == [(5,), (4,), (3,), (2,), (1,)]
    assert laid_onto(LOG, {}, old, table_of(LOG, [])).rows == old.rows
    # As many as may be: what lies between is not known, and no gap is passed over.
    assert laid_onto(LOG, {"most": "3"}, old, new) is new
    assert len(laid_onto(LOG, {"most": "4"}, old, new).rows) == 5


@pytest.mark.parametrize("line", ["after id", "before time", "after nothing", "after"])
def test_only_a_parameter_and_a_column_of_times_can_be_followed(line: str) -> None:
    with pytest.raises(ProbeError, match="is followed by"):
        parse_probe("log", f"{HEAD}# follow: {line}\n1|O\n")
