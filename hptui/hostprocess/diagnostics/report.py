"""The report itself: asked for, put into sections, and made fit to be sent."""

from __future__ import annotations

import asyncio
import getpass
import platform
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from hptui.cluster.port import Cluster
from hptui.errors import ClusterError, LaunchError
from hptui.hostprocess.diagnostics.anonymous import Names, without_names
from hptui.hostprocess.diagnostics.installed import needed
from hptui.hostprocess.doctor.check import Check
from hptui.hostprocess.doctor.examination import LIMIT, examine
from hptui.hostprocess.doctor.machine import Terminal
from hptui.hostprocess.session import Session
from hptui.log import keeping
from hptui.log.redaction import redact
from hptui.settings import Settings, as_shown
from hptui.terminal.plain import plain

NAMED = "It holds names: of nodes, users, the context, the server.\nRead it before you send it"
UNNAMED = "Names that hptui knows are replaced: node-1, user-1 …\nRead it all the same before you send it."


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `text` makes it one text."""

    when: datetime
    checks: Sequence[Check]
    settings: Mapping[str, tuple[object, str]]  # those that are not the default: value and where from
    sessions: tuple[str, ...]
    names: Names
    log: tuple[str, ...] = field(default_factory=keeping.recent)

    def text(self, *, anonymous: bool = False, hint: str = "") -> str:
        """Plain text without secrets; `hint` says how to have it without names."""
        head = UNNAMED if anonymous else f"{NAMED}{hint and ', or '}{hint}."
        parts = [f"hptui diagnostics, {self.when:%Y-%m-%dT%H:%M:%SZ}\n{head}"]
        body = "\n\n".join(f"## {title}\n{chr(10).join(lines)}" for title, lines in self._sections())
        body = redact(body)
        parts.append(without_names(body, self.names) if anonymous else body)
        return "\n\n".join(parts) + "\n"

    def _sections(self) -> Iterable[tuple[str, Iterable[str]]]:
        # Not platform.platform(): it runs uname.
        system = f"{platform.python_implementation()} {platform.python_version()} on "
        system += f"{platform.system()} {platform.release()} {platform.machine()}"
        yield "Installed", [system, *(f"{name} {version}" for name, version in needed().items())]
        settings = [f"{key} = {value!r}  ({plain(source)})" for key, (value, source) in self.settings.items()]
        yield "Settings that are not the default", settings or ["none"]
        yield "Doctor", [line for check in self.checks for line in _check_lines(check)]
        yield "Open sessions", self.sessions or ["none"]
        yield (
            f"Log, the last {len(self.log)} lines",
            [plain(line) for text in self.log for line in text.split("\n")],
        )


async def gather(
    connect: Callable[[], Awaitable[Cluster]],
    settings: Settings,
    sources: Mapping[str, str],
    sessions: Sequence[Session] = (),
    *,
    terminal: Terminal | None = None,
) -> Report:
    """Asks what the doctor asks. What cannot be had is said in its place."""
    checks = await examine(connect, settings, terminal=terminal)
    names = await _names(connect, sessions)
    return Report(
        datetime.now(UTC),
        checks,
        _changed(settings, sources),
        tuple(_session_line(session) for session in sessions),
        names,
    )


async def _names(connect: Callable[[], Awaitable[Cluster]], sessions: Sequence[Session]) -> Names:
    nodes = [session.spec.node for session in sessions]
    users = [_login(), *(session.spec.who for session in sessions)]
    contexts, servers = [], []
    try:
        cluster = await connect()
        try:
            async with asyncio.timeout(LIMIT):
                info = cluster.info
                users += [info.user, info.impersonated]
                contexts.append(info.context)
                servers.append(urlsplit(info.server).hostname or "")
                users.append((await cluster.identify()).user)
                nodes += [node.name for node in await cluster.list_nodes()]
        finally:
            await cluster.close()
    except (ClusterError, TimeoutError):
        pass  # what is not known cannot stand in the report by this way either, but for the log's words
    machine = socket.gethostname()
    return Names(
        tuple(nodes), tuple(users), tuple(contexts), tuple(servers), (machine, machine.partition(".")[0])
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # of a container's nameless user
        return Path.home().name


def _changed(settings: Settings, sources: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    standard, found = as_shown(Settings()), as_shown(settings)
    return {
        key: (value, sources.get(key, "unknown")) for key, value in found.items() if value != standard[key]
    }


def _session_line(session: Session) -> str:
    spec, error = session.spec, session.error
    step = f" at step {error.step}" if isinstance(error, LaunchError) else ""
    # Without the message, in which a node may quote a command.
    why = f"; {plain(error.heading)}{step}" if error is not None else ""
    return (
        f"{plain(spec.pod_name)} on {plain(spec.node)} as {plain(spec.account.label)}: {session.state}{why}"
    )


def _check_lines(check: Check) -> list[str]:
    lines = " ".join(plain(line) for line in check.found.splitlines())
    return [f"{check.health!s:<8} {check.id}: {lines}"]
