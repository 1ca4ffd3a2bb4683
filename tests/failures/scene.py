"""Where a failure is made to happen: a replay server, clusters connected to it, and recorded stories of pods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hptui.cluster.model import ContainerPhase, Event, PodStatus
from hptui.cluster.port import Cluster
from hptui.errors import HptuiError
from hptui.hostprocess.diagnosis import diagnose
from tests.cluster.conftest import Connector
from tests.cluster.replay import Answer, ReplayServer, exchange, plain
from tests.hostprocess.recordings import pods, story

PODS = "/api/v1/namespaces/hptui/pods"
POD = f"{PODS}/hpc"
NODE = "/api/v1/nodes/win-2022-01"
FAILURES = "pod-failures"


@dataclass(frozen=True, slots=True)
class Scene:
    server: ReplayServer
    connect_to: Connector
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    async def asking(
        self, ask: Callable[[Cluster], Awaitable[object]], *, at: str | None = None, **options: Any
    ) -> HptuiError:
        """What the person is told who asks this."""
        return await told(ask(await self.connect_to(at or self.server, **options)))

    async def refused(self, answer: Answer) -> HptuiError:
        """What is told when the dry run of a pod is answered like this."""
        self.server.on("POST", PODS, answer)
        return await self.asking(lambda cluster: cluster.dry_run_pod("hptui", {"kind": "Pod"}))

    async def recorded_refusal(self, file: str, name: str) -> HptuiError:
        return await self.refused(plain(exchange(file, name)))

    async def read(self, answer: Answer, **options: Any) -> HptuiError:
        """What is told when a node's data is asked for and answered like this."""
        self.server.on("GET", NODE, answer)
        return await self.asking(lambda cluster: cluster.read_object(NODE), **options)

    async def exec(self, file: str, name: str) -> HptuiError:
        """What is told when an exec is answered as in the recording."""
        self.server.on("GET", f"{POD}/exec", plain(exchange(file, name)))
        return await self.asking(lambda cluster: cluster.exec("hptui", "hpc", ["whoami"]))

    async def usage(self, name: str) -> HptuiError:
        self.server.replay("metrics", name)
        return await self.asking(lambda cluster: cluster.node_usage())


async def told(asking: Awaitable[object]) -> HptuiError:
    with pytest.raises(HptuiError) as caught:
        await asking
    return caught.value


def launch(name: str, *, said: str = "", reason: str = "") -> HptuiError:
    """What is told of a recorded launch; with other words of the node or another reason where these are given."""
    seen: dict[str, Event] = {}
    latest: PodStatus | None = None
    for item in story(FAILURES, name, f"{name.removesuffix('-then-fixed')}-events"):
        if isinstance(item, PodStatus):
            latest = item
        elif not said:
            seen[item.uid] = item
        if latest is not None:
            error = diagnose(_saying(latest, said, reason), tuple(seen.values()))
            if error is not None:
                return error
    raise AssertionError(f"{name} ends without a failure")


def _saying(pod: PodStatus, said: str, reason: str) -> PodStatus:
    container = pod.container
    if not said or container is None or container.phase is ContainerPhase.RUNNING:
        return pod
    return replace(
        pod,
        containers=(replace(container, message=said, reason=reason or container.reason), *pod.containers[1:]),
    )


def last_of(name: str) -> PodStatus:
    return pods(FAILURES, name)[-1]
