"""What a report about hptui needs, shown before it is copied: names are in it, until the person wants it without."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import TextArea

from hptui.errors import TerminalError
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.terminal.private_file import save_text
from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.diagnostics.report import Report
    from hptui.hostprocess.session import Session

DIAGNOSTICS = KeyGroup("diagnostics", "Diagnostics")


class DiagnosticsScreen(ModalScreen[None]):
    """Gathers anew each time it is opened."""

    BINDINGS = [
        DIAGNOSTICS.key("escape,q", "close", "Close", "Back to where you were", shown="esc"),
        DIAGNOSTICS.key("c,y", "copy", "Copy, and save", "Copy all of it, and write it to a file", shown="c"),
        DIAGNOSTICS.key("n", "names", "With or without names", "Replace the names of nodes and users, or show them"),
    ]  # fmt: skip

    def __init__(
        self,
        connect: Callable[[], Awaitable[Cluster]],
        settings: Settings,
        sources: Mapping[str, str],
        sessions: Sequence[Session],
    ) -> None:
        super().__init__()
        self._connect = connect
        self._settings = settings
        self._sources = sources
        self._sessions = sessions
        self._report: Report | None = None
        self._anonymous = False

    def compose(self) -> ComposeResult:
        area = TextArea("Asking the cluster …", read_only=True, soft_wrap=False, id="diagnostics-text")
        area.border_title = "Diagnostics"
        yield area
        yield KeyLine()

    def on_mount(self) -> None:
        self._gather()

    @work(group="diagnostics", exclusive=True)
    async def _gather(self) -> None:
        from hptui.hostprocess.diagnostics.report import gather
        from hptui.hostprocess.doctor.machine import Terminal

        here = Terminal.here()
        seen = Terminal((self.app.size.width, self.app.size.height), here.encoding, here.environment)
        self._report = await gather(
            self._connect, self._settings, self._sources, self._sessions, terminal=seen
        )
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action in ("copy", "names") and self._report is None else True

    @property
    def text(self) -> str:
        return self._report.text(anonymous=self._anonymous, hint="press n") if self._report else ""

    def _show(self) -> None:
        self.query_one(TextArea).load_text(self.text)
        self.refresh_bindings()

    def action_close(self) -> None:
        self.dismiss()

    def action_names(self) -> None:
        self._anonymous = not self._anonymous
        self._show()

    def action_copy(self) -> None:
        """Into a file too: many terminals do not let a program write the clipboard, and none says so."""
        self.app.copy_to_clipboard(self.text)
        path = _new_path()
        try:
            save_text(path, self.text)
        except TerminalError as error:
            self.notify(plain(error.message), title="Copied, not saved", severity="warning", markup=False)
        else:
            self.notify(f"Copied, and written to {plain(str(path))}", markup=False)


def _new_path() -> Path:
    from platformdirs import user_state_path

    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    return user_state_path("hptui", appauthor=False) / "diagnostics" / f"{stamp}.txt"
