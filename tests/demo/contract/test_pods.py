"""Pods live, fail and end as recorded: the same states in the same order, and the same events."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from hptui.demo.objects.resources import DAEMON_SETS, NODES
from tests.demo.conftest import Client, Json
from tests.demo.recorded import alike, chunks, compare, exchanges
from tests.demo.rig import (
    Watching,
    create,
    in_phase,
    pod,
    replay,
    running,
    until,
)

_PODS = "/api/v1/namespaces/hptui/pods"
_EVENTS = "/api/v1/namespaces/hptui/events"


def _watch(client: Client, path: str, field: str, name: str) -> Watching:
    version = client.cluster.store.version
    return Watching(client, f"{path}?watch=true&resourceVersion={version}&fieldSelector={field}%3D{name}")


def _recorded_pod(name: str) -> Json:
    """The pod of a recorded watch, as it must have been created."""
    first = exchanges("pod-failures")[name]["chunks"][0]["data"]["object"]
    made: Json = copy.deepcopy(first)
    spec = made["spec"]
    spec.pop("volumes", None)
    for container in spec["containers"]:
        container.pop("volumeMounts", None)
    labels = {k: v for k, v in made["metadata"]["labels"].items() if not k.startswith("topology")}
    made["metadata"] = {"name": made["metadata"]["name"], "labels": labels}
    made.pop("status")
    return made


def _states(events: list[Json]) -> list[Any]:
    """Type, deletion and status of each event; the container's own image digest is the rig's invention."""
    found = []
    for event in events:
        status = alike(event["object"]["status"])
        for container in status.get("containerStatuses", []):
            container["imageID"] = bool(container["imageID"])
        meta = event["object"]["metadata"]
        found.append(
            {
                "type": event["type"],
                "deleting": "deletionTimestamp" in meta,
                "grace": meta.get("deletionGracePeriodSeconds"),
                "generation": meta.get("generation"),
                "node": event["object"]["spec"].get("nodeName"),
                "status": status,
            }
        )
    return found


def _without_rejected_ip(states: list[Any]) -> list[Any]:
    """hostIP of a pod that was never admitted is left open by the recordings' trimming."""
    for state in states:
        state["status"].pop("hostIP", None)
        state["status"].pop("hostIPs", None)
    return states


_FAILURES = (
    "os-mismatch-admission",
    "command-not-found-on-2022",
    "exit-1",
    "bad-account",
    "command-not-found-on-2019",
    "unknown-node",
    "wrong-image-for-build",
    "unschedulable",
    "sandbox-failure-containerd-1.5",
)


@pytest.mark.parametrize("name", _FAILURES)
async def test_a_failing_pod_goes_through_the_recorded_states(client: Client, name: str) -> None:
    wanted = chunks("pod-failures", name)
    made = _recorded_pod(name)
    async with _watch(client, _PODS, "metadata.name", made["metadata"]["name"]) as watch:
        answer = await client.ask(_PODS, method="POST", body=made, user="operator")
        assert answer.status == 201, answer.text
        events = await watch.at_least(len(wanted))
    compare(
        _without_rejected_ip(_states(wanted)),
        _without_rejected_ip(_states(events[: len(wanted)])),
    )


def _essence(event: Json) -> Json:
    """What an event says; versions and names are made up anew each time."""
    found: Json = alike(event)
    found.pop("metadata")
    return found


@pytest.mark.parametrize("name", [n for n in _FAILURES if n != "unknown-node"])
async def test_a_failing_pod_has_the_recorded_events(client: Client, name: str) -> None:
    wanted = chunks("pod-failures", f"{name}-events")
    made = _recorded_pod(name)
    async with _watch(client, _EVENTS, "involvedObject.name", made["metadata"]["name"]) as watch:
        await client.ask(_PODS, method="POST", body=made, user="operator")
        events = (await watch.at_least(len(wanted)))[: len(wanted)]
    assert [e["type"] for e in events] == [e["type"] for e in wanted]
    for recorded, event in zip(wanted, events, strict=True):
        compare(_essence(recorded["object"]), _essence(event["object"]))


async def test_an_image_is_pulled_when_the_registry_answers_again(client: Client) -> None:
    wanted = chunks("pod-failures", "pull-failure-then-fixed")
    client.cluster.faults.pulls = "missing"
    async with _watch(client, _PODS, "metadata.name", "pull") as watch:
        made = _recorded_pod("pull-failure-then-fixed")
        await client.ask(_PODS, method="POST", body=made, user="operator")
        await watch.at_least(len(wanted) - 1)
        client.cluster.faults.pulls = "ok"
        await in_phase(client.cluster, "pull", "Running")
        await until(lambda: watch.events[-1]["object"]["status"]["phase"] == "Running")
    states = _states(watch.events)
    compare(_states(wanted)[:4], states[:4])
    compare(_states(wanted)[-1], states[-1])


async def test_a_registry_that_does_not_answer_is_named(client: Client) -> None:
    client.cluster.faults.pulls = "failing"
    image = "registry.example.com/team/tool:ltsc2022"
    await create(client, "pull", containers=[{"name": "shell", "image": image}])
    await until(lambda: "ErrImagePull" in str(client.cluster.pods("hptui")[0]["status"]))
    assert (
        f'failed to resolve reference "{image}": failed to do request: '
        'Head "https://registry.example.com/v2/team/tool/manifests/ltsc2022": dial tcp 203.0.113.17:443: i/o timeout'
    ) in str(client.cluster.pods("hptui")[0]["status"])


async def test_a_crashing_pod_backs_off_as_recorded(client: Client) -> None:
    wanted = chunks("pod-failures", "crash-loop")
    async with _watch(client, _PODS, "metadata.name", "loop") as watch:
        await client.ask(_PODS, method="POST", body=_recorded_pod("crash-loop"), user="operator")
        await until(lambda: any("CrashLoopBackOff" in str(e) for e in watch.events))
    reasons = [_first_state(e) for e in watch.events]
    recorded = [_first_state(e) for e in wanted]
    assert reasons[: len(recorded) - 1] == recorded[:-1]
    last = next(e for e in watch.events if "CrashLoopBackOff" in str(e))
    assert _first_state(last) == recorded[-1]
    compare(
        wanted[-1]["object"]["status"]["containerStatuses"][0]["state"],
        last["object"]["status"]["containerStatuses"][0]["state"],
    )


def _first_state(event: Json) -> tuple[Any, ...]:
    statuses = event["object"]["status"].get("containerStatuses")
    if not statuses:
        return (event["type"],)
    state = statuses[0]["state"]
    kind = next(iter(state))
    return (
        event["type"],
        kind,
        state[kind].get("reason"),
        state[kind].get("exitCode"),
        statuses[0]["restartCount"],
    )


async def test_the_deadline_ends_a_pod_as_recorded(client: Client) -> None:
    wanted = chunks("pod-failures", "deadline-exceeded")
    made = _recorded_pod("deadline-exceeded")
    made["spec"]["activeDeadlineSeconds"] = 1
    async with (
        _watch(client, _PODS, "metadata.name", "deadline") as watch,
        _watch(client, _EVENTS, "involvedObject.name", "deadline") as events,
    ):
        await client.ask(_PODS, method="POST", body=made, user="operator")
        await watch.at_least(len(wanted))
        told = await events.at_least(5)
    compare(_states(wanted), _states(watch.events[: len(wanted)]))
    recorded = chunks("pod-failures", "deadline-exceeded-events")
    for one, other in zip(recorded, told, strict=True):
        compare(_essence(one["object"]), _essence(other["object"]))


async def test_a_process_that_dies_leaves_its_code_signed(client: Client) -> None:
    await running(client, "crash")
    container = client.cluster.world.containers.of(client.cluster.pods("hptui")[0], "shell")[-1]
    await container.kill(0xC0000005)
    ended = await in_phase(client.cluster, "crash", "Failed")
    recorded = chunks("pod-failures", "crash-c0000005")[-1]["object"]["status"]["containerStatuses"]
    compare(_codes(recorded), _codes(ended["status"]["containerStatuses"]))


def _codes(statuses: list[Json]) -> list[Any]:
    return [alike(status["state"]) for status in statuses]


async def test_a_created_pod_is_answered_as_recorded(client: Client) -> None:
    exchange = exchanges("pod-life")["create"]
    answer = await replay(client, exchange)
    assert answer.status == 201
    compare(exchange["response"]["body"], answer.json)


async def test_a_pod_comes_to_run_and_is_deleted_at_once_as_recorded(client: Client) -> None:
    wanted = chunks("pod-life", "watch-until-running") + chunks("pod-life", "watch-delete-grace-0")[1:]
    async with _watch(client, _PODS, "metadata.name", "life") as watch:
        await replay(client, exchanges("pod-life")["create"])
        await in_phase(client.cluster, "life", "Running")
        answer = await replay(client, exchanges("pod-life")["delete-grace-0"])
        events = await watch.at_least(len(wanted))
    assert answer.json["kind"] == "Pod"
    compare(_states(wanted), _states(events))
    for name in ("get-deleted", "delete-deleted"):
        exchange = exchanges("pod-life")[name]
        gone = await replay(client, exchange)
        assert gone.status == 404
        compare(exchange["response"]["body"], gone.json)


async def test_a_pulled_image_has_the_recorded_events(client: Client) -> None:
    node = client.cluster.store.edit(NODES, "", "win-2022-01")
    assert node is not None
    node["status"]["images"] = []
    client.cluster.store.put(NODES, node)
    wanted = chunks("pod-life", "events-until-running")
    async with _watch(client, _EVENTS, "involvedObject.name", "life") as watch:
        await replay(client, exchanges("pod-life")["create"])
        events = await watch.at_least(len(wanted))
    for recorded, event in zip(wanted, events, strict=True):
        compare(_essence(recorded["object"]), _essence(event["object"]))


async def test_a_pod_without_a_node_is_scheduled_and_ends_with_grace_as_recorded(client: Client) -> None:
    wanted = chunks("pod-life", "watch-scheduled-pod") + chunks("pod-life", "watch-delete-grace-5")[1:]
    async with _watch(client, _PODS, "metadata.name", "sched") as watch:
        await replay(client, exchanges("pod-life")["create-scheduled-pod"])
        await in_phase(client.cluster, "sched", "Running")
        first = await replay(client, exchanges("pod-life")["delete-grace-default"])
        again = await replay(client, exchanges("pod-life")["delete-again-while-terminating"])
        events = await watch.at_least(len(wanted))
    assert (first.status, again.status) == (200, 200)
    assert first.json["metadata"]["deletionGracePeriodSeconds"] == 5
    compare(_states(wanted), _states(events))


async def test_the_scheduler_tells_what_was_recorded(client: Client) -> None:
    wanted = chunks("pod-life", "events-scheduled-pod")[0]["object"]
    async with _watch(client, _EVENTS, "involvedObject.name", "sched") as watch:
        await replay(client, exchanges("pod-life")["create-scheduled-pod"])
        events = await watch.at_least(1)
    compare(_essence(wanted), _essence(events[0]["object"]))


async def test_a_pod_that_completes_goes_through_the_recorded_states(client: Client) -> None:
    wanted = chunks("pod-life", "watch-completed")
    async with _watch(client, _PODS, "metadata.name", "done") as watch:
        await create(client, "done", "powershell.exe", "-Command", "exit 0")
        events = await watch.at_least(len(wanted))
    compare(_states(wanted), _states(events))


async def test_a_delete_with_another_uid_is_a_conflict(client: Client) -> None:
    await running(client, "pre")
    exchange = exchanges("pod-life")["delete-wrong-uid"]
    answer = await replay(client, exchange)
    assert answer.status == 409
    compare(exchange["response"]["body"], answer.json)
    assert (await replay(client, exchanges("pod-life")["delete-options-body"])).status == 200
    await until(lambda: not client.cluster.pods("hptui"))


async def test_the_pod_table_has_the_recorded_columns_and_cells(client: Client) -> None:
    await running(client, "life")
    exchange = exchanges("pod-life")["get-table"]
    answer = await replay(client, exchange)
    wanted = exchange["response"]["body"]
    names = [(c["name"], c["priority"]) for c in wanted["columnDefinitions"]]
    assert [(c["name"], c["priority"]) for c in answer.json["columnDefinitions"]] == names
    assert alike(answer.json["rows"][0]["cells"]) == alike(wanted["rows"][0]["cells"])


async def test_a_daemon_set_reaches_the_recorded_nodes(client: Client) -> None:
    made = exchanges("daemonset")["create"]
    answer = await replay(client, made)
    assert answer.status == 201
    compare(made["response"]["body"], answer.json)
    recorded = exchanges("daemonset")["get"]["response"]["body"]
    path = exchanges("daemonset")["get"]["request"]["path"]

    def settled() -> bool:
        found = client.cluster.store.get(_daemon_sets(), "hptui", "privileged-daemonset")
        return found is not None and found["status"] == recorded["status"]

    await until(settled, "the recorded status")
    compare(recorded, (await client.ask(path)).json)
    pods = await replay(client, exchanges("daemonset")["pods"])
    wanted = exchanges("daemonset")["pods"]["response"]["body"]["items"]
    assert _places(pods.json["items"]) == _places(wanted)


def _daemon_sets() -> Any:
    return DAEMON_SETS


def _places(pods: list[Json]) -> list[Any]:
    return sorted((p["spec"]["nodeName"], p["status"]["phase"], str(p["spec"]["tolerations"])) for p in pods)


async def test_deleting_a_daemon_set_takes_its_pods_along(client: Client) -> None:
    await replay(client, exchanges("daemonset")["create"])
    await until(lambda: len(client.cluster.pods("hptui")) == 6)
    exchange = exchanges("daemonset")["delete"]
    answer = await replay(client, exchange)
    compare(exchange["response"]["body"], answer.json)
    await until(lambda: not client.cluster.pods("hptui"))


async def test_pods_on_a_lost_node_live_on_as_recorded(client: Client) -> None:
    tolerating = await running(client, "down2", nodeName="win-2022-08")
    assert tolerating["status"]["phase"] == "Running"
    briefly = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}
    await running(client, "down1", nodeName="win-2022-08", tolerations=[briefly | {"tolerationSeconds": 0}])
    async with _watch(client, "/api/v1/nodes", "metadata.name", "win-2022-08") as nodes:
        client.cluster.node_down("win-2022-08")
        for name in ("exec-node-just-down", "log-node-just-down", "metrics-node-down"):
            exchange = exchanges("node-down")[name]
            if name == "exec-node-just-down":
                exchange = copy.deepcopy(exchange)
            answer = await replay(client, exchange)
            assert answer.status == exchange["response"]["status"]
            compare(exchange["response"]["body"], answer.json)
        told = await nodes.at_least(3)
        await until(lambda: "deletionTimestamp" in _named(client, "down1")["metadata"])
        stuck = await replay(client, exchanges("node-down")["delete-pod-on-lost-node"])
        assert stuck.status == 200
        assert _named(client, "down2")["status"]["phase"] == "Running"
        forced = await replay(client, exchanges("node-down")["force-delete-pod-on-lost-node"])
        assert forced.status == 200
        assert _named(client, "down2") == {}
        client.cluster.node_up("win-2022-08")
        await until(lambda: not client.cluster.pods("hptui"))
    recorded = chunks("node-down", "node-watch")
    for wanted, found in zip(recorded[1:4], told[:3], strict=True):
        for part in ("taints",):
            compare(wanted["object"]["spec"].get(part), found["object"]["spec"].get(part))
        compare(wanted["object"]["status"]["conditions"], found["object"]["status"]["conditions"])


def _named(client: Client, name: str) -> Json:
    return next((p for p in client.cluster.pods("hptui") if p["metadata"]["name"] == name), {})


async def test_a_pod_keeps_its_first_spec(client: Client) -> None:
    """What the tests build from the recording is what was recorded."""
    recorded = exchanges("pod-life")["create"]["request"]["body"]
    assert pod("life") == recorded


async def test_events_are_listed_and_chosen_by_their_fields(client: Client) -> None:
    await running(client, "life")
    await client.ask(_PODS, method="POST", body=_recorded_pod("bad-account"))
    await in_phase(client.cluster, "account", "Failed")
    exchange = exchanges("pod-life")["events-list"]
    listed = await replay(client, exchange)
    recorded = exchange["response"]["body"]
    assert set(listed.json) == set(recorded)
    reasons = [event["reason"] for event in listed.json["items"]]
    assert set(reasons) == {"Pulled", "Created", "Started"}
    assert all(set(event) == set(recorded["items"][0]) for event in listed.json["items"])
    warnings = await replay(client, exchanges("events")["events-warnings"])
    assert {(e["involvedObject"]["name"], e["reason"]) for e in warnings.json["items"]} == {
        ("account", "Failed")
    }


async def test_a_job_without_pods_lists_none(client: Client) -> None:
    exchange = exchanges("job")["pods-as-operator"]
    answer = await replay(client, exchange)
    assert answer.status == 200
    assert answer.json["kind"] == exchange["response"]["body"]["kind"] == "Table"
    assert answer.json["rows"] == []
