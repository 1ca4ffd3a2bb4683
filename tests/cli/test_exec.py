"""`hptui exec` carries bytes and exit codes, and whatever becomes of it, its pod is gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import LIMIT, NODE, Program, finish, until
from tests.cli.host import BINARY
from tests.cli.pseudo_terminal import PseudoTerminal

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


async def test_stdout_and_stderr_stay_apart_byte_for_byte(
    program: Program, cluster: SimulatedCluster
) -> None:
    process = await program.start("exec", NODE, "--", "both")
    out, err = await asyncio.wait_for(process.communicate(), LIMIT)
    assert (out, err) == (BINARY, b"warned: " + BINARY)
    assert process.returncode == 7
    assert cluster.pods() == []


@posix_only
@pytest.mark.parametrize(
    ("code", "returned", "told"),
    [
        (0, 0, ""),
        (3, 3, ""),
        (255, 255, ""),
        (3010, 255, "hptui: the command's exit code was 3010\n"),
        (0xC0000005, 255, "hptui: the command's exit code was 3221225477 (0xC0000005)\n"),
    ],
)
async def test_the_hosts_exit_code_is_the_programs_as_far_as_posix_goes(
    program: Program, code: int, returned: int, told: str
) -> None:
    done = await program.run("exec", NODE, "--", "exit", str(code))
    assert (done.code, done.out, done.err) == (returned, b"", told)


async def test_stdin_is_piped_and_its_end_is_told(program: Program) -> None:
    given = os.urandom(1 << 20)
    done = await program.run("exec", NODE, "--", "cat", given=given)
    assert (done.code, done.err) == (0, "")
    assert done.out == given


async def test_stdin_can_be_kept_back(program: Program) -> None:
    done = await program.run("exec", NODE, "--no-stdin", "--", "account", given=b"x")
    assert done.text == f"NT AUTHORITY\\SYSTEM on {NODE} in hptui\n"


async def test_the_choices_arrive_in_the_pod(program: Program, cluster: SimulatedCluster) -> None:
    arguments = ("--account", "network service", "-n", "kube-system", "--deadline", "15m", "--reason", "4711")
    process = await program.start("exec", NODE, *arguments, "--image", "node", "--", "wait")
    await until(lambda: bool(cluster.pods("kube-system")))
    (pod,) = cluster.pods("kube-system")
    assert pod["spec"]["activeDeadlineSeconds"] == 900
    windows = pod["spec"]["securityContext"]["windowsOptions"]
    assert windows == {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\NetworkService"}
    assert pod["spec"]["containers"][0]["imagePullPolicy"] == "Never"
    notes = pod["metadata"]["annotations"]
    assert notes["hptui.io/reason"] == "4711"
    assert notes["hptui.io/who"] == "admin"
    process.terminate()
    await finish(process)


async def test_with_v_stderr_tells_the_steps(program: Program) -> None:
    done = await program.run("exec", "--verbose", NODE, "--", "exit", "0")
    assert "hptui: The pod is created (" in done.err
    assert "hptui: The shell is connected (" in done.err


# Nothing is left behind


@posix_only
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
async def test_a_signal_ends_it_and_its_pod(
    program: Program, cluster: SimulatedCluster, number: signal.Signals, code: int
) -> None:
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), LIMIT) == b"ready\n"
    assert len(cluster.pods()) == 1
    process.send_signal(number)
    done = await finish(process)
    assert (done.code, done.err) == (code, "")
    assert cluster.pods() == []


@posix_only
async def test_a_signal_while_the_creation_is_unanswered(program: Program, cluster: SimulatedCluster) -> None:
    """The pod is made, and the answer never comes: the request runs into its time limit, and the pod is found and removed."""
    cluster.faults.create = "hang"
    process = await program.start("exec", NODE, "--request-timeout", "2", "--", "wait")
    await until(lambda: bool(cluster.pods()))
    process.send_signal(signal.SIGTERM)
    done = await finish(process)
    assert done.code == 143
    assert cluster.pods() == []


@posix_only
async def test_who_insists_with_signals_gets_out_of_a_clean_up_that_hangs(
    program: Program, cluster: SimulatedCluster
) -> None:
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    assert process.stderr is not None
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    cluster.faults.delete = "stuck"
    process.send_signal(signal.SIGINT)
    await until(lambda: "deletionTimestamp" in cluster.pods()[0]["metadata"])
    process.send_signal(signal.SIGINT)
    told = await asyncio.wait_for(process.stderr.readline(), LIMIT)
    assert told == b"hptui: still cleaning up; once more leaves things as they are\n"
    process.send_signal(signal.SIGINT)
    await until(lambda: process.returncode == 130)
    assert len(cluster.pods()) == 1
    cluster.faults.delete = "ok"
    await finish(process)  # whoever has its stderr too: the guardian, which goes on
    assert cluster.pods() == []


@posix_only
async def test_nobody_reading_any_more_ends_it_and_its_pod(
    program: Program, cluster: SimulatedCluster
) -> None:
    reader, writer = os.pipe()
    process = await program.start("exec", NODE, "--", "flood", stdout=writer)
    os.close(writer)
    assert await asyncio.to_thread(os.read, reader, 6) == b"flood "
    os.close(reader)
    done = await finish(process)
    assert (done.code, done.err) == (141, "")
    assert cluster.pods() == []


@posix_only
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
async def test_streams_that_the_caller_closed_are_nowhere_and_no_connection(
    program: Program, cluster: SimulatedCluster, closed: str
) -> None:
    shell = f'exec "$0" -m hptui exec {NODE} -- account {closed}'
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", shell, sys.executable),
        env=program.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    done = await finish(process)
    assert (done.code, done.err) == (0, "")
    assert (NODE in done.text) == (">&-" not in closed.replace("2>&-", ""))
    assert cluster.pods() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [("nodes",), ("settings",), ("exec", NODE, "--", "account")])
async def test_output_that_has_no_room_is_an_error_in_words(
    program: Program, cluster: SimulatedCluster, arguments: tuple[str, ...]
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    done = await finish(await program.start(*arguments, stdout=full))
    os.close(full)
    assert (done.code, done.err) == (1, "hptui: The output cannot be written: No space left on device\n")
    assert cluster.pods() == []


async def test_many_at_once_do_not_disturb_each_other(program: Program, cluster: SimulatedCluster) -> None:
    done = await asyncio.gather(
        *(program.run("exec", NODE, "--", "cat", given=bytes([n]) * 1000) for n in range(3))
    )
    assert [d.out for d in done] == [bytes([n]) * 1000 for n in range(3)]
    assert cluster.pods() == []


# Broken streams


@pytest.mark.parametrize("what", ["the connection", "the node"])
async def test_a_broken_stream_is_an_error_and_never_a_success(
    program: Program, cluster: SimulatedCluster, what: str
) -> None:
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    if what == "the node":
        cluster.node_down(NODE)
    else:
        assert cluster.drop_execs("abrupt") == 1
    done = await finish(process)
    assert done.code == 1
    assert "hptui: The connection was lost: " in done.err
    assert cluster.pods() == []


async def test_a_success_on_a_stream_that_was_cut_with_its_node_is_not_believed(
    program: Program, cluster: SimulatedCluster
) -> None:
    """The kubelet is gone, the pod still looks well, and v5 says Success: the node's condition tells the truth."""
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    cluster.node_down(NODE)
    await until(lambda: not _ready(cluster))
    cluster.drop_execs("lying")
    done = await finish(process)
    assert done.code == 1
    assert cluster.pods() == []


def _ready(cluster: SimulatedCluster) -> bool:
    node = next(n for n in cluster.nodes() if n["metadata"]["name"] == NODE)
    return any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])


async def test_a_pod_deleted_by_somebody_else_kills_the_command(
    program: Program, cluster: SimulatedCluster, kubectl: str
) -> None:
    process = await program.start("exec", NODE, "--", "wait")
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), LIMIT)
    deleting = await asyncio.create_subprocess_exec(
        *(kubectl, "delete", "pods", "--all", "--now", "-n", "hptui"),
        env=program.environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    await asyncio.wait_for(deleting.wait(), LIMIT)
    done = await finish(process)
    assert done.code == 1
    assert done.err.startswith("hptui: The command was killed: The pod was deleted")


# Refusals


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nosuch-node", "--", "cat"], 1, "hptui: No such node: "),
        (["rke2-win-03", "--", "cat"], 1, "hptui: This node cannot run HostProcess: "),
        (
            [NODE, "-n", "locked", "--", "cat"],
            1,
            "hptui: Pod security forbids HostProcess in this namespace: ",
        ),
        ([NODE, "-n", "nosuchns", "--", "cat"], 1, 'namespaces "nosuchns" not found'),
        ([NODE, "--context", "hptui-demo-nobody", "--", "cat"], 1, "hptui: A right is missing: "),
        ([NODE, "--context", "nosuch", "--", "cat"], 1, "hptui: No usable kubeconfig: "),
        ([NODE, "--account", "CORP\\alice", "--", "cat"], 2, "hptui: Not an account for HostProcess: "),
        ([NODE, "--account", "no-such-group", "--", "cat"], 1, "hptui: The account cannot be used: "),
        ([NODE, "--image", "a b", "--", "cat"], 2, "hptui: Not an image: "),
        ([NODE, "--deadline", "2d", "--", "cat"], 2, "more than max_deadline allows"),
        ([NODE, "--deadline", "soon", "--", "cat"], 2, "is not a duration"),
        ([NODE, "powershell", "-c", "dir"], 2, "Put -- before that"),
        ([NODE], 2, "Missing argument 'COMMAND...'"),
        ([NODE, "--", "nosuch.exe"], 1, "nosuch.exe"),
    ],
)
async def test_a_refusal_is_told_on_stderr_with_what_to_do(
    program: Program, cluster: SimulatedCluster, arguments: list[str], code: int, words: str
) -> None:
    done = await program.run("exec", *arguments)
    assert words in done.err
    assert "Traceback" not in done.err
    assert (done.code, done.out) == (code, b"")
    assert cluster.pods() == []


# A terminal


@posix_only
async def test_with_a_terminal_every_key_and_every_size_arrive_and_the_terminal_is_put_back(
    program: Program, cluster: SimulatedCluster
) -> None:
    terminal = PseudoTerminal(101, 33)
    try:
        before = terminal.modes()
        process = await program.start(
            *("exec", "-it", NODE, "--", "sizes"),
            stdin=terminal.slave,
            stdout=terminal.slave,
            stderr=terminal.slave,
            start_new_session=True,
        )
        await terminal.sees(b"size 101x33\r\n")
        terminal.type(b"\x03")  # Ctrl+C is the host's
        await terminal.sees(b"typed 03\r\n")
        terminal.resize(90, 20)
        process.send_signal(signal.SIGWINCH)  # the terminal is not the process's controlling one
        await terminal.sees(b"size 90x20\r\n")
        terminal.type(b"q")
        assert (await finish(process)).code == 5
        assert terminal.modes() == before
    finally:
        terminal.close()
    assert cluster.pods() == []


async def test_asked_for_a_terminal_without_one_it_says_so_and_goes_on(program: Program) -> None:
    done = await program.run("exec", "-t", NODE, "--", "account")
    assert (done.code, done.err) == (0, "hptui: stdin is not a terminal, so the command does not get one\n")
    assert NODE in done.text
