"""A line to type into, over the key line: for a pattern, or a file's name. It lies over what is there and moves nothing."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class LineBar(Horizontal):
    """Label, input, note. Shown by `open`; when it posts `Closed`, its screen puts the focus elsewhere and calls `close`."""

    DEFAULT_CSS = """
    LineBar {
        layer: overlay; dock: bottom; display: none; height: 1; padding: 0 1; background: $panel;

        &.-open { display: block; }
        & > Static { width: auto; max-width: 50%; height: 1; }
        & > .label { padding-right: 1; color: $text-accent; }
        & > .note { padding-left: 1; color: $text-muted; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        & > Input:focus { border: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    class _Said(Message):
        def __init__(self, bar: LineBar) -> None:
            super().__init__()
            self.bar = bar

        @property
        def control(self) -> LineBar:
            return self.bar

    class Closed(_Said):
        """The person is done with it, or gives up."""

    class Typed(_Said):
        """What stands in the line has changed."""

        def __init__(self, bar: LineBar, text: str) -> None:
            super().__init__(bar)
            self.text = text

    class Entered(_Said):
        def __init__(self, bar: LineBar, text: str) -> None:
            super().__init__(bar)
            self.text = text

    def __init__(self, label: str, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.label = Static(Content(label), classes="label")
        self.input = Input(placeholder=placeholder, compact=True)
        self.note = Static("", classes="note")

    def compose(self) -> ComposeResult:
        yield self.label
        yield self.input
        yield self.note

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def open(self, text: str | None = None) -> None:
        """Take the focus at once, with `text` to change or the text of the last time."""
        self.add_class("-open")
        if text is not None:
            self.input.value = text
        self.input.select_all()
        self.screen.set_focus(self.input)  # not later: the next key may be here already

    def close(self) -> None:
        """Hide it. The focus must be elsewhere by now, or Textual chooses a place for it."""
        self.remove_class("-open")

    def action_close(self) -> None:
        self.post_message(self.Closed(self))

    async def take(self, key: str, character: str | None) -> bool:
        """A key that came to somebody else before the focus did; False if it means nothing in a line."""
        line = self.input
        if key == "enter":
            await line.action_submit()
        elif key == "backspace":
            line.action_delete_left()
        elif key == "escape":
            self.action_close()
        elif character is not None and character.isprintable():
            line.replace(character, *sorted(line.selection))
        else:
            return False
        return True

    def tell(self, note: Content) -> None:
        self.note.update(note)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(self, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(self, event.value))

    def on_click(self, event: events.Click) -> None:
        self.screen.set_focus(self.input)
