"""No network besides the cluster's API, no telemetry: seen from within the interpreter, in the program and in its children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cluster.proxy import Proxy
from tests.programs import NODE, pods, start, to_prompt
from tests.tmux import needs_tmux

LIMIT = 60.0  # seconds that a command may take on a busy machine

TRIED_IPV6 = [["::1", 0]]
"""urllib3 binds a socket once, and closes it, to see whether this machine has IPv6."""

CONNECTING = ("socket.connect", "socket.sendto", "socket.sendmsg", "http.client.connect")
COMMANDS = [
    ("nodes",),
    ("doctor",),
    ("diagnostics",),
    ("sessions", "--all"),
    ("sweep",),
    ("manifest", NODE),
    ("version",),
    ("settings",),
    ("exec", NODE, "--", "hostname"),
]


@dataclass(frozen=True, slots=True)
class Notes:
    """What the watched processes did."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(Path(__file__).parent / "watched"),
            "NOTED_IN": str(self.folder / "noted"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "HOME": str(self.folder),
        }

    def all(self) -> list[dict[str, Any]]:
        noted = self.folder / "noted"
        return [json.loads(line) for line in noted.read_text().splitlines()] if noted.exists() else []

    def peers(self) -> set[str]:
        """Whom anything was sent to: host:port, or the path of a socket."""
        found = [note["what"] for note in self.all() if note["event"] in CONNECTING]
        return {f"{what[0]}:{what[1]}" if isinstance(what, list) else str(what) for what in found}

    def looked_up(self) -> set[str]:
        return {str(note["what"]) for note in self.all() if "get" in note["event"]}

    def listened_at(self) -> list[object]:
        return [note["what"] for note in self.all() if note["event"] == "socket.bind"]

    def programs(self) -> set[str]:
        names = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "webbrowser.open")
        return {str(note["what"]) for note in self.all() if note["event"] in names}


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path)


def run(notes: Notes, kubeconfig: str | Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = ("HPTUI_", "KUBE", "XDG_", "HTTP", "HTTPS", "ALL_PROXY", "NO_PROXY")
    environment = {key: value for key, value in os.environ.items() if not key.upper().startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "hptui", *arguments],
        env={**environment, "KUBECONFIG": str(kubeconfig), **notes.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def address(cluster: dict[str, Any]) -> str:
    return urlsplit(str(cluster["server"])).netloc


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_speaks_to_the_api_server_alone(
    cluster: dict[str, Any], notes: Notes, command: tuple[str, ...]
) -> None:
    done = run(notes, cluster["kubeconfig"], *command)
    assert done.returncode in (0, 1), done.stderr
    assert notes.peers() <= {address(cluster)}
    assert notes.looked_up() <= {"127.0.0.1"}
    assert notes.listened_at() in ([], TRIED_IPV6)
    assert notes.programs() <= {sys.executable}
    if command[0] not in ("version", "settings"):
        assert notes.peers() == {address(cluster)}  # so the watching works


def test_a_guardian_whose_program_was_killed_speaks_to_it_alone(
    cluster: dict[str, Any], notes: Notes
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "hptui", "exec", NODE, "--", "powershell", "-Command", "Start-Sleep 600"],
        env={**os.environ, "KUBECONFIG": cluster["kubeconfig"], **notes.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not pods(cluster):
            assert process.poll() is None
        process.kill()
        _, told = process.communicate(timeout=LIMIT)
    assert "nothing is left behind" in told
    connected = {note["pid"] for note in notes.all() if note["event"] == "socket.connect"}
    assert len(connected) == 2  # the program, and its guardian
    assert notes.peers() == {address(cluster)}
    assert notes.looked_up() <= {"127.0.0.1"}


def test_with_a_proxy_it_speaks_to_the_proxy_alone(cluster: dict[str, Any], notes: Notes) -> None:
    proxy = Proxy()
    try:
        config = json.loads(Path(cluster["kubeconfig"]).read_text())
        config["clusters"][0]["cluster"]["proxy-url"] = f"http://{proxy.address}"
        kubeconfig = notes.folder / "proxied"
        kubeconfig.write_text(json.dumps(config))
        done = run(notes, kubeconfig, "exec", NODE, "--", "hostname")
        assert (done.returncode, done.stdout.strip().lower()) == (0, NODE), done.stderr
        assert notes.peers() == {proxy.address}
    finally:
        proxy.stop()


@needs_tmux
@pytest.mark.xdist_group("tmux")
def test_the_screen_with_a_session_speaks_to_it_alone(
    cluster: dict[str, Any], notes: Notes, tmp_path: Path
) -> None:
    with start(cluster, tmp_path, more=notes.environment) as screen:
        to_prompt(screen)
        screen.type("hostname")
        screen.until(lambda: f"\n{NODE}" in screen.text().lower(), "hostname")
        screen.send("C-]", "u")
        screen.sees("Session cpu", "cores")
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("exit code: 0")
    assert notes.peers() == {address(cluster)}
    assert notes.looked_up() <= {"127.0.0.1"}
    assert notes.listened_at() in ([], TRIED_IPV6)
    assert notes.programs() == {sys.executable}  # the guardian and the terminal's engine
