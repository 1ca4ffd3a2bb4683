"""Writing objects: patches, updates, collections, and what may not be changed."""

from __future__ import annotations

import json

import pytest

from hptui.demo.objects.resources import RESOURCE_QUOTAS
from tests.demo.conftest import Client, Json
from tests.demo.rig import pod, until

_MAPS = "/api/v1/namespaces/hptui/configmaps"
_PODS = "/api/v1/namespaces/hptui/pods"
_STRATEGIC = "application/strategic-merge-patch+json"


def _map(name: str, **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


async def _patch(client: Client, path: str, patch: object, kind: str) -> Json:
    answer = await client.ask(
        path, method="PATCH", data=json.dumps(patch).encode(), headers={"Content-Type": kind}
    )
    assert answer.status == 200, answer.text
    return answer.json


async def test_an_object_goes_through_its_whole_life(client: Client) -> None:
    made = await client.ask(_MAPS, method="POST", body=_map("one", a="1"))
    assert made.status == 201
    changed = {**made.json, "data": {"a": "2"}}
    put = await client.ask(f"{_MAPS}/one", method="PUT", body=changed)
    assert put.json["data"] == {"a": "2"}
    stale = await client.ask(f"{_MAPS}/one", method="PUT", body=changed)
    assert (stale.status, stale.json["reason"]) == (409, "Conflict")
    gone = await client.ask(f"{_MAPS}/one", method="DELETE")
    assert gone.json["status"] == "Success"
    assert (await client.ask(f"{_MAPS}/one")).status == 404


async def test_a_write_that_changes_nothing_makes_no_new_version(client: Client) -> None:
    made = await client.ask(_MAPS, method="POST", body=_map("same", a="1"))
    again = await client.ask(f"{_MAPS}/same", method="PUT", body=made.json)
    assert again.json["metadata"]["resourceVersion"] == made.json["metadata"]["resourceVersion"]


async def test_patches_of_every_kind_are_merged(client: Client) -> None:
    await client.ask(_MAPS, method="POST", body=_map("patched", a="1", b="2"))
    path = f"{_MAPS}/patched"
    merged = await _patch(client, path, {"data": {"a": None, "c": "3"}}, "application/merge-patch+json")
    assert merged["data"] == {"b": "2", "c": "3"}
    operations = [{"op": "replace", "path": "/data/b", "value": "x"}, {"op": "remove", "path": "/data/c"}]
    assert (await _patch(client, path, operations, "application/json-patch+json"))["data"] == {"b": "x"}
    labels = {"metadata": {"labels": {"l": "1"}}}
    assert (await _patch(client, path, labels, _STRATEGIC))["metadata"]["labels"] == {"l": "1"}


async def test_a_strategic_patch_merges_lists_by_their_key(client: Client) -> None:
    node = "/api/v1/nodes/akswin22000000"
    taint = {"key": "a", "effect": "NoSchedule"}
    await _patch(client, node, {"spec": {"taints": [taint]}}, _STRATEGIC)
    found = await _patch(
        client, node, {"spec": {"taints": [{"key": "b", "effect": "NoExecute"}]}}, _STRATEGIC
    )
    assert {t["key"] for t in found["spec"]["taints"]} == {"a", "b"}
    found = await _patch(client, node, {"spec": {"taints": [{"$patch": "delete", "key": "a"}]}}, _STRATEGIC)
    assert {t["key"] for t in found["spec"]["taints"]} == {"b"}


async def test_an_unknown_kind_of_patch_is_refused(client: Client) -> None:
    await client.ask(_MAPS, method="POST", body=_map("odd"))
    answer = await client.ask(
        f"{_MAPS}/odd", method="PATCH", data=b"{}", headers={"Content-Type": "application/nonsense"}
    )
    assert answer.status == 415


async def test_little_of_a_pod_may_change(client: Client) -> None:
    made = pod("fixed", nodeName="akswin22000000")
    await client.ask(_PODS, method="POST", body=made)
    path = f"{_PODS}/fixed"
    for patch, words in (
        ({"spec": {"hostNetwork": True, "nodeName": "other"}}, "pod updates may not change fields"),
        ({"spec": {"activeDeadlineSeconds": 7200}}, "must be less than or equal to previous value"),
    ):
        answer = await client.ask(
            path, method="PATCH", data=json.dumps(patch).encode(), headers={"Content-Type": _STRATEGIC}
        )
        assert answer.status == 422
        assert words in answer.json["message"]


async def test_a_deadline_that_is_brought_forward_is_kept(client: Client) -> None:
    await client.ask(_PODS, method="POST", body=pod("short", nodeName="akswin22000000"))
    await until(lambda: client.cluster.pods()[0]["status"]["phase"] == "Running")
    await _patch(client, f"{_PODS}/short", {"spec": {"activeDeadlineSeconds": 1}}, _STRATEGIC)
    await until(lambda: client.cluster.pods()[0]["status"].get("reason") == "DeadlineExceeded")


async def test_a_collection_is_deleted_by_its_labels(client: Client) -> None:
    for name in ("a", "b", "c"):
        made = pod(name, nodeName="akswin22000000")
        made["metadata"]["labels"]["keep"] = "yes" if name == "c" else "no"
        await client.ask(_PODS, method="POST", body=made)
    answer = await client.ask(f"{_PODS}?labelSelector=keep%3Dno&gracePeriodSeconds=0", method="DELETE")
    assert answer.status == 200
    assert [p["metadata"]["name"] for p in client.cluster.pods()] == ["c"]


async def test_the_quota_tells_what_is_used(client: Client) -> None:
    made = pod("only", nodeName="akswin22000000")
    made["metadata"]["namespace"] = "tight"
    await client.ask("/api/v1/namespaces/tight/pods", method="POST", body=made)

    async def used() -> str:
        found = await client.ask("/api/v1/namespaces/tight/resourcequotas/tight")
        return str(found.json["status"]["used"]["pods"])

    await until(lambda: _used(client) == "1")
    assert await used() == "1"
    await client.ask("/api/v1/namespaces/tight/pods/only?gracePeriodSeconds=0", method="DELETE")
    await until(lambda: _used(client) == "0")


def _used(client: Client) -> str:
    found = client.cluster.store.get(RESOURCE_QUOTAS, "tight", "tight")
    assert found is not None
    return str(found["status"]["used"]["pods"])


async def test_a_namespace_can_be_made_and_taken_down(client: Client) -> None:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "fresh"}}
    assert (await client.ask("/api/v1/namespaces", method="POST", body=body)).status == 201
    made = pod("inside", nodeName="akswin22000000")
    made["metadata"]["namespace"] = "fresh"
    created = await client.ask("/api/v1/namespaces/fresh/pods", method="POST", body=made)
    assert created.status == 201, created.text
    assert (await client.ask("/api/v1/namespaces/fresh", method="DELETE")).status == 200
    assert client.cluster.pods() == []
    assert (await client.ask("/api/v1/namespaces/fresh")).status == 404


async def test_events_can_be_read_in_their_new_form(client: Client) -> None:
    await client.ask(_PODS, method="POST", body=pod("told", nodeName="akswin22000000"))
    await until(lambda: client.cluster.pods()[0]["status"]["phase"] == "Running")
    answer = await client.ask("/apis/events.k8s.io/v1/namespaces/hptui/events")
    event = answer.json["items"][0]
    assert event["regarding"]["name"] == "told"
    assert "note" in event
    assert "involvedObject" not in event


async def test_the_pod_of_an_own_registry_needs_its_secret(client: Client) -> None:
    made = pod("private", nodeName="akswin22000000")
    made["spec"]["containers"][0]["image"] = "registry.example.com/private/tool:1"
    await client.ask(_PODS, method="POST", body=made)
    await until(lambda: "no basic auth credentials" in str(client.cluster.pods()[0]["status"]))
    made["metadata"]["name"] = "allowed"
    made["spec"]["imagePullSecrets"] = [{"name": "mine"}]
    await client.ask(_PODS, method="POST", body=made)
    await until(lambda: client.cluster.pods()[0]["status"]["phase"] == "Running")


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("kubernetes.io/os=windows,agentpool=win25", {"akswin25000000", "akswin25000001"}),
        ("agentpool in (win25, win19)", {"akswin19000000", "akswin25000000", "akswin25000001"}),
        ("agentpool notin (win22,win25,win19),kubernetes.azure.com/cluster", set()),
        ("!agentpool,eks.amazonaws.com/nodegroup==windows", {"ip-10-0-41-17", "ip-10-0-42-203"}),
        ("agentpool!=win22,kubernetes.azure.com/os-sku=Windows2022", set()),
    ],
)
async def test_label_selectors_choose(client: Client, selector: str, names: set[str]) -> None:
    from urllib.parse import quote

    answer = await client.ask(f"/api/v1/nodes?labelSelector={quote(selector)}")
    assert {n["metadata"]["name"].split(".")[0] for n in answer.json["items"]} == names


@pytest.mark.parametrize("selector", ["a=b=c", "a in b", "a in (b", "=x", "a,,b", "!(x)"])
async def test_a_selector_that_means_nothing_is_refused(client: Client, selector: str) -> None:
    from urllib.parse import quote

    answer = await client.ask(f"/api/v1/nodes?labelSelector={quote(selector)}")
    assert (answer.status, answer.json["reason"]) == (400, "BadRequest")
