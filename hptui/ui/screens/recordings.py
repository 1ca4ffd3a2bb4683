"""The recordings there are, newest first, to choose one to play."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from hptui import format as fmt
from hptui.errors import HptuiError, TerminalError
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.terminal.playback import RecordingReader
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.play import PlayScreen
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.key_line import KeyLine

RECORDINGS = KeyGroup("recordings", "Recordings")
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class RecordingFile:
    path: Path
    changed: float  # seconds since 1970
    size: int  # bytes


def recording_files(directory: Path) -> list[RecordingFile]:
    """The newest first. A folder that isn't there, or can't be read, holds none."""
    found = []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(".cast") and entry.is_file():
                    about = entry.stat()
                    found.append(RecordingFile(Path(entry.path), about.st_mtime, about.st_size))
    except OSError:
        pass  # what was found until then
    return sorted(found, key=lambda file: file.changed, reverse=True)


def offer(app: App[Any], settings: Settings, tell_error: Callable[[HptuiError], None]) -> None:
    """Let the person choose a recording of the settings' folder, and play it."""

    def play(path: Path | None) -> None:
        if path is not None:
            try:
                app.push_screen(PlayScreen(path, RecordingReader(path), settings))
            except TerminalError as error:
                tell_error(error)

    screen = RecordingsScreen(settings.recordings)
    if screen.has_files:
        app.push_screen(screen, play)
    else:
        app.notify(
            f"There is no recording in {settings.recordings} yet: the leader key and r record a session.",
            markup=False,
        )


class RecordingsScreen(ModalScreen[Path]):
    """Answers which file to play."""

    BINDINGS = [RECORDINGS.key("escape,q", "close", "Close", "Back to where you were", shown="esc")]

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory
        self._files = recording_files(directory)

    @property
    def has_files(self) -> bool:
        return bool(self._files)

    def compose(self) -> ComposeResult:
        options = OptionList(*(Option(_row(file)) for file in self._files[:MOST_SHOWN]), id="recordings")
        options.border_title = heading(f"Recordings in {self._directory}")
        if len(self._files) > MOST_SHOWN:
            options.border_subtitle = heading(
                f"{len(self._files) - MOST_SHOWN:,} older ones: hptui play FILE"
            )
        yield options
        yield KeyLine(note="enter plays")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._files[event.option_index].path)

    def action_close(self) -> None:
        self.dismiss()


def _row(file: RecordingFile) -> Content:
    when = fmt.moment(datetime.fromtimestamp(file.changed, UTC))
    return join(tell(f"{when}  {fmt.size(file.size):>8}  ", "dim"), plain(file.path.name))
