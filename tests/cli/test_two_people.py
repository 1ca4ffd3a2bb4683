"""Two people, each with two programs at once, on one node: nobody's session is in another's way, and each ends only its own."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import LIMIT, NODE, Program, finish
from tests.cluster.conftest import until

SLEEP = ("--", "wait")


def person(cluster: SimulatedCluster, user: str, home: Path) -> Program:
    """Somebody with credentials and a login name of their own, at a home of theirs."""
    home.mkdir(parents=True)
    program = Program(cluster.kubeconfig_for(user), home)
    program.environment["LOGNAME"] = home.parent.name
    return program


def running(cluster: SimulatedCluster) -> set[str]:
    return {
        pod["metadata"]["name"]
        for pod in cluster.pods()
        if pod.get("status", {}).get("phase") == "Running" and pod["spec"]["nodeName"] == NODE
    }


async def listed(program: Program, *options: str) -> set[str]:
    done = await program.run("sessions", "-o", "json", *options)
    assert done.code == 0, done.err
    return {session["name"] for session in json.loads(done.text)}


async def opened(program: Program, cluster: SimulatedCluster) -> tuple[asyncio.subprocess.Process, str]:
    """One more session; its process and its pod."""
    before = running(cluster)
    process = await program.start("exec", NODE, *SLEEP)
    await until(lambda: running(cluster) - before, "its pod to run", LIMIT)
    (pod,) = running(cluster) - before
    return process, pod


async def ended(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    await finish(process)


async def test_two_people_with_two_programs_each_on_one_node(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    alice = person(cluster, "admin", tmp_path / "alice" / "desk")
    bob = person(cluster, "operator", tmp_path / "bob" / "desk")
    (first, first_pod), (second, second_pod) = await opened(alice, cluster), await opened(alice, cluster)
    (third, third_pod), (fourth, fourth_pod) = await opened(bob, cluster), await opened(bob, cluster)
    alices, bobs = {first_pod, second_pod}, {third_pod, fourth_pod}
    assert running(cluster) == alices | bobs

    found = await asyncio.gather(
        listed(alice), listed(bob), listed(alice, "--all"), listed(bob, "--all"), listed(alice)
    )
    assert list(found) == [alices, bobs, alices | bobs, alices | bobs, alices]

    await ended(first)
    assert running(cluster) == {second_pod} | bobs
    swept = await bob.run("sweep", "--yes")
    assert (swept.code, running(cluster)) == (0, {second_pod} | bobs), "what bob has open here is left alone"
    swept = await person(cluster, "operator", tmp_path / "bob" / "laptop").run("sweep", "--yes")
    assert (swept.code, running(cluster)) == (0, {second_pod}), "from elsewhere only bob's own go"
    await finish(third)
    await asyncio.gather(ended(second), finish(fourth))
    assert cluster.pods() == []
