"""What `hptui sessions` and `hptui sweep` share: where they look, and how a session is shown."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from hptui.cli.output import tell
from hptui.cli.table import UNKNOWN, age, span

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.leftovers import Leftovers
    from hptui.hostprocess.sweep import Found, FoundSession
    from hptui.settings import Settings

HEAD = ("NAMESPACE", "NAME", "NODE", "ACCOUNT", "OWNER", "FROM", "STATE", "AGE", "ENDS IN", "REASON")

everywhere_option = click.option(
    "-A",
    "--all-namespaces",
    "everywhere",
    is_flag=True,
    help="In all namespaces; without the right to that, in the sessions' own.",
)
everyones_option = click.option(
    "--all", "everyones", is_flag=True, help="Other people's too, not only your own."
)


async def look(cluster: Cluster, settings: Settings, *, everywhere: bool) -> Found:
    """The sessions there are, as far as the rights go; where they do not, stderr says so."""
    from hptui.hostprocess.sweep import look_for_sessions

    namespace = settings.namespace or cluster.info.namespace
    found = await look_for_sessions(cluster, namespace, everywhere=everywhere)
    if found.fell_back:
        tell(f"hptui: only the namespace {namespace} is searched: the right to list pods in all is missing")
    return found


def place(found: Found) -> str:
    return "any namespace" if found.namespace is None else f"namespace {found.namespace}"


def row(session: FoundSession, now: datetime) -> Sequence[str]:
    return (
        session.namespace,
        session.name,
        session.node or UNKNOWN,
        session.account or UNKNOWN,
        session.owner or UNKNOWN,
        session.where_from or UNKNOWN,
        session.state,
        age(session.created, now),
        ends_in(session, now),
        session.reason,
    )


def ends_in(session: FoundSession, now: datetime) -> str:
    """Until the kubelet ends it; it counts from its acknowledgement of the pod."""
    if session.deadline is None:
        return UNKNOWN
    left = (session.deadline - now).total_seconds()
    return span(left) if left > 0 else "over"


def tell_leftovers(left: Leftovers) -> None:
    """On stderr: what runs of this machine that died have left."""
    from hptui.hostprocess.journal import journal_folder

    for problem in left.problems:
        tell(f"hptui: {problem}")
    for session in left.found:
        tell(
            f"hptui: {session.place} on {session.node} was left by a run on this machine that died; "
            f"`hptui sweep -n {session.namespace}` deletes it"
        )
    for context, server in sorted({(entry.context, entry.server) for entry in left.elsewhere}):
        many = sum((entry.context, entry.server) == (context, server) for entry in left.elsewhere)
        what = "a session" if many == 1 else f"{many} sessions"
        tell(
            f"hptui: {what} of a run that died may be left at {server}; "
            f"`hptui sessions --context {shlex.quote(context)}` looks there"
        )
    if left.elsewhere:
        tell(f"hptui: of a cluster that is no more, remove the file in {journal_folder()}")
