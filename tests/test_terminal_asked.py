"""The doctor asks a real terminal what it can, tells the answer, and leaves the terminal as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.programs import PROGRAM, environment_of
from tests.tmux import needs_tmux, terminal


@needs_tmux
@pytest.mark.xdist_group("tmux")
def test_a_terminal_says_of_itself_what_it_can(cluster: dict[str, Any], tmp_path: Path) -> None:
    with terminal([*PROGRAM, "doctor"], environment=environment_of(cluster, tmp_path), rows=60) as screen:
        screen.sees("keys ", "clipboard ", "OSC 52", "exit code: 0")
        screen.type("typed after it")
        screen.until(lambda: screen.text().count("typed after it") == 2, "an echo, and what cat gives back")
