"""Floods of output through a pty: how fast they are shown, how soon Ctrl+C ends them, how soon keys are answered meanwhile.

Reference: `kubectl exec -it` with the same pod, shell and commands in the same run; for hptui's own keys, which kubectl has
none of, the same key while nothing is printed. What the host echoes can't be seen in a flood, so there the key is the leader key
and its answer the bar that says what may follow; of other keys, it is the host that tells when it has them.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.on_pty import LIMIT, PROMPT, Shell, both, in_turns, p95

LINES = 2_300_000  # about 20 MB of numbers
ENDLESS = b"while (1) { 1..1000 }\r"
CTRL_C, LEADER, ESCAPE = b"\x03", b"\x1d", b"\x1b"
BAR = b"wider"  # a word of the leader bar's
PRESSES = 40
PAUSE = 0.05  # seconds between two keys

_numbers = itertools.count(1)


def bench() -> Iterable[str]:
    if shutil.which("kubectl") is None:
        yield "skipped: kubectl is not installed"
        return
    with TemporaryDirectory() as folder, both(arrivals := Path(folder, "arrivals")) as shells:
        kubectl, ours = (statistics.median(times) for times in in_turns(3, _flood, shells))
        yield f"20 MB: {ours / kubectl:.2f} times kubectl ({ours:.2f} s against {kubectl:.2f}); target: 1.3"
        kubectl, ours = (statistics.median(times) * 1000 for times in in_turns(5, _interrupt, shells))
        yield (
            f"Ctrl+C to the prompt after the flood's last line: {ours / kubectl:.0f} times kubectl "
            f"({ours:.0f} ms against {kubectl:.0f}); target: 200 ms"
        )
        to_host = in_turns(2, lambda shell: _to_host(shell, arrivals), shells)
        for name, figure in (("middle", statistics.median), ("p95", p95)):
            a, b = (figure(seconds) * 1000 for seconds in to_host)
            yield f"key to the host in a flood, {name}: {b / a:.1f} times kubectl, {b - a:+.1f} ms ({b:.1f} against {a:.1f})"
        shell = shells[1]
        calm = _leader(shell)
        shell.write(ENDLESS)
        shell.read_for(1.0)
        busy = _leader(shell)
        shell.write(CTRL_C)
        shell.until(PROMPT)
    for name, figure, target in (("middle", statistics.median, ""), ("p95", p95, "; target: 30 ms")):
        a, b = figure(calm) * 1000, figure(busy) * 1000
        yield (
            f"leader key to its bar in a flood, {name}: {b / a:.1f} times the same at rest ({b:.0f} ms against {a:.0f}){target}"
        )


def _flood(shell: Shell) -> list[float]:
    number = next(_numbers)  # the end of the flood before may be painted once more
    shell.write(f"1..{LINES}; 'end-' + '{number}.'\r".encode())
    seconds = shell.until(b"end-%d." % number)
    shell.calm()
    return [seconds]


def _interrupt(shell: Shell) -> list[float]:
    """Seconds from Ctrl+C in a flood to the prompt."""
    shell.write(ENDLESS)
    shell.read_for(1.0)
    shell.write(CTRL_C)
    seconds = shell.until(PROMPT)
    shell.calm()
    return [seconds]


def _to_host(shell: Shell, arrivals: Path) -> list[float]:
    """Seconds from a key to its coming to the host while a flood is shown, many times."""
    shell.write(ENDLESS)
    shell.read_for(1.0)
    found = []
    with arrivals.open() as lines:
        for _ in range(PRESSES):
            lines.read()
            begun = time.monotonic()
            shell.write(b"x")
            while not (line := lines.readline()):
                if time.monotonic() > begun + LIMIT:
                    raise TimeoutError("the key did not come to the host")
                shell.read(0.001)
            found.append(float(line) - begun)
            shell.read_for(PAUSE)
    shell.write(CTRL_C)
    shell.until(PROMPT)
    shell.write(CTRL_C)  # what was typed ahead
    shell.calm()
    return found


def _leader(shell: Shell) -> list[float]:
    """Seconds from the leader key to its bar, many times."""
    found = []
    for _ in range(PRESSES):
        shell.write(LEADER)
        found.append(shell.until(BAR))
        shell.write(ESCAPE)
        shell.read_for(0.25)  # an escape key alone is known as such only after a while
    return found
