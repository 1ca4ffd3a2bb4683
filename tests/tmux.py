"""A real terminal for tests: tmux, on a server of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

TMUX = shutil.which("tmux")
needs_tmux = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

LIMIT = 30.0  # seconds until a condition must hold


@dataclass
class Terminal:
    """One tmux session with one window."""

    socket: str

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            [str(TMUX), "-L", self.socket, *words], capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout

    def send(self, *keys: str) -> None:
        """Keys by tmux's names; anything else is typed as it is."""
        self._tmux("send-keys", "-t", "t", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", "t", "-l", text)
        self.send("Enter")

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def text(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "t")

    @property
    def pid(self) -> int:
        """Of the shell that the command runs in."""
        return int(self._tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))

    def close_window(self) -> None:
        """As when a person closes the terminal's window: its programs get SIGHUP."""
        self._tmux("kill-session", "-t", "t")

    def until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.text()}")
            time.sleep(0.02)  # between two looks at a condition with a limit

    def sees(self, *texts: str) -> None:
        self.until(lambda: all(text in self.text() for text in texts), f"on the screen: {texts}")


@contextmanager
def terminal(
    command: list[str], *, columns: int = 120, rows: int = 40, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """`command` in a new terminal; what it says and returns at its end stays to be read: "exit code: N"."""
    found = Terminal(f"hptui-{uuid.uuid4().hex[:8]}")
    variables = [f"{key}={value}" for key, value in (environment or {}).items()]
    line = " ".join(shlex.quote(word) for word in ["env", *variables, *command])
    shell = f"{line}; echo exit code: $?; exec cat"
    size = ["-x", str(columns), "-y", str(rows)]
    subprocess.run(
        [str(TMUX), "-L", found.socket, "-f", os.devnull, "new-session", "-d", "-s", "t", *size, shell],
        check=True,
        timeout=10,
        env={
            **{k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")},
            "TERM": "xterm-256color",
        },
    )
    try:
        yield found
    finally:
        found._tmux("kill-server")
