"""Exec over WebSockets: the same refusals, frames and ends as recorded."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from hptui.demo.cluster import SimulatedCluster
from tests.demo.conftest import Client, Json
from tests.demo.recorded import compare, exchanges
from tests.demo.rig import create, in_phase, running, until
from tests.demo.scripted import PROMPT

_EXEC = "/api/v1/namespaces/hptui/pods/{}/exec?"
_SHELL = "command=powershell.exe&command=-NoLogo&stdout=true&tty=true&stdin=true"
_V5, _V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
_QUIET = 0.15  # seconds without a frame that count as silence


@pytest.fixture
async def pods(client: Client) -> Client:
    """The pods that the recorded requests name: on a current kubelet and on an old one."""
    await asyncio.gather(
        *(running(client, name) for name in ("hpc", "hpc4", "hpc5")),
        running(client, "old", nodeName="win-2022-06"),
    )
    return client


def _protocols(exchange: Json) -> tuple[str, ...]:
    offered = exchange["request"]["headers"].get("Sec-WebSocket-Protocol", "")
    return tuple(name.strip() for name in offered.split(",") if name.strip())


class Talk:
    """One exec as its client sees it: output by channel, then the end."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[tuple[int, bytes]] = []
        self.closed: int | None = None  # the close code; None without a close frame

    async def read_to_end(self) -> None:
        async with asyncio.timeout(10):
            while await self._one():
                pass

    async def read_until(self, text: bytes, channel: int = 1) -> None:
        async with asyncio.timeout(10):
            while text not in self.output(channel):
                assert await self._one(), f"ended before {text!r} came: {self.frames}"

    async def _one(self) -> bool:
        message = await self.socket.receive()
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                self.frames.append((message.data[0], message.data[1:]))
            case aiohttp.WSMsgType.TEXT:
                self.frames.append((ord(message.data[0]), base64.b64decode(message.data[1:])))
            case aiohttp.WSMsgType.PONG:
                self.frames.append((-1, bytes(message.data)))
            case aiohttp.WSMsgType.CLOSE:
                self.closed = message.data
                return False
            case _:
                return False
        return True

    def output(self, channel: int) -> bytes:
        return b"".join(data for number, data in self.frames if number == channel)


def _recorded(exchange: Json) -> tuple[dict[int, bytes], int | None]:
    """What the recorded client received, by channel, and its close code."""
    output: dict[int, bytes] = {}
    for frame in exchange["frames"]:
        if frame["dir"] == "recv" and frame["opcode"] in (1, 2):
            data = base64.b64decode(frame.get("data_b64") or "")
            if frame["opcode"] == 1:
                data = base64.b64decode(data)
            output[frame["channel"]] = output.get(frame["channel"], b"") + data
    return output, exchange["end"].get("close_code")


def _status(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data


async def _replay(client: Client, exchange: Json) -> Talk:
    """Send what was sent, each piece once what came before it has been answered."""
    path = _expand(exchange["request"]["path"])
    async with client.socket(path, user=exchange["as"], protocols=_protocols(exchange)) as socket:
        talk = Talk(socket)
        await talk.read_until(b"")
        if "tty=true" in path and "powershell" in path:
            await talk.read_until(PROMPT)
        for frame in exchange["frames"]:
            if frame["dir"] == "send" and frame["opcode"] == 2:
                data = base64.b64decode(frame.get("data_b64") or "")
                await socket.send_bytes(bytes([frame["channel"]]) + data)
        await talk.read_to_end()
        return talk


def _expand(path: str) -> str:
    return re.sub(r"<(\d+) times (\w)>", lambda m: m.group(2) * int(m.group(1)), path)


_ENDING = (
    "v5-exit-0",
    "v5-exit-3",
    "v5-exit-255",
    "v5-exit-3010",
    "v5-exit-3010-old-kubelet",
    "v5-exit-minus-1",
    "v5-stdout-stderr-apart",
    "v4-exit-0",
    "v4-exit-3",
    "v4-exit-255",
    "v4-exit-3010",
    "v4-exit-3010-old-kubelet",
    "v4-exit-minus-1",
    "v4-stdout-stderr-apart",
    "v5-tty-exit-3",
    "v5-tty-session",
    "v5-tty-session-old-kubelet",
    "v4-tty-session",
    "v5-stdin-half-close",
    "v5-stdin-half-close-old-kubelet",
    "v5-unicode",
)


@pytest.mark.parametrize("name", _ENDING)
async def test_a_command_runs_and_ends_as_recorded(pods: Client, name: str) -> None:
    exchange = exchanges("exec")[name]
    wanted, close = _recorded(exchange)
    talk = await _replay(pods, exchange)
    assert talk.frames[0] == (1, b"")
    assert talk.frames[-1][0] == 3
    compare(_status(wanted.pop(3)), _status(talk.output(3)))
    assert {channel: talk.output(channel) for channel in wanted if "tty" not in name or channel != 1} == {
        channel: data for channel, data in wanted.items() if "tty" not in name or channel != 1
    }
    if "tty" in name:
        assert _commands(talk.output(1)) == _commands(wanted[1])
    assert talk.closed == close == 1000


def _commands(output: bytes) -> set[bytes]:
    """Lines without prompts: when sizes and commands are sent at once, their answers come in a row."""
    return {line for line in re.split(rb"\r\n|PS C:\\> ", output) if line and not line.endswith(b"x 30")} - {
        b"120 x 40"
    }


_NEGOTIATED = ("only-v4", "v5-then-v4", "v4-then-v5", "none-offered", "base64-v4", "v1-channel")


@pytest.mark.parametrize("name", _NEGOTIATED)
async def test_the_subprotocol_is_chosen_as_recorded(pods: Client, name: str) -> None:
    exchange = exchanges("exec-negotiation")[name]
    wanted, close = _recorded(exchange)
    path, offered = exchange["request"]["path"], _protocols(exchange)
    async with pods.socket(path, user="operator", protocols=offered) as socket:
        chosen = exchange["response"]["headers"]["Sec-WebSocket-Protocol"]
        assert (socket.protocol or "") == chosen
        talk = Talk(socket)
        await talk.read_to_end()
    for channel, data in wanted.items():
        compare(_status(data), _status(talk.output(channel)))
    assert talk.closed == close


async def test_without_a_common_subprotocol_the_answer_is_an_empty_403(pods: Client) -> None:
    for name in ("unknown-offered", "v3"):
        exchange = exchanges("exec-negotiation")[name]
        answer = await _upgrade(pods, exchange)
        assert (answer[0], answer[1]) == (403, "")


async def _upgrade(client: Client, exchange: Json) -> tuple[int, str, str]:
    """The answer to an upgrade that is refused: status, body, content type."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
        "Accept": "*/*",
    }
    if protocol := exchange["request"]["headers"].get("Sec-WebSocket-Protocol"):
        headers["Sec-WebSocket-Protocol"] = protocol
    answer = await client.ask(_expand(exchange["request"]["path"]), user=exchange["as"], headers=headers)
    return answer.status, answer.text, answer.headers.get("Content-Type", "")


_REFUSED = [
    name
    for name, exchange in exchanges("exec-errors").items()
    if exchange["response"]["status"] not in (101, 431)
]


@pytest.mark.parametrize("name", _REFUSED)
async def test_an_exec_is_refused_as_recorded(pods: Client, name: str) -> None:
    exchange = exchanges("exec-errors")[name]
    if "/unbound/" in exchange["request"]["path"]:
        await create(pods, "unbound", nodeName="", nodeSelector={"no": "where"})
    if "/fin/" in exchange["request"]["path"]:
        await create(pods, "fin", "powershell.exe", "-Command", "exit 0")
        await in_phase(pods.cluster, "fin", "Succeeded")
    status, text, content_type = await _upgrade(pods, exchange)
    recorded = exchange["response"]
    assert status == recorded["status"], text
    assert content_type == recorded["headers"]["Content-Type"] or "charset" in content_type
    if isinstance(recorded["body"], str):
        assert text == recorded["body"]
    else:
        compare(recorded["body"], json.loads(text))


async def test_a_url_over_a_megabyte_is_refused_with_431(pods: Client) -> None:
    exchange = exchanges("exec-errors")["v5-url-over-1-mb"]
    assert (await _upgrade(pods, exchange))[0] == 431


_STARTED = [
    name for name, exchange in exchanges("exec-errors").items() if exchange["response"]["status"] == 101
]


@pytest.mark.parametrize("name", _STARTED)
async def test_a_command_that_fails_says_so_as_recorded(pods: Client, name: str) -> None:
    exchange = exchanges("exec-errors")[name]
    wanted, close = _recorded(exchange)
    talk = await _replay(pods, exchange)
    for channel, data in wanted.items():
        compare(_status(data), _status(talk.output(channel)))
    assert talk.closed == close


@pytest.mark.parametrize("name", ["plain-get", "plain-post"])
async def test_without_an_upgrade_exec_is_a_bad_request(pods: Client, name: str) -> None:
    exchange = exchanges("exec-negotiation")[name]
    request = exchange["request"]
    answer = await pods.ask(request["path"], method=request["method"], user="operator")
    assert answer.status == 400
    compare(exchange["response"]["body"], answer.json)


_BROKEN = [name for name in exchanges("exec-broken") if "-killed-" in name]


@pytest.mark.parametrize("name", _BROKEN)
async def test_a_cut_stream_ends_as_recorded(pods: Client, name: str) -> None:
    exchange = exchanges("exec-broken")[name]
    wanted, close = _recorded(exchange)
    where = name.split("-killed-")[1].split("-")[0]
    async with pods.socket(exchange["request"]["path"], protocols=_protocols(exchange)) as socket:
        talk = Talk(socket)
        await talk.read_until(PROMPT)
        assert pods.cluster.drop_execs(where) == 1
        await talk.read_to_end()
    assert _status(talk.output(3)) == _status(wanted.get(3, b""))
    assert talk.closed == close


async def test_the_container_takes_its_execs_with_it(pods: Client) -> None:
    deeds = {
        "v5-container-exits": ("old", None),
        "v5-pod-deleted": ("hpc", "?gracePeriodSeconds=1"),
        "v4-pod-deleted": ("hpc4", "?gracePeriodSeconds=1"),
        "v5-pod-force-deleted": ("hpc5", "?gracePeriodSeconds=0"),
    }
    for name, (pod, query) in deeds.items():
        exchange = exchanges("exec-broken")[name]
        wanted, close = _recorded(exchange)
        async with pods.socket(exchange["request"]["path"], protocols=_protocols(exchange)) as socket:
            talk = Talk(socket)
            await talk.read_until(PROMPT)
            if query is None:
                found = next(p for p in pods.cluster.pods("hptui") if p["metadata"]["name"] == pod)
                await pods.cluster.world.containers.of(found, "shell")[-1].kill(1)
            else:
                await pods.ask(f"/api/v1/namespaces/hptui/pods/{pod}{query}", method="DELETE")
            await talk.read_to_end()
        compare(_status(wanted[3]), _status(talk.output(3)))
        assert talk.closed == close


async def test_a_node_that_goes_away_leaves_no_last_word(pods: Client) -> None:
    async with pods.socket(_EXEC.format("hpc") + _SHELL, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(PROMPT)
        pods.cluster.node_down("win-2022-01")
        await talk.read_to_end()
    assert talk.output(3) == b""
    assert talk.closed is None


async def test_a_terminating_pod_still_takes_an_exec(pods: Client) -> None:
    await running(pods, "term")
    pods.cluster.world.pace = replace(pods.cluster.world.pace, stop=30.0)
    await pods.ask("/api/v1/namespaces/hptui/pods/term?gracePeriodSeconds=30", method="DELETE")
    exchange = exchanges("exec-broken")["v5-exec-into-terminating"]
    talk = await _replay(pods, exchange)
    assert talk.output(1) == b"nt authority\\system\r\n"
    assert talk.closed == 1000


async def _silent(talk: Talk) -> bool:
    try:
        async with asyncio.timeout(_QUIET):
            await talk._one()
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("name", ["v4-half-close-unknown", "v5-tty-half-close"])
async def test_a_half_close_that_means_nothing_ends_nothing(pods: Client, name: str) -> None:
    path = exchanges("exec")[name]["request"]["path"]
    async with pods.socket(path, protocols=_protocols(exchanges("exec")[name])) as socket:
        talk = Talk(socket)
        if "tty" in name:
            await talk.read_until(PROMPT)
        else:
            await socket.send_bytes(b"\0one\n")
            await talk.read_until(b"one\n")
        await socket.send_bytes(b"\xff\0")
        assert await _silent(talk)
        assert pods.cluster.counts.execs_open == 1


async def test_pings_are_answered(pods: Client) -> None:
    async with pods.socket(_EXEC.format("hpc") + _SHELL, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(PROMPT)
        await socket.ping(b"hello")
        await talk.read_until(b"hello", channel=-1)


async def test_a_resize_without_a_terminal_stops_the_whole_connection(pods: Client) -> None:
    path = exchanges("exec")["v5-resize-without-tty"]["request"]["path"]
    async with pods.socket(path, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(b"")
        await socket.send_bytes(b'\x04{"Width":132,"Height":43}')
        await socket.send_bytes(b"\0hello\n")
        await socket.ping(b"late")
        quiet = [await _silent(talk) for _ in range(2)]
    assert quiet[-1]
    assert b"hello" not in talk.output(1)
    assert talk.output(-1) == b""


async def test_the_size_reaches_the_process(pods: Client) -> None:
    async with pods.socket(_EXEC.format("hpc") + _SHELL, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(PROMPT)
        await socket.send_bytes(b'\x04{"Width":100,"Height":30}')
        await socket.send_bytes(b"\0size\r")
        await talk.read_until(b"100 x 30")


async def test_a_process_outlives_the_client_that_left(pods: Client) -> None:
    async with pods.socket(_EXEC.format("hpc") + _SHELL, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(PROMPT)
        found = next(p for p in pods.cluster.pods("hptui") if p["metadata"]["name"] == "hpc")
        container = pods.cluster.world.containers.of(found, "shell")[-1]
    await until(lambda: pods.cluster.counts.execs_open == 0)
    assert container.busy == 1


async def test_the_server_stops_reading_from_a_process_whose_client_does_not_read(pods: Client) -> None:
    path = _EXEC.format("hpc") + "command=flood&stdout=true"
    async with pods.socket(path, protocols=(_V5,)) as socket:
        await _settled(pods.cluster)
        taken = pods.cluster.counts.output_written
        talk = Talk(socket)
        for _ in range(20_000):
            await talk._one()
            if len(talk.frames) * 1000 > taken + (4 << 20):
                break
        await until(lambda: pods.cluster.counts.output_written > taken)
    assert taken < 32 << 20, "what lies in socket buffers is bounded"


async def _settled(cluster: SimulatedCluster) -> None:
    """Until no more output is taken from the process."""
    async with asyncio.timeout(10):
        before = -1
        while cluster.counts.output_written != before or before <= 0:
            before = cluster.counts.output_written
            await asyncio.sleep(0.1)


async def test_attach_shows_the_first_process_from_now_on(client: Client) -> None:
    await running(client, "beating", "beat", "0.01")
    path = "/api/v1/namespaces/hptui/pods/beating/attach?stdout=true"
    async with client.socket(path, protocols=(_V5,)) as socket:
        talk = Talk(socket)
        await talk.read_until(b"of beating on win-2022-01\n")
        await client.ask("/api/v1/namespaces/hptui/pods/beating?gracePeriodSeconds=0", method="DELETE")
        await talk.read_to_end()
    assert talk.closed == 1000
