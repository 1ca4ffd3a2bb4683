"""A small process of the program's own that ends what the program could not: after kill -9, or a crash of native code.

It reads from a pipe which pods may exist. When the pipe ends without a farewell, the program has died: the guardian puts the
terminal back in order, deletes those pods, says so, and ends. It is started with the first session, and knows no secret: it
connects from the kubeconfig, as the program did.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hptui.cluster.connect import ConnectOptions
from hptui.hostprocess.clean_up import SessionPod
from hptui.log.keeping import place

log = logging.getLogger(__name__)

MODULE = "hptui.hostprocess.guardian_process"


@dataclass(frozen=True, slots=True)
class SavedTerminal:
    """How the terminal on stderr was before the screen took it; for POSIX systems."""

    attributes: Sequence[Any]  # as tcgetattr gives them

    def as_json(self) -> list[Any]:
        *numbers, characters = self.attributes
        return [*numbers, [base64.b64encode(c).decode() if isinstance(c, bytes) else c for c in characters]]

    @classmethod
    def from_json(cls, told: Sequence[Any]) -> SavedTerminal:
        *numbers, characters = told
        return cls([*numbers, [base64.b64decode(c) if isinstance(c, str) else c for c in characters]])

    def restore(self) -> None:
        """Give it back: cooked, on its main screen, with a cursor and without mouse reports."""
        import termios

        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(2, termios.TCSANOW, list(self.attributes))
        with contextlib.suppress(OSError):
            os.write(2, LEAVE_SCREEN)


# What Textual sets, undone: mouse, focus, pastes, sizes in band, kitty's keys, the alternate screen, the cursor.
LEAVE_SCREEN = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?2026l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[m\r\n"
)


def saved_terminal() -> SavedTerminal | None:
    """How the terminal is now; None where there is none, or where the system has no such thing."""
    if sys.platform == "win32" or not sys.stderr.isatty():
        return None
    import termios

    try:
        return SavedTerminal(termios.tcgetattr(2))
    except (OSError, termios.error):
        return None


class Guardian:
    """Tells its process what may exist. Nothing here waits, and nothing raises: a session goes on without a guardian."""

    def __init__(self, terminal: SavedTerminal | None = None) -> None:
        self._terminal = terminal
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: dict[str, dict[str, object]] = {}  # what it was told, for one that takes its place

    @property
    def pid(self) -> int | None:
        """Of the process, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def stand_by(self) -> None:
        """Before there is a pod: to put the terminal in order should the program be killed."""
        if self.pid is None:
            self._start()

    def watch(self, options: ConnectOptions, pod: SessionPod, journal: Path, server: str) -> None:
        """Before the pod is created: from here on it may exist, at `server`. `journal` is the folder in which that is written."""
        self._watched[pod.session_id] = {
            "watch": {
                "namespace": pod.namespace,
                "pod_name": pod.pod_name,
                "session_id": pod.session_id,
                "deadline": pod.deadline,
                "journal": str(journal),
                "server": server,
            },
            "options": asdict(options),
        }
        if self.pid is not None:
            self._tell(self._watched[pod.session_id])
            return
        if self._process is not None and self._process.stdin is not None:  # it has died
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._start()
        for order in self._watched.values():
            self._tell(order)

    def gone(self, pod: SessionPod) -> None:
        """It was seen gone."""
        self._watched.pop(pod.session_id, None)
        self._tell({"gone": pod.session_id})

    def close(self, *, left: bool = False) -> bool:
        """The program ends in good order. With `left`, pods are left behind that the guardian goes on trying to delete.

        Whether it does: for guardian_process.LIMIT seconds from now.
        """
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return False
        lives = process.poll() is None
        try:
            process.stdin.write(b'{"left": true}\n' if left else b'{"farewell": true}\n')
        except OSError:
            lives = False
        with contextlib.suppress(OSError):
            process.stdin.close()
        if left:
            process.returncode = 0  # it outlives us: not ours to wait for
            return lives
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2.0)
        return False

    def _start(self) -> None:
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                bufsize=0,
                # What ends the program's group, as Ctrl+C and a closed window do, must not end this.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            assert self._process.stdin is not None
            if sys.platform != "win32":
                os.set_blocking(self._process.stdin.fileno(), False)
            log.info("The guardian %d watches", self._process.pid)
            where = place()
            self._tell(
                {
                    "terminal": self._terminal.as_json() if self._terminal else None,
                    "log": asdict(where) if where else None,
                }
            )

    def _tell(self, order: dict[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
