"""From a key to its echo through a pty: hptui's pane against `kubectl exec -it`.

Reference: kubectl, a client nobody here wrote, with the same pod, shell and keys in the same run.
"""

from __future__ import annotations

import shutil
import statistics
import string
import time
from collections.abc import Iterable

from tests.bench.on_pty import Shell, both, in_turns, p95

KEYS = string.ascii_letters  # each once on a line, so that its echo can't be mistaken
PAUSE = 0.02  # seconds between two keys, as of a fast typist
ROUNDS = 5


def bench() -> Iterable[str]:
    if shutil.which("kubectl") is None:
        yield "skipped: kubectl is not installed"
        return
    with both() as shells:
        reference, ours = in_turns(ROUNDS, _echoes, shells)
    for name, figure, most in (("middle", statistics.median, 4), ("p95", p95, 12)):
        a, b = figure(reference) * 1000, figure(ours) * 1000
        yield (
            f"{name}: {b / a:.2f} times kubectl, {b - a:+.1f} ms ({b:.1f} against {a:.1f}); target: at most +{most} ms"
        )


def _echoes(shell: Shell) -> list[float]:
    """Seconds from a key to its echo, for each of KEYS on one line, which is cleared afterwards."""
    found = []
    for key in KEYS:
        shell.write(key.encode())
        found.append(shell.until(key.encode()))
        time.sleep(PAUSE)
    shell.write(b"\x03")
    shell.calm()
    return found
