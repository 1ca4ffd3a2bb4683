"""`hptui nodes` lists what kubectl lists, with the verdict, and nothing else on stdout."""

from __future__ import annotations

import asyncio
import json

from tests.cli.conftest import LIMIT, NODE, Program


async def test_the_names_are_those_that_kubectl_gives(program: Program, kubectl: str) -> None:
    ours = await program.run("nodes", "-o", "name")
    theirs = await asyncio.create_subprocess_exec(
        *(kubectl, "get", "nodes", "-l", "kubernetes.io/os=windows", "-o", "name"),
        env=program.environment,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(theirs.communicate(), LIMIT)
    assert ours.code == 0
    assert sorted(ours.text.split()) == sorted(out.decode().split())


async def test_json_gives_the_verdict_with_every_reason(program: Program) -> None:
    done = await program.run("nodes", "-o", "json")
    nodes = {node["name"]: node for node in json.loads(done.out)}
    assert nodes[NODE]["eligible"] is True
    assert nodes[NODE]["verdict"] == "yes"
    bad = nodes["rke2-win-03"]
    assert bad["eligible"] is False
    assert [reason["word"] for reason in bad["reasons"] if reason["blocking"]] == ["NotReady", "docker"]
    assert done.err == ""


async def test_the_table_has_a_line_for_each_node_in_order(program: Program) -> None:
    table, wide = await asyncio.gather(program.run("nodes"), program.run("nodes", "-o", "wide"))
    head, *lines = table.text.splitlines()
    assert head.split() == ["NAME", "READY", "HOSTPROCESS", "WINDOWS", "KUBELET", "RUNTIME", "AGE"]
    names = [line.split()[0] for line in lines]
    assert names == sorted(names)
    assert any(line.split()[:3] == ["rke2-win-03", "no", "no,"] for line in lines)
    assert "only containerd can run HostProcess" in wide.text
    assert len(wide.text.splitlines()) == len(lines) + 1


async def test_nodes_can_be_chosen_by_name_and_by_label(program: Program) -> None:
    named, labelled, none = await asyncio.gather(
        program.run("nodes", NODE, "-o", "name"),
        program.run("nodes", "-l", f"kubernetes.io/hostname={NODE}", "-o", "name"),
        program.run("nodes", "-l", "no=such", "-o", "table"),
    )
    assert named.text == labelled.text == f"node/{NODE}\n"
    assert (none.code, none.text) == (0, "")


async def test_a_node_that_is_not_there_is_an_error(program: Program) -> None:
    done = await program.run("nodes", "nosuch")
    assert (done.code, done.text) == (1, "")
    assert done.err.startswith("hptui: Not found: There is no Windows node nosuch here.\n  ")


async def test_a_user_without_the_right_is_told_so(program: Program) -> None:
    done = await program.run("--context", "hptui-demo-nobody", "nodes")
    assert done.code == 1
    assert done.err.startswith("hptui: A right is missing: ")
