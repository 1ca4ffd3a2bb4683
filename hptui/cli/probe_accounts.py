"""`hptui probe NAME NODE --all-accounts`: one short pod for each account, their answers side by side."""

from __future__ import annotations

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
from hptui.probes.export import as_csv, result_data
from hptui.probes.matrix import Asked, Matrix, matrix_table, side_by_side
from hptui.probes.probe import Probe
from hptui.probes.table import one_line

_LONGEST_CELL = 60  # characters; the other forms have all of it


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
        if self.output == "csv":
            table = matrix_table(matrix)
            return as_csv(table.columns, table.rows)
        return as_table(matrix)


def _data(asked: Asked) -> dict[str, object]:
    if asked.result is None:
        return {"account": asked.head, "outcome": "not asked", "why": asked.why}
    return result_data(asked.result)


def as_table(matrix: Matrix) -> str:
    """A line for each fact; ≠ in front of those that differ."""
    head = ["", matrix.title.upper(), *(head.upper() for head in matrix.heads)]
    rows = [
        ["≠" if row.differs else "", row.label, *(one_line(cell, _LONGEST_CELL) for cell in row.cells)]
        for row in matrix.rows
    ]
    return columns([head, *rows])
