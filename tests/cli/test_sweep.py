"""`hptui sessions` and `hptui sweep`: whose sessions are where, and which of them go; another person's never by mistake."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.hostprocess.journal import Entry, Journal, entry_for, read_journals
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.origin import local_origin, new_session_id
from tests.cli.conftest import LIMIT, NODE, Program, finish
from tests.cli.pseudo_terminal import PseudoTerminal

OTHER_NODE = "akswin22000001"
ME: dict[str, Any] = {"who": "admin", "where_from": local_origin()}
BOB: dict[str, Any] = {"who": "bob", "where_from": "bob@desk"}
ROBERT: dict[str, Any] = {
    "who": "admin",
    "where_from": "robert@jumphost",
}  # with the same administrator's credentials

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")


@pytest.fixture
async def client(cluster: SimulatedCluster) -> AsyncIterator[Cluster]:
    client = await connect(ConnectOptions(kubeconfig=str(cluster.kubeconfig)))
    yield client
    await client.close()


async def pod(client: Cluster, *, running: bool = True, **choices: Any) -> SessionSpec:
    """A session of somebody's."""
    usual: dict[str, Any] = {"node": NODE, "namespace": "hptui", "session_id": new_session_id(), **ME}
    spec = SessionSpec(**usual | choices)
    await client.create_pod(spec.namespace, pod_manifest(spec))
    while running and (await client.get_pod(spec.namespace, spec.pod_name)).phase != "Running":
        pass  # each look is a request, which takes its time
    return spec


def names(cluster: SimulatedCluster) -> set[str]:
    return {pod["metadata"]["name"] for pod in cluster.pods()}


def journal_of(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "state" / "hptui" / "journal"


def entry_of(client: Cluster, spec: SessionSpec) -> Entry:
    return replace(entry_for(client.info, spec), created=(datetime.now(UTC) - timedelta(days=1)).isoformat())


# hptui sessions


async def test_mine_are_listed_and_everybodys_with_all(program: Program, client: Cluster) -> None:
    mine = await pod(client, deadline=7200, reason="ticket 4711")
    theirs = await pod(client, **BOB, node=OTHER_NODE)
    done = await program.run("sessions")
    head, line = done.text.splitlines()
    assert head.split()[:8] == ["NAMESPACE", "NAME", "NODE", "ACCOUNT", "OWNER", "FROM", "STATE", "AGE"]
    assert line.split()[:3] == ["hptui", mine.pod_name, NODE]
    assert "NT AUTHORITY\\SYSTEM   admin   " + local_origin() + "   Running" in line
    assert line.endswith("ticket 4711")
    assert "119m" in line or "2h" in line
    assert (done.code, done.err) == (0, "")
    everybody = await program.run("sessions", "--all", "-o", "name")
    assert set(everybody.text.split()) == {f"pod/{mine.pod_name}", f"pod/{theirs.pod_name}"}


async def test_json_says_whose_they_are_and_when_they_end(program: Program, client: Cluster) -> None:
    mine, theirs = await pod(client, deadline=900), await pod(client, **BOB)
    done = await program.run("sessions", "--all", "-o", "json")
    found = {session["name"]: session for session in json.loads(done.out)}
    assert found[mine.pod_name]["yours"] is True
    assert found[theirs.pod_name]["yours"] is False
    assert (found[theirs.pod_name]["owner"], found[theirs.pod_name]["from"]) == ("bob", "bob@desk")
    ends, created = (datetime.fromisoformat(found[mine.pod_name][key]) for key in ("ends", "created"))
    assert timedelta(seconds=900) <= ends - created < timedelta(seconds=960)


async def test_namespaces_are_as_kubectl_has_them(program: Program, client: Cluster) -> None:
    here, there = await pod(client), await pod(client, namespace="kube-system")
    assert (await program.run("sessions", "-o", "name")).text == f"pod/{here.pod_name}\n"
    only = await program.run("sessions", "-n", "kube-system", "-o", "name")
    assert only.text == f"pod/{there.pod_name}\n"
    both = await program.run("sessions", "-A", "-o", "name")
    assert set(both.text.split()) == {f"pod/{here.pod_name}", f"pod/{there.pod_name}"}


async def test_without_the_right_to_all_namespaces_it_falls_back_and_says_so(
    program: Program, client: Cluster
) -> None:
    spec = await pod(client, who="operator")
    await pod(client, namespace="kube-system", who="operator")
    done = await program.run("--context", "hptui-demo-operator", "sessions", "-A", "-o", "name")
    assert (done.code, done.text) == (0, f"pod/{spec.pod_name}\n")
    assert done.err.startswith("hptui: only the namespace hptui is searched: ")


async def test_where_there_are_none_it_says_so_and_how_many_others_there_are(
    program: Program, client: Cluster
) -> None:
    assert (await program.run("sessions")).err == "hptui: no session is open in namespace hptui\n"
    await pod(client, **BOB)
    done = await program.run("sessions")
    assert (done.code, done.text) == (0, "")
    assert "--all shows other people's (1)" in done.err


async def test_what_a_run_that_died_has_left_is_mentioned(
    program: Program, client: Cluster, tmp_path: Path
) -> None:
    spec = await pod(client)
    journal = Journal(journal_of(tmp_path))
    journal.add(entry_of(client, spec))
    elsewhere = replace(
        entry_of(client, spec), session_id="abcd2345", server="https://two.example", context="two"
    )
    journal.add(elsewhere)
    journal.close()
    (journal.folder / "stray.txt").touch()
    done = await program.run("sessions", "-o", "name")
    assert f"hptui/{spec.pod_name} on {NODE} was left by a run on this machine that died" in done.err
    assert "may be left at https://two.example; `hptui sessions --context two` looks there" in done.err
    assert f"remove the file in {journal.folder}" in done.err
    assert "stray.txt cannot be read as a journal" in done.err
    assert (await program.run("sweep", "--yes")).code == 0
    assert read_journals(journal.folder).dead == (elsewhere,)


# hptui sweep


async def test_without_a_yes_it_only_says_what_it_would_do(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    mine, bobs, roberts = await pod(client), await pod(client, **BOB), await pod(client, **ROBERT)
    done = await program.run("sweep")
    to_delete, left = done.text.split("Left alone:")
    assert mine.pod_name in to_delete
    assert bobs.pod_name not in to_delete
    assert any(bobs.pod_name in line and "another person's" in line for line in left.splitlines())
    assert any(roberts.pod_name in line and "perhaps another person" in line for line in left.splitlines())
    assert (done.code, done.err) == (3, "hptui: nothing is deleted; --yes deletes this pod\n")
    assert names(cluster) == {mine.pod_name, bobs.pod_name, roberts.pod_name}


async def test_yes_deletes_mine_and_tells_each_and_never_another_persons(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    mine = [await pod(client), await pod(client, node=OTHER_NODE)]
    bobs, roberts, nobodys = (
        await pod(client, **BOB),
        await pod(client, **ROBERT),
        await pod(client, who="", where_from=""),
    )
    done = await program.run("sweep", "--yes")
    assert done.code == 0
    for spec in mine:
        assert f"hptui/{spec.pod_name} is deleted and gone\n" in done.text
    assert names(cluster) == {bobs.pod_name, roberts.pod_name, nobodys.pod_name}
    assert (await program.run("sweep", "--yes", "--owner", "bob")).code == 0
    assert bobs.pod_name in names(cluster)
    assert (await program.run("sweep", "--yes", "--all")).code == 0
    assert names(cluster) == set()


async def test_age_node_and_owner_choose(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    here, there = await pod(client), await pod(client, node=OTHER_NODE)
    bobs = await pod(client, **BOB)
    young = await program.run("sweep", "--yes", "--older-than", "1h")
    assert young.code == 0
    assert young.text.count("too young") == 3
    assert young.err == "hptui: nothing to delete in namespace hptui\n"
    await program.run("sweep", "--yes", "--node", OTHER_NODE)
    assert names(cluster) == {here.pod_name, bobs.pod_name} != {there.pod_name}
    await program.run("sweep", "--yes", "--all", "--owner", "bob")
    assert names(cluster) == {here.pod_name}


async def test_what_another_program_here_has_open_is_left_alone(
    program: Program, cluster: SimulatedCluster
) -> None:
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    done = await program.run("sweep", "--yes", "--all")
    assert "open in another hptui on this machine" in done.text
    assert len(cluster.pods()) == 1
    process.terminate()
    await finish(process)


async def test_what_cannot_be_deleted_is_told_and_is_the_exit_code(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    spec = await pod(client, who="viewer")
    done = await program.run("--context", "hptui-demo-viewer", "sweep", "--yes")
    assert done.code == 1
    assert f"hptui: hptui/{spec.pod_name} could not be deleted: " in done.err
    assert names(cluster) == {spec.pod_name}


INTERRUPT = b"\x03"
"""As Ctrl+C: the terminal is not the program's controlling one, so the signal is sent by hand."""


async def test_nothing_is_deleted_where_one_may_only_look(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    spec = await pod(client)
    done = await program.run("sweep", "--read-only", "--yes")
    assert done.code == 2
    assert spec.pod_name in done.text
    assert "Nothing is deleted in hptui-demo: it is read-only here." in done.err
    assert names(cluster) == {spec.pod_name}


async def _says_more(screen: PseudoTerminal) -> bool:
    before = len(screen.seen)
    await screen.drain()
    return len(screen.seen) > before


async def asked(
    program: Program, answer: bytes, *arguments: str, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """The exit code of a sweep with a terminal on which `answer` is typed, and what the terminal showed."""
    screen = PseudoTerminal(120, 40)
    try:
        process = await program.start(
            "sweep", *arguments, stdin=screen.slave, stderr=screen.slave, stdout=screen.slave
        )
        await screen.sees(b"elete th")
        meanwhile()
        if answer == INTERRUPT:
            while await _says_more(screen):  # a signal just before the program reads would wait for a key
                pass
            process.send_signal(signal.SIGINT)
        else:
            screen.type(answer)
        async with asyncio.timeout(LIMIT):
            while process.returncode is None:
                await screen.drain()
        return process.returncode, screen.seen.decode()
    finally:
        screen.close()


@posix_only
@pytest.mark.parametrize(
    ("arguments", "answer", "code", "deleted"),
    [
        ((), b"y\n", 0, {"mine"}),
        ((), b"n\n", 3, set()),
        ((), b"\n", 3, set()),
        ((), INTERRUPT, 130, set()),
        (("--all",), b"y\n", 3, set()),
        (("--all",), b"yes\n", 0, {"mine", "bobs"}),
    ],
)
async def test_at_a_terminal_it_asks(
    program: Program,
    client: Cluster,
    cluster: SimulatedCluster,
    arguments: tuple[str, ...],
    answer: bytes,
    code: int,
    deleted: set[str],
) -> None:
    made = {"mine": (await pod(client)).pod_name, "bobs": (await pod(client, **BOB)).pod_name}
    found, seen = await asked(program, answer, *arguments)
    assert found == code, seen
    assert names(cluster) == {name for key, name in made.items() if key not in deleted}


@posix_only
async def test_a_context_switched_before_the_yes_does_not_make_what_stays_pass_for_gone(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    await pod(client)

    def switch() -> None:
        config = yaml.safe_load(cluster.kubeconfig.read_text())
        user = config["contexts"][0]["context"]["user"]
        config["contexts"].append({"name": "other", "context": {"cluster": "other", "user": user}})
        config["clusters"].append({"name": "other", "cluster": {"server": "https://127.0.0.1:1"}})
        config["current-context"] = "other"
        cluster.kubeconfig.write_text(yaml.safe_dump(config))

    code, seen = await asked(program, b"y\n", meanwhile=switch)
    assert code == 0, seen
    assert names(cluster) == set()


@posix_only
async def test_a_context_that_leads_elsewhere_before_the_yes_deletes_nothing(
    program: Program, client: Cluster, cluster: SimulatedCluster
) -> None:
    spec = await pod(client)
    config = cluster.kubeconfig.read_text().replace("https://127.0.0.1:", "https://localhost:")
    code, seen = await asked(program, b"y\n", meanwhile=lambda: cluster.kubeconfig.write_text(config))
    assert code == 2, seen
    assert "leads to" in seen
    assert names(cluster) == {spec.pod_name}
