"""The whole examination: every question at once, each with a time limit, none in another's way.

Without a kubeconfig nothing can be asked, and without an answer from the server nothing more: then only that is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from hptui.cluster.model import Credential
from hptui.cluster.port import Cluster
from hptui.errors import ClusterError, CredentialsError, ForbiddenError, HptuiError, UsageError
from hptui.hostprocess.doctor import server, workload
from hptui.hostprocess.doctor.case import Case
from hptui.hostprocess.doctor.check import Check, Health
from hptui.hostprocess.doctor.machine import Terminal, terminal_checks, version_checks
from hptui.hostprocess.login import description, notice
from hptui.hostprocess.permission import Launching, launching, read_only_error
from hptui.hostprocess.rights import RIGHTS
from hptui.settings import Settings

LIMIT = 15.0
"""Seconds that one question may take."""

FIRST = 6
"""So many times the limit for the first: it may wait for a login in a browser."""

Connect = Callable[[], Awaitable[Cluster]]


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    name: str
    ask: Callable[[Case], Awaitable[Sequence[Check]]]


QUESTIONS = (
    Question("server.version", "server version", server.version),
    Question("server.clock", "clock", server.clock),
    *(
        Question(server.right_id(right), f"right: {right.name}", partial(server.right, wanted=right))
        for right in RIGHTS
    ),
    Question("namespace.level", "namespace", workload.namespace),
    Question("namespace.quota", "quota", workload.quota),
    Question("namespace.dry-run", "dry run", workload.dry_run),
    Question("nodes", "Windows nodes", workload.nodes),
    Question("image", "image", workload.image),
    Question("metrics", "usage", workload.metrics),
)


async def examine(
    connect: Connect,
    settings: Settings,
    node: str = "",
    *,
    terminal: Terminal | None = None,
    limit: float = LIMIT,
) -> tuple[Check, ...]:
    """Look at everything that a session needs, on `node` where one is named. `limit` is in seconds, for each question."""
    machine = (*terminal_checks(terminal or Terminal.here()), *version_checks())
    try:
        cluster = await connect()
    except ClusterError as error:
        mend = f"{error.hint or error.default_hint}\nkubectl config get-contexts   # what there is to choose from"
        return (Check("kubeconfig", "kubeconfig", Health.BAD, error.message, mend), *machine)
    try:
        found = await _of_the_cluster(cluster, settings, node, limit)
        return (*(replace(each, mend=cluster.options.pinned(each.mend)) for each in found), *machine)
    finally:
        await cluster.close()


async def _of_the_cluster(cluster: Cluster, settings: Settings, node: str, limit: float) -> tuple[Check, ...]:
    info = cluster.info
    words = f"context {info.context} of {info.source}, namespace {settings.namespace or info.namespace}"
    kubeconfig = Check("kubeconfig", "kubeconfig", Health.OK, words)
    try:
        async with asyncio.timeout(FIRST * limit):
            info = await cluster.identify()
    except TimeoutError:
        return (kubeconfig, _silent(Question("server", "server", server.version), FIRST * limit, Health.BAD))
    except ClusterError as error:
        return (kubeconfig, _no_server(error))
    told = (
        kubeconfig,
        Check("server", "server", Health.OK, info.server),
        Check("user", "user", Health.OK, info.user),
        credential_check(cluster.credential, datetime.now(UTC), settings.deadline),
        _own_rule(settings, info.context),
    )
    try:
        case = Case(cluster, settings, node)
    except UsageError as error:
        mend = f"{error.hint}\nhptui --set account=SYSTEM"
        return (*told, Check("account", "account", Health.BAD, error.message, mend))
    try:
        found = await asyncio.gather(*(_answered(question, case, limit) for question in QUESTIONS))
    finally:
        case.close()
    return (*told, *(check for checks in found for check in checks))


def credential_check(credential: Credential | None, now: datetime, deadline: int) -> Check:
    """Whether it lasts for a session of `deadline` seconds, opened now."""
    id_, name = "credential", "credential"
    if credential is None:
        return Check(id_, name, Health.UNKNOWN, "Nothing was asked yet.")
    found = notice(credential, now, [now + timedelta(seconds=deadline)])
    if found is None:
        return Check(id_, name, Health.OK, description(credential))
    return Check(id_, name, Health.WARN, found.words, found.hint)


def _own_rule(settings: Settings, context: str) -> Check:
    """What the person's own settings say about launching here."""
    match launching(settings, context):
        case Launching.NEVER:
            error = read_only_error(settings, context)
            return Check("launching", "launching", Health.WARN, error.message, error.hint)
        case Launching.ASK:
            return Check("launching", "launching", Health.OK, f"asks for the name {context} first")
        case Launching.FREE:
            return Check("launching", "launching", Health.OK, "allowed by your settings")


def _no_server(error: ClusterError) -> Check:
    name, command = (
        ("user", "auth whoami") if isinstance(error, CredentialsError) else ("server", "cluster-info")
    )
    mend = f"{error.hint or error.default_hint}\nkubectl {command}   # asks the same server"
    return Check(name, name, Health.BAD, f"{error.heading}: {error.message}", mend)


async def _answered(question: Question, case: Case, limit: float) -> Sequence[Check]:
    """One question's answers; what keeps it from one is an answer too."""
    try:
        async with asyncio.timeout(limit):
            return await question.ask(case)
    except TimeoutError:
        return (_silent(question, limit, Health.UNKNOWN),)
    except HptuiError as error:
        words = f"{error.heading}: {error.message}"
        health = Health.BAD if isinstance(error, UsageError) else Health.UNKNOWN
        mend = "The right is among those above." if isinstance(error, ForbiddenError) else error.hint
        if health is Health.BAD:
            mend = f"{mend}\nhptui settings   # each with where it comes from"
        return (Check(question.id, question.name, health, words, mend),)


def _silent(question: Question, limit: float, health: Health) -> Check:
    mend = "kubectl cluster-info   # asks the same server; a proxy, a VPN or the server itself may be slow"
    return Check(question.id, question.name, health, f"No answer within {limit:g} s.", mend)
