"""Pods on the simulated cluster, made over the real client."""

from __future__ import annotations

import asyncio
from typing import Any

from hptui.cluster.model import Created, PodSeen
from hptui.cluster.port import Cluster


def pod(name: str, node: str = "") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "journey"}},
        "spec": {
            "nodeName": node,
            "os": {"name": "windows"},
            "hostNetwork": True,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "activeDeadlineSeconds": 3600,
            "tolerations": [{"operator": "Exists"}],
            "securityContext": {
                "windowsOptions": {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\SYSTEM"}
            },
            "containers": [
                {
                    "name": "shell",
                    "image": "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0",
                    "command": ["beat", "0.02"],
                }
            ],
        },
    }


async def windows_node(cluster: Cluster) -> str:
    """One that can run HostProcess pods."""
    nodes = await cluster.list_nodes()
    good = [n for n in nodes if n.is_ready and n.container_runtime.startswith("containerd://1.7")]
    return good[0].name


async def running(cluster: Cluster, name: str) -> None:
    stream = cluster.watch_pod("hptui", name)
    async with asyncio.timeout(20):
        async for update in stream:
            if isinstance(update, PodSeen) and update.pod.container and update.pod.container.started:
                stream.close()


async def launched(cluster: Cluster, name: str) -> Created:
    created = await cluster.create_pod("hptui", pod(name, await windows_node(cluster)))
    await running(cluster, name)
    return created
