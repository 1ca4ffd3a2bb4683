"""`hptui sweep`: deletes sessions that were left behind, after saying which, and why not others.

Exit codes: 0 when nothing is left of what was chosen, 1 when something could not be deleted, 3 when there is something and
nobody said yes.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from hptui.cli.options import Connection, connection_options, duration
from hptui.cli.output import tell
from hptui.cli.session_list import HEAD, everyones_option, everywhere_option, look, place, row
from hptui.cli.table import columns

if TYPE_CHECKING:
    from hptui.cluster.connect import ConnectOptions
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.sweep import Choice, FoundSession
    from hptui.settings import Settings

LEFT_AS_IT_IS = 3
"""The exit code when there is something to delete and nobody said yes."""

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Plan:
    options: ConnectOptions  # of the cluster that was looked at: while a question waits, current-context may be switched
    server: str
    context: str
    place: str
    chosen: tuple[FoundSession, ...]
    others: tuple[FoundSession, ...]  # among the chosen: not surely one's own
    left: tuple[tuple[FoundSession, str], ...]  # and why


@click.command("sweep")
@click.option("--older-than", type=duration, metavar="TIME", help="Only older ones, as in 90m or 1h.")
@click.option("--owner", metavar="NAME", default="", help="Only those of this owner.")
@click.option("--node", metavar="NAME", default="", help="Only those on this node.")
@everywhere_option
@everyones_option
@click.option("--yes", is_flag=True, help="Delete them, without a question.")
@connection_options
def sweep_command(
    older_than: int | None,
    owner: str,
    node: str,
    everywhere: bool,
    everyones: bool,
    yes: bool,
    connection: Connection,
) -> int:
    """Say which sessions' pods can be deleted and why others not, and delete them with --yes or after a yes.

    Another person's are never deleted without --all. Those that another hptui on this machine has open are left alone. Exit
    codes: 0 nothing is left of what was chosen, 1 something could not be deleted, 3 nobody said yes.
    """
    from hptui.cli.running import run_cancellable
    from hptui.hostprocess.permission import Launching, launching, read_only_error
    from hptui.hostprocess.sweep import Choice

    settings = connection.load_settings().settings
    age = timedelta(seconds=older_than) if older_than is not None else None
    choice = Choice(age, owner, node, everyones)
    plans: list[Plan] = []

    async def look_around() -> int:
        plans.append(await _plan(connection, settings, choice, everywhere=everywhere))
        return 0

    # A question in the middle of a running loop could not be left with Ctrl+C.
    if code := run_cancellable(look_around):
        return code
    (plan,) = plans
    _show(plan)
    if not plan.chosen:
        tell(f"hptui: nothing to delete in {plan.place}")
        return 0
    if launching(settings, plan.context) is Launching.NEVER:
        raise read_only_error(settings, plan.context, done="deleted")
    if not yes and not _may_delete(plan):
        return LEFT_AS_IT_IS
    return run_cancellable(lambda: _delete_all(plan))


async def _plan(connection: Connection, settings: Settings, choice: Choice, *, everywhere: bool) -> Plan:
    from hptui.cli.connecting import connected
    from hptui.hostprocess.journal import journal_folder
    from hptui.hostprocess.leftovers import open_here
    from hptui.hostprocess.person import who_asks
    from hptui.hostprocess.sweep import why_not

    async with connected(connection, settings) as cluster:
        found = await look(cluster, settings, everywhere=everywhere)
        person = await who_asks(cluster)
        info, options = cluster.info, cluster.options
    opened = await open_here(journal_folder())
    now = datetime.now(UTC)
    judged = [(session, why_not(session, choice, person, opened, now)) for session in found.sessions]
    chosen = tuple(session for session, why in judged if not why)
    return Plan(
        options=options,
        server=info.server,
        context=info.context,
        place=place(found),
        chosen=chosen,
        others=tuple(s for s in chosen if not person.is_surely(s.owner, s.where_from)),
        left=tuple((session, why) for session, why in judged if why),
    )


def _show(plan: Plan) -> None:
    now = datetime.now(UTC)
    if plan.chosen:
        click.echo("To be deleted:")
        click.echo(columns([HEAD, *(row(session, now) for session in plan.chosen)]), nl=False)
    if plan.left:
        click.echo("Left alone:")
        head = ("NAMESPACE", "NAME", "OWNER", "FROM", "WHY")
        rows = [(s.namespace, s.name, s.owner or "?", s.where_from or "?", why) for s, why in plan.left]
        click.echo(columns([head, *rows]), nl=False)


def _may_delete(plan: Plan) -> bool:
    """Ask whoever is at the terminal."""
    pods = "this pod" if len(plan.chosen) == 1 else f"these {len(plan.chosen)} pods"
    if any(stream is None or not stream.isatty() for stream in (sys.stdin, sys.stderr)):
        tell(f"hptui: nothing is deleted; --yes deletes {pods}")
        return False
    if not plan.others:
        return click.confirm(f"Delete {pods}?", err=True)
    many = "One of them is" if len(plan.others) == 1 else f"{len(plan.others)} of them are"
    tell(f"hptui: {many} not yours: whoever works there loses the session.")
    answer = click.prompt(f"Type yes to delete {pods}", default="no", show_default=False, err=True)
    return bool(str(answer).strip() == "yes")


async def _delete_all(plan: Plan) -> int:
    """See each gone, and tell it; the exit code. Raises UsageError where the context leads elsewhere by now."""
    from hptui.cluster.connect import connect
    from hptui.errors import UsageError

    turns = asyncio.Semaphore(_AT_ONCE)
    cluster = await connect(plan.options)
    try:
        if cluster.info.server != plan.server:  # no such pods are known there, which would pass for gone
            raise UsageError(
                f"The context {plan.context} leads to {cluster.info.server} by now; nothing was deleted."
            )

        async def in_turn(session: FoundSession) -> bool:
            async with turns:
                return await _delete(cluster, session)

        results = await asyncio.gather(*(in_turn(session) for session in plan.chosen))
    finally:
        await cluster.close()
    return 0 if all(results) else 1


async def _delete(cluster: Cluster, session: FoundSession) -> bool:
    from hptui.errors import HptuiError
    from hptui.hostprocess.journal import forget, journal_folder
    from hptui.hostprocess.sweep import remove_found
    from hptui.terminal.plain import plain

    try:
        gone = await remove_found(cluster, session)
    except HptuiError as error:
        tell(f"hptui: {session.place} could not be deleted: {error.message}")
        return False
    if not gone:
        tell(f"hptui: {session.place} is being deleted, but is not gone yet")
        return False
    await asyncio.to_thread(forget, journal_folder(), {session.session_id})
    click.echo(f"{plain(session.place)} is deleted and gone")
    return True
