"""The run behind `hptui probe`: session, question, the answer in the form asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import click

from hptui.cli.one_session import SessionPlace, one_session
from hptui.cli.output import tell
from hptui.cli.table import columns
from hptui.cluster.port import ExecChannel
from hptui.probes.asking import Outcome, Result, ask
from hptui.probes.export import as_csv, as_json
from hptui.probes.insight import records_of
from hptui.probes.probe import Probe
from hptui.probes.table import Table, cell_text, matching, one_line, search_texts, table_of

CODES = {Outcome.ANSWERED: 0, Outcome.NOT_HERE: 3}
FAILED = 1
_LONGEST_CELL = 200  # characters: one can hold a whole encoded script; the other forms have all of it


async def asked_once(
    place: SessionPlace, probe: Probe, arguments: Mapping[str, str], limit: float | None
) -> Result:
    """The answer from a pod made for it, which is gone afterwards. Raises HptuiError."""
    async with one_session(place) as (session, progress):

        async def open_(command: Sequence[str], stdin: bool) -> ExecChannel:
            channel = await session.start(command=command, tty=False, stdin=stdin)
            progress.clear()
            return channel

        return await ask(
            probe, arguments, open_, node=place.node, account=session.spec.account.label, limit=limit
        )


@dataclass(frozen=True, slots=True)
class ProbeRun:
    place: SessionPlace
    probe: Probe
    arguments: Mapping[str, str]
    output: str  # table, json or csv
    words: str
    limit: float | None  # seconds

    async def run(self) -> int:
        """The exit code. Raises HptuiError."""
        result = await asked_once(self.place, self.probe, self.arguments, self.limit)
        click.echo(self._shown(result), nl=False)
        self._tell(result)
        return CODES.get(result.outcome, FAILED)

    def _shown(self, result: Result) -> str:
        table = table_of(self.probe, records_of(result))
        chosen = matching(search_texts(table.rows, table.columns), self.words)
        table = replace(table, rows=tuple(table.rows[place] for place in chosen))
        match self.output:
            case "json":
                return as_json(result, table) + "\n"
            case "csv":
                return as_csv(table.columns, table.rows)
        return as_table(table)

    def _tell(self, result: Result) -> None:
        """On stderr: what isn't as it should be, and what else was printed."""
        if result.why:
            tell(f"hptui: {self.probe.name} on {self.place.node}: {result.why}")
        elif not result.answer.records and self.output == "table":
            tell(f"hptui: {self.probe.name} on {self.place.node}: there is nothing of that kind.")
        if self.output != "json":
            for note in result.answer.notes:
                tell(f"hptui: {note}")
            for line in result.answer.noise:
                tell(f"  {line}")
            if result.answer.errors and result.outcome is not Outcome.NOT_STARTED:
                tell(result.answer.errors)


def as_table(table: Table) -> str:
    if not table.rows:
        return ""
    head = [column.title.upper() for column in table.columns]
    rows = [
        [
            one_line(cell_text(column.kind, cell), _LONGEST_CELL)
            for column, cell in zip(table.columns, row.cells, strict=True)
        ]
        for row in table.rows
    ]
    return columns([head, *rows])
