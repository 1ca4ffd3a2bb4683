"""The next start after a run that died: it asks about pods that still exist, and about nothing else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hptui.cluster.connect import ConnectOptions, connect
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.guardian import Guardian
from hptui.hostprocess.journal import Journal, entry_for, read_journals
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.safety_net import SafetyNet
from hptui.settings import Settings
from hptui.ui.screens.leftovers import LeftoversScreen
from tests.ui.stage import NODE, Stage, playing


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as cluster:
        yield cluster


async def die(cluster: SimulatedCluster, folder: Path, *, pods: int = 1, gone: bool = False) -> list[str]:
    """A run of yesterday that died while sessions were open; their pods' names."""
    client = await connect(ConnectOptions(kubeconfig=str(cluster.kubeconfig_for("admin"))))
    journal = Journal(folder)
    names = []
    try:
        for _ in range(pods):
            spec = SessionSpec(node=NODE, namespace="hptui", session_id=new_session_id())
            entry = entry_for(client.info, spec)
            journal.add(replace(entry, created=(datetime.now(UTC) - timedelta(days=1)).isoformat()))
            if not gone:
                await client.create_pod("hptui", pod_manifest(spec))
            names.append(spec.pod_name)
    finally:
        journal.close()
        await client.close()
    return names


@asynccontextmanager
async def starting(
    cluster: SimulatedCluster, folder: Path, settings: Settings | None = None
) -> AsyncIterator[Stage]:
    net = SafetyNet(Guardian(), Journal(folder))
    async with playing(cluster, net=net, settings=settings) as stage:
        yield stage
    net.close(left=bool(stage.app.leftovers))


async def question(stage: Stage) -> LeftoversScreen:
    """Wait until it can be answered."""
    await stage.until(lambda: isinstance(stage.app.screen, LeftoversScreen), "the question")
    screen = stage.app.screen
    assert isinstance(screen, LeftoversScreen)
    await stage.until(lambda: screen.readable, "that keys are answers")
    return screen


async def test_a_dead_runs_pods_are_named_and_enter_deletes_them_in_sight(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    names = await die(cluster, tmp_path, pods=2)
    async with starting(cluster, tmp_path) as stage:
        await question(stage)
        await stage.sees("hptui died", *names, NODE, "SYSTEM", "Delete them", "Leave them")
        await stage.press("enter")
        await stage.until(lambda: not isinstance(stage.app.screen, LeftoversScreen), "the end of it")
        await stage.sees("deleted and seen gone")
        assert stage.pods() == []
    assert os.listdir(tmp_path) == []


async def test_escape_leaves_them_and_the_next_start_asks_again(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    names = await die(cluster, tmp_path)
    for _ in range(2):
        async with starting(cluster, tmp_path) as stage:
            await question(stage)
            await stage.press("escape")
            await stage.until(lambda: not isinstance(stage.app.screen, LeftoversScreen), "the end of it")
            assert stage.pods() == names


async def test_pods_that_are_gone_are_struck_out_without_a_word(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    await die(cluster, tmp_path, gone=True)
    async with starting(cluster, tmp_path) as stage:
        await stage.choose(NODE)
        await stage.until(lambda: not os.listdir(tmp_path), "an empty journal")
        assert not isinstance(stage.app.screen, LeftoversScreen)


async def test_one_that_cannot_be_deleted_is_told_and_stays_in_the_journal(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    names = await die(cluster, tmp_path)
    async with starting(cluster, tmp_path) as stage:
        await question(stage)
        cluster.faults.refuse_code = 403
        cluster.faults.refuse_next = 10_000
        await stage.press("enter")
        await stage.sees("✗ not removed", "Not every pod is seen gone", "Delete them")
        cluster.faults.refuse_next = 0
        await stage.press("enter")
        await stage.until(lambda: not isinstance(stage.app.screen, LeftoversScreen), "the end of it")
        assert names
        assert stage.pods() == []
    assert os.listdir(tmp_path) == []


async def test_where_one_may_only_look_it_is_told_and_not_offered(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    names = await die(cluster, tmp_path)
    async with starting(cluster, tmp_path, Settings(read_only=True)) as stage:
        await stage.sees("A pod of a run that died", "hptui sessions")
        assert not isinstance(stage.app.screen, LeftoversScreen)
        assert stage.pods() == names


async def test_a_key_that_was_meant_for_the_nodes_is_no_answer(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    names = await die(cluster, tmp_path)
    async with starting(cluster, tmp_path) as stage:
        await stage.until(lambda: isinstance(stage.app.screen, LeftoversScreen), "the question")
        screen = stage.app.screen
        assert isinstance(screen, LeftoversScreen)
        screen._readable = False  # as in the first moment, however slow the machine was
        await stage.press("enter")
        await stage.pilot.pause()
        assert stage.pods() == names
        assert stage.app.screen is screen


async def test_a_session_is_in_the_journal_for_as_long_as_it_is_open(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    async with starting(cluster, tmp_path) as stage:
        await stage.open_shell()
        (entry,) = read_journals(tmp_path).living
        assert [entry.pod_name] == stage.pods()
        assert entry.uid
        await stage.leader("x")
        await stage.until(lambda: not os.listdir(tmp_path), "an empty journal")


async def test_a_journal_that_cannot_be_written_is_told_and_the_session_opens(
    cluster: SimulatedCluster, tmp_path: Path
) -> None:
    (tmp_path / "journal").write_text("a file in the way")
    async with starting(cluster, tmp_path / "journal") as stage:
        await stage.choose(NODE)
        await stage.press("s")
        await stage.sees("cannot be written")
        await stage.prompt()
