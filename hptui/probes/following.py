"""A log that is asked again and again: only for what has come since, laid onto the rows that are there.

A probe says by `# follow: PARAMETER COLUMN` that its answer begins at the time which that parameter is given, and in which
column a row's time stands. All others are asked for everything each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from hptui.probes.probe import Probe
from hptui.probes.table import Table, sorted_rows

MOST_ROWS = 50_000
"""Rows that are kept while one follows; the oldest go first."""


def since(probe: Probe, arguments: Mapping[str, str], table: Table) -> dict[str, str] | None:
    """The arguments that ask for what is as new as the newest row of `table`, or newer; None where that can't be asked."""
    if probe.follow is None:
        return None
    parameter, column = probe.follow
    place = next(at for at, each in enumerate(table.columns) if each.key == column)
    times = [cell for row in table.rows if isinstance(cell := row.cells[place], datetime)]
    if not times:
        return None
    newest = max(times).astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {**arguments, parameter: newest}


def laid_onto(probe: Probe, arguments: Mapping[str, str], old: Table, new: Table) -> Table:
    """The rows of both in the probe's order, those of `new` where both have one, the newest MOST_ROWS of them.

    Only `new`, where it has as many as its parameter `most` allows: then some between the two may have been left out.
    """
    assert probe.follow is not None
    most = arguments.get("most", "")
    if most.isdecimal() and len(new.rows) >= int(most):
        return new
    keys = {row.key for row in new.rows}
    rows = [*new.rows, *(row for row in old.rows if row.key not in keys)]
    places = {column.key: place for place, column in enumerate(new.columns)}
    kept = sorted_rows(rows, places[probe.follow[1]], descending=True)[:MOST_ROWS]
    by = probe.sort.removeprefix("-")
    if by in places:
        kept = sorted_rows(kept, places[by], descending=probe.sort.startswith("-"))
    return Table(new.columns, tuple(kept))
