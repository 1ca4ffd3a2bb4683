"""The local terminal handed over to the host: raw while the command runs, its size followed, put back in any case. POSIX only."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hptui.errors import UsageError

RESIZE_AGAIN = (0.3, 1.0, 3.0)
"""Seconds after the start at which the size is told again: Windows loses one that comes too early."""


def terminal_size() -> tuple[int, int]:
    """Columns and rows."""
    size = os.get_terminal_size(sys.stdout.fileno() if sys.stdout.isatty() else sys.stdin.fileno())
    return size.columns, size.lines


def check_raw_possible() -> None:
    if sys.platform == "win32":
        raise UsageError(
            "-t does not work in a Windows console.",
            hint="Start `hptui` and open a session on its screen instead.",
        )


@contextmanager
def raw_terminal(resize: Callable[[int, int], None]) -> Iterator[None]:
    """Every key goes through, Ctrl+C included; `resize` is told the terminal's size whenever it may be news."""
    if sys.platform == "win32":
        raise AssertionError("check_raw_possible was not asked")
    import termios
    import tty

    fd = sys.stdin.fileno()
    loop = asyncio.get_running_loop()
    before = termios.tcgetattr(fd)

    def tell_size() -> None:
        resize(*terminal_size())

    tty.setraw(fd, termios.TCSANOW)
    loop.add_signal_handler(signal.SIGWINCH, tell_size)
    timers = [loop.call_later(delay, tell_size) for delay in RESIZE_AGAIN]
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        loop.remove_signal_handler(signal.SIGWINCH)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
