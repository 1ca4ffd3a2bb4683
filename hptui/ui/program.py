"""What the whole program and the one that only plays a recording share: look, theme, signals, and an end in plain words."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from functools import partial

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.driver import Driver
from textual.notifications import Notification, Notify, SeverityLevel
from textual.widgets import Input

from hptui.errors import SettingsError
from hptui.settings import Settings
from hptui.ui.keys import KeyGroup

HUNG_UP = 129
"""128 and the number of SIGHUP."""
TOLD_FOR = 12.0
"""Seconds for a warning or an error, and the most for anything: who has read it takes it away."""
EVERYWHERE = KeyGroup("app", "Everywhere")
ALWAYS = [
    EVERYWHERE.key("question_mark,f1", "help", "Help", "All keys; F1 also where a text is typed", shown="?"),
    EVERYWHERE.key("escape", "dismiss", "Dismiss", "Take away what is told in the corner", shown="esc", priority=True),
]  # fmt: skip
"""What both programs have. The one that has priority never takes a key that is the host's."""
OVER_DIALOGS = [
    EVERYWHERE.key("question_mark", "help('?')", "Help", "All keys", shown="?", priority=True),
    EVERYWHERE.key("f1", "help('F1')", "Help", "All keys", shown="F1", priority=True),
]
"""Textual keeps the app's keys from a dialog, but for those with priority."""


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

    # What is told in the corner

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Without `timeout`, mere information stays as long as it takes to read."""
        if timeout is None:
            reading = 3.0 + len(title + message) / 30
            timeout = min(reading, TOLD_FOR) if severity == "information" else TOLD_FOR
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_notify(self, event: Notify) -> None:
        """What is told again takes its own place."""
        for told in list(self._notifications):
            if (told.message, told.title) == (event.notification.message, event.notification.title):
                self._unnotify(told)
        self.call_later(self._show_keys)

    def _unnotify(self, notification: Notification, refresh: bool = True) -> None:
        super()._unnotify(notification, refresh)
        self._show_keys()

    def clear_notifications(self) -> None:
        super().clear_notifications()
        self._show_keys()

    def _show_keys(self) -> None:
        """The footer names the key that takes them away."""
        if self.screen_stack:
            self.screen.refresh_bindings()

    @property
    def tells(self) -> bool:
        """Whether something lies over the screen until it is taken away, or for long."""
        return any(told.severity != "information" for told in self._notifications)

    def action_dismiss(self) -> None:
        self.clear_notifications()

    async def on_event(self, event: events.Event) -> None:
        escape = isinstance(event, events.Key) and event.key == "escape"
        if escape and len(self._notifications) and not self.tells and not self._types_to_host:
            self.clear_notifications()  # mere information goes with whatever else the key does
        await super().on_event(event)

    def kept_keys(self) -> Iterator[tuple[str, Binding]]:
        """What has priority here and can be used now."""
        for key, binding in self._bindings:
            if binding.priority and self._check_action_state(binding.action, self):
                yield key, binding

    @property
    def _types_to_host(self) -> bool:
        from hptui.ui.widgets.terminal_view import TerminalView

        return bool(self.screen_stack) and isinstance(self.screen.focused, TerminalView)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        from hptui.ui.screens.help import HelpScreen

        if action == "dismiss":
            return self.tells and not self._types_to_host
        if action == "help" and parameters:  # over a dialog
            typed = parameters == ("?",) and isinstance(self.screen.focused, Input)
            return self.screen.is_modal and not typed and not isinstance(self.screen, HelpScreen)
        return True

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
