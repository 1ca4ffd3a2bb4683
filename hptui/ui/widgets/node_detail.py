"""The pane that follows the cursor: what this node is, whether it can run HostProcess, why not and what would help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import Node, PodStatus
from hptui.hostprocess.eligibility import Verdict
from hptui.hostprocess.sweep import FoundSession, found_session
from hptui.hostprocess.windows import windows_name
from hptui.terminal.plain import plain
from hptui.ui.fleet_state import FleetState
from hptui.ui.tones import heading, join, tell


class NodeDetail(VerticalScroll, can_focus=False):
    """Facts and verdict of one node."""

    DEFAULT_CSS = """
    NodeDetail { padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static()

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, state: FleetState, name: str | None) -> None:
        node = state.nodes.get(name) if name else None
        if node is None:
            self.border_title = ""
            self._text.update(tell("No node is chosen.", "dim"))
            return
        self.border_title = heading(node.name)
        self._text.update(describe(node, state.verdicts[node.name], state, datetime.now(UTC)))


def describe(node: Node, verdict: Verdict, state: FleetState, now: datetime) -> Content:
    """A node in sentences; pure."""
    lines: list[Content] = [
        *_verdict(verdict, state.pin),
        tell(plain(node.os_image) or "Windows", "strong"),
        join(f"{windows_name(node.kernel_version)} build ", plain(node.kernel_version)),
        Content(f"kubelet {plain(node.kubelet_version)} · {plain(node.container_runtime)}"),
        Content(
            f"{plain(node.architecture)} · {fmt.cores(node.cpu_capacity)} cores · {fmt.size(node.memory_capacity)}"
        ),
        Content(f"address {plain(node.internal_ip) or 'unknown'} · age {fmt.age(node.created, now)}"),
        Content(""),
        *_conditions(node, now),
        *_sessions(state.sessions_on(node.name), state.sessions_note, now),
    ]
    if state.silence:
        lines += [Content(""), tell(plain(f"The nodes are no longer followed. {state.silence}"), "warn")]
    if state.usage_note:
        lines += [Content(""), tell(plain(state.usage_note), "dim")]
    return Content("\n").join(lines)


def _verdict(verdict: Verdict, pin: Callable[[str], str]) -> list[Content]:
    head = tell("HostProcess: yes", "good") if verdict.eligible else tell("HostProcess: no", "bad")
    groups = "yes" if verdict.groups else "no (needs containerd 1.7 or later)"
    lines = [head]
    if verdict.eligible:
        lines.append(Content(f"  local groups as account: {groups}"))
    for reason in verdict.reasons:
        mark = tell("✗ ", "bad") if reason.blocking else tell("! ", "warn")
        lines.append(join(mark, plain(pin(reason.sentence))))
    return [*lines, Content("")]


def _conditions(node: Node, now: datetime) -> list[Content]:
    lines = []
    for condition in node.conditions:
        wanted = "True" if condition.type == "Ready" else "False"
        if condition.status != wanted:
            text = f"{plain(condition.type)}={plain(condition.status)} for {fmt.age(condition.since, now)}"
            lines.append(tell(text, "bad"))
            if condition.message:
                lines.append(tell(f"  {plain(condition.message)}", "dim"))
    return [*lines, Content("")] if lines else []


def _sessions(pods: list[PodStatus], note: str, now: datetime) -> list[Content]:
    lines = [tell(plain(note), "dim")] if note else []
    if pods:
        lines.append(tell(f"Open sessions: {len(pods)}", "accent"))
    elif not note:
        lines.append(tell("No hptui session is open here.", "dim"))
    for found in map(found_session, pods):
        lines.append(Content(f"  {plain(found.owner) or 'unknown'} as {plain(found.account) or '?'}"))
        if found.where_from:
            lines.append(tell(f"    from {plain(found.where_from)}", "dim"))
        lines.append(tell(f"    age {fmt.age(found.created, now)} · {_end(found, now)}", "dim"))
    return lines


def _end(found: FoundSession, now: datetime) -> str:
    """When the kubelet ends it."""
    if found.deadline is None:
        return "the node has not taken it up yet"
    left = (found.deadline - now).total_seconds()
    return f"ends in {fmt.countdown(left)}" if left > 0 else "its time is over"
