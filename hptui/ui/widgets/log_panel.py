"""The pod's own log beside the shell: what its first process says, as it says it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Log, Static

from hptui.cluster.model import LogEnded, LogLines, LogUpdate, Stale
from hptui.errors import HptuiError
from hptui.terminal.plain import plain
from hptui.ui import format as fmt
from hptui.ui.tones import tell


class LogPanel(Vertical):
    """Lines with the time of day in front; follows until one scrolls up, and again at the end."""

    DEFAULT_CSS = """
    LogPanel Log { height: 1fr; scrollbar-size-horizontal: 1; background: transparent; }
    LogPanel Static { height: auto; padding: 0 1; }
    """

    def __init__(self, max_lines: int = 5_000) -> None:
        super().__init__()
        self._max_lines = max_lines
        self._count = 0

    def compose(self) -> ComposeResult:
        yield Static(tell("The pod's output appears here once its container runs.", "dim"), id="log-note")
        yield Log(max_lines=self._max_lines, auto_scroll=True)

    def apply(self, update: LogUpdate) -> None:
        note = self.query_one(Static)
        match update:
            case LogLines(lines=lines):
                self._count += len(lines)
                note.display = False
                # One call for a batch: a message per line is forty times slower.
                self.query_one(Log).write_lines(
                    [f"{fmt.clock(line.at)} {plain(line.text)}" for line in lines]
                )
            case LogEnded(reason=reason):
                self._say(f"The log has ended: {plain(reason)}")
            case Stale(reason=reason):
                self._say(f"The log is interrupted, retrying: {plain(reason)}")
            case _:
                note.display = self._count == 0

    def fail(self, error: HptuiError) -> None:
        self._say(f"{error.heading}: {plain(error.message)} {plain(error.hint)}")

    def _say(self, text: str) -> None:
        note = self.query_one(Static)
        note.update(tell(text, "dim"))
        note.display = True
