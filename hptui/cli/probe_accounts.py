"""`hptui probe NAME NODE --all-accounts`: one short pod for each account, their answers side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import click

from hptui.cli.one_session import SessionPlace
from hptui.cli.output import tell
from hptui.cli.probe_run import FAILED, asked_once
from hptui.cli.table import columns
from hptui.errors import HptuiError
from hptui.probes.asking import Outcome
from hptui.probes.export import csv_cell, result_data
from hptui.probes.matrix import Asked, Matrix, side_by_side
from hptui.probes.probe import Probe


@dataclass(frozen=True, slots=True)
class AccountsRun:
    place: SessionPlace
    probe: Probe
    arguments: Mapping[str, str]
    output: str  # table, json or csv
    limit: float | None  # seconds
    accounts: Sequence[str]

    async def run(self) -> int:
        """One pod after the other. 0 when every account has answered. Raises HptuiError where none could be asked."""
        asked: list[Asked] = []
        for account in self.accounts:
            asked.append(await self._ask(account))
        if all(each.result is None for each in asked):
            tell(f"hptui: no account could be asked on {self.place.node}")
            return FAILED
        click.echo(self._shown(asked), nl=False)
        whole = all(each.result and each.result.outcome is Outcome.ANSWERED for each in asked)
        return 0 if whole else FAILED

    async def _ask(self, account: str) -> Asked:
        """What keeps one account from being asked is its column's content, not the end of the others."""
        settings = replace(self.place.settings, account=account)
        place = replace(self.place, settings=settings)
        try:
            return Asked(account, await asked_once(place, self.probe, self.arguments, self.limit))
        except HptuiError as error:
            tell(f"hptui: {account}: {error.heading}: {error.message}")
            return Asked(account, None, f"could not be asked: {error.message}")

    def _shown(self, asked: Sequence[Asked]) -> str:
        if self.output == "json":
            return json.dumps([_data(each) for each in asked], indent=2) + "\n"
        matrix = side_by_side(asked)
        return as_csv(matrix) if self.output == "csv" else as_table(matrix)


def _data(asked: Asked) -> dict[str, object]:
    if asked.result is None:
        return {"account": asked.head, "outcome": "not asked", "why": asked.why}
    return result_data(asked.result)


def as_table(matrix: Matrix) -> str:
    """A line for each fact; ≠ in front of those that differ."""
    head = ["", matrix.title.upper(), *(head.upper() for head in matrix.heads)]
    rows = [
        ["≠" if row.differs else "", row.label, *(cell.replace("\n", " ")[:60] for cell in row.cells)]
        for row in matrix.rows
    ]
    return columns([head, *rows])


def as_csv(matrix: Matrix) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["", *matrix.heads, "differs"])
    for row in matrix.rows:
        cells = [csv_cell(cell) for cell in (row.label, *row.cells)]
        writer.writerow([*cells, "true" if row.differs else "false"])
    return out.getvalue()
