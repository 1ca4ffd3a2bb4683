"""Asks for a protected cluster's name before anything is launched there: a hand on the wrong window must not do it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell
from hptui.ui.widgets.key_line import KeyLine

CONFIRM = KeyGroup("confirm", "A protected cluster")


class ConfirmScreen(ModalScreen[bool]):
    """Answers True once the context's name was typed."""

    BINDINGS = [CONFIRM.key("escape", "cancel", "Back", "Launch nothing")]

    def __init__(self, context: str, node: str) -> None:
        super().__init__()
        self._wanted = context
        self._node = node

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(
                join(
                    tell(plain(self._wanted), "strong"),
                    " is protected. To launch a session on ",
                    tell(plain(self._node), "strong"),
                    ", type the name of the context:",
                )
            )
            yield Input(placeholder=plain(self._wanted), compact=True)
            yield Static(tell("enter launches · esc goes back", "dim"), id="confirm-note")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#confirm").border_title = "A protected cluster"
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self._wanted:
            self.dismiss(True)
        else:
            self.query_one("#confirm-note", Static).update(
                tell("That is not its name; nothing is launched.", "bad")
            )

    def action_cancel(self) -> None:
        self.dismiss(False)
