"""The keys that mean something now, in the last line; each can be clicked.

Textual's Footer folds the bindings of a group into one label, and builds a widget for every key anew at each change of focus.
This one draws text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from hptui.ui.program import Program
from hptui.ui.tones import join, tell

GAP = "  "
NAMES = {
    short: name for name, short in KEY_NAME_REPLACEMENTS.items()
}  # what Unicode calls the keys that Textual renames


MORE = " …"


class KeyLine(Widget):
    """Keys from the left as far as they fit, with a sign where some don't; help and quit keep their place at the right."""

    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; background: $panel; dock: bottom; }
    """

    ALLOW_SELECT = False
    FIRST = "dismiss"
    LAST = ("help", "help('?')", "help('F1')", "app.help")

    def __init__(self, *, note: str = "", typing: str = "", id: str | None = None) -> None:
        """`note` stands before the keys; `typing` does while a line is typed, which takes every key that is a character."""
        super().__init__(id=id)
        self._note = note
        self._typing = typing
        self._places: list[tuple[int, int, int, str]] = []  # line, start, end, action

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: Screen[object]) -> None:
        self.refresh()

    @property
    def _line(self) -> Input | None:
        """The line that is being typed."""
        focused = self.screen.focused
        return focused if isinstance(focused, Input) else None

    def _is_typed(self, key: str) -> bool:
        """Whether the line that is being typed takes this key for itself."""
        line = self._line
        return line is not None and line.check_consume_key(key, key_to_character(NAMES.get(key, key)))

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        """Bindings that are shown, with whether they can be used now; the same action only once."""
        seen = set()
        for key, (binding, enabled) in self._found().items():
            what = self.LAST[0] if binding.action in self.LAST else binding.action
            if binding.show and what not in seen and not self._is_typed(key):
                seen.add(what)
                yield binding, enabled

    def _found(self) -> dict[str, tuple[Binding, bool]]:
        """By key; over a dialog Textual leaves out what the program keeps for itself there too."""
        found = {key: (each.binding, each.enabled) for key, each in self.screen.active_bindings.items()}
        if self.screen.is_modal and isinstance(self.app, Program):
            found |= {key: (binding, True) for key, binding in self.app.kept_keys()}
        return found

    def render(self) -> RenderResult:
        found = list(self.keys())
        last = [pair for pair in found if pair[0].action in self.LAST]
        rest = [pair for pair in found if pair[0].action not in self.LAST]
        rest.sort(key=lambda pair: pair[0].action != self.FIRST)
        end = self.size.width - sum(self._item(*pair).cell_length + len(GAP) for pair in last)
        line = tell(self._typing if self._typing and self._line else self._note, "dim")
        whole = self._fitted(line, rest, end)
        line = whole or join(self._fitted(line, rest, end - len(MORE), cut=True) or line, tell(MORE, "dim"))
        line = join(line, " " * max(0, end - line.cell_length))
        for pair in last:
            line = self._append(line, pair, self.size.width) or line
        return line

    def _fitted(
        self, line: Content, pairs: Iterable[tuple[Binding, bool]], end: int, *, cut: bool = False
    ) -> Content | None:
        """The line with these keys; with those that fit where it may be `cut`, else None where one doesn't."""
        self._places = []
        for pair in pairs:
            longer = self._append(line, pair, end)
            if longer is None and not cut:
                return None
            line = longer or line
        return line

    def _append(self, line: Content, pair: tuple[Binding, bool], end: int, row: int = 0) -> Content | None:
        """The line with this key at its end; None when it doesn't fit."""
        item = self._item(*pair)
        gap = GAP if line.cell_length else ""
        start = line.cell_length + len(gap)
        if start + item.cell_length > end:
            return None
        if pair[1]:
            self._places.append((row, start, start + item.cell_length, pair[0].action))
        return join(line, gap, item)

    def _item(self, binding: Binding, enabled: bool) -> Content:
        # `shown` is the first of a binding's keys, which a line that is typed may have taken.
        key = self.app.get_key_display(replace(binding, key_display=None) if self._line else binding)
        if not enabled:
            return tell(f"{key} {binding.description}", "dim")
        return join(tell(key, "key"), f" {binding.description}")

    async def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for row, start, end, action in self._places:
            if offset.y == row and start <= offset.x < end:
                await self.run_action(action) if "." in action else await self.screen.run_action(action)
