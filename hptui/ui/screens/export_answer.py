"""An answer into a new file: as CSV or JSON, what is shown or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from hptui.errors import TerminalError
from hptui.terminal.plain import visible
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.new_file import ONLY_YOURS, new_path
from hptui.ui.tones import join, tell
from hptui.ui.widgets.key_line import KeyLine

EXPORT = KeyGroup("export", "An answer into a file")


@dataclass(frozen=True, slots=True)
class Export:
    form: str  # csv or json
    shown_only: bool
    path: Path


CHOICES = (("csv", True), ("csv", False), ("json", True), ("json", False))


class ExportScreen(ModalScreen[Export | None]):
    """Answers what to write, and to which file."""

    BINDINGS = [
        EXPORT.key("escape", "cancel", "Back", "Write nothing", shown="esc"),
        EXPORT.key("up", "move(-1)", "Up", "The choice above", show=False),
        EXPORT.key("down", "move(1)", "Down", "The choice below", show=False),
    ]  # fmt: skip

    def __init__(self, stem: str, shown: str, every: str) -> None:
        """`stem` names the file, `shown` and `every` say how much there is of each."""
        super().__init__()
        self._stem = stem
        self._texts = {True: f"what is shown: {shown}", False: f"everything: {every}"}
        self._named = ""  # by this screen

    def compose(self) -> ComposeResult:
        with Vertical(id="export"):
            yield OptionList(
                *(
                    Option(join(f"{form.upper():<6}", tell(visible(self._texts[shown]), "dim")))
                    for form, shown in CHOICES
                ),
                compact=True,
            )
            yield Label(tell(ONLY_YOURS, "dim"))
            yield Input(compact=True)
            yield Static(id="export-note")
        yield KeyLine(note="enter writes")

    def on_mount(self) -> None:
        self.query_one("#export").border_title = "Export"
        self.query_one(OptionList).highlighted = 0
        self.query_one(Input).focus()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        line = self.query_one(Input)
        if line.value == self._named:  # a name that the person has given stays
            self._named = f"{self._stem}.{CHOICES[self._choice][0]}"
            line.value = self._named

    @property
    def _choice(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        options.highlighted = max(0, min(self._choice + by, len(CHOICES) - 1))

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def _write(self) -> None:
        try:
            path = new_path(self.query_one(Input).value)
        except TerminalError as error:
            self.query_one("#export-note", Static).update(tell(visible(error.message), "bad"))
            return
        form, shown_only = CHOICES[self._choice]
        self.dismiss(Export(form, shown_only, path))

    def action_cancel(self) -> None:
        self.dismiss(None)
