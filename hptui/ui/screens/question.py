"""One question before something that can't be taken back: what will happen, one key for yes, escape for no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.key_line import KeyLine

QUESTION = KeyGroup("question", "A question")
READABLE_AFTER = 0.4
"""Seconds: a key that was typed for what is below is no answer."""


class QuestionKeys(KeyLine):
    """The two keys, with what they do here."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._labels = labels

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        found = super().keys()
        return [(self._labelled(binding), on) for binding, on in found]

    def _labelled(self, binding: Binding) -> Binding:
        return replace(binding, description=self._labels.get(binding.action, binding.description))


class QuestionScreen(ModalScreen[bool]):
    """Answers True for yes."""

    BINDINGS = [
        QUESTION.key("enter,y", "yes", "Yes", "Do what is asked", shown="enter"),
        QUESTION.key("escape,n", "no", "No", "Leave everything as it is", shown="escape"),
    ]

    def __init__(self, title: str, lines: Sequence[Content], yes: str, no: str = "Back") -> None:
        """`yes` and `no` are what the keys do, in a word or two."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._labels = {"yes": yes, "no": no}
        self._readable = False

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Static(Content("\n").join(self._lines))
        yield QuestionKeys(self._labels)

    def on_mount(self) -> None:
        self.query_one("#question").border_title = self._title
        self.set_timer(READABLE_AFTER, self._become_readable)

    def _become_readable(self) -> None:
        self._readable = True
        self.refresh_bindings()

    @property
    def readable(self) -> bool:
        """Whether a key is an answer by now."""
        return self._readable

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._readable or action == "no"

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)
