"""From nodes as a real API server gave them to the rows of the table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hptui.cluster.model import Live, Node, NodesChanged, PodsChanged, PodStatus, Stale, Usage
from hptui.cluster.nodes import node_from
from hptui.cluster.wire import NodeWire
from hptui.ui.fleet_state import FleetState

RECORDED = Path(__file__).parent.parent / "recorded"


def recorded_nodes() -> list[Node]:
    """Every whole Windows node in the recording, by name."""
    exchanges = json.loads((RECORDED / "nodes.json").read_text())["exchanges"]
    found: dict[str, Node] = {}
    for exchange in exchanges:
        body: Any = exchange["response"].get("body")
        for item in body.get("items") or [] if isinstance(body, dict) else []:
            if item.get("status", {}).get("nodeInfo", {}).get("operatingSystem") == "windows":
                found[item["metadata"]["name"]] = node_from(msgspec.convert(item, NodeWire))
    return list(found.values())


@pytest.fixture
def state() -> FleetState:
    fleet = FleetState()
    fleet.apply_nodes(NodesChanged(tuple(recorded_nodes())))
    return fleet


def test_a_recorded_node_is_a_row_with_its_build_and_versions(state: FleetState) -> None:
    node = next(node for node in state.nodes.values() if "20348" in node.kernel_version)
    row = state.row(node.name)
    assert row["name"].text == node.name
    assert row["windows"].text.startswith("2022  20348")
    assert row["kubelet"].text == node.kubelet_version.removeprefix("v")
    assert not row["cpu"].text.strip("–")


def test_usage_is_a_share_of_the_nodes_capacity(state: FleetState) -> None:
    node = next(iter(state.nodes.values()))
    touched = state.apply_usage({node.name: Usage(node.cpu_capacity / 4, node.memory_capacity // 2, None)})
    row = state.row(node.name)
    assert (row["cpu"].text, row["memory"].text) == ("25%", "50%")
    assert touched == {node.name}


def test_a_node_that_goes_takes_its_verdict_with_it(state: FleetState) -> None:
    name = next(iter(state.nodes))
    assert state.apply_nodes(NodesChanged((), (name, "never-seen"))) == (set(), {name})
    assert name not in state.nodes
    assert name not in state.verdicts


def test_connection_changes_touch_no_row(state: FleetState) -> None:
    now = datetime.now(UTC)
    assert state.apply_nodes(Stale(now, "gone", now)) == (set(), set())
    state.apply_nodes(Live(now))
    assert state.connection == Live(now)


def test_the_filter_wants_every_word_and_looks_into_labels(state: FleetState) -> None:
    node = next(iter(state.nodes.values()))
    changed = replace(node, name="odd-one", labels={**node.labels, "pool": "Blue"})
    state.apply_nodes(NodesChanged((changed,)))
    assert list(state.matching("pool=blue ODD")) == ["odd-one"]
    assert list(state.matching("odd nowhere")) == []
    assert set(state.matching("")) == set(state.nodes)


def pod(uid: str, node: str, minutes: int) -> PodStatus:
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    return PodStatus(
        "hptui", f"pod-{uid}", uid, "1", node, "Running", "", "", created, None, None, 3600, {}, {}, (), ()
    )


def test_sessions_are_counted_by_node_oldest_first(state: FleetState) -> None:
    name = next(iter(state.nodes))
    assert state.apply_pods(PodsChanged((pod("b", name, 2), pod("a", name, 1)))) == {name}
    assert [p.uid for p in state.sessions_on(name)] == ["a", "b"]
    assert state.row(name)["sessions"].text == "2"
    assert state.apply_pods(PodsChanged((), ("a", "unknown"))) == {name}
    assert state.row(name)["sessions"].text == "1"


def test_versions_sort_as_numbers(state: FleetState) -> None:
    node = next(iter(state.nodes.values()))
    old = replace(node, name="old", kubelet_version="v1.9.11")
    new = replace(node, name="new", kubelet_version="v1.36.2")
    state.apply_nodes(NodesChanged((old, new)))
    assert str(state.row("old")["kubelet"].order) < str(state.row("new")["kubelet"].order)
