"""The doctor's page: everything that a session needs, looked at while one waits, with what mends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
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
_TONES = {"ok": "good", "warn": "warn", "bad": "bad", "unknown": "dim"}


class DoctorScreen(ModalScreen[None]):
    """Connects anew, as `hptui doctor` does: what this program's own connection has, has been told already."""

    DEFAULT_CSS = """
    DoctorScreen { align: center middle; }
    DoctorScreen #doctor { width: 98%; height: 1fr; border: round $border; background: $surface; padding: 0 2; }
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
        self._show(as_content(self._checks))

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


def as_content(checks: Sequence[Check]) -> Content:
    """A line for each check; what mends it stands below."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        verdict = tell(f"{check.health!s:<8}", _TONES[check.health])
        lines.append(join(verdict, tell(f"{plain(check.name):<{width}}  ", "strong"), _line(check.found)))
        if check.health != "ok":
            lines += [join(" " * 8, tell(plain(line), "key")) for line in check.mend.splitlines()]
    return Content("\n").join(lines)


def _line(text: str) -> str:
    return " ".join(plain(part) for part in text.splitlines())
