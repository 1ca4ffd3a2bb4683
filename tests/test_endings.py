"""Every way a session can end: each is done to the real program, and then the pods are counted until there are none.

docs/endings.md is the table of these; its last column has their names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from tests.programs import (
    LIMIT,
    NODE,
    Cluster,
    alive,
    ask,
    break_,
    children,
    count,
    do,
    journal,
    pods,
    program_of,
    run,
    running,
    start,
    to_node,
    to_prompt,
    until,
    whole_pods,
)
from tests.relay import Relay
from tests.tmux import TMUX
from tests.ui.stage import playing

PAGE = Path(__file__).parents[1] / "docs" / "endings.md"

pytestmark = [
    pytest.mark.xdist_group("endings"),
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finding processes needs Linux's /proc"),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One simulated cluster for all of them."""
    state = tmp_path_factory.mktemp("demo")
    with subprocess.Popen(
        [sys.executable, "-m", "hptui.demo.server", "--state", str(state), "--brisk"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.communicate(timeout=20)


@pytest.fixture
def cluster(shared: Cluster) -> Iterator[Cluster]:
    """In order, and without a pod, before and after."""
    assert pods(shared) == []
    yield shared
    shared["token"] = do(shared, "renew-token")
    break_(shared, create="ok", exec="ok", delete="ok", refuse_next=0)
    do(shared, "node-up", NODE)
    left = pods(shared)
    for name in left:  # or all the others would fail as well
        ask(shared, f"/api/v1/namespaces/hptui/pods/{name}?gracePeriodSeconds=0", method="DELETE")
    assert left == []


def none_left(cluster: Cluster) -> None:
    until(lambda: not pods(cluster), "no pod left")


def kill_all(pid: int) -> None:
    """The program and all that it has started, as when the machine goes."""
    for each in [*children(pid), pid]:
        os.kill(each, signal.SIGKILL)


# In sight


def test_exit(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        screen.type("exit 7")
        screen.sees("exited with code 7", "The pod is gone")
        assert pods(cluster) == []


def test_closed_tab(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert len(pods(cluster)) == 1
        screen.send("C-]", "x")
        screen.sees(NODE, "HOSTPROCESS")
        none_left(cluster)


def test_quit(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        others = children(program_of(screen))
        assert others
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("exit code: 0")
        assert pods(cluster) == []
        assert "died" not in screen.text()
        assert not any(alive(each) for each in others)


def test_quit_by_force(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path, columns=240) as screen:
        to_prompt(screen)
        (name,) = pods(cluster)
        break_(cluster, delete="stuck")
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("Quit anyway")
        screen.send("f")
        screen.sees("exit code: 1")
        told = " ".join(screen.text().split())
        assert f"The pod {name} was not seen gone" in told
        assert re.search(rf"kubectl delete pod -n hptui {name} \S+ \S+ --context hptui-demo", told)
        assert re.search(r"guardian, .* goes on deleting until \d\d:\d\d:\d\d", told)
        break_(cluster, delete="ok")
        screen.sees("nothing is left behind")
        none_left(cluster)


# Ended from outside


def test_sigterm(cluster: Cluster, tmp_path: Path) -> None:
    ended_by(signal.SIGTERM, cluster, tmp_path)


def test_sighup(cluster: Cluster, tmp_path: Path) -> None:
    ended_by(signal.SIGHUP, cluster, tmp_path)


def ended_by(number: int, cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert len(pods(cluster)) == 1
        os.kill(program_of(screen), number)
        screen.sees(f"exit code: {128 + number}")
        assert pods(cluster) == []


def test_closed_window(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert len(pods(cluster)) == 1
        screen.close_window()
        none_left(cluster)


async def test_crash() -> None:
    def crash() -> None:
        raise ZeroDivisionError("a bug")

    async def play(cluster: SimulatedCluster) -> None:
        async with playing(cluster) as stage:
            await stage.open_shell()
            assert len(stage.pods()) == 1
            stage.app.call_later(crash)

    async with SimulatedCluster(pace=brisk()) as cluster:
        with pytest.raises(ZeroDivisionError):
            await play(cluster)
        assert not [pod for pod in cluster.pods() if pod["metadata"]["namespace"] == "hptui"]


def test_sigkill(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        program = program_of(screen)
        others = children(program)
        assert len(pods(cluster)) == 1
        os.kill(program, signal.SIGKILL)
        screen.sees("has died while one session was open", "nothing is left behind")
        assert pods(cluster) == []
        assert "PS C:\\" not in screen.text()  # the alternate screen is left
        until(lambda: not any(alive(each) for each in others), "the end of what it had started")


def test_power_cut(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        kill_all(program_of(screen))
        screen.sees("exit code")
    (left,) = pods(cluster)
    with start(cluster, tmp_path) as screen:
        screen.sees("hptui died on this machine", left, "Delete them")
        screen.send("Enter")
        screen.sees("deleted and seen gone")
        assert pods(cluster) == []
        until(lambda: not journal(tmp_path), "the journal struck out")


# While the cluster does not answer


def test_create_timeout(cluster: Cluster, tmp_path: Path) -> None:
    break_(cluster, create="timeout")
    with run(cluster, tmp_path, "exec", NODE, "--", "hostname") as process:
        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert "Timeout" in err
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_sigkill_during_create(cluster: Cluster, tmp_path: Path) -> None:
    break_(cluster, create="hang")
    with running(cluster, tmp_path) as process:
        process.kill()
        process.communicate(timeout=LIMIT)
    assert pods(cluster) == []


def test_question_killed_at_each_step(cluster: Cluster, tmp_path: Path) -> None:
    """`hptui probe`: while create has no answer, the node starts nothing, the question is put, the pod is deleted."""
    steps: list[tuple[dict[str, str], Callable[[], object]]] = [
        ({"create": "hang"}, lambda: pods(cluster)),
        ({}, lambda: pods(cluster)),
        ({"exec": "silent"}, lambda: count(cluster, "execs_open")),
        ({"delete": "stuck"}, lambda: any("deletionTimestamp" in p["metadata"] for p in whole_pods(cluster))),
    ]
    ends = [(signal.SIGKILL, step) for step in range(4)] + [(signal.SIGTERM, 2)]
    for number, step in ends:
        faults, is_there = steps[step]
        break_(cluster, **faults)
        do(cluster, "node-up" if faults else "node-down", NODE)
        home = tmp_path / f"{number}-{step}"
        with run(cluster, home, "probe", "machine", NODE, "-n", "hptui", "--force") as process:
            until(is_there, f"step {step}")
            process.send_signal(number)
            break_(cluster, create="ok", exec="ok", delete="ok")
            _, err = process.communicate(timeout=LIMIT)
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number), err
        assert pods(cluster) == [], (number, step)
        # What went before the guardian looked may be one that comes late, and is looked for at the next start.
        assert step == 3 or journal(home) == [], (number, step)


def test_screen_killed_with_a_question(cluster: Cluster, tmp_path: Path) -> None:
    break_(cluster, exec="silent")
    with start(cluster, tmp_path) as screen:
        to_node(screen)
        screen.send("p")
        screen.sees("a short pod is made", "Make it and ask")
        screen.send("Enter")
        until(lambda: count(cluster, "execs_open"), "the question put")
        assert len(pods(cluster)) == 1
        os.kill(program_of(screen), signal.SIGKILL)
        screen.sees("nothing is left behind")
        break_(cluster, exec="ok")
        assert pods(cluster) == []


def test_api_server_away(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        until(lambda: '"seen"' in "".join(path.read_text() for path in journal(tmp_path)), "its pod seen")
        do(cluster, "restart", "1.5")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 128 + signal.SIGTERM, err
    none_left(cluster)
    assert journal(tmp_path) == []


def test_sigkill_while_api_server_fails(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        break_(cluster, refuse_next=2, refuse_code=500)
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert "nothing is left behind" in err
    assert pods(cluster) == []


def test_lost_network(cluster: Cluster, tmp_path: Path) -> None:
    """The person leaves while nothing comes through; the network comes back when only the guardian is there."""
    relay = Relay(int(cluster["server"].rpartition(":")[2]))
    kubeconfig = tmp_path / "kubeconfig"
    own = Path(cluster["kubeconfig"]).read_text().replace(cluster["server"], f"https://{relay.address}")
    kubeconfig.write_text(own)
    try:
        with running(
            {**cluster, "kubeconfig": str(kubeconfig)}, tmp_path, settings={"HPTUI_REQUEST_TIMEOUT": "1"}
        ) as process:
            relay.lose()
            process.send_signal(signal.SIGTERM)
            process.wait(2 * LIMIT)
            assert len(pods(cluster)) == 1
            relay.restore()
            process.communicate(timeout=LIMIT)
    finally:
        relay.close()
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_token_expired(cluster: Cluster, tmp_path: Path) -> None:
    """The kubeconfig is read again: a login that was renewed meanwhile is enough."""
    with running(cluster, tmp_path) as process:
        do(cluster, "expire-token")
        cluster["token"] = do(cluster, "renew-token")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT)
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_token_expired_and_login_soon_after(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        do(cluster, "expire-token")
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT)
        told_of_login(process)
        cluster["token"] = do(cluster, "renew-token")
        process.communicate(timeout=LIMIT)
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_token_expired_and_not_renewed(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        (left,) = pods(cluster)
        (guardian,) = children(process.pid)
        do(cluster, "expire-token")
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT)
        err = told_of_login(process)
        os.kill(guardian, signal.SIGKILL)  # it would wait for two minutes
        process.communicate(timeout=LIMIT)
    assert f"kubectl delete pod -n hptui {left}" in err
    cluster["token"] = do(cluster, "renew-token")
    with start(cluster, tmp_path) as screen:
        screen.sees("hptui died on this machine", left, "Delete them")
        screen.send("Enter")
        screen.sees("deleted and seen gone")
    assert pods(cluster) == []


def told_of_login(process: subprocess.Popen[str]) -> str:
    """What stands on its stderr when its guardian waits for a login."""
    assert process.stderr is not None
    said = ""
    while "taken up by the guardian" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


# The node and other people


def test_node_away(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        do(cluster, "node-down", NODE)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT)
    assert pods(cluster) == []


def test_lost_link(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        assert do(cluster, "drop-execs", "abrupt") == 1
        screen.sees("a new shell")
        assert len(pods(cluster)) == 1
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("exit code: 0")
        assert pods(cluster) == []


def test_forgotten(cluster: Cluster, tmp_path: Path) -> None:
    """Nobody knows of it any more but the cluster: the machine is gone, its journal too."""
    with running(cluster, tmp_path) as process:
        kill_all(process.pid)
        process.communicate(timeout=LIMIT)
    shutil.rmtree(tmp_path / "state")
    assert len(pods(cluster)) == 1
    with run(cluster, tmp_path, "sweep", "--all", "--yes") as sweep:
        sweep.communicate(timeout=LIMIT)
    assert sweep.returncode == 0
    assert pods(cluster) == []


# The table


def test_the_page_has_these_rows_and_no_others() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")][2:]
    named = [re.findall(r"`(test_\w+)`", row.rstrip(" |").rpartition("|")[2]) for row in rows]
    assert [len(names) for names in named] == [1] * len(rows), "one test for each row"
    here = [
        name
        for name in globals()
        if name.startswith("test_") and name != "test_the_page_has_these_rows_and_no_others"
    ]
    assert [names[0] for names in named] == here
