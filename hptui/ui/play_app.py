"""The program when it only plays a recording: no cluster, and the look and keys of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from hptui.settings import Settings
from hptui.terminal.playback import RecordingReader
from hptui.ui.program import ALWAYS, EVERYWHERE, OVER_DIALOGS, Program
from hptui.ui.screens.play import PlayScreen
from hptui.ui.widgets.search_bar import SearchBar


class PlayApp(Program, inherit_bindings=False):
    """Ends when its one screen is left."""

    BINDINGS = [
        *ALWAYS,
        *OVER_DIALOGS,
        EVERYWHERE.key("ctrl+p,colon", "command_palette", "Commands", "Search for a command", shown="^p", show=False),
        EVERYWHERE.key("ctrl+q", "quit", "Quit", "Quit", shown="^q", show=False),
        EVERYWHERE.key("ctrl+c", "help_quit", "", "Copy what the mouse has selected", show=False),
    ]  # fmt: skip

    def __init__(
        self,
        path: Path,
        settings: Settings,
        *,
        idle_limit: float | None,
        speed: float = 1.0,
    ) -> None:
        """Raises TerminalError if the file cannot be read, or is no recording."""
        super().__init__(settings)
        self._play = PlayScreen(path, RecordingReader(path), settings, idle_limit=idle_limit, speed=speed)

    def on_mount(self) -> None:
        self.theme = self.settings.theme
        self.catch_signals()
        self.push_screen(self._play, lambda _: self.exit(0))

    def action_help(self, _: str = "") -> None:
        from hptui import __version__
        from hptui.ui.screens.help import HelpScreen

        found = (*PlayScreen.BINDINGS, *SearchBar.BINDINGS, *self.BINDINGS)
        over = [binding.id for binding in OVER_DIALOGS]
        bindings = [b for b in found if isinstance(b, Binding) and b.group is not None and b.id not in over]
        self.push_screen(HelpScreen(bindings, "", f"hptui {__version__} · playing a recording"))

    async def action_quit(self) -> None:
        self.exit(0)

    def action_help_quit(self) -> None:
        self.notify("q leaves")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Keys", "Every key", self.action_help)
        yield SystemCommand("Quit", "Leave the recording", self.action_quit)
