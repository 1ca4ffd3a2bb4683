"""Whether there is a terminal to show a screen on."""

from __future__ import annotations

import sys

from hptui.errors import ScreenError


def need_terminal(hint: str) -> None:
    """Raises ScreenError, with `hint`, if there is none.

    stderr too: Textual paints there, so that `hptui 2>log` would show nothing and fill the file."""
    for name, stream in (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr)):
        if stream is None or not stream.isatty():
            raise ScreenError(f"The screen needs a terminal, and {name} is none.", hint=hint)
