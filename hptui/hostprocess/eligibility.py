"""May this node run a HostProcess pod, and if not, why not: all the reasons, each with the way out.

The limits are those of the Kubernetes page "Create a Windows HostProcess Pod" and of KEP-1981: kubelet 1.23, containerd 1.6
(1.7 for local groups), never docker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from shlex import quote

from hptui.cluster.model import Condition, Node, Taint
from hptui.hostprocess.account import Account

MIN_KUBELET = (1, 23)
MIN_CONTAINERD = (1, 6)
MIN_CONTAINERD_FOR_GROUPS = (1, 7)
ZERO_USAGE_CONTAINERD = ((1, 6, 5), (1, 6, 6))

HEARTBEAT_LIMIT = timedelta(minutes=10)
"""The kubelet writes its status every five minutes even when nothing changes; twice that is silence."""

Version = tuple[int, int, int]

_VERSION = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?")
_CORDON_TAINT = "node.kubernetes.io/unschedulable"
_NOT_READY_TAINTS = frozenset({"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"})
_PRESSURES = {"MemoryPressure": "memory", "DiskPressure": "disk", "PIDPressure": "process ids"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks against a node (`blocking`) or that is worth knowing (a note)."""

    blocking: bool
    word: str  # for the table
    fact: str  # what is so, as a sentence
    way_out: str = ""  # what can be done about it, as a sentence

    @property
    def sentence(self) -> str:
        stop = (
            "" if not self.way_out or self.fact.endswith((".", "!", "?")) else "."
        )  # a node's own words have none
        return f"{self.fact}{stop} {self.way_out}".rstrip()


@dataclass(frozen=True, slots=True)
class Verdict:
    node: str
    reasons: tuple[Reason, ...]  # blocking ones first
    groups: bool  # whether the node can run as a local group

    @property
    def eligible(self) -> bool:
        return not any(reason.blocking for reason in self.reasons)

    @property
    def blocking(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.blocking)

    @property
    def notes(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.blocking)

    @property
    def word(self) -> str:
        """For the table: "yes", "yes, taint", "no, docker +1": the answer, its first reason, and how many more of its kind."""
        told = self.blocking or self.notes
        answer = "yes" if self.eligible else "no"
        if not told:
            return answer
        more = f" +{len(told) - 1}" if len(told) > 1 else ""
        return f"{answer}, {told[0].word}{more}"


def judge(node: Node, account: Account | None = None, now: datetime | None = None) -> Verdict:
    """All that speaks against running a HostProcess pod on `node`, as `account` where one is given."""
    moment = now or datetime.now(UTC)
    reasons = [
        *_operating_system(node),
        *_readiness(node, moment),
        *_kubelet(node),
        *_runtime(node, account),
        *_cordon_and_taints(node),
        *_pressures(node),
    ]
    reasons.sort(key=lambda reason: not reason.blocking)
    return Verdict(node.name, tuple(reasons), supports_groups(node))


def supports_groups(node: Node) -> bool:
    """Whether the node's container runtime can run a pod as a member of a local group."""
    name, version = _runtime_version(node)
    return name == "containerd" and version is not None and version >= MIN_CONTAINERD_FOR_GROUPS


def parse_version(text: str) -> Version | None:
    """(1, 7, 20) of "v1.7.20+azure"; None when it is not a version."""
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    return int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)


def _operating_system(node: Node) -> list[Reason]:
    if node.operating_system.casefold() == "windows":
        return []
    system = node.operating_system or "an unknown system"
    return [Reason(True, system, f"The node runs {system}, not Windows.", "Choose a Windows node.")]


def _readiness(node: Node, now: datetime) -> list[Reason]:
    ready = node.ready
    if ready is None:
        return [
            Reason(
                True,
                "no status",
                "The kubelet has never reported whether the node is ready.",
                "Wait until the node has joined the cluster.",
            )
        ]
    if ready.status == "Unknown":
        return [
            Reason(
                True,
                "no heartbeat",
                f"The kubelet has been silent{_since(ready.heartbeat, now)}. {_words(ready)}".rstrip(),
                "Look at the machine itself: it may be off, cut off, or its kubelet stopped.",
            )
        ]
    if ready.status != "True":
        return [
            Reason(
                True,
                "NotReady",
                f"The node is not ready. {_words(ready)}".rstrip(),
                f"`kubectl describe node {quote(node.name)}` shows its conditions.",
            )
        ]
    if ready.heartbeat is not None and now - ready.heartbeat > HEARTBEAT_LIMIT:
        return [
            Reason(
                False,
                "no heartbeat",
                f"The node counts as ready, but its kubelet has not reported{_since(ready.heartbeat, now)}.",
                "If this machine's clock is right, the node may be about to be marked NotReady.",
            )
        ]
    return []


def _since(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    minutes = int((now - moment).total_seconds() // 60)
    return f" for {minutes} min" if minutes > 0 else ""


def _words(condition: Condition) -> str:
    return condition.message or condition.reason


def _kubelet(node: Node) -> list[Reason]:
    version = parse_version(node.kubelet_version)
    if version is None:
        return [_unreadable("kubelet", node.kubelet_version)]
    if version[:2] >= MIN_KUBELET:
        return []
    return [
        Reason(
            True,
            f"kubelet {version[0]}.{version[1]}",
            f"The kubelet is {node.kubelet_version}; HostProcess needs 1.23 or later.",
            "Upgrade the node pool.",
        )
    ]


def _runtime_version(node: Node) -> tuple[str, Version | None]:
    name, _, version = node.container_runtime.partition("://")
    return name.casefold(), parse_version(version)


def _runtime(node: Node, account: Account | None) -> list[Reason]:
    name, version = _runtime_version(node)
    if name != "containerd":
        return [
            Reason(
                True,
                name or "no runtime",
                f"The container runtime is {node.container_runtime or 'not known'}; only containerd can run HostProcess.",
                "Move the node pool to containerd 1.7 or later.",
            )
        ]
    if version is None:
        return [_unreadable("containerd", node.container_runtime)]
    shown = f"containerd {version[0]}.{version[1]}"
    if version < MIN_CONTAINERD:
        return [
            Reason(
                True,
                shown,
                f"containerd is {'.'.join(map(str, version))}; HostProcess needs 1.6 or later.",
                "Upgrade containerd, or the node pool's image.",
            )
        ]
    reasons = []
    if account is not None and account.is_group and version < MIN_CONTAINERD_FOR_GROUPS:
        reasons.append(
            Reason(
                True,
                "no groups",
                f"containerd is {'.'.join(map(str, version))}; running as a local group needs 1.7 or later.",
                "Choose SYSTEM, Local service or NetworkService, or upgrade containerd.",
            )
        )
    if version in ZERO_USAGE_CONTAINERD:
        reasons.append(
            Reason(
                False,
                "zero usage",
                f"containerd {'.'.join(map(str, version))} reports the CPU and memory of HostProcess pods as zero.",
                "Upgrade to containerd 1.6.7 or later to see usage.",
            )
        )
    return reasons


def _unreadable(what: str, text: str) -> Reason:
    return Reason(
        False,
        f"{what} ?",
        f"The version of {what} could not be read from {text!r}, so it was not checked.",
        "HostProcess needs kubelet 1.23 and containerd 1.6 or later.",
    )


def _cordon_and_taints(node: Node) -> list[Reason]:
    reasons = []
    if node.unschedulable:
        reasons.append(
            Reason(
                False,
                "cordoned",
                "The node is cordoned; the session's pod runs on it all the same.",
                "Whoever cordoned it may be about to drain or replace it.",
            )
        )
    reasons.extend(
        Reason(
            False,
            "taint",
            f"The node has the taint {taint}; the session's pod tolerates it.",
        )
        for taint in node.taints
        if not _told_already(node, taint)
    )
    return reasons


def _told_already(node: Node, taint: Taint) -> bool:
    if taint.key == _CORDON_TAINT:
        return node.unschedulable
    return taint.key in _NOT_READY_TAINTS and not node.is_ready


def _pressures(node: Node) -> list[Reason]:
    return [
        Reason(
            False,
            f"low {_PRESSURES[condition.type]}" if condition.type != "PIDPressure" else "low pids",
            f"The node is short of {_PRESSURES[condition.type]}: its kubelet may refuse or evict the session's pod.",
            _words(condition),
        )
        for condition in node.conditions
        if condition.type in _PRESSURES and condition.status == "True"
    ]
