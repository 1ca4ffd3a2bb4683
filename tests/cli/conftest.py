"""The real program as a process of its own, against a simulated cluster in this one."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from tests.cli import host

LIMIT = 40.0
"""Seconds that a run may take on a busy machine."""

NODE = "akswin22000000"


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


class Program:
    """Runs `hptui` with a kubeconfig, away from the settings and the cluster of whoever runs the tests."""

    def __init__(self, kubeconfig: Path, home: Path) -> None:
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("HPTUI_", "KUBE", "XDG_"))
        } | {"KUBECONFIG": str(kubeconfig), "HOME": str(home), "COLUMNS": "120", "PYTHONWARNINGS": "error"}

    async def start(self, *arguments: str, **options: Any) -> asyncio.subprocess.Process:
        pipes = {
            "stdin": asyncio.subprocess.DEVNULL,
            "stdout": asyncio.subprocess.PIPE,
            "stderr": asyncio.subprocess.PIPE,
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hptui", *arguments, env=self.environment, **(pipes | options)
        )

    async def run(self, *arguments: str, given: bytes | None = None) -> Done:
        stdin = asyncio.subprocess.DEVNULL if given is None else asyncio.subprocess.PIPE
        process = await self.start(*arguments, stdin=stdin)
        return await finish(process, given)


async def finish(process: asyncio.subprocess.Process, given: bytes | None = None) -> Done:
    """Wait for its end, and have its output."""
    try:
        async with asyncio.timeout(LIMIT):
            out, err = await process.communicate(given)
    except TimeoutError:
        process.kill()
        out, err = await process.communicate()
        pytest.fail(f"still running after {LIMIT} s; stderr: {err!r}, stdout: {out[:500]!r}")
    assert process.returncode is not None
    return Done(process.returncode, out or b"", (err or b"").decode())


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk(), starter=host.start) as cluster:
        yield cluster


@pytest.fixture
def program(cluster: SimulatedCluster, tmp_path: Path) -> Program:
    return Program(cluster.kubeconfig, tmp_path)


@pytest.fixture
def kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not installed")
    return found


async def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110 - of many different things
            await asyncio.sleep(0.005)
