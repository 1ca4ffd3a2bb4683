"""The cluster that was recorded, for the tests that compare with the recordings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hptui.demo.cluster import SimulatedCluster
from tests.demo.rig import add_rig_users, make_rig


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    async with make_rig() as made:
        add_rig_users(made)
        yield made
