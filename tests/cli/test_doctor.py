"""`hptui doctor`, as a person and as a program see it."""

from __future__ import annotations

import asyncio
import json
import signal

from hptui.demo.cluster import SimulatedCluster
from hptui.hostprocess.rights import RIGHTS
from tests.cli.conftest import NODE, Program, finish, until
from tests.remedies import unpinned


async def test_json_for_programs_and_a_table_for_people(program: Program) -> None:
    as_json, as_table = await asyncio.gather(program.run("doctor", "-o", "json"), program.run("doctor", NODE))
    assert (as_json.code, as_json.err) == (0, "")
    found = json.loads(as_json.text)
    assert set(found) == {"verdict", "checks"}
    assert all(set(check) == {"id", "name", "verdict", "found", "mend"} for check in found["checks"])
    assert [check["id"] for check in found["checks"]][:3] == ["kubeconfig", "server", "user"]
    assert found["verdict"] == "warn"
    assert (as_table.code, as_table.err) == (0, "")
    assert f"{NODE}: yes." in as_table.text
    assert "\x1b" not in as_table.text


async def test_what_is_bad_comes_with_its_command_and_exit_code_1(program: Program) -> None:
    done = await program.run("doctor", "-n", "locked")
    assert done.code == 1
    lines = done.text.splitlines()
    (level,) = [n for n, line in enumerate(lines) if line.startswith("bad     namespace locked")]
    assert unpinned(lines[level + 1].strip()) == (
        "kubectl label namespace locked pod-security.kubernetes.io/enforce=privileged --overwrite"
    )
    assert "no session works before" in lines[-1]


async def test_kubectl_takes_the_commands_for_what_they_are_meant(
    program: Program, cluster: SimulatedCluster, kubectl: str
) -> None:
    done = await program.run("--context", "hptui-demo-nobody", "doctor", "-o", "json")
    remedies = [
        check["mend"] for check in json.loads(done.text)["checks"] if check["id"].startswith("rights.")
    ]
    lines = [remedy.splitlines()[0] for remedy in remedies]  # the second binds what this makes
    assert len(lines) == len(RIGHTS)
    run = " && ".join(f"{line} --dry-run=client -o jsonpath='{{.rules}}{{\"\\n\"}}'" for line in lines)
    process = await asyncio.create_subprocess_shell(
        run, stdout=asyncio.subprocess.PIPE, env=program.environment
    )
    out = (await finish(process)).text.splitlines()
    granted = [(rule["apiGroups"], rule["resources"], rule["verbs"]) for (rule,) in map(json.loads, out)]
    assert granted == [([right.group], [right.resource], list(right.verbs)) for right in RIGHTS]


async def test_without_a_cluster_it_says_so(program: Program) -> None:
    done = await program.run("--kubeconfig", "/nosuch/config", "doctor")
    assert done.code == 1
    assert done.text.startswith("bad     kubeconfig")
    assert "/nosuch/config" in done.text
    assert "Python" in done.text


async def test_ctrl_c_ends_it(program: Program, cluster: SimulatedCluster) -> None:
    cluster.faults.latency = 60.0
    process = await program.start("doctor")
    await until(lambda: bool(cluster.server) and _asked(cluster))
    process.send_signal(signal.SIGINT)
    done = await finish(process)
    assert (done.code, done.text) == (130, "")
    assert "Traceback" not in done.err


def _asked(cluster: SimulatedCluster) -> bool:
    return sum(cluster.counts.requests.values()) > 0
