"""Where something is to be kept: a new file, named by the person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from hptui.errors import TerminalError
from hptui.terminal.plain import visible
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import tell
from hptui.ui.widgets.key_line import KeyLine

NEW_FILE = KeyGroup("new-file", "A new file")
ONLY_YOURS = "A new file; only you can read it"


def new_path(text: str) -> Path:
    """The file that `text` names. Raises TerminalError where that can be none, or is there already."""
    name = text.strip()
    if not name:
        raise TerminalError("A file has a name.", title="Nothing is saved")
    path = Path(name).expanduser()
    if path.exists():
        raise TerminalError(f"{path} is there already; none is written over.", title="Nothing is saved")
    return path


class NewFileScreen(ModalScreen[Path | None]):
    """Answers the file to make."""

    BINDINGS = [
        NEW_FILE.key("escape", "cancel", "Back", "Make no file", shown="esc"),
    ]

    def __init__(self, title: str, lines: Sequence[Content], name: str, note: str) -> None:
        """`name` is the file's unless the person gives another; `note` says what enter does."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._usual = name
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical(id="new-file"):
            yield Static(Content("\n").join(self._lines))
            yield Label(tell(ONLY_YOURS, "dim"))
            yield Input(self._usual, compact=True, select_on_focus=False)
            yield Static(id="new-file-note")
        yield KeyLine(note=self._note)

    def on_mount(self) -> None:
        self.query_one("#new-file").border_title = self._title
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _named(self) -> None:
        try:
            path = new_path(self.query_one(Input).value)
        except TerminalError as error:
            self.query_one("#new-file-note", Static).update(tell(visible(error.message), "bad"))
        else:
            self.dismiss(path)

    def action_cancel(self) -> None:
        self.dismiss(None)
