"""The guardian where it can't help, and what a person is told then; and that it looks where the pod is.

What else it does is in test_endings.py.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import yaml

from tests.programs import LIMIT, NODE, PROGRAM, Cluster, journal, pods, program_of, running
from tests.tmux import needs_tmux, terminal

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="finding processes needs Linux's /proc"
)


def test_what_cannot_be_removed_is_told_with_the_command_that_does(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        (name,) = pods(cluster)
        Path(cluster["kubeconfig"]).write_text("nothing: {}")
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert name in err
    assert f"kubectl delete pod -n hptui {name} --grace-period=0 --force --context hptui-demo" in err
    assert len(journal(tmp_path)) == 1


def test_a_context_switched_meanwhile_leads_it_nowhere_else(cluster: Cluster, tmp_path: Path) -> None:
    """Another cluster knows no such pod, which would pass for gone."""
    kubeconfig = Path(cluster["kubeconfig"])
    config = yaml.safe_load(kubeconfig.read_text())
    user = config["contexts"][0]["context"]["user"]
    config["contexts"].append({"name": "other", "context": {"cluster": "other", "user": user}})
    config["clusters"].append({"name": "other", "cluster": {"server": "https://127.0.0.1:1"}})
    config["current-context"] = "other"
    with running(cluster, tmp_path) as process:
        kubeconfig.write_text(yaml.safe_dump(config))
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert "nothing is left behind" in err
    assert pods(cluster) == []
    assert journal(tmp_path) == []


def test_a_context_that_leads_elsewhere_by_now_is_not_believed(cluster: Cluster, tmp_path: Path) -> None:
    kubeconfig = Path(cluster["kubeconfig"])
    with running(cluster, tmp_path) as process:
        (name,) = pods(cluster)
        kubeconfig.write_text(kubeconfig.read_text().replace("https://127.0.0.1:", "https://localhost:"))
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert f"The pod {name} stays" in err
    assert len(pods(cluster)) == 1
    assert len(journal(tmp_path)) == 1


@needs_tmux
def test_a_demo_that_is_killed_gives_the_terminal_back(tmp_path: Path) -> None:
    with terminal([*PROGRAM, "demo"], environment={"HOME": str(tmp_path)}) as screen:
        screen.sees("DEMO", NODE)
        os.kill(program_of(screen), signal.SIGKILL)
        screen.sees("exit code: 137")
        screen.until(lambda: NODE not in screen.text(), "the screen that was there before")
        screen.type("typed")
        screen.until(
            lambda: screen.text().split().count("typed") == 2, "an echo, and the line as it was sent"
        )
