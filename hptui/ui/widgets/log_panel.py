"""The pod's own log beside the shell: what its first process says, as it says it."""

from __future__ import annotations

from collections import deque

from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Log, Static

from hptui import format as fmt
from hptui.cluster.model import LogEnded, LogLines, LogUpdate, Stale
from hptui.errors import HptuiError
from hptui.terminal.plain import plain
from hptui.ui.tones import tell

BREAK_WITHIN = 16  # characters from the end in which a line is broken at a space, or a third of it
MOST_IN_A_CELL = 8  # characters, with the marks on them
NO_POD = "No pod was made, so there is nothing to show here."
INDENT = " " * 9  # under the text, not under the time


def wrapped(line: str, width: int) -> list[str]:
    """A line in pieces of at most `width` cells, all but the first indented."""
    if len(line) * 2 <= width or cell_len(line) <= width:
        return [line]
    parts: list[str] = []
    at = 0
    while at < len(line):
        part, at = _break(line, at, max(1, width - len(INDENT)) if parts else width)
        parts.append(INDENT + part if parts else part)
    return parts


def _break(text: str, at: int, width: int) -> tuple[str, int]:
    """From `at` on, at most `width` cells, up to a space where there is one near the end; and where what is left begins.

    Looks at no more of the text than may fit: a line can have a million characters."""
    window = text[at : at + width * MOST_IN_A_CELL]
    head = next(iter(chop_cells(window, width)), window) or window[:1]
    end = at + len(head)
    if end == len(text):
        return head, end
    space = head.rfind(" ")
    if space > max(len(head) - BREAK_WITHIN, len(head) * 2 // 3) and not text[end].isspace():
        return head[:space], at + space + 1
    while end < len(text) and text[end] == " ":
        end += 1
    return head, end


class LogPanel(Vertical):
    """Lines with the time of day in front; follows until one scrolls up, and again at the end."""

    DEFAULT_CSS = """
    LogPanel Log { height: 1fr; scrollbar-size-horizontal: 1; background: transparent; }
    LogPanel Static { height: auto; padding: 0 1; }
    """

    def __init__(self, max_lines: int = 5_000) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=max_lines)
        # Held, not queried: a last line may come while the panel is being taken down.
        self._note = Static(tell("The pod's output appears here once its container runs.", "dim"))
        self._log = Log(max_lines=max_lines, auto_scroll=True)
        self._wrapped_at = 0

    def compose(self) -> ComposeResult:
        yield self._note
        yield self._log

    def on_resize(self) -> None:
        """Wrap anew: a line that is cut off hides what matters."""
        width = self._width()
        if width == self._wrapped_at:
            return
        self._wrapped_at = width
        self._log.clear()
        self._log.write_lines([part for line in self._lines for part in wrapped(line, width)])

    def _width(self) -> int:
        return max(20, self.size.width - 1)  # without the scroll bar

    def apply(self, update: LogUpdate) -> None:
        match update:
            case LogLines(lines=lines):
                self._note.display = False
                fresh = [f"{fmt.clock(line.at)} {plain(line.text)}" for line in lines]
                self._lines.extend(fresh)
                # Hidden, it has no width; shown again with the same, it is not told of a resize.
                width = self._wrapped_at or self._width()
                # One call for a batch: a message per line is forty times slower.
                self._log.write_lines([part for line in fresh for part in wrapped(line, width)])
            case LogEnded(reason=reason):
                self._say(f"The log has ended: {plain(reason)}")
            case Stale(reason=reason):
                self._say(f"The log is interrupted, retrying: {plain(reason)}")
            case _:
                self._note.display = not self._lines

    def fail(self, error: HptuiError) -> None:
        self._say(plain(error.sentence))

    def tell_none(self) -> None:
        """There was no pod, and there won't be one."""
        self._say(NO_POD)

    def _say(self, text: str) -> None:
        self._note.update(tell(text, "dim"))
        self._note.display = True
