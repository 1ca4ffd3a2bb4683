"""`hptui manifest` prints what `kubectl apply -f -` takes, and creates nothing itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml

from hptui.cluster.connect import ConnectOptions, connect
from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import LIMIT, NODE, Program, until


async def apply(program: Program, kubectl: str, text: bytes) -> None:
    process = await asyncio.create_subprocess_exec(
        *(kubectl, "apply", "-f", "-"),
        env=program.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await asyncio.wait_for(process.communicate(text), LIMIT)
    assert (process.returncode, err.decode()) == (0, "")


async def test_kubectl_accepts_the_pod_and_it_runs(
    program: Program, cluster: SimulatedCluster, kubectl: str
) -> None:
    done = await program.run("manifest", NODE, "--account", "LocalService", "--reason", "1e3: 'x' # y")
    assert cluster.pods() == []
    await apply(program, kubectl, done.out)
    await until(lambda: cluster.pods()[0]["status"]["phase"] == "Running")
    (pod,) = cluster.pods()
    assert pod["metadata"]["annotations"]["hptui.io/reason"] == "1e3: 'x' # y"
    assert pod["spec"]["nodeName"] == NODE


async def test_kubectl_accepts_the_daemonset_and_it_reaches_the_windows_nodes(
    program: Program, cluster: SimulatedCluster, kubectl: str
) -> None:
    done = await program.run("manifest", "--daemonset")
    await apply(program, kubectl, done.out)
    windows = {
        node["metadata"]["name"]
        for node in cluster.nodes()
        if node["metadata"]["labels"]["kubernetes.io/os"] == "windows"
    }
    await until(lambda: {pod["spec"].get("nodeName") for pod in cluster.pods()} == windows)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--account", "network service", "--image", "vendor", "--pull-secret", "registry"),
        ("--image", "registry.example.com/team/tool:ltsc2022", "--deadline", "90"),
        ("--image", "node", "-n", "kube-system"),
    ],
)
async def test_the_api_server_would_accept_every_choice(
    program: Program, cluster: SimulatedCluster, arguments: tuple[str, ...]
) -> None:
    done = await program.run("manifest", NODE, *arguments)
    assert (done.code, done.err) == (0, "")
    pod: dict[str, Any] = yaml.safe_load(done.out)
    room = await connect(ConnectOptions(kubeconfig=str(cluster.kubeconfig)))
    try:
        dry_run = await room.dry_run_pod(pod["metadata"]["namespace"], pod)
    finally:
        await room.close()
    assert dry_run.warnings == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name one NODE, or give --daemonset"),
        ((NODE, "--daemonset"), "Name one NODE, or give --daemonset"),
        (("--daemonset", "--image", "vendor"), "a DaemonSet has one image for all"),
        (("Not_A_Node",), "cannot be a node's name"),
    ],
)
async def test_wrong_uses_are_explained(program: Program, arguments: tuple[str, ...], words: str) -> None:
    done = await program.run("manifest", *arguments)
    assert (done.code, done.text) == (2, "")
    assert words in done.err
