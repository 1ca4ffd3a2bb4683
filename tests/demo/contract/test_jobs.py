"""Jobs: one pod for each chosen node, completed, failed or too late, and cleaned up, as recorded."""

from __future__ import annotations

import copy
from typing import Any

from hptui.demo.objects.resources import JOBS
from tests.demo.conftest import Client, Json
from tests.demo.recorded import alike, chunks, compare, exchanges
from tests.demo.rig import Watching, replay, until

_JOBS = "/apis/batch/v1/namespaces/hptui/jobs"


def _watch(client: Client, name: str) -> Watching:
    version = client.cluster.store.version
    return Watching(
        client, f"{_JOBS}?watch=true&resourceVersion={version}&fieldSelector=metadata.name%3D{name}"
    )


async def _create(client: Client, name: str, **spec: Any) -> Json:
    body = copy.deepcopy(exchanges("job")[name]["request"]["body"])
    body["spec"].update(spec)
    answer = await client.ask(_JOBS, method="POST", body=body)
    assert answer.status == 201, answer.text
    return answer.json


def _steps(events: list[Json]) -> list[Any]:
    """Each event's type, deletion and status, without how many pods were ready in between."""
    found: list[Any] = []
    for event in events:
        status = {k: v for k, v in alike(event["object"]["status"]).items() if k != "ready"}
        for condition in status.get("conditions", []):
            condition.pop("lastProbeTime")
        meta = event["object"]["metadata"]
        step = (event["type"], meta.get("finalizers"), "deletionTimestamp" in meta, status)
        if not found or found[-1] != step:
            found.append(step)
    return found


def _nodes(client: Client) -> set[str]:
    """Where the pods have been placed so far."""
    return {p["spec"]["nodeName"] for p in client.cluster.pods("hptui") if "nodeName" in p["spec"]}


async def test_a_job_is_answered_as_recorded(client: Client) -> None:
    exchange = exchanges("job")["create"]
    answer = await replay(client, exchange)
    assert answer.status == 201
    compare(exchange["response"]["body"], answer.json)


async def test_a_job_completes_on_the_chosen_nodes_and_is_removed(client: Client) -> None:
    wanted = _steps(chunks("job", "job-watch-completes"))
    async with _watch(client, "hpc-run") as watch:
        made = exchanges("job")["create"]["request"]["body"]["spec"]["template"]
        template = copy.deepcopy(made)
        template["spec"]["containers"][0]["command"] = ["beat", "0.05", "10"]
        await _create(client, "create", ttlSecondsAfterFinished=0, template=template)
        await until(lambda: len(_nodes(client)) == 3)
        nodes = _nodes(client)
        await until(lambda: watch.events and watch.events[-1]["type"] == "DELETED")
    assert nodes == {"win-2022-01", "win-2025-02", "win-2022-07"}
    seen = [step for step in _steps(watch.events) if "succeeded" not in step[3] or "conditions" in step[3]]
    assert seen[0] == wanted[0]
    assert seen[-len(wanted[2:]) :] == wanted[2:]
    await until(lambda: not client.cluster.pods("hptui"))


async def test_a_job_that_is_late_fails_when_its_pods_are_gone(client: Client) -> None:
    wanted = _steps(chunks("job", "job-watch-deadline"))
    async with _watch(client, "hpc-late") as watch:
        await _create(client, "create-deadline", activeDeadlineSeconds=1, ttlSecondsAfterFinished=0)
        await until(lambda: watch.events and watch.events[-1]["type"] == "DELETED")
    assert _steps(watch.events) == wanted
    events = await client.ask("/api/v1/namespaces/hptui/events?fieldSelector=involvedObject.name%3Dhpc-late")
    recorded = exchanges("job")["events-deadline"]["response"]["body"]["items"]
    assert [e["reason"] for e in events.json["items"]] == [e["reason"] for e in recorded]


async def test_a_failed_pod_fails_the_job(client: Client) -> None:
    await _create(client, "create-one-fails")
    last = chunks("job", "job-watch-one-fails")[-1]["object"]["status"]["conditions"]

    async def conditions() -> Any:
        return (await client.ask(f"{_JOBS}/hpc-fail")).json["status"].get("conditions", [])

    await until(lambda: "Failed" in _conditions(client, "hpc-fail"))
    compare(last, await conditions())


def _conditions(client: Client, name: str) -> list[str]:
    found = client.cluster.store.get(JOBS, "hptui", name)
    return [c["type"] for c in found["status"].get("conditions", [])] if found else []


async def test_deleting_a_job_leaves_its_pods_and_says_so(client: Client) -> None:
    await _create(client, "create-deadline")
    await until(lambda: len(client.cluster.pods("hptui")) == 2)
    recorded = exchanges("job")["delete-without-propagation"]["response"]
    answer = await client.ask(f"{_JOBS}/hpc-late", method="DELETE")
    assert answer.headers["Warning"] == recorded["headers"]["Warning"]
    assert answer.json["metadata"]["finalizers"] == recorded["body"]["metadata"]["finalizers"]
    assert (await client.ask(f"{_JOBS}/hpc-late")).status == 404
    assert len(client.cluster.pods("hptui")) == 2


async def test_deleting_a_job_in_the_background_takes_its_pods_along(client: Client) -> None:
    await _create(client, "create-one-fails")
    exchange = exchanges("job")["delete-background"]
    answer = await replay(client, exchange)
    compare(exchange["response"]["body"], answer.json)
    await until(lambda: not client.cluster.pods("hptui"))
