"""The program as a whole: names, help, versions, settings, and how quickly it gets out of the way of its screen."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from hptui.cli import program_name
from hptui.demo.faults import Faults
from tests.cli.conftest import LIMIT, NODE, Program, finish
from tests.cli.pseudo_terminal import PseudoTerminal


@pytest.fixture
def alone(tmp_path: Path) -> Program:
    """Without a cluster."""
    return Program(tmp_path / "no-kubeconfig", tmp_path)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("/usr/bin/hptui", "hptui"),
        ("/usr/bin/kubectl-hptui", "kubectl hptui"),
        ("/x/hptui/__main__.py", "hptui"),
        ("kubectl_hptui.exe", "kubectl hptui"),
    ],
)
def test_it_calls_itself_what_it_was_called(called: str, name: str) -> None:
    assert program_name(called) == name


async def test_help_lists_the_commands_and_names_shell_completion(alone: Program) -> None:
    done = await alone.run("--help")
    assert done.code == 0
    for word in ("nodes", "exec", "manifest", "demo", "_HPTUI_COMPLETE=bash_source"):
        assert word in done.text


async def test_the_demo_s_help_names_every_fault(alone: Program) -> None:
    done = await alone.run("demo", "--help")
    for fault in fields(Faults):
        assert fault.name in done.text


async def test_completion_completes_commands(alone: Program) -> None:
    alone.environment |= {"_HPTUI_COMPLETE": "bash_complete", "COMP_WORDS": "hptui no", "COMP_CWORD": "1"}
    done = await alone.run()
    assert done.text == "plain,nodes\n"


async def test_version_names_what_it_stands_on(alone: Program) -> None:
    done = await alone.run("version")
    rows = dict(re.split(r":\s+", line, maxsplit=1) for line in done.text.splitlines())
    assert set(rows) == {"hptui", "python", "textual", "kubernetes client", "terminal engine"}
    assert "missing" not in done.text


async def test_an_unknown_command_is_a_wrong_use(alone: Program) -> None:
    done = await alone.run("nosuch")
    assert (done.code, done.text) == (2, "")
    assert "No such command 'nosuch'" in done.err
    near = await alone.run("prob")
    assert "No such command 'prob'. Do you mean probe?" in near.err


async def test_without_a_terminal_the_screen_says_what_else_there_is(alone: Program) -> None:
    done = await alone.run()
    assert (done.code, done.text) == (1, "")
    assert "hptui nodes" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_a_screen_whose_painting_would_go_into_a_file_is_not_begun(alone: Program) -> None:
    terminal = PseudoTerminal(100, 30)
    try:
        process = await alone.start(stdin=terminal.slave, stdout=terminal.slave)
        done = await finish(process)
        assert (done.code, terminal.seen) == (1, b"")
        assert "stderr is none" in done.err
    finally:
        terminal.close()


async def test_without_a_kubeconfig_it_says_where_it_looked(alone: Program) -> None:
    done = await alone.run("nodes")
    assert done.code == 1
    assert "hptui: No usable kubeconfig: " in done.err
    assert "no-kubeconfig" in done.err


async def test_settings_are_printed_as_toml_with_where_they_come_from(alone: Program, tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('deadline = 1800\nshell = ["cmd.exe", "/q"]\n')
    alone.environment["HPTUI_SCROLLBACK"] = "123"
    done = await alone.run("settings", "--config", str(config), "--set", "leader=ctrl+]")
    values = tomllib.loads(done.text)
    assert (values["deadline"], values["shell"], values["scrollback"]) == (1800, ["cmd.exe", "/q"], 123)
    comments = {
        line.partition(" = ")[0]: before
        for before, line in zip(done.text.splitlines(), done.text.splitlines()[1:], strict=False)
        if " = " in line
    }
    assert comments["deadline"].endswith(f"({config})")
    assert comments["scrollback"].endswith("(environment)")
    assert comments["leader"].endswith("(flag)")
    assert comments["theme"].endswith("(default)")


async def test_a_wrong_setting_is_a_wrong_use(alone: Program) -> None:
    done = await alone.run("nodes", "--set", "dedline=5")
    assert done.code == 2
    assert "Did you mean deadline?" in done.err


async def test_what_the_screen_does_not_need_at_once_is_not_imported() -> None:
    """The client library alone would cost more than the first paint may take."""
    script = (
        "import sys, hptui.cli.commands, hptui.cli.screen; from hptui.cli.options import Connection; "
        "Connection().load_settings(); "
        "print(*({m.partition('.')[0] for m in sys.modules} & "
        "{'kubernetes', 'pydantic', 'yaml', 'aiohttp', 'websocket', 'cryptography', 'msgspec', 'regex'}))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), LIMIT)
    assert (process.returncode, out) == (0, b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
async def test_the_demo_serves_its_cluster_until_ctrl_c(alone: Program) -> None:
    process = await alone.start("demo", "--serve")
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), LIMIT)).decode()
    assert line.startswith("export KUBECONFIG=")
    kubeconfig = line.strip().partition("=")[2]
    done = await alone.run("nodes", "--kubeconfig", kubeconfig, "-o", "name")
    assert f"node/{NODE}\n" in done.text
    process.send_signal(signal.SIGINT)
    assert (await finish(process)).code == 130
    assert not await asyncio.to_thread(Path(kubeconfig).exists)


async def test_a_demo_that_cannot_start_says_why(alone: Program) -> None:
    done = await alone.run("demo", "--serve", "--fault", "nosuch=1")
    assert done.code == 1
    assert "no fault is called 'nosuch'" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
async def test_the_demo_shows_its_screen_and_takes_its_cluster_with_it(alone: Program) -> None:
    terminal = PseudoTerminal(110, 30)
    try:
        process = await alone.start(
            "demo", stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave, start_new_session=True
        )
        await terminal.sees(b"DEMO")
        await terminal.sees(NODE.encode())
        terminal.type(b"q")
        ending = asyncio.create_task(finish(process))
        while not ending.done():  # the screen is written to the end, and somebody must read it
            await asyncio.wait({ending, asyncio.create_task(terminal.drain())}, timeout=1)
        assert ending.result().code == 0
    finally:
        terminal.close()


async def test_as_a_plugin_of_kubectl_it_calls_itself_one(alone: Program, kubectl: str) -> None:
    scripts = Path(sys.executable).parent
    if not await asyncio.to_thread((scripts / "kubectl-hptui").exists):
        pytest.skip("the entry points are not installed")
    alone.environment["PATH"] = f"{scripts}{os.pathsep}{alone.environment['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *(kubectl, "hptui", "exec", "--help"), env=alone.environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), LIMIT)
    assert process.returncode == 0
    assert out.decode().startswith("Usage: kubectl hptui exec ")
