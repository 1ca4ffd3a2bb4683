"""From the start of Python to the first paint, the first row and the first prompt, on a pty.

Reference: a Textual app that shows one line, started in the same way in the same run.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import statistics
import sys
import time
from collections.abc import Iterable, Sequence

RUNS = 5
GLANCE = 1.0  # seconds in which a person finds the node
LIMIT = 20.0  # seconds until a mark must have been seen
NODE = b"akswin22000001"

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bare-mark")
Bare().run()
"""


def bench() -> Iterable[str]:
    if sys.platform == "win32":
        yield "skipped: there is no pty on Windows"
        return
    hptui: list[list[float]] = []
    bare: list[list[float]] = []
    for _ in range(RUNS):
        bare.append(times([sys.executable, "-c", BARE], [(b"bare-mark", b"")]))
        marks = [(b"Connecting", b""), (NODE, b"jjs"), (b"PS C:", b"")]
        hptui.append(times([sys.executable, "-m", "hptui", "demo"], marks))
    reference = statistics.median(run[0] for run in bare)
    paint, rows, prompt = (statistics.median(run[i] for run in hptui) for i in range(3))
    prompt -= GLANCE
    yield f"first paint of a bare Textual app (reference): {reference * 1000:.0f} ms"
    yield f"first paint of hptui demo: {paint / reference:.2f} times the reference ({paint * 1000:.0f} ms)"
    yield f"first rows: {rows / reference:.2f} times ({rows * 1000:.0f} ms, the simulated cluster's own start included)"
    yield f"from s on a node to its prompt: {(prompt - rows) / reference:.2f} times ({(prompt - rows) * 1000:.0f} ms)"


def times(command: Sequence[str], marks: Sequence[tuple[bytes, bytes]]) -> list[float]:
    """Seconds from the start until each mark was on the screen; after each its keys are typed."""
    import fcntl
    import pty
    import struct
    import termios

    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], list(command))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    begun = time.perf_counter()
    found: list[float] = []
    try:
        for mark, keys in marks:
            _read_until(fd, mark, begun + LIMIT)
            found.append(time.perf_counter() - begun)
            if keys:
                time.sleep(GLANCE)
                os.write(fd, keys)
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(fd, 65536):
                pass
        os.close(fd)
        os.waitpid(pid, 0)
    return found


def _read_until(fd: int, mark: bytes, end: float) -> None:
    seen = b""
    while mark not in seen:
        if time.perf_counter() > end:
            raise TimeoutError(f"{mark!r} was not seen")
        if select.select([fd], [], [], 0.5)[0]:
            seen = seen[-len(mark) :] + os.read(fd, 65536)
