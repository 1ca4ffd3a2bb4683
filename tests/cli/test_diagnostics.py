"""`hptui diagnostics`: everything that a report needs, nothing that it must not hold."""

from __future__ import annotations

from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import NODE, Program


async def test_it_has_versions_settings_verdicts_and_the_log_and_no_secret(
    program: Program, cluster: SimulatedCluster
) -> None:
    done = await program.run("diagnostics", "--set", "deadline=600")
    assert done.code == 0, done.err
    first, second, third, *_ = done.text.splitlines()
    assert first.startswith("hptui diagnostics, 20")
    assert "names: of nodes, users" in second
    assert "give --anonymous" in third
    for part in (
        "## Installed\n",
        "\ntextual 8.",
        "\nurllib3 ",
        "deadline = 600  (flag)",
        "rights.pods/exec: get, create in namespace hptui",
        "server.version: v1.",
        "knows us as admin",
        NODE,
        "## Open sessions\nnone",
    ):
        assert part in done.text, part
    assert cluster.token not in done.text
    assert "BEGIN " not in done.text


async def test_without_names_none_is_in_it(program: Program, cluster: SimulatedCluster) -> None:
    done = await program.run("diagnostics", "--anonymous")
    assert "Names that hptui knows are replaced" in done.text
    assert "user-" in done.text
    assert "node-" in done.text
    for name in (*(node["metadata"]["name"] for node in cluster.nodes()), "admin", "hptui-demo"):
        assert name not in done.text, name


async def test_without_a_cluster_it_says_so_and_has_the_rest(program: Program) -> None:
    done = await program.run("diagnostics", "--context", "nosuch")
    assert done.code == 0, done.err
    assert "bad      kubeconfig: " in done.text
    assert "installed.python" in done.text
    assert "Traceback" not in done.text
