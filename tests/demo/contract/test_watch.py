"""Watches: where they start, what they tell, how they end; and lists at a version."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.demo.conftest import Client, Json
from tests.demo.recorded import chunks, compare, exchanges
from tests.demo.rig import Watching, create, replay, until

_NODES = "/api/v1/nodes?watch=true&labelSelector=kubernetes.io%2Fos%3Dwindows"


def _told(events: list[Json]) -> list[tuple[str, str]]:
    return [(e["type"], e["object"].get("metadata", {}).get("name", "")) for e in events]


async def test_initial_events_end_with_a_bookmark(client: Client) -> None:
    wanted = chunks("node-watch", "node-watch-initial-events")
    path = exchanges("node-watch")["node-watch-initial-events"]["request"]["path"]
    async with Watching(client, path.replace("timeoutSeconds=3", "timeoutSeconds=60")) as watch:
        events = await watch.at_least(len(wanted))
    assert _told(events) == _told(wanted)
    compare(wanted[-1], events[-1])


async def test_without_a_version_everything_comes_first(client: Client) -> None:
    path = exchanges("node-watch")["node-watch-without-rv"]["request"]["path"]
    async with Watching(client, path.replace("timeoutSeconds=2", "timeoutSeconds=1")) as watch:
        events = await watch.end()
    assert _told(events) == _told(chunks("node-watch", "node-watch-without-rv"))


async def test_changes_come_in_the_recorded_order(client: Client) -> None:
    wanted = [c for c in chunks("node-watch", "node-watch-changes") if c["type"] != "BOOKMARK"]
    version = client.cluster.store.version
    life = client.cluster.node_life
    async with Watching(client, f"{_NODES}&resourceVersion={version}") as watch:
        life.set_ready("win-2022-08", False)
        life.set_ready("win-2022-08", True)
        life.cordon("win-2022-08", True)
        await until(lambda: "unschedulable" in str(_taints(client, "win-2022-08")))
        life.cordon("win-2022-08", False)
        events = await watch.at_least(len(wanted))
    assert [_change(e) for e in wanted][-4:] == [_change(e) for e in events][-4:]
    assert [e["type"] for e in events] == ["MODIFIED"] * len(events)
    versions = [int(e["object"]["metadata"]["resourceVersion"]) for e in events]
    assert versions == sorted(set(versions))


def _taints(client: Client, name: str) -> Any:
    node = next(n for n in client.cluster.nodes() if n["metadata"]["name"] == name)
    return node["spec"].get("taints")


def _change(event: Json) -> Any:
    spec = event["object"]["spec"]
    return event["type"], spec.get("unschedulable"), [t["key"] for t in spec.get("taints", [])]


async def test_an_old_version_that_is_still_remembered_is_replayed(client: Client) -> None:
    async with Watching(client, f"{_NODES}&resourceVersion=1") as watch:
        events = await watch.at_least(8)
    assert {kind for kind, _ in _told(events)} == {"ADDED"}


async def test_a_future_version_is_silent_until_the_timeout(client: Client) -> None:
    async with Watching(client, f"{_NODES}&resourceVersion=999999999&timeoutSeconds=1") as watch:
        assert await watch.end() == []


@pytest.mark.parametrize("name", ["node-watch-rv-garbage", "viewer-watch-forbidden"])
async def test_a_watch_is_refused_as_recorded(client: Client, name: str) -> None:
    exchange = exchanges("node-watch")[name]
    answer = await replay(client, exchange)
    assert answer.status == exchange["response"]["status"]
    compare(exchange["chunks"][0]["data"], answer.json)


async def test_a_list_in_the_future_times_out(client: Client) -> None:
    exchange = exchanges("node-watch")["list-future-rv"]
    answer = await replay(client, exchange)
    assert answer.status == 504
    assert answer.headers["Retry-After"] == exchange["response"]["headers"]["Retry-After"]
    wanted = exchange["response"]["body"]
    assert answer.json["details"] == wanted["details"]
    assert answer.json["message"].startswith("Timeout: Too large resource version: 999999999, current: ")


async def test_a_bookmark_comes_before_the_end(client: Client) -> None:
    version = client.cluster.store.version
    query = f"&resourceVersion={version}&allowWatchBookmarks=true&timeoutSeconds=3"
    async with Watching(client, _NODES + query) as watch:
        events = await watch.end()
    recorded = next(c for c in chunks("node-watch", "node-watch-changes") if c["type"] == "BOOKMARK")
    compare(recorded, events[-1])


async def test_a_restart_cuts_watches_and_forgets_old_versions(client: Client) -> None:
    version = client.cluster.store.version
    page = await client.ask("/api/v1/nodes?limit=2&labelSelector=kubernetes.io%2Fos%3Dwindows")

    async def watch_on() -> None:
        async with client.stream(f"{_NODES}&resourceVersion={version}") as response:
            await client.cluster.restart()
            await response.content.readline()

    with pytest.raises(aiohttp.ClientError):
        await asyncio.wait_for(watch_on(), 10)
    client.cluster.node_life.cordon("win-2022-08", True)
    for name in ("watch-too-old", "watch-rv-1", "watch-pods-too-old"):
        exchange = exchanges("expired")[name]
        old = exchange["request"]["path"].replace("resourceVersion=1163", f"resourceVersion={version}")
        async with Watching(client, old) as watch:
            events = await watch.end()
        assert len(events) == 1
        wanted = exchange["chunks"][0]["data"]
        assert {**events[0]["object"], "message": ""} == {**wanted["object"], "message": ""}
        assert events[0]["object"]["message"].startswith("too old resource version: ")
    await _continue(client, page.json["metadata"]["continue"], version)


async def _continue(client: Client, token: str, version: int) -> None:
    path = f"/api/v1/nodes?limit=2&labelSelector=kubernetes.io%2Fos%3Dwindows&continue={token}"
    gone = await client.ask(path)
    recorded = exchanges("expired")["continue-too-old"]["response"]["body"]
    assert gone.status == 410
    assert gone.json["message"] == recorded["message"]
    rest = await client.ask(path.replace(token, gone.json["metadata"]["continue"]))
    wanted = exchanges("expired")["continue-inconsistent"]["response"]["body"]["items"]
    names = [n["metadata"]["name"] for n in rest.json["items"]]
    assert names == [n["metadata"]["name"] for n in wanted]
    exact = await client.ask(f"/api/v1/nodes?limit=2&resourceVersion={version}&resourceVersionMatch=Exact")
    recorded = exchanges("expired")["list-exact-too-old"]["response"]["body"]
    assert exact.status == 410
    compare(recorded, exact.json)


async def test_a_continued_list_shows_what_was_there_at_its_start(client: Client) -> None:
    path = "/api/v1/nodes?limit=2&labelSelector=kubernetes.io%2Fos%3Dwindows"
    first = await client.ask(path)
    client.cluster.node_life.cordon("win-2022-01", True)
    rest = await client.ask(f"{path}&continue={first.json['metadata']['continue']}")
    assert rest.json["metadata"]["resourceVersion"] == first.json["metadata"]["resourceVersion"]
    assert "unschedulable" not in rest.json["items"][0]["spec"]
    exact = await client.ask(
        f"{path}&resourceVersion={first.json['metadata']['resourceVersion']}&resourceVersionMatch=Exact"
    )
    assert [n["metadata"]["name"] for n in exact.json["items"]] == [
        n["metadata"]["name"] for n in first.json["items"]
    ]


async def test_what_enters_or_leaves_a_selection_is_added_or_deleted(client: Client) -> None:
    version = client.cluster.store.version
    path = f"/api/v1/pods?watch=true&fieldSelector=status.phase%3DRunning&resourceVersion={version}"
    async with Watching(client, path) as watch:
        await create(client, "passing", "powershell.exe", "-Command", "exit 0")
        events = await watch.at_least(2)
    assert _told(events)[:2] == [("ADDED", "passing"), ("DELETED", "passing")]


async def test_a_table_can_be_watched_and_names_its_columns_once(client: Client) -> None:
    headers = {**client.headers("admin"), "Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    lines: list[Json] = []
    async with client.session.get(
        client.cluster.server + "/api/v1/nodes?watch=true", headers=headers, ssl=client.tls
    ) as response:
        async for line in response.content:
            lines.append(_json(line))
            if len(lines) == 3:
                break
    assert {line["object"]["kind"] for line in lines} == {"Table"}
    assert [bool(line["object"]["columnDefinitions"]) for line in lines] == [True, False, False]


def _json(line: bytes) -> Json:
    import json

    found: Json = json.loads(line)
    return found


async def test_a_watch_that_is_left_is_closed(client: Client) -> None:
    async with Watching(client, _NODES) as watch:
        await watch.at_least(1)
        assert client.cluster.counts.watches_open == 1
    await until(lambda: client.cluster.counts.watches_open == 0)
