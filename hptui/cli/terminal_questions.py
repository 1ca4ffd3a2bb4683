"""What a terminal says of itself when it is asked: whether it has the kitty keyboard protocol, whether it lets programs copy.

The last question is one that every terminal answers (primary device attributes), so its answer ends the waiting.
https://sw.kovidgoyal.net/kitty/keyboard-protocol/#detection-of-support-for-this-protocol
"""

from __future__ import annotations

import os
import re
import select
import sys
import time

from hptui.hostprocess.doctor.machine import Abilities

LIMIT = 0.5  # seconds; a terminal far away takes its time, one that knows none of it never answers
_QUESTIONS = b"\x1b[?u\x1b[c"
_ATTRIBUTES = re.compile(rb"\x1b\[\?([0-9;]*)c")
_KEYBOARD = re.compile(rb"\x1b\[\?[0-9]+u")
_CLIPBOARD = b"52"


def ask_terminal(limit: float = LIMIT) -> Abilities | None:
    """Of the terminal on stdin and stderr; None where there is none, or where it says nothing."""
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    import termios
    import tty

    try:
        before = termios.tcgetattr(0)
    except termios.error:
        return None
    try:
        tty.setcbreak(0, termios.TCSAFLUSH)  # cbreak: Ctrl+C is still Ctrl+C
        os.write(2, _QUESTIONS)
        return understood(_read(limit))
    except (OSError, termios.error):
        return None
    finally:
        termios.tcsetattr(0, termios.TCSAFLUSH, before)


def understood(answer: bytes) -> Abilities | None:
    """What the answer says; None where it is none."""
    attributes = _ATTRIBUTES.search(answer)
    if attributes is None:
        return None
    return Abilities(
        all_keys=_KEYBOARD.search(answer) is not None, clipboard=_CLIPBOARD in attributes[1].split(b";")
    )


def _read(limit: float) -> bytes:
    answer, end = b"", time.monotonic() + limit
    while not _ATTRIBUTES.search(answer):
        rest = end - time.monotonic()
        if rest <= 0 or not select.select([0], [], [], rest)[0]:
            break
        piece = os.read(0, 1024)
        if not piece:
            break
        answer += piece
    return answer
