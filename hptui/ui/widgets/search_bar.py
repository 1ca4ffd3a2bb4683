"""The line for a search in a terminal: the pattern, which match of how many is shown, and the keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from hptui.errors import HptuiError
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell
from hptui.ui.widgets.finding import Found
from hptui.ui.widgets.line_bar import LineBar

SEARCH = KeyGroup("search", "A search in a terminal or a recording")
KEYS = "↑ older · ↓ newer · esc back"


class SearchBar(LineBar):
    """Posts `Typed` for each change of the pattern, `Entered` and `Older` for the match above, `Newer` for the one below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        SEARCH.key("up,shift+tab", "older", "Older", "The match above", show=False),
        SEARCH.key("down,tab,shift+enter", "newer", "Newer", "The match below", show=False),
    ]

    class Older(Message):
        pass

    class Newer(Message):
        pass

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("search", "a regular expression; capitals count where there are any", id=id)
        self.tell(tell(KEYS, "dim"))

    def action_older(self) -> None:
        self.post_message(self.Older())

    def action_newer(self) -> None:
        self.post_message(self.Newer())

    def show_found(self, found: Found) -> None:
        """How the search stands."""
        if not found.pattern:
            self.tell(tell(KEYS, "dim"))
            return
        if found.failure:
            self.tell(tell(plain(found.failure), "bad"))
            return
        count = f"{found.count}{'+' if found.more else ''}"
        if found.count:
            place = f"{found.number} of {count}" if found.number else count
            said = tell(place + ("" if found.done else " …"), "strong")
        else:
            said = tell("no match" if found.done else "searching …", "warn" if found.done else "dim")
        self.tell(join(said, tell(f" · {KEYS}", "dim")))

    def show_error(self, error: HptuiError) -> None:
        self.tell(join(tell(plain(error.message), "bad"), Content("")))
