"""The doctor's page: everything that a session needs, looked at while one waits, with what mends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell
from hptui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.doctor.check import Check

DOCTOR = KeyGroup("doctor", "Doctor")
VERDICT_WIDTH = 8  # columns
_TONES = {"ok": "good", "warn": "warn", "bad": "bad", "unknown": "dim"}


class DoctorScreen(ModalScreen[None]):
    """Connects anew, as `hptui doctor` does: what this program's own connection has, has been told already."""

    DEFAULT_CSS = """
    DoctorScreen { align: center middle; }
    DoctorScreen #doctor { width: 98%; height: 1fr; border: round $border; background: $surface; padding: 0 2; }
    DoctorScreen #doctor { scrollbar-gutter: stable; }
    DoctorScreen #doctor Static { height: auto; }
    """

    BINDINGS = [
        DOCTOR.key("escape,q", "close", "Close", "Back to where you were", shown="esc"),
        DOCTOR.key("r", "look", "Look again", "Ask everything again"),
        DOCTOR.key("c,y", "copy", "Copy remedies", "Copy the commands that mend what is wrong", shown="c"),
    ]  # fmt: skip

    def __init__(self, connect: Callable[[], Awaitable[Cluster]], settings: Settings) -> None:
        super().__init__()
        self._connect = connect
        self._settings = settings
        self._checks: Sequence[Check] = ()

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="doctor") as scroll:
            scroll.border_title = "What a session needs"
            yield Static(id="doctor-text")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#doctor").focus()
        self.action_look()

    def action_look(self) -> None:
        self._show(tell("Asking the cluster …", "dim"))
        self._look()

    @work(group="doctor", exclusive=True)
    async def _look(self) -> None:
        from hptui.hostprocess.doctor.examination import examine
        from hptui.hostprocess.doctor.machine import Terminal

        here = Terminal.here()
        seen = Terminal((self.app.size.width, self.app.size.height), here.encoding, here.environment)
        self._checks = await examine(self._connect, self._settings, terminal=seen)
        self._show_checks()

    def on_resize(self) -> None:
        if self._checks:
            self._show_checks()

    def _show_checks(self) -> None:
        self._show(as_content(self._checks, self.query_one("#doctor-text").content_size.width))

    def _show(self, content: Content) -> None:
        self.query_one("#doctor-text", Static).update(content)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        remedies = [check.mend for check in self._checks if check.mend and check.health != "ok"]
        if not remedies:
            self.notify("There is nothing to mend")
            return
        self.app.copy_to_clipboard("\n".join(remedies) + "\n")
        self.notify("Copied what mends it")


def as_content(checks: Sequence[Check], columns: int) -> Content:
    """What was found stands beside each check's name, and what mends it below, in lines that can be copied."""
    name_width = max(len(check.name) for check in checks)
    indent = VERDICT_WIDTH + name_width + 2
    lines = []
    for check in checks:
        verdict = tell(f"{check.health!s:<{VERDICT_WIDTH}}", _TONES[check.health])
        name = tell(f"{plain(check.name):<{name_width}}  ", "strong")
        first, *more = wrap(_line(check.found), max(columns - indent, 20), break_on_hyphens=False) or [""]
        lines += [join(verdict, name, first), *(Content(" " * indent + part) for part in more)]
        if check.health != "ok":
            lines += [join(" " * VERDICT_WIDTH, tell(plain(line), "key")) for line in check.mend.splitlines()]
    return Content("\n").join(lines)


def _line(text: str) -> str:
    return " ".join(plain(part) for part in text.splitlines())
