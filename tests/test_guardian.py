"""After kill -9 of the program: no pod stays, and the terminal is a terminal again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.test_journey import pods, start, to_prompt
from tests.tmux import Terminal, needs_tmux

pytestmark = [
    pytest.mark.xdist_group("tmux"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finding processes needs Linux's /proc"),
]

LIMIT = 30.0  # seconds


def ask(cluster: dict[str, Any], faults: dict[str, object]) -> None:
    """Set the simulated cluster's faults."""
    post(cluster, "/demo/faults", faults)


def post(cluster: dict[str, Any], path: str, body: dict[str, object]) -> dict[str, Any]:
    """To one of the demo's own paths."""
    import ssl

    request = urllib.request.Request(
        cluster["server"] + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + cluster["token"], "Content-Type": "application/json"},
    )
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def until(condition: Any, what: str) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)  # between two looks at a condition with a limit


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def program_of(screen: Terminal) -> int:
    shell = int(screen._tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))
    return children(shell)[0]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@needs_tmux
def test_a_killed_screen_leaves_no_pod_and_a_usable_terminal(cluster: dict[str, Any], tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        program = program_of(screen)
        helpers = children(program)
        assert len(pods(cluster)) == 1
        os.kill(program, signal.SIGKILL)
        screen.sees("has died while one session was open", "nothing is left behind")
        assert pods(cluster) == []
        assert "PS C:\\" not in screen.text()  # the alternate screen is left
        until(lambda: not any(alive(helper) for helper in helpers), "the end of its helpers")


@needs_tmux
def test_where_the_guardian_dies_too_the_next_start_offers_to_finish(
    cluster: dict[str, Any], tmp_path: Path
) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        program = program_of(screen)
        for pid in [*children(program), program]:
            os.kill(pid, signal.SIGKILL)
        screen.sees("exit code")
    (left,) = pods(cluster)
    with start(cluster, tmp_path) as screen:
        screen.sees("hptui died on this machine", left, "Delete them")
        screen.send("Enter")
        screen.sees("deleted and seen gone")
        assert pods(cluster) == []
        screen.send("q")
        screen.sees("exit code: 0")


@needs_tmux
def test_one_that_is_left_as_it_should_be_leaves_nobody(cluster: dict[str, Any], tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        helpers = children(program_of(screen))
        assert helpers
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("exit code: 0")
        assert "died" not in screen.text()
        assert not any(alive(helper) for helper in helpers)


def running(cluster: dict[str, Any], tmp_path: Path, *command: str) -> subprocess.Popen[str]:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("HPTUI_", "KUBE"))},
        "KUBECONFIG": cluster["kubeconfig"],
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "hptui", "exec", "akswin22000001", "--", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def journal(tmp_path: Path) -> list[Path]:
    """The files in which it stands what may be left."""
    return list((tmp_path / "state" / "hptui" / "journal").glob("*"))


def test_a_killed_exec_leaves_no_pod(cluster: dict[str, Any], tmp_path: Path) -> None:
    with running(cluster, tmp_path, "powershell", "-Command", "Start-Sleep 600") as process:
        until(lambda: pods(cluster), "its pod")
        assert len(journal(tmp_path)) == 1
        process.kill()
        _, err = process.communicate(timeout=LIMIT)  # until the guardian has ended, which holds stderr
    assert "nothing is left behind" in err
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_nor_one_whose_pod_was_made_without_an_answer(cluster: dict[str, Any], tmp_path: Path) -> None:
    ask(cluster, {"create": "hang"})
    with running(cluster, tmp_path, "hostname") as process:
        until(lambda: pods(cluster), "a pod that nobody was told of")
        process.kill()
        process.communicate(timeout=LIMIT)
    assert pods(cluster) == []


def test_a_cluster_that_fails_meanwhile_is_asked_again(cluster: dict[str, Any], tmp_path: Path) -> None:
    with running(cluster, tmp_path, "powershell", "-Command", "Start-Sleep 600") as process:
        until(lambda: pods(cluster), "its pod")
        ask(cluster, {"refuse_next": 6, "retry_after": 0})
        process.kill()
        _, err = process.communicate(timeout=2 * LIMIT)
    assert "nothing is left behind" in err
    assert pods(cluster) == []


def test_the_guardian_uses_the_credentials_of_its_time(cluster: dict[str, Any], tmp_path: Path) -> None:
    """The token that the session was opened with has ended meanwhile, and somebody has logged in again."""
    with running(cluster, tmp_path, "powershell", "-Command", "Start-Sleep 600") as process:
        until(lambda: pods(cluster), "its pod")
        post(cluster, "/demo/do", {"what": "expire-token"})
        renewed = post(cluster, "/demo/do", {"what": "renew-token"})
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert "nothing is left behind" in err
    assert pods({**cluster, "token": renewed["result"]}) == []


def test_what_cannot_be_removed_is_told_with_the_command_that_does(
    cluster: dict[str, Any], tmp_path: Path
) -> None:
    with running(cluster, tmp_path, "powershell", "-Command", "Start-Sleep 600") as process:
        until(lambda: pods(cluster), "its pod")
        (name,) = pods(cluster)
        Path(cluster["kubeconfig"]).write_text("nothing: {}")
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert name in err
    assert "kubectl delete pod" in err
    assert len(journal(tmp_path)) == 1
