"""The whole way in a real terminal: the program as it is installed, on the simulated cluster as a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import NODE, Cluster, pods, start, to_prompt
from tests.tmux import needs_tmux

pytestmark = [needs_tmux, pytest.mark.xdist_group("tmux")]


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
    cluster: Cluster, tmp_path: Path, account: int, user: str, verdict: str
) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen, account=account)
        assert len(pods(cluster)) == 1
        screen.type("whoami")
        screen.until(lambda: user in screen.text().lower(), "whoami")
        screen.sees(verdict)
        screen.resize(80, 24)
        screen.until(lambda: verdict not in screen.text(), "the side folds away")
        # In a line that wraps in no width: until it is told of a new one, a host counts its rows by the old.
        screen.type("while ($host.UI.RawUI.WindowSize.Width -ne 79) { sleep 1 }; 1+78")
        screen.until(lambda: "\n79" in screen.text(), "the host's new width")
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
