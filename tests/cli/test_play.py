"""`hptui play` as a person runs it, and what else reads our recordings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from hptui.terminal.recording import About, Recorder
from tests.cli.conftest import Program
from tests.tmux import needs_tmux, terminal

OUTPUTS = (
    "PS C:\\> ",
    "\x1b[93mdir\x1b[m\r\n",
    '日本 é \x7f "quoted" \\ back\r\n',
    "\x1b[1;31mred\x1b[m\r\n",
)


def record(path: Path, version: Literal[2, 3]) -> Path:
    now = [0.0]
    about = About(node="akswin1", account="NT AUTHORITY\\SYSTEM", context="prod", who="ann@example.com")
    recorder = Recorder(path, about, 100, 24, version=version, clock=lambda: now[0])
    for text in OUTPUTS:
        now[0] += 0.05
        recorder.output(text.encode())
    recorder.resized(90, 20)
    recorder.mark("here")
    recorder.output(b"the end\r\n")
    recorder.close(0)
    return path


@pytest.fixture
def alone(tmp_path: Path) -> Program:
    """Without a cluster, which playing needs none of."""
    return Program(tmp_path / "no-kubeconfig", tmp_path)


@needs_tmux
@pytest.mark.xdist_group("tmux")
@pytest.mark.parametrize("version", [2, 3])
def test_a_recording_is_played_in_a_terminal(tmp_path: Path, version: Literal[2, 3]) -> None:
    path = record(tmp_path / "session.cast", version)
    environment = {"KUBECONFIG": str(tmp_path / "none"), "HOME": str(tmp_path)}
    with terminal([sys.executable, "-m", "hptui", "play", str(path)], environment=environment) as screen:
        screen.sees("RECORDING", "akswin1 as NT AUTHORITY\\SYSTEM", "PS C:\\> dir", "the end", "at the end")
        screen.send("0")
        screen.sees("0:00 / 0:00")
        screen.send("/")
        screen.sees("search")
        screen.type("quoted")
        screen.sees("match 1 of 1", '"quoted"')
        screen.send("q")
        screen.sees("exit code: 0")


async def test_what_cannot_be_played_is_told(alone: Program, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    for name, words in (("none.cast", "No such file"), ("notes.txt", "does not begin as a recording")):
        done = await alone.run("play", str(tmp_path / name))
        assert (done.code, done.text) == (1, "")
        assert done.err.startswith("hptui: Nothing to play: ")
        assert words in done.err
        assert "Traceback" not in done.err


async def test_it_wants_a_terminal_and_a_file(alone: Program, tmp_path: Path) -> None:
    path = record(tmp_path / "session.cast", 3)
    done = await alone.run("play", str(path))
    assert done.code == 1
    assert "The screen needs a terminal" in done.err
    for arguments in ((), (str(path), "--speed", "0"), (str(path), "--idle-limit", "-1")):
        assert (await alone.run("play", *arguments)).code == 2


def test_asciinema_reads_our_version_2(tmp_path: Path) -> None:
    """Its second major version, in Python, is what distributions have; it says no to version 3, which came later."""
    asciinema = shutil.which("asciinema")
    if asciinema is None:
        pytest.skip("asciinema is not installed")
    version = subprocess.run([asciinema, "--version"], capture_output=True, timeout=20, check=True).stdout
    if not version.startswith(b"asciinema 2"):
        pytest.skip("this asciinema's cat joins recordings rather than printing them")
    path = record(tmp_path / "session.cast", 2)
    done = subprocess.run(
        [asciinema, "cat", str(path)],
        capture_output=True,
        timeout=20,
        check=True,
        env=os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(tmp_path)},
    )
    assert done.stdout.decode() == "".join(OUTPUTS) + "the end\r\n"


@pytest.mark.parametrize("version", [2, 3])
def test_asciinemas_own_player_plays_both_versions(tmp_path: Path, version: Literal[2, 3]) -> None:
    """`npm install asciinema-player` anywhere, and name its folder in ASCIINEMA_PLAYER: version 3.18 was tried."""
    node, player = shutil.which("node"), os.environ.get("ASCIINEMA_PLAYER")
    if node is None or player is None:
        pytest.skip("node, or asciinema's player for it, is not here")
    path = record(tmp_path / "session.cast", version)
    script = Path(__file__).with_name("asciinema_player.mjs")
    done = subprocess.run([node, str(script), player, str(path)], capture_output=True, timeout=30, check=True)
    said = json.loads(done.stdout)
    assert [payload for name, payload in said if name == "output"] == [
        [text] for text in (*OUTPUTS, "the end\r\n")
    ]
    assert [payload for name, payload in said if name == "resize"] == [{"cols": 90, "rows": 20}]
    (metadata,) = [payload for name, payload in said if name == "metadata"]
    assert metadata["duration"] == pytest.approx(0.2)
    assert metadata["markers"] == [[pytest.approx(0.2), "here"]]
