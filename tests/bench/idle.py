"""What sessions cost while nothing happens: processor time with one at its prompt, memory of ten with full histories.

Reference: a Textual app that shows one line which changes every second, run in the same way in the same run. Counted is the
whole program with the processes it has started, on a simulated cluster of its own in which things happen by themselves; shared
memory is counted in parts, as PSS does.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.bench.on_pty import PROMPT, Shell, cluster, hptui, on_pty

SECONDS = 15.0  # of being idle
SETTLED = 5.0  # seconds until a program has done what comes after its start
SESSIONS = 10
LINES = 10_000
TEXT = "an ordinary line of output of some seventy characters, as hosts print"
LEADER = b"\x1d"

TICKING = """
from textual.app import App
from textual.widgets import Static
class Ticking(App):
    seconds = 0
    def compose(self):
        yield Static("ticking-mark")
    def on_mount(self):
        self.set_interval(1, self.tick)
    def tick(self):
        self.seconds += 1
        self.query_one(Static).update(str(self.seconds))
Ticking().run()
"""


def bench() -> Iterable[str]:
    if not Path("/proc/self/smaps_rollup").exists():
        yield "skipped: only Linux tells what processes use"
        return
    with on_pty([sys.executable, "-c", TICKING], dict(os.environ)) as shell:
        shell.until(b"ticking-mark")
        shell.read_for(SETTLED)
        reference, bare = _share_of_a_core(shell), _megabytes(shell.pid)
    with cluster() as kubeconfig, hptui(kubeconfig) as shell:
        shell.read_for(SETTLED)
        ours, one = _share_of_a_core(shell), _megabytes(shell.pid)
        yield (
            f"one session at its prompt: {ours:.2%} of a core, {ours / reference:.1f} times the ticking app "
            f"({reference:.2%}); target: 1%"
        )
        _fill(shell, 1)
        for number in range(2, SESSIONS + 1):
            shell.write(LEADER + b"d")
            shell.calm()
            shell.write(b"s")
            shell.until(PROMPT)
            shell.calm()
            _fill(shell, number)
        ten = _megabytes(shell.pid)
    yield (
        f"{SESSIONS} sessions, {LINES:,} lines each: {ten:.0f} MB, {ten / bare:.1f} times the ticking app ({bare:.0f} MB); "
        f"target: 250 MB (one without a history: {one:.0f} MB)"
    )


def _fill(shell: Shell, number: int) -> None:
    """A history's worth of lines."""
    shell.write(f"foreach ($n in 1..{LINES}) {{ \"$n {TEXT}\" }}; 'end-' + '{number}.'\r".encode())
    shell.until(b"end-%d." % number)
    shell.calm()


def _share_of_a_core(shell: Shell) -> float:
    before, begun = _processor_seconds(shell.pid), time.perf_counter()
    shell.read_for(SECONDS)
    return (_processor_seconds(shell.pid) - before) / (time.perf_counter() - begun)


def _family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [pid, *(each for child in children for each in _family(child))]


def _processor_seconds(pid: int) -> float:
    """User's and system's time of the whole family so far."""
    found = 0.0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _megabytes(pid: int) -> float:
    found = 0
    for each in _family(pid):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1])
    return found / 1024
