"""What stands around a pod: its events, usage and our rights, as a real API server tells them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.cluster.model import Event, EventsSeen
from hptui.cluster.quantity import cores, parse_quantity, seconds, size
from hptui.errors import (
    ClusterError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ServerError,
    UnavailableError,
)
from tests.cluster.conftest import Connector
from tests.cluster.replay import ReplayServer, exchange, plain, status, streamed

EVENTS = "/api/v1/namespaces/hptui/events"
METRICS = "/apis/metrics.k8s.io/v1beta1"


# Events


async def seen(server: ReplayServer, connect_to: Connector, file: str, name: str) -> list[Event]:
    """Every event that a recorded watch gives, each time that it is given."""
    server.on("GET", EVENTS, status(200, {"metadata": {"resourceVersion": "1"}, "items": None}))
    recorded = exchange(file, name)
    server.on("GET", EVENTS, streamed(recorded), watch="true")
    last = recorded["chunks"][-1]["data"]["object"]
    stream = (await connect_to(server)).watch_events("hptui", name="x", uid="u-1")
    found: list[Event] = []
    async with asyncio.timeout(20):
        async for update in stream:
            if isinstance(update, EventsSeen):
                found.extend(update.events)
            if any((e.uid, e.count) == (last["metadata"]["uid"], last.get("count") or 1) for e in found):
                stream.close()
    return found


async def test_events_are_about_one_object(server: ReplayServer, connect_to: Connector) -> None:
    found = await seen(server, connect_to, "pod-life", "events-until-running")
    assert {event.reason for event in found} == {"Pulling", "Pulled", "Created", "Started"}
    assert all(event.kind == "Pod" and event.name == "life" for event in found)
    selector = "involvedObject.kind=Pod,involvedObject.name=x,involvedObject.uid=u-1"
    assert {one.asked("fieldSelector") for one in server.asked("GET", EVENTS)} == {selector}


async def test_the_schedulers_events_have_a_time_and_a_source(
    server: ReplayServer, connect_to: Connector
) -> None:
    found = await seen(server, connect_to, "pod-life", "events-scheduled-pod")
    (scheduled,) = [event for event in found if event.reason == "Scheduled"]
    assert scheduled.last is not None
    assert scheduled.first is not None
    assert scheduled.count == 1
    assert scheduled.source == "default-scheduler"


async def test_a_repeat_comes_again_with_a_higher_count(server: ReplayServer, connect_to: Connector) -> None:
    found = await seen(server, connect_to, "pod-failures", "pull-failure-events")
    newest = {event.uid: event for event in found}
    pulling = next(event for event in newest.values() if event.reason == "Pulling")
    assert pulling.count == 2
    assert pulling.first is not None
    assert pulling.last is not None
    assert pulling.last > pulling.first
    failed = [event for event in newest.values() if event.type == "Warning"]
    assert any("not found" in event.message for event in failed)


async def test_listed_events_come_oldest_first(server: ReplayServer, connect_to: Connector) -> None:
    recorded = exchange("events", "events-hptui")["response"]["body"]
    server.on("GET", EVENTS, status(200, {**recorded, "metadata": {"resourceVersion": "1"}}))
    found = await (await connect_to(server)).list_events("hptui")
    times = [event.last or event.first or datetime.min.replace(tzinfo=UTC) for event in found]
    assert len(found) == len(recorded["items"])
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("name", "kind"), [("events-by-uid-bad-field", InvalidError), ("events-other-namespace", ForbiddenError)]
)
async def test_events_that_may_not_be_seen(
    server: ReplayServer, connect_to: Connector, name: str, kind: type[ClusterError]
) -> None:
    server.on("GET", EVENTS, plain(exchange("events", name)))
    cluster = await connect_to(server)
    with pytest.raises(kind):
        await cluster.list_events("hptui", name="x")
    with pytest.raises(kind):
        _ = [update async for update in cluster.watch_events("hptui", name="x")]


# Usage


async def test_the_usage_of_nodes(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("metrics", "nodes")
    usage = await (await connect_to(server)).node_usage()
    items = exchange("metrics", "nodes")["response"]["body"]["items"]
    assert usage.keys() == {item["metadata"]["name"] for item in items}
    first = usage[items[0]["metadata"]["name"]]
    assert first.cpu > 0
    assert first.memory > 1024**2
    assert first.at is not None
    assert first.window == pytest.approx(15, abs=5)


async def test_the_usage_of_a_pod(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("metrics", "pod")
    usage = await (await connect_to(server)).pod_usage("hptui", "met")
    assert usage.cpu == pytest.approx(0.017395839)
    assert usage.memory == 39192 * 1024
    assert usage.window == pytest.approx(15.01)


POD = f"{METRICS}/namespaces/hptui/pods/met"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("pod-too-young", NotFoundError, "no figures for pod met yet"),
        ("backend-503-pod", UnavailableError, "metrics unavailable"),
        ("backend-gone-503", UnavailableError, "service unavailable"),
        ("group-absent-pod", UnavailableError, "no metrics server"),
        ("forbidden", ForbiddenError, 'cannot list resource "nodes" in API group "metrics.k8s.io"'),
    ],
)
async def test_why_a_pod_has_no_usage(
    server: ReplayServer, connect_to: Connector, name: str, kind: type[ClusterError], words: str
) -> None:
    server.on("GET", POD, plain(exchange("metrics", name)))
    with pytest.raises(kind) as caught:
        await (await connect_to(server)).pod_usage("hptui", "met")
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert caught.value.hint
    assert len(server.asked("GET", POD)) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("group-absent", UnavailableError),
        ("backend-503", UnavailableError),
        ("backend-gone-503-at-once", UnavailableError),
        ("forbidden", ForbiddenError),
    ],
)
async def test_why_nodes_have_no_usage(
    server: ReplayServer, connect_to: Connector, name: str, kind: type[ClusterError]
) -> None:
    server.on("GET", f"{METRICS}/nodes", plain(exchange("metrics", name)))
    with pytest.raises(kind):
        await (await connect_to(server)).node_usage()


async def test_a_metrics_server_that_talks_nonsense(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", POD, status(200, "nonsense"))
    with pytest.raises(ServerError, match="cannot be read"):
        await (await connect_to(server)).pod_usage("hptui", "met")


@pytest.mark.parametrize(
    ("text", "number"),
    [("250m", 0.25), ("2", 2), ("17395839n", 0.017395839), ("1.5", 1.5), ("1e3", 1000), ("", 0), ("x", 0)],
)
def test_cpu_in_cores(text: str, number: float) -> None:
    assert cores(text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("39192Ki", 39192 * 1024),
        ("1G", 10**9),
        ("1.5Gi", 3 * 2**29),
        ("5E", 5 * 10**18),
        ("5E3", 5000),
        ("Ki", 0),
    ],
)
def test_memory_in_bytes(text: str, number: int) -> None:
    assert size(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("15.01s", 15.01),
        ("1m30s", 90),
        ("500ms", 0.5),
        ("1h", 3600),
        ("", 0),
        ("5", 0),
        ("s", 0),
        ("1.2.3s", 0),
    ],
)
def test_durations_in_seconds(text: str, number: float) -> None:
    assert seconds(text) == pytest.approx(number)


@given(st.integers(0, 10**15), st.sampled_from(["", "Ki", "Mi", "k", "M"]))
def test_whole_quantities_are_exact(number: int, suffix: str) -> None:
    factor = {"": 1, "Ki": 2**10, "Mi": 2**20, "k": 10**3, "M": 10**6}[suffix]
    assert parse_quantity(f"{number}{suffix}") == number * factor


# Rights

REVIEWS = {
    "can-create-pods": ("create", "pods", "hptui", True),
    "can-exec-get": ("get", "pods/exec", "hptui", True),
    "can-exec-create": ("create", "pods/exec", "hptui", True),
    "denied-node-proxy": ("get", "nodes/proxy", "", False),
    "viewer-denied-exec": ("create", "pods/exec", "hptui", False),
    "nobody-denied-nodes": ("list", "nodes", "", False),
}


@pytest.mark.parametrize("name", REVIEWS)
async def test_what_we_may_do(server: ReplayServer, connect_to: Connector, name: str) -> None:
    verb, resource, namespace, allowed = REVIEWS[name]
    server.replay("authz", name)
    access = await (await connect_to(server)).may(verb, resource, namespace=namespace)
    assert (access.verb, access.resource, access.allowed) == (verb, resource, allowed)
    (asked,) = server.requests
    sent = json.loads(asked.body)
    recorded = exchange("authz", name)["request"]["body"]["spec"]["resourceAttributes"]
    assert sent["spec"]["resourceAttributes"] == {k: v for k, v in recorded.items() if v}
