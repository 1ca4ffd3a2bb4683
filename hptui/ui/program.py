"""What the whole program and the one that only plays a recording share: look, theme, signals, and an end in plain words."""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial

from textual.app import App
from textual.driver import Driver

from hptui.errors import SettingsError
from hptui.settings import Settings

HUNG_UP = 129
"""128 and the number of SIGHUP."""


class Program(App[int], inherit_bindings=False):
    """Raises SettingsError for a theme that there isn't."""

    CSS_PATH = "app.tcss"
    TITLE = "hptui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-broad")]
    ENABLE_COMMAND_PALETTE = True
    # A drag scrolls at the outermost lines only: more of them than these would run away from who selects there.
    SELECT_AUTO_SCROLL_LINES = 2
    SELECT_AUTO_SCROLL_SPEED = 30.0

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        if settings.theme not in self.available_themes:
            raise SettingsError(
                f"There is no theme {settings.theme!r}.",
                hint=f"There are {', '.join(sorted(self.available_themes))}.",
            )
        self.settings = settings

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if sys.platform == "win32" or found.__name__ != "LinuxDriver":
            return found
        from hptui.ui.outer_terminal import TerminalDriver

        return TerminalDriver

    def catch_signals(self) -> None:
        """SIGTERM and SIGHUP end it in good order."""
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def terminal_gone(self) -> None:
        """As at SIGHUP, which not every program below a window gets."""
        self.exit(return_code=HUNG_UP)

    @property
    def fault(self) -> Exception | None:
        """What ended the program, where that was a fault of its own."""
        return self._exception

    def _fatal_error(self) -> None:
        # Textual would print a traceback with the values of variables in it, and these may be secrets.
        self.bell()
        self._close_messages_no_wait()
