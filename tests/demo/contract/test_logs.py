"""The log of a container: its end, its times, its limits, followed, and refused as recorded."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from urllib.parse import quote

import aiohttp
import pytest

from hptui.demo.objects.plain import stamp
from hptui.demo.runtime.logbook import Line
from tests.demo.conftest import Answer, Client, Json
from tests.demo.recorded import compare, exchanges
from tests.demo.rig import create, in_phase, replay, running, until

_LOG = "/api/v1/namespaces/hptui/pods/{}/log"


@pytest.fixture
async def logs(client: Client) -> Client:
    """A pod whose first process has printed twenty lines and still runs."""
    await running(client, "logs", "beat", "0.001", "20")
    await in_phase(client.cluster, "logs", "Succeeded")
    return client


async def _lines(client: Client, query: str, name: str = "logs") -> list[str]:
    answer = await client.ask(f"{_LOG.format(name)}?{query}", user="operator")
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.text.splitlines()


async def test_the_last_lines_come(logs: Client) -> None:
    assert await _lines(logs, "tailLines=2") == [f"heartbeat {n} of logs on win-2022-01" for n in (19, 20)]
    assert await _lines(logs, "tailLines=0") == []
    assert len(await _lines(logs, "")) == 20


async def test_lines_carry_times_in_nanoseconds(logs: Client) -> None:
    recorded = exchanges("logs")["tail-5-timestamps"]["response"]["body"].splitlines()
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z heartbeat \d+ of logs on win-2022-01")
    assert all(form.fullmatch(line) for line in recorded)
    assert all(form.fullmatch(line) for line in await _lines(logs, "tailLines=5&timestamps=true"))


async def test_a_limit_cuts_inside_a_line(logs: Client) -> None:
    answer = await logs.ask(_LOG.format("logs") + "?limitBytes=50")
    assert len(answer.text) == 50


async def test_only_lines_since_a_time_come(logs: Client) -> None:
    log = logs.cluster.world.containers.of(logs.cluster.pods("hptui")[0], "shell")[-1].log
    start = int(time.time()) - 600
    log.lines = deque(Line((start + index) * 10**9 + 5, line.text) for index, line in enumerate(log.lines))
    assert len(await _lines(logs, f"sinceTime={quote(stamp(start + 11))}")) == 9
    fraction = stamp(start + 11).replace("Z", ".9Z")  # is cut off on the way to the kubelet
    assert len(await _lines(logs, f"sinceTime={quote(fraction)}")) == 9
    assert len(await _lines(logs, "sinceSeconds=3600")) == 20
    assert await _lines(logs, "sinceSeconds=60") == []
    assert await _lines(logs, "sinceTime=2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "name", ["container-unknown", "bad-parameter", "pod-unknown", "forbidden", "accept-json"]
)
async def test_log_requests_are_answered_as_recorded(logs: Client, name: str) -> None:
    exchange = exchanges("logs")[name]
    _compare(exchange, await replay(logs, exchange))


def _compare(exchange: Json, answer: Answer) -> None:
    recorded = exchange["response"]
    assert answer.status == recorded["status"], answer.text
    if isinstance(recorded["body"], str):
        assert bool(answer.text) == bool(recorded["body"])
    else:
        compare(recorded["body"], answer.json)


async def test_a_container_that_waits_has_no_log(client: Client) -> None:
    await create(client, "waitc", nodeName="win-2019-03")  # its sandbox never comes to be
    await until(lambda: "ContainerCreating" in str(client.cluster.pods("hptui")[0]["status"]))
    for name in ("container-creating", "container-creating-follow"):
        exchange = exchanges("logs")[name]
        _compare(exchange, await replay(client, exchange))


async def test_an_image_that_is_not_pulled_has_no_log(client: Client) -> None:
    client.cluster.faults.pulls = "failing"
    containers = [{"name": "shell", "image": "registry.example.com/team/tool:ltsc2022"}]
    await create(client, "pull", containers=containers)
    await until(lambda: "ImagePullBackOff" in str(client.cluster.pods("hptui")[0]["status"]))
    exchange = exchanges("logs")["log-image-pull-backoff"]
    _compare(exchange, await replay(client, exchange))


async def test_a_pod_without_a_node_has_an_empty_answer(client: Client) -> None:
    await create(client, "unbound", nodeName="", nodeSelector={"no": "where"})
    answer = await replay(client, exchanges("logs")["pod-not-scheduled"])
    assert (answer.status, answer.text) == (204, "")


async def test_the_log_before_a_restart_is_kept(client: Client) -> None:
    await create(client, "prev", "beat", "0.001", "7", restartPolicy="Always")
    exchange = exchanges("logs")["previous-none"]
    container = client.cluster.world.containers.of
    await until(lambda: len(container(client.cluster.pods("hptui")[0], "shell")) == 2)
    lines = await _lines(client, "previous=true", "prev")
    assert lines[-1] == "heartbeat 7 of prev on win-2022-01"
    await running(client, "once")
    path = exchange["request"]["path"].replace("/prev/", "/once/")
    answer = await client.ask(path)
    assert (answer.status, answer.json["message"]) == (
        400,
        exchange["response"]["body"]["message"].replace('"prev"', '"once"'),
    )


async def test_a_followed_log_goes_on_until_its_container_ends(client: Client) -> None:
    await running(client, "prev", "beat", "0.02")
    seen: list[bytes] = []
    async with client.stream(_LOG.format("prev") + "?follow=true&tailLines=1") as response:
        assert response.status == 200
        async for line in response.content:
            seen.append(line)
            if len(seen) == 5:
                found = client.cluster.pods("hptui")[0]
                await client.cluster.world.containers.of(found, "shell")[-1].kill()
    numbers = [int(line.split()[1]) for line in seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) >= 5


async def test_a_followed_log_breaks_when_its_node_goes_away(client: Client) -> None:
    await running(client, "prev", "beat", "0.02")

    async def follow() -> None:
        async with client.stream(_LOG.format("prev") + "?follow=true") as response:
            async for _ in response.content:
                client.cluster.node_down("win-2022-01")

    with pytest.raises(aiohttp.ClientError):
        await asyncio.wait_for(follow(), 10)


async def test_a_finished_container_still_has_its_log(client: Client) -> None:
    await create(client, "fin", "beat", "0", "1")
    await in_phase(client.cluster, "fin", "Succeeded")
    answer = await replay(client, exchanges("logs")["finished-container"])
    assert (answer.status, answer.text) == (200, "heartbeat 1 of fin on win-2022-01\n")
