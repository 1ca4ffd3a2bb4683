"""A session for one command: made, minded on stderr, and removed whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hptui.cli.connecting import connected
from hptui.cli.options import Connection, PodChoice
from hptui.cli.output import tell
from hptui.cli.progress import Progress
from hptui.cli.spec import spec_for
from hptui.errors import SessionError, UsageError
from hptui.hostprocess.guardian import Guardian
from hptui.hostprocess.journal import Journal
from hptui.hostprocess.permission import Launching, launching, read_only_error
from hptui.hostprocess.safety_net import SafetyNet
from hptui.hostprocess.session import Session
from hptui.settings import Settings

CLOSE_LIMIT = 20.0
"""Seconds for removing the pod at the end."""


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """Where the session is to be, as what, and how much is said of it."""

    node: str
    verbose: bool
    insist: bool  # even on a node that is judged unable
    confirmed: str | None  # the context's name, as the person gave it
    choice: PodChoice
    connection: Connection
    settings: Settings


@asynccontextmanager
async def one_session(place: SessionPlace) -> AsyncIterator[tuple[Session, Progress]]:
    """A session that is not started yet, and what tells how its launch goes. Raises HptuiError."""
    async with connected(place.connection, place.settings) as cluster:
        _check_allowed(place, cluster.info.context)
        spec = await spec_for(cluster, place.node, place.choice, place.settings)
        session = Session(cluster, spec, insist=place.insist)
        net = SafetyNet(Guardian(), Journal())
        if warning := net.hold(session, cluster):
            tell(f"hptui: {warning}")
        progress = Progress(verbose=place.verbose)
        session.subscribe(progress)
        try:
            async with progress.minding(session):
                yield session, progress
        finally:
            progress.clear()
            try:
                await _close(session)
            finally:
                net.close(left=not session.is_over)


async def _close(session: Session) -> None:
    """Remove the pod. Raises SessionError when it could not be seen gone; where nobody answers, the guardian goes on."""
    try:
        async with asyncio.timeout(CLOSE_LIMIT):
            await session.close()
    except TimeoutError as error:
        raise SessionError(
            f"The cluster does not answer, so the pod {session.spec.pod_name} could not be seen gone.",
            title="A pod may be left behind",
            hint=f"hptui's guardian goes on trying for two minutes. If it fails, {session.left_behind}",
        ) from error


def _check_allowed(place: SessionPlace, context: str) -> None:
    """Raises UsageError where the person's own settings forbid a launch."""
    match launching(place.settings, context):
        case Launching.NEVER:
            raise read_only_error(place.settings, context)
        case Launching.ASK if place.confirmed != context:
            raise UsageError(
                f"The context {context} is protected: a launch must name it.",
                title="A protected cluster",
                hint=f"Add --confirm {context} if that is the cluster you mean.",
            )
