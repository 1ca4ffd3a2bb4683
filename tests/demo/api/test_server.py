"""The server as a process and on a thread: ready in a moment, gone with its parent, readable by its owner only."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.launch import DemoFailed, start_demo
from hptui.demo.pace import brisk
from hptui.demo.threaded import ThreadedCluster
from tests.demo.conftest import Client, Json
from tests.demo.rig import until
from tests.demo.scripted import start_scripted


def _ask(server: str, token: str, authority: str, path: str) -> Json:
    """Without an event loop."""
    request = urllib.request.Request(server + path, headers={"Authorization": f"Bearer {token}"})
    context = ssl.create_default_context(cadata=authority)
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        found: Json = json.loads(answer.read())
        return found


def _authority(kubeconfig: Path) -> str:
    import base64

    cluster = json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]
    return base64.b64decode(cluster["certificate-authority-data"]).decode()


async def test_the_demo_starts_answers_and_ends() -> None:
    demo = await start_demo(["--brisk", "--nodes", "3"])
    try:
        assert stat.S_IMODE(demo.kubeconfig.stat().st_mode) == 0o600
        assert stat.S_IMODE(demo.kubeconfig.parent.stat().st_mode) == 0o700
        authority = _authority(demo.kubeconfig)
        nodes = await asyncio.to_thread(_ask, demo.server, demo.token, authority, "/api/v1/nodes")
        assert len(nodes["items"]) == 17 + 3
    finally:
        await demo.stop()
    assert demo.process.returncode == 0
    assert not demo.kubeconfig.parent.exists()
    await demo.stop()


async def test_a_start_that_fails_says_why() -> None:
    with pytest.raises(DemoFailed, match="no fault is called 'nosuch'"):
        await start_demo(["--fault", "nosuch=1"])


async def test_the_server_ends_when_its_parent_is_killed() -> None:
    """A parent that gets no chance to clean up."""
    script = (
        "import asyncio, time\n"
        "from hptui.demo.launch import start_demo\n"
        "async def main():\n"
        "    demo = await start_demo(['--brisk'])\n"
        "    print(demo.process.pid, demo.kubeconfig, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    words = (await asyncio.wait_for(parent.stdout.readline(), 30)).decode().split()
    child, kubeconfig = int(words[0]), Path(words[1])
    parent.kill()
    await parent.wait()
    await until(lambda: not _alive(child), "the end of the server")
    assert not kubeconfig.parent.exists()


def _alive(pid: int) -> bool:
    """A process that has ended but was not waited for counts as ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc").exists()
    return text.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
async def test_a_signal_ends_the_server_in_good_order(name: str) -> None:
    demo = await start_demo(["--brisk"])
    demo.process.send_signal(getattr(signal, name))
    assert await asyncio.wait_for(demo.process.wait(), 10) == 0
    assert not demo.kubeconfig.parent.exists()
    await demo.stop()


def test_starting_the_demo_imports_no_server() -> None:
    """The parent must stay quick."""
    script = "import sys, hptui.demo.launch; print([m for m in ('aiohttp', 'cryptography', 'msgspec') if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    assert found.stdout == "[]\n"


def test_a_cluster_can_live_on_a_thread() -> None:
    with ThreadedCluster(pace=brisk(), starter=start_scripted) as threaded:
        cluster = threaded.cluster
        nodes = _ask(cluster.server, cluster.token, cluster.authority.decode(), "/api/v1/nodes")
        assert len(nodes["items"]) == 17
        threaded.call(lambda: cluster.faults.update({"refuse_next": 1}))
        assert threaded.call(lambda: cluster.faults.refuse_next) == 1
    assert not cluster.kubeconfig.exists()
    threaded.stop()


def test_a_thread_hands_over_what_kept_it_from_starting() -> None:
    with pytest.raises(TypeError), ThreadedCluster(nosuch=1):
        raise AssertionError("it must not start")


async def test_the_kubeconfig_has_a_context_for_each_user(client: Client) -> None:
    config = json.loads(client.cluster.kubeconfig.read_text())
    assert config["current-context"] == "hptui-demo"
    contexts = {c["name"]: c["context"] for c in config["contexts"]}
    assert contexts["hptui-demo"]["namespace"] == "hptui"
    assert {"hptui-demo-operator", "hptui-demo-viewer", "hptui-demo-nobody"} <= set(contexts)
    alone = json.loads(client.cluster.kubeconfig_for("viewer").read_text())
    assert [u["user"]["token"] for u in alone["users"]] == [client.cluster.tokens["viewer"]]


async def test_heartbeats_change_nodes_without_a_hand() -> None:
    async with SimulatedCluster(pace=replace(brisk(), heartbeat=0.05), starter=start_scripted) as cluster:
        before = cluster.store.version
        await until(lambda: cluster.store.version > before + 20)


async def test_many_nodes_are_listed_in_pages(tmp_path: Path) -> None:
    async with SimulatedCluster(
        pace=brisk(), starter=start_scripted, extra_nodes=600, folder=tmp_path / "state"
    ) as cluster:
        answer: Any = await asyncio.to_thread(
            _ask, cluster.server, cluster.token, cluster.authority.decode(), "/api/v1/nodes?limit=250"
        )
        assert len(answer["items"]) == 250
        assert answer["metadata"]["remainingItemCount"] == 617 - 250
        assert cluster.kubeconfig.parent == tmp_path / "state"
