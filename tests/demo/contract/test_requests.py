"""Single requests are answered as a real API server answered them: status, body and the headers that matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.demo.conftest import Answer, Client, Json, client_of
from tests.demo.recorded import alike, compare, differences, exchanges
from tests.demo.rig import add_rig_users, create, in_phase, make_rig, pod, replay, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig() -> AsyncIterator[Client]:
    """The recorded cluster with the pods that the recorded requests speak of."""
    async with make_rig() as cluster, client_of(cluster) as client:
        add_rig_users(cluster)
        for name in ("dup", "met", "hpc"):
            await running(client, name)
        await running(client, "met2", nodeName="win-2022-06")
        tight = pod("t1")
        tight["metadata"]["namespace"] = "tight"
        await client.ask("/api/v1/namespaces/tight/pods", method="POST", body=tight)
        yield client


def _compare(exchange: Json, answer: Answer) -> None:
    recorded = exchange["response"]
    assert answer.status == recorded["status"], answer.text
    body = recorded["body"]
    if isinstance(body, str):
        assert answer.text == body
    else:
        compare(body, answer.json)


@pytest.mark.parametrize("name", exchanges("authz"))
async def test_rights_are_answered_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("authz")[name]
    answer = await replay(rig, exchange)
    if name.startswith("rules-") and answer.status == 201:
        for kind in ("resourceRules", "nonResourceRules"):
            wanted = exchange["response"]["body"]["status"][kind]
            _same_set(wanted, answer.json["status"][kind])
        return
    if name == "no-credentials-version":
        assert answer.json["gitVersion"] == "v1.36.2"
        return
    _compare(exchange, answer)


def _same_set(wanted: list[Json], found: list[Json]) -> None:
    assert sorted(map(str, wanted)) == sorted(map(str, found))


@pytest.mark.parametrize("name", exchanges("dry-run"))
async def test_dry_runs_are_judged_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("dry-run")[name]
    answer = await replay(rig, exchange)
    _compare(exchange, answer)
    recorded = exchange["response"]["headers"].get("Warning")
    assert answer.headers.getall("Warning", []) == ([recorded] if recorded else [])


async def test_a_dry_run_leaves_nothing_behind(rig: Client) -> None:
    before = len(rig.cluster.pods())
    answer = await replay(rig, exchanges("dry-run")["ok"])
    assert answer.json["metadata"]["uid"]
    assert "resourceVersion" not in answer.json["metadata"]
    assert len(rig.cluster.pods()) == before


@pytest.mark.parametrize("name", ["node-not-found", "nodes-bad-selector", "nodes-bad-continue"])
async def test_node_refusals_are_worded_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("nodes")[name]
    _compare(exchange, await replay(rig, exchange))


@pytest.mark.parametrize("name", ["nodes-windows", "nodes-windows-page-1", "nodes-from-cache"])
async def test_node_lists_have_the_recorded_shape(rig: Client, name: str) -> None:
    exchange = exchanges("nodes")[name]
    answer = await replay(rig, exchange)
    wanted, found = exchange["response"]["body"], answer.json
    assert [n["metadata"]["name"] for n in found["items"]] == [n["metadata"]["name"] for n in wanted["items"]]
    assert set(found["metadata"]) == set(wanted["metadata"])
    for recorded, node in zip(wanted["items"], found["items"], strict=True):
        node["status"].pop("images")
        for capacity in ("capacity", "allocatable"):
            node["status"].pop(capacity)
            recorded = {**recorded, "status": {k: v for k, v in recorded["status"].items() if k != capacity}}
        compare(_node_essence(recorded), _node_essence(node))


def _node_essence(node: Json) -> Json:
    """Without the numbers that the rig counted up, and with taints that differ by their time only."""
    essence = alike(node)
    for taint in essence["spec"].get("taints", []):
        taint.pop("timeAdded", None)
    essence["spec"].pop("podCIDR")
    essence["spec"].pop("podCIDRs")
    for field in ("bootID", "systemUUID", "machineID"):
        essence["status"]["nodeInfo"].pop(field)
    essence["status"].pop("daemonEndpoints")
    return dict(essence)


async def test_one_node_has_every_recorded_field(rig: Client) -> None:
    exchange = exchanges("nodes")["node-get-full"]
    answer = await replay(rig, exchange)
    recorded = exchange["response"]["body"]
    for part in ("metadata", "spec", "status"):
        assert set(answer.json[part]) == set(recorded[part]) - {"managedFields"}
    assert answer.json["metadata"]["labels"] == recorded["metadata"]["labels"]
    assert answer.json["spec"]["providerID"] == recorded["spec"]["providerID"]
    assert set(answer.json["status"]["nodeInfo"]) == set(recorded["status"]["nodeInfo"])
    assert all(set(image) == {"names", "sizeBytes"} for image in answer.json["status"]["images"])


async def test_pages_of_nodes_follow_each_other_to_the_end(rig: Client) -> None:
    path = "/api/v1/nodes?labelSelector=kubernetes.io%2Fos%3Dwindows&limit=3"
    names: list[str] = []
    token = ""
    for page in ("nodes-windows-page-1", "nodes-windows-page-2", "nodes-windows-page-3"):
        answer = await rig.ask(f"{path}&continue={token}" if token else path, user="operator")
        recorded = exchanges("nodes")[page]["response"]["body"]
        assert set(answer.json["metadata"]) == set(recorded["metadata"])
        names += [n["metadata"]["name"] for n in answer.json["items"]]
        token = answer.json["metadata"].get("continue", "")
    assert not token
    assert names == sorted(names)
    assert len(names) == 8


async def test_the_node_table_has_the_recorded_columns_and_cells(rig: Client) -> None:
    exchange = exchanges("nodes")["nodes-windows-table"]
    answer = await replay(rig, exchange)
    _compare_tables(exchange["response"]["body"], answer.json)


def _compare_tables(wanted: Json, found: Json) -> None:
    def columns(table: Json) -> list[Any]:
        return [(c["name"], c["type"], c["format"], c["priority"]) for c in table["columnDefinitions"]]

    assert columns(found) == columns(wanted)
    assert alike([row["cells"] for row in found["rows"]]) == alike([row["cells"] for row in wanted["rows"]])
    kinds = {row["object"]["kind"] for row in found["rows"]}
    assert kinds == {"PartialObjectMetadata"}


async def test_metadata_alone_can_be_asked_for(rig: Client) -> None:
    exchange = exchanges("nodes")["nodes-windows-metadata-only"]
    answer = await replay(rig, exchange)
    recorded = exchange["response"]["body"]
    assert (answer.json["kind"], answer.json["apiVersion"]) == (recorded["kind"], recorded["apiVersion"])
    assert set(answer.json["items"][0]) == set(recorded["items"][0])


@pytest.mark.parametrize(
    "name",
    ["events-k8s-io-group-forbidden", "events-by-uid-bad-field", "events-other-namespace"],
)
async def test_event_refusals_are_worded_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("events")[name]
    _compare(exchange, await replay(rig, exchange))


async def test_the_event_table_has_the_recorded_columns(rig: Client) -> None:
    exchange = exchanges("events")["events-table"]
    answer = await replay(rig, exchange)
    wanted = exchange["response"]["body"]
    names = [(c["name"], c["priority"]) for c in wanted["columnDefinitions"]]
    assert [(c["name"], c["priority"]) for c in answer.json["columnDefinitions"]] == names
    assert {len(row["cells"]) for row in answer.json["rows"]} == {len(names)}
    assert set(answer.json["metadata"]) == set(wanted["metadata"])


@pytest.mark.parametrize("name", ["by-label-forbidden", "bad-field", "none"])
async def test_pods_across_namespaces_are_refused_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("pods-across-namespaces")[name]
    _compare(exchange, await replay(rig, exchange))


async def test_pods_across_namespaces_come_by_label_and_by_node(rig: Client) -> None:
    for name in ("by-label-all-namespaces", "by-node"):
        answer = await replay(rig, exchanges("pods-across-namespaces")[name])
        found = {(p["metadata"]["namespace"], p["metadata"]["name"]) for p in answer.json["items"]}
        assert {("hptui", "hpc"), ("tight", "t1")} <= found
        assert (("hptui", "met2") in found) == (name == "by-label-all-namespaces")


async def test_a_paged_list_by_label_tells_no_remaining_count(rig: Client) -> None:
    exchange = exchanges("pods-across-namespaces")["by-label-paged-1"]
    answer = await replay(rig, exchange)
    assert set(answer.json["metadata"]) == set(exchange["response"]["body"]["metadata"])


_METRICS = (
    "node-unknown",
    "node-not-ready",
    "forbidden",
    "pod-unknown",
    "stats-summary-loopback",
    "stats-summary-forbidden",
    "stats-summary-unknown-node",
)


@pytest.mark.parametrize("name", _METRICS)
async def test_metrics_are_refused_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("metrics")[name]
    _compare(exchange, await replay(rig, exchange))


@pytest.mark.parametrize("name", ["node", "pod"])
async def test_metrics_have_the_recorded_shape(rig: Client, name: str) -> None:
    exchange = exchanges("metrics")[name]
    answer = await replay(rig, exchange)
    wanted = [
        d for d in differences(alike(exchange["response"]["body"]), alike(answer.json)) if "usage" not in d
    ]
    assert wanted == []
    usage = answer.json.get("usage") or answer.json["containers"][0]["usage"]
    assert usage["cpu"].endswith("n")
    assert usage["memory"].endswith("Ki")


async def test_metric_lists_hold_what_is_ready(rig: Client) -> None:
    nodes = await replay(rig, exchanges("metrics")["nodes-windows"])
    recorded = exchanges("metrics")["nodes-windows"]["response"]["body"]
    assert set(nodes.json) == set(recorded)
    assert nodes.json["kind"] == recorded["kind"]
    assert "win-2022-04" not in {n["metadata"]["name"] for n in nodes.json["items"]}
    pods = await replay(rig, exchanges("metrics")["pods"])
    assert {"met", "met2"} <= {p["metadata"]["name"] for p in pods.json["items"]}


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("down", "backend-503"),
        ("down", "backend-503-pod"),
        ("gone", "backend-gone-503"),
        ("absent", "group-absent"),
        ("absent", "group-absent-pod"),
        ("absent", "group-absent-discovery"),
    ],
)
async def test_missing_metrics_are_told_as_recorded(rig: Client, state: str, name: str) -> None:
    exchange = exchanges("metrics")[name]
    rig.cluster.faults.metrics = state
    try:
        _compare(exchange, await replay(rig, exchange))
    finally:
        rig.cluster.faults.metrics = "ok"


async def test_a_dead_metrics_backend_is_stale_in_the_aggregated_discovery(rig: Client) -> None:
    rig.cluster.faults.metrics = "gone"
    try:
        answer = await replay(rig, exchanges("metrics")["backend-gone-apis-aggregated"])
    finally:
        rig.cluster.faults.metrics = "ok"
    recorded = exchanges("metrics")["backend-gone-apis-aggregated"]["response"]["body"]["items"][0]
    assert recorded in answer.json["items"]


async def test_a_young_pod_has_no_metrics_yet(rig: Client) -> None:
    rig.cluster.world.pace = _older(rig.cluster.world.pace)
    try:
        exchange = exchanges("metrics")["pod-too-young"]
        _compare(exchange, await replay(rig, exchange))
    finally:
        rig.cluster.world.pace = _younger(rig.cluster.world.pace)


def _older(pace: Any) -> Any:
    from dataclasses import replace

    return replace(pace, metrics_age=3600.0)


def _younger(pace: Any) -> Any:
    from dataclasses import replace

    return replace(pace, metrics_age=0.0)


@pytest.mark.parametrize("name", ["version", "api-versions", "metrics-resources", "readyz"])
async def test_discovery_is_answered_as_recorded(rig: Client, name: str) -> None:
    exchange = exchanges("discovery")[name]
    answer = await replay(rig, exchange)
    if name == "version":
        told = {"gitCommit", "buildDate", "goVersion"}
        assert {k: v for k, v in answer.json.items() if k not in told} == {
            k: v for k, v in exchange["response"]["body"].items() if k not in told
        }
    elif name == "api-versions":
        assert set(answer.json) == set(exchange["response"]["body"])
    else:
        _compare(exchange, answer)


@pytest.mark.parametrize("name", ["api-aggregated", "apis-aggregated"])
async def test_what_aggregated_discovery_tells_was_recorded_so(rig: Client, name: str) -> None:
    exchange = exchanges("discovery")[name]
    answer = await replay(rig, exchange)
    assert answer.headers["Content-Type"] == exchange["response"]["headers"]["Content-Type"]
    wanted = _aggregated(exchange["response"]["body"])
    found = _aggregated(answer.json)
    shared = set(wanted) & set(found)
    assert len(shared) >= 2
    for resource in shared:
        mine = {k: v for k, v in found[resource].items() if k != "subresources"}
        assert mine == {k: v for k, v in wanted[resource].items() if k != "subresources"}, resource
        recorded_subs = wanted[resource].get("subresources", [])
        assert all(sub in recorded_subs for sub in found[resource].get("subresources", [])), resource


def _aggregated(body: Json) -> dict[tuple[str, str], Json]:
    return {
        (group["metadata"].get("name", ""), resource["resource"]): resource
        for group in body["items"]
        for version in group["versions"]
        for resource in version.get("resources", [])
    }


async def test_what_the_core_group_lists_was_recorded_so(rig: Client) -> None:
    exchange = exchanges("discovery")["core-v1-resources"]
    answer = await replay(rig, exchange)
    wanted = {r["name"]: r for r in exchange["response"]["body"]["resources"]}
    for resource in answer.json["resources"]:
        recorded = {k: v for k, v in wanted[resource["name"]].items() if k != "storageVersionHash"}
        assert resource == recorded


async def test_the_plain_list_of_groups_tells_what_was_recorded(rig: Client) -> None:
    exchange = exchanges("discovery")["apis-plain"]
    answer = await replay(rig, exchange)
    wanted = {group["name"]: group for group in exchange["response"]["body"]["groups"]}
    found = {group["name"]: group for group in answer.json["groups"]}
    assert set(found) <= set(wanted)
    assert {"apps", "batch", "metrics.k8s.io", "authorization.k8s.io"} <= set(found)
    assert all(group == wanted[name] for name, group in found.items())


async def test_what_an_operator_may_not_do_is_refused_as_recorded(rig: Client) -> None:
    for file, name in (("daemonset", "create-forbidden"), ("job", "create-forbidden")):
        exchange = exchanges(file)[name]
        _compare(exchange, await replay(rig, exchange))


async def test_an_existing_name_is_a_conflict_when_created_for_good(rig: Client) -> None:
    await create(rig, "twice")
    await in_phase(rig.cluster, "twice", "Running")
    answer = await rig.ask("/api/v1/namespaces/hptui/pods", method="POST", body=pod("twice"))
    assert (answer.status, answer.json["reason"]) == (409, "AlreadyExists")
