"""What is new about the shell in a pane: a line in its history, and its footer's, because a shell first clears the screen."""

from __future__ import annotations

import time

AT_LEAST = 10.0  # seconds that it is said; after them it goes with the first key

# What the old shell may have left on, and the new one doesn't know of: a sequence cut in two, mouse, focus and paste reports,
# a picture held back, the alternate screen, colours.
_FRESH = (
    b"\x18\x1b[?9;1000;1002;1003;1005;1006;1015;1016;1004;2004;2026;5l\x1b[20l\x1b>\x1b[?1049l\x1b[!p\x1b[m"
)


class ShellNews:
    """Of one pane."""

    def __init__(self) -> None:
        self._said = ""
        self._since = 0.0

    def begin(self, said: str, rows: int) -> bytes:
        """`said` from now on. For the terminal of so many rows: its screen goes into the history, and a line says what is new."""
        self._said, self._since = said, time.monotonic()
        return _FRESH + b"\x1b[%d;1H\r\n" % rows + f"--- {said} ---".encode() + b"\r\n" * rows

    def forget(self) -> None:
        """It is so no longer."""
        self._said = ""

    def words(self, typed_at: float | None) -> str:
        """To be said now; "" once somebody has had the time to read it and typed on. `typed_at` as time.monotonic()."""
        if self._said and typed_at is not None and typed_at > self._since + AT_LEAST:
            self.forget()
        return self._said
