"""A login that comes to its end: in the line at the top, aloud once, and gone as soon as somebody has logged in again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hptui.cluster import credentials
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.ui import app
from hptui.ui.screens import fleet
from tests.ui.stage import playing


@pytest.fixture
async def cluster(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimulatedCluster]:
    """Looked at often, so that no test has to wait."""
    monkeypatch.setattr(app, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(fleet, "USAGE_EVERY", 0.05)
    monkeypatch.setattr(credentials, "LOOK_EVERY", timedelta(0))
    async with SimulatedCluster(pace=brisk()) as cluster:
        yield cluster


async def test_a_token_near_its_end_is_told_until_there_is_another(cluster: SimulatedCluster) -> None:
    cluster.renew_token("admin", 840)
    async with playing(cluster) as stage:
        await stage.sees("Log in again", "The token of demo-admin ends in 1")
        await stage.sees("⚠ token ends in 1", "can run HostProcess")
        cluster.renew_token("admin")
        await stage.until(lambda: "⚠" not in stage.text().splitlines()[0], "no more warning")


async def test_a_session_whose_deadline_is_later_than_the_tokens_end(cluster: SimulatedCluster) -> None:
    cluster.renew_token("admin", 2700)
    async with playing(cluster) as stage:
        await stage.sees("● live")
        assert "token ends" not in stage.text()
        await stage.open_shell()
        await stage.sees("⚠ token ends in 4", " min · ends in", "Log in again")


async def test_on_a_small_screen_the_state_stays(cluster: SimulatedCluster) -> None:
    cluster.renew_token("admin", 840)
    async with playing(cluster, (80, 24)) as stage:
        await stage.until(lambda: " min · ● live" in stage.text().splitlines()[0], "both")
