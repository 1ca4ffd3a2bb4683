"""`hptui sessions`: which sessions are in the cluster, whose they are and when they end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from hptui.cli.options import Connection, connection_options
from hptui.cli.session_list import HEAD, everyones_option, everywhere_option, look, place, row, tell_leftovers
from hptui.cli.table import columns

if TYPE_CHECKING:
    from hptui.hostprocess.person import Person
    from hptui.hostprocess.sweep import Found, FoundSession


@click.command("sessions")
@everywhere_option
@everyones_option
@click.option(
    "-o", "--output", type=click.Choice(["table", "json", "name"]), default="table", help="The form."
)
@connection_options
def sessions_command(everywhere: bool, everyones: bool, output: str, connection: Connection) -> int:
    """List your sessions, or with --all everybody's: node, account, owner, state and when each ends.

    Yours are those whose owner, as noted on the pod, is you as the cluster knows you, or that were started by this user of
    this machine. What a run that died has left is named on stderr.
    """
    from hptui.cli.connecting import connected
    from hptui.cli.output import tell
    from hptui.cli.running import run_cancellable
    from hptui.hostprocess.journal import journal_folder
    from hptui.hostprocess.leftovers import find_leftovers
    from hptui.hostprocess.person import who_asks

    settings = connection.load_settings().settings

    async def list_sessions() -> int:
        async with connected(connection, settings) as cluster:
            found = await look(cluster, settings, everywhere=everywhere)
            person = await who_asks(cluster)
            left = await find_leftovers(cluster, journal_folder())
        shown = [s for s in found.sessions if everyones or person.is_perhaps(s.owner, s.where_from)]
        click.echo(_written(shown, person, output), nl=False)
        if not shown and output == "table":
            tell(f"hptui: {_none(found, everyones=everyones)}")
        tell_leftovers(left)
        return 0

    return run_cancellable(list_sessions)


def _none(found: Found, *, everyones: bool) -> str:
    others = len(found.sessions)
    if everyones or not others:
        return f"no session is open in {place(found)}"
    return f"no session of yours is open in {place(found)}; --all shows other people's ({others})"


def _written(sessions: Sequence[FoundSession], person: Person, output: str) -> str:
    now = datetime.now(UTC)
    if output == "json":
        return json.dumps([_object(session, person) for session in sessions], indent=2) + "\n"
    if output == "name":
        return "".join(f"pod/{session.name}\n" for session in sessions)
    return columns([HEAD, *(row(session, now) for session in sessions)]) if sessions else ""


def _object(session: FoundSession, person: Person) -> dict[str, Any]:
    return {
        "namespace": session.namespace,
        "name": session.name,
        "uid": session.uid,
        "session": session.session_id,
        "node": session.node,
        "account": session.account,
        "owner": session.owner,
        "from": session.where_from,
        "reason": session.reason,
        "state": session.state,
        "yours": person.is_perhaps(session.owner, session.where_from),
        "created": session.created.isoformat() if session.created else None,
        "ends": session.deadline.isoformat() if session.deadline else None,
    }
