"""Any text to read at leisure: an object as YAML, a manifest. Selectable, copied with a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import work
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Log, TextArea

from hptui.errors import HptuiError
from hptui.probes.table import Steps
from hptui.terminal.plain import plain
from hptui.ui.answer_view import in_turns
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import heading
from hptui.ui.widgets.key_line import KeyLine

VIEW = KeyGroup("view", "View")


class ObjectScreen(ModalScreen[None]):
    """A read-only text over the whole screen."""

    BINDINGS = [
        VIEW.key("escape,q", "close", "Close", "Back to where you were", shown="esc"),
        VIEW.key("c,y", "copy", "Copy all", "Copy the selected text, or all of it", shown="c"),
    ]  # fmt: skip

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        area = TextArea(
            _plain(self._text), read_only=True, show_line_numbers=True, soft_wrap=False, id="object-text"
        )
        area.border_title = heading(self._heading)
        yield area
        yield KeyLine()

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        area = self.query_one(TextArea)
        self.app.copy_to_clipboard(area.selected_text or area.text)
        self.notify("Copied" if area.selected_text else "Copied the whole text")


class ReadScreen(ObjectScreen):
    """A text that has to be read first. Closing the screen ends the reading; an error closes it, and is told."""

    def __init__(
        self, title: str, read: Callable[[], Awaitable[str]], tell_error: Callable[[HptuiError], None]
    ) -> None:
        super().__init__(title, "Reading … escape cancels.")
        self._read = read
        self._tell_error = tell_error

    def on_mount(self) -> None:
        self._fill()

    @work(exclusive=True)
    async def _fill(self) -> None:
        try:
            text = await self._read()
        except HptuiError as error:
            self.dismiss()
            self._tell_error(error)
        else:
            self.query_one(TextArea).load_text(_plain(text))


class LinesScreen(ModalScreen[None]):
    """A text of very many lines, which are drawn when they come into sight; closing it while they are made ends that."""

    BINDINGS = ObjectScreen.BINDINGS

    def __init__(self, title: str, steps: Steps[list[str]]) -> None:
        """`steps` make the lines, which are plain."""
        super().__init__()
        self._heading = title
        self._steps = steps
        self._made: list[str] | None = None
        self._log = Log(id="object-text")

    @property
    def is_whole(self) -> bool:
        return self._made is not None

    def compose(self) -> ComposeResult:
        self._log.border_title = heading(self._heading)
        self._log.border_subtitle = "making the text …"
        yield self._log
        yield KeyLine()

    def on_mount(self) -> None:
        self._log.focus()
        self._fill()

    @work(exclusive=True)
    async def _fill(self) -> None:
        self._made = await in_turns(self._steps)
        self._log.border_subtitle = f"{len(self._made):,} lines"
        self._log.write_lines(self._made, scroll_end=False)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        selected = self.get_selected_text()
        if self._made is not None:
            self.app.copy_to_clipboard(selected or "\n".join(self._made))
            self.notify("Copied" if selected else "Copied the whole text")


def _plain(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))
