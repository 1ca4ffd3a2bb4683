"""A session that outlives the credentials it was opened with: its shell goes on, and the rest takes up the new ones."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.model import Live, Stale
from hptui.cluster.port import ExecChannel
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.errors import SessionError
from hptui.hostprocess.session import Session, State
from tests.cluster.conftest import until
from tests.hostprocess.test_journey import LIMIT, TERMINAL, spec

QUICK: dict[str, Any] = {
    "watch_seconds": 1.0,
    "request_timeout": 3.0,
    "retry_first": 0.02,
    "retry_longest": 0.1,
}


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


async def answers(shell: ExecChannel, command: str, expected: str) -> None:
    """The shell is the same one, and well."""
    shell.write(f"{command}\r".encode())
    shown = ""
    async with asyncio.timeout(LIMIT):
        while expected not in shown:
            pieces = await shell.read()
            assert pieces, shown
            shown += b"".join(piece.data for piece in pieces).decode()


class Seen:
    """What the session has said of its connection."""

    def __init__(self, session: Session) -> None:
        self.states: list[Live | Stale] = []
        self._changed = asyncio.Event()
        self._session = session
        session.subscribe(self._look)

    def _look(self, session: Session) -> None:
        now = session.connection
        if now is not None and (not self.states or self.states[-1] is not now):
            self.states.append(now)
        self._changed.set()

    async def until(self, kind: type[Live] | type[Stale]) -> None:
        async with asyncio.timeout(LIMIT):
            while not isinstance(self._session.connection, kind):
                self._changed.clear()
                await self._changed.wait()


async def test_a_token_that_ends_is_told_and_its_successor_taken_up(simulated: SimulatedCluster) -> None:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig), **QUICK))
    session = Session(cluster, spec())
    seen = Seen(session)
    try:
        shell = await session.start((80, 25))
        shell.write(TERMINAL)
        simulated.expire_token()
        await seen.until(Stale)
        assert "does not accept the credentials" in seen.states[-1].reason  # type: ignore[union-attr]
        await answers(shell, "'4'+'2'", "42")
        with pytest.raises(SessionError, match="does not accept the credentials"):
            await session.close()
        simulated.renew_token()  # somebody logs in again: a new token in the kubeconfig
        await session.close()
        assert session.state is State.GONE
        assert simulated.pods() == []
    finally:
        await cluster.close()


async def test_a_login_makes_the_session_live_again(simulated: SimulatedCluster) -> None:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig), **QUICK))
    session = Session(cluster, spec())
    seen = Seen(session)
    try:
        shell = await session.start((80, 25))
        shell.write(TERMINAL)
        simulated.expire_token()
        await seen.until(Stale)
        simulated.renew_token()
        await seen.until(Live)
        await answers(shell, "'4'+'2'", "42")
    finally:
        await session.close()
        await cluster.close()
    assert simulated.pods() == []


async def test_a_plugin_renews_without_anybody_noticing(simulated: SimulatedCluster, tmp_path: Path) -> None:
    kubeconfig = _with_plugin(simulated, tmp_path)
    cluster = await connect(ConnectOptions(kubeconfig=str(kubeconfig), **QUICK))
    session = Session(cluster, spec())
    seen = Seen(session)
    try:
        shell = await session.start((80, 25))
        shell.write(TERMINAL)
        await seen.until(Live)
        for _ in range(2):
            old = simulated.token
            simulated.renew_token()
            simulated.world.rights.expire(old)
            await _renewed(simulated, tmp_path, _runs(tmp_path))
            await answers(shell, "'4'+'2'", "42")
    finally:
        await session.close()
        await cluster.close()
    assert session.state is State.GONE
    assert simulated.pods() == []
    assert [type(state) for state in seen.states] == [Live]


async def _renewed(simulated: SimulatedCluster, folder: Path, ran: int) -> None:
    """The plugin has run again, and what it gave has been accepted."""
    await until(lambda: _runs(folder) > ran, "the plugin's next run")
    path = "GET /api/v1/namespaces/hptui/pods"
    asked = simulated.counts.requests[path]
    await until(lambda: simulated.counts.requests[path] >= asked + 3, "watches with the new token")


def _runs(folder: Path) -> int:
    return (folder / "runs").read_text().count("run")


def _with_plugin(simulated: SimulatedCluster, folder: Path) -> Path:
    """A kubeconfig whose plugin gives the token that the cluster's own kubeconfig holds at that time."""
    script = folder / "plugin.py"
    api = "client.authentication.k8s.io/v1"
    script.write_text(
        f"import json\nusers = json.load(open({str(simulated.kubeconfig)!r}))['users']\n"
        "token = users[0]['user']['token']\n"
        f"open({str(folder / 'runs')!r}, 'a').write('run ')\n"
        f"print(json.dumps({{'apiVersion': {api!r}, 'kind': 'ExecCredential', 'status': {{'token': token}}}}))\n"
    )
    document: dict[str, Any] = json.loads(simulated.kubeconfig.read_text())
    document["users"][0]["user"] = {
        "exec": {"apiVersion": api, "command": sys.executable, "args": [str(script)]}
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    return file
