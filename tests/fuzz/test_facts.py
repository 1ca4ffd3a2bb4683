"""Whatever objects an API server sends: the rooms above can judge, sort, describe and show each that was decoded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui import format as fmt
from hptui.cluster import quantity
from hptui.cluster.events import EVENTS, in_order
from hptui.cluster.listing import decode_one
from hptui.cluster.model import Node, NodesChanged, PodsChanged
from hptui.cluster.nodes import NODES
from hptui.cluster.pods import PODS
from hptui.hostprocess.diagnosis import diagnose, ending, stage
from hptui.hostprocess.eligibility import judge
from hptui.hostprocess.images import image_choices
from hptui.hostprocess.sweep import found_session
from hptui.ui.fleet_state import FleetState
from tests.fuzz.nasty import assert_told, clean_text, moments, numbers, text
from tests.fuzz.objects import event_objects, node_objects, pod_objects, quantities

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def node(**fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": "n", "uid": "u", **fields}}


@pytest.mark.cases(100)
@given(node_objects)
@example(node(creationTimestamp="2026-11-23T05:48:05"))
@example(node(creationTimestamp="0001-01-01T00:00:00+14:00"))
@example({**node(), "status": {"capacity": {"cpu": "1E1000000Ei", "memory": "1e999999999"}}})
@example({**node(), "status": {"capacity": {"cpu": "9" * 400, "memory": "9" * 5000}}})
def test_any_node_is_a_row_of_the_table(object: Any) -> None:
    found = decode_one(NODES, json.dumps(object).encode())
    if not isinstance(found, Node):
        return
    state = FleetState()
    state.apply_nodes(NodesChanged((found,), (), True))
    row = state.row(found.name, NOW)
    assert all(isinstance(cell.text, str) for cell in row.values())
    verdict = judge(found, now=NOW)
    assert verdict.word
    assert all(reason.sentence for reason in verdict.reasons)
    list(state.matching("a x"))
    for at in (found.created, *(c.since for c in found.conditions), *(c.heartbeat for c in found.conditions)):
        told_time(at)
    for choice in image_choices(found.kernel_version):
        assert choice.reference


def told_time(at: datetime | None) -> None:
    """What the screens do with a time."""
    fmt.age(at, NOW)
    fmt.clock(at)
    fmt.moment(at)
    assert at is None or at.tzinfo is not None


@pytest.mark.cases(80)
@given(pod_objects, st.lists(event_objects, max_size=3))
def test_any_pod_is_diagnosed(object: Any, objects: list[Any]) -> None:
    pod = decode_one(PODS, json.dumps(object).encode())
    pairs = [decode_one(EVENTS, json.dumps(one).encode()) for one in objects]
    events = in_order([pair[0] for pair in pairs if pair is not None])
    for event in events:
        told_time(event.first)
        told_time(event.last)
    if pod is None:
        return
    stage(pod, events)
    for error in (diagnose(pod, events), ending(pod)):
        if error is not None:
            assert_told(error, hint=False)
    for at in (
        pod.created,
        pod.started,
        pod.deleting,
        *(c.started for c in pod.containers),
        *(c.finished for c in pod.containers),
    ):
        told_time(at)
    state = FleetState()
    state.apply_pods(PodsChanged((pod,), (), True))
    state.sessions_on(pod.node)
    found = found_session(pod)
    assert isinstance(found.place, str)


@pytest.mark.cases(400)
@given(quantities | text, numbers)
@example("1e999999999", 0)
@example("1" * 5000, 0)
@example("1E400000Ei", 0)
def test_any_quantity_is_a_number_that_can_be_shown(text: str, capacity: float) -> None:
    cores, size, seconds = quantity.cores(text), quantity.size(text), quantity.seconds(text)
    assert all(value == value and abs(value) < float("inf") for value in (cores, size, seconds))
    for shown in (fmt.cores(cores), fmt.size(size), fmt.percent(cores, 4.0), fmt.span(seconds)):
        assert len(shown) < 400


@pytest.mark.cases(60)
@given(moments, clean_text)
def test_any_time_is_read_as_one_or_the_object_is_left_out(at: Any, name: str) -> None:
    found = decode_one(NODES, json.dumps(node(creationTimestamp=at, name=name)).encode())
    if isinstance(found, Node):
        told_time(found.created)
