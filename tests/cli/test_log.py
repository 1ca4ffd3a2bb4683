"""The log of real runs at level debug: it tells what happened, and holds no secret of the way."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from hptui.demo.cluster import SimulatedCluster
from tests.cli.conftest import NODE, Program, finish, until

TYPED = "correct-horse-battery"  # what a person types or passes to a command


class Log:
    """The file that the runs write to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.flags = ("--log-file", str(file), "--log-level", "debug")

    @property
    def text(self) -> str:
        return self.file.read_text() if self.file.exists() else ""

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "hptui.log")


async def test_a_run_is_told_from_its_beginning_to_its_end(program: Program, log: Log) -> None:
    done = await program.run("exec", NODE, *log.flags, "--", "exit", "0")
    assert done.code == 0, done.err
    text = log.text
    for told in (
        r"hptui \S+ begins: hptui exec; Python 3\.\S+ on ",
        r"Context hptui-demo-admin|Context hptui-demo, server https://127\.0\.0\.1:\d+, namespace hptui",
        r"The server is v1\.\d+\S* and knows us as admin",
        r"debug .*POST /api/v1/namespaces/hptui/pods: 201 in \d+ ms",
        r"hptui-\S+: creating the pod",
        rf"hptui-\S+ on {NODE}: starting, then attached",
        r"The watch of pods is live",
        r"The exec in /api/v1/namespaces/hptui/pods/hptui-\S+ is open \(v5",
        r"The exec in \S+ has ended: exited, exit code 0",
        r"cleaning, then gone",
        r"hptui ends with exit code 0",
    ):
        assert re.search(told, text), f"{told}\n{text}"
    assert os.stat(log.file).st_mode & 0o077 == 0


async def test_no_secret_of_a_run_is_in_it(program: Program, cluster: SimulatedCluster, log: Log) -> None:
    """The token, what the command line holds, what goes in by stdin and what the host prints."""
    given = f"{TYPED}-stdin\n".encode()
    done = await program.run("exec", NODE, *log.flags, "--", "cat", f"{TYPED}-argument", given=given)
    assert done.out == given, done.err
    failed = await program.run("exec", NODE, *log.flags, "--", f"{TYPED}-program", "--password", TYPED)
    assert failed.code != 0
    text = log.text
    assert text.count(" begins: ") == 2
    for secret in (TYPED, cluster.token, "Authorization", "BEGIN CERTIFICATE", "certificate-authority-data"):
        assert secret not in text


@pytest.mark.parametrize(
    "command",
    [("nodes",), ("doctor",), ("manifest", NODE), ("sessions",), ("sweep",), ("settings",), ("version",)],
    ids=lambda command: command[0],
)
async def test_every_command_takes_the_flags_behind_its_name_and_before(
    program: Program, cluster: SimulatedCluster, log: Log, command: tuple[str, ...]
) -> None:
    for arguments in ((*command, *log.flags), (*log.flags, *command)):
        log.clear()
        done = await program.run(*arguments)
        assert f"begins: hptui {command[0]}" in log.text, done.err
        assert cluster.token not in log.text


async def test_the_environment_names_it_too_and_an_error_is_in_it(program: Program, log: Log) -> None:
    program.environment |= {"HPTUI_LOG_FILE": str(log.file), "HPTUI_LOG_LEVEL": "info"}
    done = await program.run("exec", "nosuch", "--", "hostname")
    assert done.code == 1
    text = log.text
    assert "Told: No such node: There is no node nosuch in this cluster." in text
    assert " debug " not in text
    assert text.rstrip().endswith("hptui ends with exit code 1")


async def test_a_file_that_cannot_be_written_is_told_before_anything_happens(
    program: Program, tmp_path: Path
) -> None:
    done = await program.run("nodes", "--log-file", str(tmp_path))
    assert (done.code, done.out) == (2, b"")
    assert "cannot be written" in done.err
    assert "Traceback" not in done.err


async def test_the_guardian_goes_on_in_the_same_file(
    program: Program, cluster: SimulatedCluster, log: Log
) -> None:
    process = await program.start("exec", NODE, *log.flags, "--", "wait")
    await until(lambda: "is open" in log.text)
    process.kill()
    await finish(process)
    await until(lambda: "The guardian ends: nothing is left behind" in log.text)
    lines = log.text.splitlines()
    (died,) = [line for line in lines if "The program has died" in line]
    assert died.split()[2] != str(process.pid)
    assert any("DELETE" in line and line.split()[2] != str(process.pid) for line in lines)
    assert cluster.token not in log.text


async def test_a_plugins_answer_is_not_in_it(
    program: Program, cluster: SimulatedCluster, log: Log, tmp_path: Path
) -> None:
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": cluster.token},
    }
    config = json.loads(cluster.kubeconfig.read_text())
    plugin = {"apiVersion": answer["apiVersion"], "command": "printf", "args": ["%s", json.dumps(answer)]}
    for user in config["users"]:
        user["user"] = {"exec": {**plugin, "interactiveMode": "Never"}}
    kubeconfig = tmp_path / "plugin"
    kubeconfig.write_text(json.dumps(config))
    done = await program.run("nodes", "--kubeconfig", str(kubeconfig), *log.flags)
    assert done.code == 0, done.err
    assert "The credential plugin has answered" in log.text
    assert cluster.token not in log.text


async def test_nothing_of_a_kubeconfig_is_in_it_even_where_that_is_broken(
    program: Program, log: Log, tmp_path: Path
) -> None:
    kubeconfig = tmp_path / "broken"
    kubeconfig.write_text(f"users:\n- name: a\n  user: {{token: {TYPED}: x: [}}\n")
    done = await program.run("nodes", "--kubeconfig", str(kubeconfig), *log.flags)
    assert done.code == 1
    assert TYPED not in done.err
    assert "is not YAML" in log.text
    assert TYPED not in log.text
