"""The whole way in a real terminal: the program as it is installed, on the simulated cluster as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tmux import Terminal, needs_tmux, terminal

pytestmark = [needs_tmux, pytest.mark.xdist_group("tmux")]

PROGRAM = [sys.executable, "-m", "hptui"]
NODE = "akswin22000001"
GROUP = 3  # the dialog's fourth choice


def pods(cluster: dict[str, Any]) -> list[str]:
    """What the API server has of hptui's pods, asked by another program."""
    script = (
        "import json, ssl, sys, urllib.request as u\n"
        "r = u.Request(sys.argv[1] + '/api/v1/pods?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dhptui',"
        " headers={'Authorization': 'Bearer ' + sys.argv[2]})\n"
        "items = json.load(u.urlopen(r, context=ssl._create_unverified_context(), timeout=10))['items']\n"
        "print(*(i['metadata']['name'] for i in items))"
    )
    command = [sys.executable, "-c", script, cluster["server"], cluster["token"]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.split()


def start(cluster: dict[str, Any], tmp_path: Path, **size: int) -> Any:
    environment = {
        "KUBECONFIG": cluster["kubeconfig"],
        "HOME": str(tmp_path),
        "HPTUI_CONFIG": str(tmp_path / "none.toml"),
    }
    environment = {**environment, "COLORTERM": "truecolor"}
    (tmp_path / "none.toml").touch()
    return terminal(PROGRAM, environment=environment, **size)


def to_prompt(screen: Terminal, *, account: int = 0) -> None:
    """From the nodes to a shell on NODE, by the dialog; as a group it is Administrators."""
    screen.sees(NODE, "live")
    screen.send("/")
    screen.type(NODE)
    screen.until(lambda: "akswin19000000" not in screen.text(), "the filter")
    screen.send("Enter")
    screen.sees("Open a session on", "✓ allowed")
    screen.send(*["Down"] * account, "Enter")
    if account == GROUP:
        screen.sees("name of a local group")
        screen.type("Administrators")
    screen.sees("PS C:\\")


@pytest.mark.parametrize(
    ("account", "user", "verdict"),
    [
        (0, "nt authority\\system", "administrator: yes"),
        (1, "nt authority\\local service", "administrator: no"),
        (2, "nt authority\\network service", "administrator: no"),
        (3, NODE, "administrator: yes"),
    ],
)
def test_nodes_launch_type_resize_flood_leave(
    cluster: dict[str, Any], tmp_path: Path, account: int, user: str, verdict: str
) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen, account=account)
        assert len(pods(cluster)) == 1
        screen.type("whoami")
        screen.until(lambda: user in screen.text().lower(), "whoami")
        screen.sees(verdict)
        screen.resize(80, 24)
        screen.until(lambda: verdict not in screen.text(), "the side folds away")
        screen.type(
            "while ($host.UI.RawUI.WindowSize.Width -ne 79) { Start-Sleep -Milliseconds 20 }; 'it is ' + 79"
        )
        screen.sees("it is 79")
        screen.resize(120, 40)
        screen.type("1..100000")
        screen.until(lambda: "100000" in screen.text(), "the flood's end")
        screen.type("while (1) { 'flood' }")
        screen.until(lambda: screen.text().count("flood") > 5, "the flood")
        screen.send("C-c")
        screen.type("hostname")
        screen.until(lambda: f"\n{NODE}" in screen.text().lower(), "a prompt after ctrl+c")
        screen.send("C-]", "e")
        screen.sees("Started")
        screen.send("C-]", "u")
        screen.sees("Session cpu", "cores")
        screen.send("C-]", "q")
        screen.sees("One session is open", NODE)
        screen.send("y")
        screen.sees("exit code: 0")
        assert pods(cluster) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_deletes_the_pod(cluster: dict[str, Any], tmp_path: Path, number: int) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert len(pods(cluster)) == 1
        children = Path(f"/proc/{_pane_pid(screen)}/task/{_pane_pid(screen)}/children")
        if not children.exists():
            pytest.skip("finding the program's process needs Linux's /proc")
        os.kill(int(children.read_text().split()[0]), number)
        screen.sees(f"exit code: {128 + number}")
        assert pods(cluster) == []


def test_a_closed_window_deletes_the_pod(cluster: dict[str, Any], tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert len(pods(cluster)) == 1
        screen.close_window()
        screen.until(lambda: not pods(cluster), "no pod left")


def _pane_pid(screen: Terminal) -> int:
    return int(screen._tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))
