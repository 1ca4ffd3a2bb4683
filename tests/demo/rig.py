"""The cluster that was recorded, built again: its nodes, its users, its pods."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from typing import Any

from hptui.demo.access.rights import User, single_verb_binding
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.objects.nodes import BUILD_2019, BUILD_2022, BUILD_2025, NodeSpec
from hptui.demo.pace import brisk
from tests.demo.conftest import Answer, Client, Json
from tests.demo.recorded import exchanges
from tests.demo.scripted import start_scripted

IMAGE = "mcr.microsoft.com/powershell:lts-nanoserver-ltsc2022"
_LIMIT = 10.0  # seconds


def _windows(name: str, index: int, kernel: str = BUILD_2022, **more: Any) -> NodeSpec:
    labels = {
        "agentpool": "winpool",
        "node.kubernetes.io/instance-type": "Standard_D4s_v5",
        "rig.test/fakewin": "true",
        "topology.kubernetes.io/region": "westeurope",
        "topology.kubernetes.io/zone": f"westeurope-{index % 3 + 1}",
    }
    provider = (
        "azure:///subscriptions/0/resourceGroups/mc/providers/Microsoft.Compute/virtualMachineScaleSets/winpool/"
        f"virtualMachines/{index}"
    )
    more.setdefault("images", (IMAGE,) if kernel == BUILD_2022 else ())
    return NodeSpec(name, kernel, labels=labels, provider=provider, has_base_image=False, **more)


def rig_fleet() -> list[NodeSpec]:
    return [
        _windows("win-2022-01", 0),
        _windows(
            "win-2025-02",
            1,
            BUILD_2025,
            runtime="containerd://2.1.4",
            taints=(("os", "windows", "NoSchedule"),),
        ),
        _windows("win-2019-03", 2, BUILD_2019, runtime="containerd://1.5.13", cordoned=True),
        _windows("win-2022-04", 3, runtime="docker://20.10.9", state="not-ready"),
        _windows("win-2019-05", 4, BUILD_2019),
        _windows("win-2022-06", 5, kubelet="v1.34.5"),
        _windows("win-2022-07", 6, runtime="containerd://1.7.27", cordoned=True),
        _windows("win-2022-08", 7),
        NodeSpec("linux-01", "6.8.0", os="linux", os_image="Ubuntu 24.04 LTS"),
        NodeSpec("linux-02", "6.8.0", os="linux", os_image="Ubuntu 24.04 LTS"),
    ]


def make_rig() -> SimulatedCluster:
    """Not started yet."""
    return SimulatedCluster(pace=brisk(), nodes=rig_fleet(), starter=start_scripted)


def add_rig_users(cluster: SimulatedCluster) -> None:
    """The users of the recordings that the demo doesn't have."""
    for name, verb in (("xget", "get"), ("xcreate", "create")):
        cluster.add_user(name)
        cluster.world.rights.bindings.append(single_verb_binding(name, verb, "pods/exec", "hptui"))
    cluster.add_user("expired")
    cluster.expire_token("expired")
    admin = cluster.tokens["admin"]
    cluster.world.rights.users[admin] = User("admin", ("system:masters", "system:authenticated"))


def pod(name: str, *command: str, **spec: Any) -> Json:
    """A HostProcess pod as the recordings have it; keywords change its spec."""
    recorded = exchanges("pod-life")["create"]["request"]["body"]
    made: Json = copy.deepcopy(recorded)
    made["metadata"]["name"] = name
    made["spec"].update({"nodeName": "win-2022-01"} | spec)
    if command:
        made["spec"]["containers"][0]["command"] = list(command)
    return made


async def create(client: Client, name: str, *command: str, **spec: Any) -> Json:
    answer = await client.ask(
        "/api/v1/namespaces/hptui/pods", method="POST", body=pod(name, *command, **spec), user="operator"
    )
    assert answer.status == 201, answer.text
    return answer.json


async def until(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """Wait for a condition with a limit; gives its value."""
    async with asyncio.timeout(_LIMIT):
        while not (value := condition()):  # noqa: ASYNC110 what is waited for is in another part of the program
            await asyncio.sleep(0.005)
    return value


async def running(client: Client, name: str, *command: str, **spec: Any) -> Json:
    """A pod that has reached Running."""
    await create(client, name, *command, **spec)
    return await in_phase(client.cluster, name, "Running")


async def in_phase(cluster: SimulatedCluster, name: str, *phases: str) -> Json:
    def found() -> Json | None:
        pods = [p for p in cluster.pods("hptui") if p["metadata"]["name"] == name]
        return pods[0] if pods and pods[0]["status"]["phase"] in phases else None

    made: Json = await until(found, f"{name} in {phases}")
    return made


async def replay(client: Client, exchange: Json) -> Answer:
    """Ask as recorded."""
    request, user = exchange["request"], exchange["as"]
    headers = {k: v for k, v in request["headers"].items() if k in ("Accept", "Content-Type")}
    body = request.get("body")
    return await client.ask(
        request["path"],
        method=request["method"],
        user=None if user == "anonymous" else user,
        body=None if isinstance(body, str) else body,
        data=body.encode() if isinstance(body, str) else None,
        headers=headers,
    )


class Watching:
    """A watch that is read in the background: its events so far, in order."""

    def __init__(self, client: Client, path: str, user: str = "admin") -> None:
        self.events: list[Json] = []
        self.ended = False
        self._client, self._path, self._user = client, path, user
        self._open = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Watching:
        self._task = asyncio.create_task(self._read())
        async with asyncio.timeout(_LIMIT):
            await self._open.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self) -> None:
        async with self._client.stream(self._path, user=self._user) as response:
            assert response.status == 200, await response.text()
            self._open.set()
            async for line in response.content:
                self.events.append(json.loads(line))
        self.ended = True

    async def at_least(self, count: int) -> list[Json]:
        await until(lambda: len(self.events) >= count or self.ended, f"{count} events")
        return self.events

    async def end(self) -> list[Json]:
        await until(lambda: self.ended, "the end of the watch")
        return self.events
