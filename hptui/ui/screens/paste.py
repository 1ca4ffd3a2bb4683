"""Asks before text is pasted that a shell would run line by line, or that holds what cannot be seen."""

from __future__ import annotations

import time

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from hptui.terminal.pasting import Pasted
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell
from hptui.ui.widgets.key_line import KeyLine

PASTE = KeyGroup("paste", "Before a paste")
MOST_SHOWN = 2000  # lines of the preview
LONGEST_SHOWN = 1000  # characters of one of them


class PasteScreen(ModalScreen[bool]):
    """Answers whether to paste. `into` names the session, as "node as account"."""

    BINDINGS = [
        PASTE.key("y,enter", "paste", "Paste", "Send the text to the host as it is shown", shown="y"),
        PASTE.key("n,escape", "cancel", "Don't", "Go back; nothing is sent", shown="esc"),
    ]

    GRACE = 1.0  # seconds in which enter, pressed out of habit behind a paste, means nothing yet

    def __init__(self, pasted: Pasted, into: str) -> None:
        super().__init__()
        self._deaf_until = time.monotonic() + self.GRACE
        self._pasted = pasted
        self._into = into

    def compose(self) -> ComposeResult:
        with Vertical(id="paste"):
            yield Static(self._head(), id="paste-head")
            with VerticalScroll(id="paste-text"):
                yield Static(self._preview())
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#paste").border_title = "Paste"
        self.query_one("#paste-text").focus()

    def _head(self) -> Content:
        pasted = self._pasted
        count = "one line" if pasted.lines == 1 else f"{pasted.lines:,} lines"
        head = [tell(f"Paste {count}, {len(pasted.text):,} characters, into {self._into}?", "strong")]
        if pasted.lines > 1:
            head.append(tell("A shell may run each line as it comes.", "dim"))
        if pasted.text.endswith("\n"):
            head.append(tell("Ends with enter: a shell runs the last line at once.", "warn"))
        if pasted.removed:
            many = (
                "One control character is"
                if pasted.removed == 1
                else f"{pasted.removed:,} control characters are"
            )
            head.append(tell(f"{many} shown and left out.", "warn"))
        return Content("\n").join(head)

    def _preview(self) -> Content:
        lines = self._pasted.shown.removesuffix("\n").split("\n")
        shown = [
            join(
                tell(f"{number:>4} ", "dim"),
                line[:LONGEST_SHOWN],
                tell(f" … {len(line) - LONGEST_SHOWN:,} more", "dim") if len(line) > LONGEST_SHOWN else "",
            )
            for number, line in enumerate(lines[:MOST_SHOWN], 1)
        ]
        if len(lines) > MOST_SHOWN:
            shown.append(
                tell(f"     … {len(lines) - MOST_SHOWN:,} more lines, pasted with the others", "warn")
            )
        return Content("\n").join(shown)

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and time.monotonic() < self._deaf_until:
            event.stop()
            event.prevent_default()

    def action_paste(self) -> None:
        self.dismiss(True)

    def action_cancel(self) -> None:
        self.dismiss(False)
