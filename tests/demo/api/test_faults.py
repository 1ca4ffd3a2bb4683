"""Faults on demand, over the admin's path and from Python: each does what its name says, and ends when it is taken back."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import aiohttp
import pytest

from tests.demo.conftest import Client, Json
from tests.demo.rig import Watching, in_phase, pod, until

_PODS = "/api/v1/namespaces/hptui/pods"
_NODE = "akswin22000000"


def _pod(name: str, *command: str, **spec: Any) -> Json:
    image = "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0"
    made = pod(name, *command, **({"nodeName": _NODE} | spec))
    made["spec"]["containers"][0]["image"] = image
    return made


async def _running(client: Client, name: str, *command: str) -> None:
    answer = await client.ask(_PODS, method="POST", body=_pod(name, *command))
    assert answer.status == 201, answer.text
    await in_phase(client.cluster, name, "Running")


async def test_the_next_requests_are_refused_and_then_no_more(client: Client) -> None:
    fault = {"refuse_next": 2, "refuse_code": 429, "retry_after": 7}
    assert (await client.ask("/demo/faults", method="POST", body=fault)).status == 200
    for _ in range(2):
        answer = await client.ask("/api/v1/nodes")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        assert answer.json["reason"] == "TooManyRequests"
    assert (await client.ask("/api/v1/nodes")).status == 200


@pytest.mark.parametrize("code", [500, 502, 503, 504])
async def test_every_server_error_can_be_had(client: Client, code: int) -> None:
    client.cluster.faults.update({"refuse_next": 1, "refuse_code": code})
    assert (await client.ask("/api/v1/nodes")).status == code


async def test_only_the_admin_may_break_things(client: Client) -> None:
    for user in ("operator", "viewer", None):
        answer = await client.ask("/demo/faults", method="POST", body={"latency": 5}, user=user)
        assert answer.status == 403
    assert client.cluster.faults.latency == 0


async def test_a_fault_that_does_not_exist_is_named(client: Client) -> None:
    answer = await client.ask("/demo/faults", method="POST", body={"earthquake": 1})
    assert answer.status == 400
    assert "earthquake" in answer.json["error"]
    assert "refuse_next" in answer.json["error"]
    answer = await client.ask("/demo/faults", method="POST", body={"latency": []})
    assert answer.status == 400


async def test_the_counters_can_be_read(client: Client) -> None:
    await client.ask("/api/v1/nodes")
    answer = await client.ask("/demo/counts")
    assert answer.json["requests"]["GET /api/v1/nodes"] == 1
    assert answer.json["pods"] == 0


async def test_a_token_expires(client: Client) -> None:
    assert (await client.ask("/api/v1/nodes", user="operator")).status == 200
    client.cluster.expire_token("operator")
    assert (await client.ask("/api/v1/nodes", user="operator")).status == 401


async def test_a_token_that_has_expired_can_still_undo_it(client: Client) -> None:
    await client.ask("/demo/do", method="POST", body={"what": "expire-token"})
    assert (await client.ask("/api/v1/nodes")).status == 401
    answer = await client.ask(
        "/demo/do", method="POST", body={"what": "renew-token", "argument": "admin 3600"}
    )
    assert client.cluster.token == answer.json["result"]
    assert client.cluster.token in client.cluster.kubeconfig.read_text()
    assert (await client.ask("/api/v1/nodes")).status == 200


async def test_a_token_with_a_life_says_when_it_ends_and_ends_then(client: Client) -> None:
    token = client.cluster.renew_token("operator", 0.05)
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["exp"] <= time.time() + 1

    async def status() -> int:
        return (await client.ask("/api/v1/nodes", user="operator")).status

    seen = 0
    async with asyncio.timeout(10):
        while seen != 401:
            seen = await status()


async def test_a_slow_link_takes_its_time(client: Client) -> None:
    start = time.monotonic()
    client.cluster.faults.latency = 0.2
    await client.ask("/api/v1/nodes")
    assert time.monotonic() - start >= 0.2
    client.cluster.faults.update({"latency": 0, "bandwidth": 100_000})
    answer = await client.ask("/api/v1/nodes/" + _NODE)
    assert time.monotonic() - start >= 0.2 + len(answer.text) / 100_000


async def test_a_create_may_hang_although_the_pod_exists(client: Client) -> None:
    client.cluster.faults.create = "hang"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await client.ask(_PODS, method="POST", body=_pod("ghost"))
    assert [p["metadata"]["name"] for p in client.cluster.pods()] == ["ghost"]


async def test_a_create_may_time_out_although_the_pod_exists(client: Client) -> None:
    client.cluster.faults.create = "timeout"
    answer = await client.ask(_PODS, method="POST", body=_pod("ghost"))
    assert (answer.status, answer.json["reason"]) == (504, "Timeout")
    again = await client.ask(_PODS, method="POST", body=_pod("ghost"))
    assert (again.status, again.json["reason"]) == (409, "AlreadyExists")


async def test_a_delete_may_never_finish_until_it_does(client: Client) -> None:
    await _running(client, "stuck")
    client.cluster.faults.delete = "stuck"
    answer = await client.ask(f"{_PODS}/stuck?gracePeriodSeconds=0", method="DELETE")
    assert answer.status == 200
    found = await client.ask(f"{_PODS}/stuck")
    assert found.json["metadata"]["deletionTimestamp"]
    client.cluster.faults.delete = "ok"
    await until(lambda: not client.cluster.pods())


async def test_an_exec_may_be_refused_or_stay_silent(client: Client) -> None:
    await _running(client, "mute")
    path = f"{_PODS}/mute/exec?command=whoami&stdout=true"
    client.cluster.faults.exec = "refused"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.socket(path, protocols=("v5.channel.k8s.io",))
    assert refused.value.status == 500
    client.cluster.faults.exec = "silent"
    async with client.socket(path, protocols=("v5.channel.k8s.io",)) as socket:
        assert (await socket.receive_bytes()) == b"\x01"
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)


@pytest.mark.parametrize(
    ("how", "last", "code"), [("clean", b"", 1000), ("lying", b"Success", 1000), ("abrupt", b"", None)]
)
async def test_execs_can_be_dropped(client: Client, how: str, last: bytes, code: int | None) -> None:
    await _running(client, "cut")
    path = f"{_PODS}/cut/exec?command=cat&stdin=true&stdout=true"
    async with client.socket(path, protocols=("v5.channel.k8s.io",)) as socket:
        assert await socket.receive_bytes() == b"\x01"
        answer = await client.ask("/demo/do", method="POST", body={"what": "drop-execs", "argument": how})
        assert answer.json["result"] == 1
        seen = b""
        closed = None
        async with asyncio.timeout(10):
            while (message := await socket.receive()).type == aiohttp.WSMsgType.BINARY:
                seen += message.data
        if message.type == aiohttp.WSMsgType.CLOSE:
            closed = message.data
    assert last in seen
    assert bool(seen) == bool(last)
    assert closed == code


async def test_output_can_be_cut_into_pieces(client: Client) -> None:
    await _running(client, "pieces")
    client.cluster.faults.exec_chunk = 3
    path = f"{_PODS}/pieces/exec?command=whoami&stdout=true"
    async with client.socket(path, protocols=("v4.channel.k8s.io",)) as socket:
        frames = [m.data async for m in socket if m.type == aiohttp.WSMsgType.BINARY]
    assert [f[1:] for f in frames[1:4]] == [b"nt ", b"aut", b"hor"]


async def test_a_restart_with_downtime_refuses_connections_and_then_answers_again(client: Client) -> None:
    await client.ask("/demo/do", method="POST", body={"what": "restart", "argument": "0.2"})

    async def answers() -> bool:
        try:
            return (await client.ask("/readyz")).text == "ok"
        except aiohttp.ClientError:
            return False

    seen: list[bool] = []
    async with asyncio.timeout(10):
        while True not in seen:
            seen.append(await answers())
            await asyncio.sleep(0.02)
    assert seen[-1]
    assert len((await client.ask("/api/v1/nodes")).json["items"]) == 17


async def test_what_should_be_done_must_exist(client: Client) -> None:
    answer = await client.ask("/demo/do", method="POST", body={"what": "explode"})
    assert answer.status == 400
    assert "node-down" in answer.json["error"]


async def test_a_node_goes_and_comes_back_over_the_admin_path(client: Client) -> None:
    await client.ask("/demo/do", method="POST", body={"what": "node-down", "argument": _NODE})
    version = client.cluster.store.version
    path = f"/api/v1/nodes?watch=true&resourceVersion={version}&fieldSelector=metadata.name%3D{_NODE}"
    async with Watching(client, path) as watch:
        await until(lambda: "NodeStatusUnknown" in json.dumps(watch.events))
        await client.ask("/demo/do", method="POST", body={"what": "node-up", "argument": _NODE})
        await until(
            lambda: (
                _ready(watch.events[-1]["object"]) and not watch.events[-1]["object"]["spec"].get("taints")
            )
        )


def _ready(node: Json) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])
