"""The doctor's page, from the command palette."""

from __future__ import annotations

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from tests.ui.stage import playing


async def test_it_looks_and_says_what_mends_what_is_wrong() -> None:
    async with SimulatedCluster(pace=brisk()) as cluster, playing(cluster, user="viewer") as stage:
        await stage.press("ctrl+p")
        await stage.press(*"doctor")
        await stage.sees("Look at everything that a session needs")
        await stage.press("enter")
        await stage.sees("What a session needs", "right: pods", "bad", "kubectl --context hptui-demo")
        await stage.press("c")
        await stage.until(lambda: " create role hptui-" in stage.app.clipboard, "the remedies copied")
        asked = sum(cluster.counts.requests.values())
        await stage.press("r")
        await stage.until(lambda: sum(cluster.counts.requests.values()) > asked, "asked again")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet, "back at the nodes")


async def test_markup_in_what_the_cluster_says_is_text() -> None:
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.add_user("[red]odd[bold]")
        async with playing(cluster, user="[red]odd[bold]") as stage:
            stage.app.action_doctor()
            await stage.sees("[red]odd[bold]", "kubectl --context")
