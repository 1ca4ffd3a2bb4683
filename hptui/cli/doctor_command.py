"""`hptui doctor`: everything that a session needs, looked at; what is wrong comes with the command that mends it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hptui.cli.options import Connection, connection_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hptui.hostprocess.doctor.check import Check

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red", "unknown": "cyan"}


@click.command("doctor")
@click.argument("node", required=False, default="")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people or for programs.",
)
@connection_options
def doctor_command(node: str, output: str, connection: Connection) -> int:
    """Look at everything that a session needs, on NODE or on any Windows node; nothing is created.

    The exit code is 1 where something is bad, which means that no session works like this.
    """
    from hptui.cli.connecting import connector
    from hptui.cli.output import alive
    from hptui.cli.running import run_cancellable
    from hptui.cli.terminal_questions import ask_terminal
    from hptui.hostprocess.doctor.check import Health, worst
    from hptui.hostprocess.doctor.examination import examine
    from hptui.hostprocess.doctor.machine import Terminal

    settings = connection.load_settings().settings
    here = replace(Terminal.here(), abilities=ask_terminal())

    async def look() -> int:
        with alive("Asking the cluster …"):
            checks = await examine(connector(connection, settings), settings, node, terminal=here)
        click.echo(as_json(checks) if output == "json" else as_table(checks), nl=False)
        return 1 if worst(checks) is Health.BAD else 0

    return run_cancellable(look)


def as_json(checks: Sequence[Check]) -> str:
    from hptui.hostprocess.doctor.check import worst

    listed = [
        {
            "id": check.id,
            "name": check.name,
            "verdict": str(check.health),
            "found": check.found,
            "mend": check.mend,
        }
        for check in checks
    ]
    return json.dumps({"verdict": str(worst(checks)), "checks": listed}, indent=2) + "\n"


def as_table(checks: Sequence[Check]) -> str:
    """A line for each check; what mends it stands below, where it can be copied."""
    from hptui.hostprocess.doctor.check import Health

    width = max(len(_plain(check.name)) for check in checks)
    lines = []
    for check in checks:
        verdict = click.style(f"{check.health!s:<8}", fg=_COLOURS[check.health])
        lines.append(f"{verdict}{_plain(check.name):<{width}}   {_plain(check.found)}".rstrip())
        if check.health is not Health.OK:
            lines.extend(f"{'':<10}{_plain(line)}" for line in check.mend.splitlines())
    return "".join(line + "\n" for line in (*lines, "", _summary(checks)))


def _summary(checks: Sequence[Check]) -> str:
    from hptui.hostprocess.doctor.check import Health

    bad = sum(check.health is Health.BAD for check in checks)
    warned = sum(check.health is Health.WARN for check in checks)
    if bad:
        return f"{bad} bad, {warned} to know: no session works before the bad ones are mended."
    if warned:
        return f"Nothing bad, {warned} to know: sessions work."
    return "All good."


def _plain(text: str) -> str:
    from hptui.terminal.plain import plain

    return " ".join(plain(line) for line in text.splitlines())
