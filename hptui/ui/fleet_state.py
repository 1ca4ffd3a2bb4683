"""What the fleet screen shows, as plain data: nodes, their usage, their sessions and how fresh all that is.

No Textual here: updates go in, rows come out, so the whole behaviour of the table is tested on recorded JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hptui import format as fmt
from hptui.cluster.model import (
    Connection,
    Node,
    NodesChanged,
    NodeUpdate,
    PodsChanged,
    PodStatus,
    PodsUpdate,
    Usage,
)
from hptui.hostprocess.eligibility import Verdict, judge
from hptui.hostprocess.windows import windows_name


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, the style it wants by meaning (never a colour), and what it sorts by."""

    text: str
    tone: str = ""  # good, bad, warn, dim, accent or nothing
    order: float | str = ""
    short: str | None = None  # where there is little room


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    right: bool = False
    wide_only: bool = False  # left out on narrow screens


COLUMNS = (
    Column("name", "NODE"),
    Column("ready", "READY"),
    Column("verdict", "HOSTPROCESS"),
    Column("windows", "WINDOWS"),
    Column("cpu", "CPU", right=True),
    Column("memory", "MEM", right=True),
    Column("sessions", "OPEN", right=True),
    Column("age", "AGE", right=True),
    Column("kubelet", "KUBELET", wide_only=True),
    Column("runtime", "CONTAINERD", wide_only=True),
)


@dataclass
class FleetState:
    """The nodes of one cluster. `apply…` take updates and say which rows they touched."""

    pin: Callable[[str], str] = str  # makes the commands of a remedy mean this cluster
    nodes: dict[str, Node] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    usage: Mapping[str, Usage] = field(default_factory=dict)
    usage_note: str = ""  # why there is none
    sessions: dict[str, PodStatus] = field(default_factory=dict)  # by uid
    sessions_note: str = ""
    connection: Connection | None = None
    silence: str = ""  # why there will be no more news of the nodes
    complete: bool = False

    def apply_nodes(self, update: NodeUpdate) -> tuple[set[str], set[str]]:
        """Changed and removed node names."""
        if not isinstance(update, NodesChanged):
            self.connection = update
            return set(), set()
        now = datetime.now(UTC)
        for node in update.changed:
            self.nodes[node.name] = node
            self.verdicts[node.name] = judge(node, now=now)
        removed = {name for name in update.removed if self.nodes.pop(name, None)}
        for name in removed:
            self.verdicts.pop(name, None)
        self.complete = self.complete or update.complete
        return {node.name for node in update.changed}, removed

    def apply_pods(self, update: PodsUpdate) -> set[str]:
        """Node names whose sessions changed."""
        if not isinstance(update, PodsChanged):
            return set()
        touched = set()
        for uid in update.removed:
            if gone := self.sessions.pop(uid, None):
                touched.add(gone.node)
        for pod in update.changed:
            self.sessions[pod.uid] = pod
            touched.add(pod.node)
        return touched

    def apply_usage(self, usage: Mapping[str, Usage]) -> set[str]:
        """Node names whose usage is known now, or no longer."""
        touched = set(usage) | set(self.usage)
        self.usage = usage
        self.usage_note = ""
        return touched & set(self.nodes)

    def sessions_on(self, node: str) -> list[PodStatus]:
        found = [pod for pod in self.sessions.values() if pod.node == node]
        return sorted(found, key=lambda pod: pod.created or datetime.min.replace(tzinfo=UTC))

    @property
    def ready_for_hostprocess(self) -> int:
        return sum(verdict.eligible for verdict in self.verdicts.values())

    def row(self, name: str, now: datetime | None = None) -> dict[str, Cell]:
        """One node's cells by column key."""
        node = self.nodes[name]
        return node_row(
            node,
            self.verdicts[name],
            self.usage.get(name),
            len(self.sessions_on(name)),
            now or datetime.now(UTC),
        )

    def matching(self, words: str) -> Iterable[str]:
        """Names of the nodes in which every word is found, anywhere in what the table or the labels say."""
        wanted = words.lower().split()
        for name, node in self.nodes.items():
            haystack = " ".join(
                (
                    name,
                    node.os_image,
                    node.kernel_version,
                    node.kubelet_version,
                    node.container_runtime,
                    self.verdicts[name].word,
                    "ready" if node.is_ready else "notready",
                    *(f"{key}={value}" for key, value in node.labels.items()),
                )
            ).lower()
            if all(word in haystack for word in wanted):
                yield name


def node_row(
    node: Node, verdict: Verdict, usage: Usage | None, sessions: int, now: datetime
) -> dict[str, Cell]:
    """A node as a row of the table; pure."""
    ready = node.ready
    status = ready.status if ready else "Unknown"
    return {
        "name": Cell(node.name, order=node.name),
        "ready": Cell(
            {"True": "● yes", "False": "○ no"}.get(status, "? lost"),
            {"True": "good", "False": "bad"}.get(status, "bad"),
            {"True": 0, "False": 2}.get(status, 1),
        ),
        "verdict": _verdict_cell(verdict),
        "windows": Cell(
            f"{windows_name(node.kernel_version)}  {_build(node.kernel_version)}",
            order=node.kernel_version,
            short=windows_name(node.kernel_version),
        ),
        "cpu": _share(usage.cpu if usage else None, node.cpu_capacity),
        "memory": _share(usage.memory if usage else None, node.memory_capacity),
        "sessions": Cell(str(sessions) if sessions else "", "accent", -sessions),
        "age": Cell(
            fmt.age(node.created, now), "dim", (now - node.created).total_seconds() if node.created else 0.0
        ),
        "kubelet": Cell(node.kubelet_version.removeprefix("v"), order=_version_key(node.kubelet_version)),
        "runtime": Cell(
            node.container_runtime.removeprefix("containerd://"), order=_version_key(node.container_runtime)
        ),
    }


def _verdict_cell(verdict: Verdict) -> Cell:
    tone = "bad" if not verdict.eligible else "warn" if verdict.reasons else "good"
    return Cell(verdict.word, tone, {"good": "0", "warn": "1", "bad": "2"}[tone] + verdict.word)


def _build(kernel_version: str) -> str:
    return kernel_version.removeprefix("10.0.")


def _share(used: float | None, capacity: float) -> Cell:
    if used is None:
        return Cell("–", "dim", -1.0)
    share = used / capacity if capacity > 0 else 0.0
    tone = "bad" if share >= 0.9 else "warn" if share >= 0.75 else ""
    return Cell(fmt.percent(used, capacity), tone, share)


def _version_key(text: str) -> str:
    """A version that sorts as text: each number padded."""
    digits = "".join(c if c.isdigit() else " " for c in text)
    return " ".join(part.zfill(6) for part in digits.split())
