"""A terminal that goes away under the program, and a program that stands still: no process stays, and no key is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.programs import Cluster, alive, pods, program_of, start, to_prompt, until
from tests.tmux import needs_tmux

pytestmark = [
    needs_tmux,
    pytest.mark.xdist_group("tmux"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finding processes needs Linux's /proc"),
]


def test_a_closed_window_ends_the_program(cluster: Cluster, tmp_path: Path) -> None:
    """The system sends SIGHUP and SIGCONT then: nothing must begin anew on a terminal that is gone, and wait for it."""
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        program = program_of(screen)
        screen.close_window()
        until(lambda: not alive(program), "the end of the program")
        assert pods(cluster) == []


def test_a_program_that_stood_still_goes_on(cluster: Cluster, tmp_path: Path) -> None:
    with start(cluster, tmp_path) as screen:
        to_prompt(screen)
        program = program_of(screen)
        threads = _threads(program)
        os.kill(program, signal.SIGSTOP)
        os.kill(program, signal.SIGCONT)
        screen.type("'it ' + 'goes on'")
        screen.sees("it goes on")
        assert _threads(program).count("textual-input") == threads.count("textual-input"), (
            "one reads the keys"
        )
        screen.send("C-]", "q")
        screen.sees("One session is open")
        screen.send("y")
        screen.sees("exit code: 0")


def _threads(pid: int) -> list[str]:
    return [(thread / "comm").read_text().strip() for thread in Path(f"/proc/{pid}/task").iterdir()]
