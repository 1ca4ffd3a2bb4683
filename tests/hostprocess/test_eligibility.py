"""The verdict on a node names everything that speaks against it, on nodes as a real API server described them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hptui.cluster.model import Condition, Node, Taint
from hptui.hostprocess.account import SYSTEM, parse_account
from hptui.hostprocess.eligibility import judge, parse_version
from hptui.hostprocess.windows import build_number, windows_name
from tests.hostprocess import recordings
from tests.hostprocess.recordings import exchanges, nodes, watched

NOW = datetime(2026, 11, 23, 5, 48, tzinfo=UTC)


@pytest.fixture
def good() -> Node:
    return nodes()["win-2022-01"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("win-2022-01", "yes"),
        ("win-2022-06", "yes"),
        ("win-2022-07", "yes, cordoned"),
        ("win-2025-02", "yes, taint"),
        ("win-2019-03", "no, containerd 1.5"),
        ("win-2022-04", "no, NotReady +1"),
    ],
)
def test_recorded_nodes(name: str, word: str) -> None:
    assert judge(nodes()[name], now=NOW).word == word


def test_all_reasons_are_given_blocking_ones_first() -> None:
    verdict = judge(nodes()["win-2019-03"], now=NOW)
    assert [reason.word for reason in verdict.reasons] == ["containerd 1.5", "cordoned"]
    assert not verdict.eligible
    assert "1.5.13" in verdict.blocking[0].sentence
    assert "Upgrade" in verdict.blocking[0].sentence


def test_docker_is_never_able(good: Node) -> None:
    verdict = judge(replace(good, container_runtime="docker://20.10.9"), now=NOW)
    assert verdict.word == "no, docker"


@pytest.mark.parametrize(
    ("runtime", "word", "groups"),
    [
        ("containerd://1.5.13", "no, containerd 1.5", False),
        ("containerd://1.6.0", "yes", False),
        ("containerd://1.6.5", "yes, zero usage", False),
        ("containerd://1.6.6+azure", "yes, zero usage", False),
        ("containerd://1.6.7", "yes", False),
        ("containerd://1.7.0-rc.1", "yes", True),
        ("containerd://2.1.4", "yes", True),
        ("containerd://1.10.0", "yes", True),
        ("containerd://unknown", "yes, containerd ?", False),
        ("cri-o://1.30.0", "no, cri-o", False),
        ("", "no, no runtime", False),
    ],
)
def test_container_runtimes(good: Node, runtime: str, word: str, groups: bool) -> None:
    verdict = judge(replace(good, container_runtime=runtime), now=NOW)
    assert (verdict.word, verdict.groups) == (word, groups)


@pytest.mark.parametrize(
    ("kubelet", "word"),
    [
        ("v1.22.17", "no, kubelet 1.22"),
        ("v1.23.0", "yes"),
        ("v1.9.1", "no, kubelet 1.9"),
        ("v1.31.2-eks-94953ac", "yes"),
        ("garbage", "yes, kubelet ?"),
    ],
)
def test_kubelets(good: Node, kubelet: str, word: str) -> None:
    assert judge(replace(good, kubelet_version=kubelet), now=NOW).word == word


def test_a_group_needs_containerd_1_7(good: Node) -> None:
    old = replace(good, container_runtime="containerd://1.6.20")
    group = parse_account("operators")
    assert judge(old, SYSTEM, now=NOW).eligible
    assert judge(old, group, now=NOW).word == "no, no groups"
    assert judge(good, group, now=NOW).eligible


def test_linux_is_not_windows(good: Node) -> None:
    assert judge(replace(good, operating_system="linux"), now=NOW).word == "no, linux"


def test_a_node_that_went_away_is_told_from_one_that_is_not_ready() -> None:
    seen = [recordings.as_node(found) for _, found in watched("node-down", "node-watch")]
    words = [judge(node, now=NOW).word for node in seen]
    assert words[0] == "yes"
    assert "no, no heartbeat" in words
    assert words[-1].startswith("yes")
    lost = next(judge(node, now=NOW) for node in seen if not node.is_ready)
    assert "Kubelet stopped posting node status." in lost.blocking[0].sentence


def test_a_silent_kubelet_is_noted_before_the_cluster_notices(good: Node) -> None:
    ready = good.ready
    assert ready is not None
    assert ready.heartbeat is not None
    late = ready.heartbeat + timedelta(minutes=11)
    assert judge(good, now=late).word == "yes, no heartbeat"
    assert judge(good, now=ready.heartbeat + timedelta(minutes=9)).word == "yes"


def test_a_node_without_a_status_cannot_be_used(good: Node) -> None:
    assert judge(replace(good, conditions=()), now=NOW).word == "no, no status"


def test_every_taint_is_a_note_but_not_twice_what_is_told_already(good: Node) -> None:
    tainted = replace(
        good,
        unschedulable=True,
        taints=(
            Taint("node.kubernetes.io/unschedulable", "NoSchedule"),
            Taint("os", "NoSchedule", "windows"),
            Taint("dedicated", "NoExecute"),
        ),
    )
    verdict = judge(tainted, now=NOW)
    assert verdict.word == "yes, cordoned +2"
    assert [r.fact for r in verdict.notes][1:] == [
        "The node has the taint os=windows:NoSchedule; the session's pod tolerates it.",
        "The node has the taint dedicated:NoExecute; the session's pod tolerates it.",
    ]


def test_pressure_is_a_note(good: Node) -> None:
    short = replace(good, conditions=(*good.conditions, Condition("DiskPressure", "True")))
    assert judge(short, now=NOW).word == "yes, low disk"


def test_every_verdict_of_a_recorded_node_names_a_way_out_for_what_blocks() -> None:
    listed = exchanges("nodes")["nodes-windows"]["response"]["body"]["items"]
    verdicts = [judge(recordings.as_node(found), now=NOW) for found in listed]
    assert any(not verdict.eligible for verdict in verdicts)
    assert all(reason.way_out for verdict in verdicts for reason in verdict.blocking)


@pytest.mark.parametrize(
    ("text", "version"),
    [("v1.36.2", (1, 36, 2)), ("1.7.20+azure", (1, 7, 20)), ("2.0", (2, 0, 0)), ("", None), ("v", None)],
)
def test_versions(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("kernel", "number", "name"),
    [
        ("10.0.17763.6414", 17763, "2019"),
        ("10.0.20348.2700", 20348, "2022"),
        ("10.0.25398.1189", 25398, "23H2"),
        ("10.0.26100.4061", 26100, "2025"),
        ("10.0.99999.1", 99999, "build 99999"),
        ("5.15.0-1074-azure", None, ""),
        ("", None, ""),
    ],
)
def test_windows_builds(kernel: str, number: int | None, name: str) -> None:
    assert (build_number(kernel), windows_name(kernel)) == (number, name)
