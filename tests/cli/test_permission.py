"""`hptui exec` keeps to the person's own rules: read-only, and protected contexts."""

from __future__ import annotations

from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import NODE, Program

CONTEXT = "hptui-demo"


async def test_read_only_launches_nothing(program: Program, cluster: SimulatedCluster) -> None:
    done = await program.run("exec", "--read-only", NODE, "--", "both")
    assert done.code != 0
    assert "read-only" in done.err
    assert cluster.counts.pods_created == 0


async def test_a_protected_context_must_be_named(program: Program, cluster: SimulatedCluster) -> None:
    program.environment["HPTUI_PROTECTED_CONTEXTS"] = '["hptui-*"]'
    done = await program.run("exec", NODE, "--", "exit", "0")
    assert done.code != 0
    assert f"--confirm {CONTEXT}" in done.err
    assert cluster.counts.pods_created == 0
    done = await program.run("exec", "--confirm", CONTEXT, NODE, "--", "exit", "0")
    assert done.code == 0
    assert cluster.counts.pods_created == 1
