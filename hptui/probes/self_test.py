"""All probes on one node, looked at for what only a real Windows can show.

Scripts that fail, columns that hold nothing or the wrong kind of thing, answers that are cut off or hold something else besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hptui.probes.asking import Outcome, Result
from hptui.probes.probe import Kind, Probe
from hptui.probes.table import Table, table_of

NOT_ASKED = "not asked"
BAD = frozenset({Outcome.FAILED, Outcome.CUT, Outcome.TIMED_OUT, Outcome.NOT_STARTED})


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one probe."""

    name: str
    outcome: str  # an Outcome, or NOT_ASKED
    rows: int
    took: float  # seconds
    why: str
    remarks: tuple[str, ...]  # what should be looked at
    bad: bool  # whether it points to a fault in the probe


def askable(probe: Probe) -> bool:
    """Whether it can be asked with nobody there: without a warning, and with a default for everything."""
    return not probe.warning and not probe.required


def examine(result: Result) -> Finding:
    table = table_of(result.probe, result.answer.records)
    wrong = _wrong_kinds(table)
    remarks = [*wrong, *_odd(table), *result.answer.notes]
    if result.answer.noise:
        remarks.append(f"{len(result.answer.noise)} lines that are no records, as: {result.answer.noise[0]}")
    if result.answer.errors:
        remarks.append(f"on stderr: {result.answer.errors.splitlines()[0]}")
    return Finding(
        result.probe.name,
        result.outcome.value,
        len(table.rows),
        result.took,
        result.why,
        tuple(remarks),
        bad=result.outcome in BAD or bool(wrong),
    )


def not_asked(probe: Probe) -> Finding:
    why = "it must be told " + ", ".join(probe.required) if probe.required else "it is asked first"
    why = "nothing could be asked any more" if askable(probe) else why
    return Finding(probe.name, NOT_ASKED, 0, 0.0, why, (), bad=False)


def findings(probes: Sequence[Probe], results: Sequence[Result]) -> list[Finding]:
    """One for each of the probes, answered or not."""
    by_name = {result.probe.name: result for result in results}
    return [examine(by_name[probe.name]) if probe.name in by_name else not_asked(probe) for probe in probes]


def _wrong_kinds(table: Table) -> list[str]:
    """Text where something else should be: a form that was not foreseen, or a machine's own language."""
    found = []
    for place, column in enumerate(table.columns):
        if column.kind in (Kind.TEXT, Kind.LIST):
            continue
        odd = [row.cells[place] for row in table.rows if isinstance(row.cells[place], str)]
        if odd:
            found.append(f"{column.key}: {len(odd)} are no {column.kind.value}, as {odd[0]!r}")
    return found


def _odd(table: Table) -> list[str]:
    if not table.rows:
        return []
    empty = [
        column.key
        for place, column in enumerate(table.columns)
        if all(row.cells[place] in (None, "", ()) for row in table.rows)
    ]
    found = [f"nothing in {', '.join(empty)}"] if empty else []
    unknown = sorted({key for row in table.rows for key in row.record} - {c.key for c in table.columns})
    if unknown:
        found.append(f"no column for {', '.join(unknown)}")
    twice = len(table.rows) - len({row.key for row in table.rows})
    return [*found, f"{twice} rows have the key of another"] if twice else found


def summary(findings: Sequence[Finding]) -> str:
    """In one line."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.outcome] = counts.get(finding.outcome, 0) + 1
    bad = sum(finding.bad for finding in findings)
    parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items(), key=lambda p: -p[1]))
    return f"{len(findings)} probes: {parts}; {bad} to look at" if bad else f"{len(findings)} probes: {parts}"
