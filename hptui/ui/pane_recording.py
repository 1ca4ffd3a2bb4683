"""Recording a session from its pane: what the head of the file says, and the picture it begins with."""

from __future__ import annotations

import time
from collections.abc import Callable

from hptui.errors import TerminalError
from hptui.hostprocess.first_process import SHELL
from hptui.hostprocess.session import Session
from hptui.settings import Settings
from hptui.terminal.emulator import Emulator
from hptui.terminal.plain import plain
from hptui.terminal.recording import About, Recorder, recording_path
from hptui.ui.widgets.terminal_view import TerminalView


class PaneRecording:
    """Of one pane, at most one at a time. `tell` gets what the person should know; `changed` is called when it may run or not."""

    def __init__(
        self,
        session: Session,
        terminal: TerminalView,
        settings: Settings,
        *,
        tell: Callable[[str, TerminalError | None], None],
        changed: Callable[[], None],
    ) -> None:
        self._session = session
        self._terminal = terminal
        self._settings = settings
        self._tell = tell
        self._changed = changed
        self._stopped = False  # by the person: no new one begins by itself

    @property
    def recorder(self) -> Recorder | None:
        """While it runs."""
        recorder = self._terminal.recorder
        return recorder if recorder is not None and recorder.running else None

    def shell_begins(self) -> None:
        """A shell is attached: where the settings want every session recorded, its first byte is still to come."""
        if self.recorder is not None:
            self.recorder.mark("a new shell")
        elif self._settings.record and not self._stopped:
            self.begin()

    def begin(self) -> None:
        """Record from here on, and say where to; or say why not.

        One that begins later than the session starts with the text that is on the screen, without its colours."""
        spec, info, emulator = self._session.spec, self._session.cluster.info, self._terminal.emulator
        about = About(
            node=spec.node,
            account=spec.account.label,
            context=info.context,
            who=info.impersonated or info.user,
            command=" ".join(self._settings.shell or SHELL),
        )
        try:
            recorder = Recorder(
                recording_path(self._settings.recordings, spec.node, time.time()),
                about,
                emulator.columns,
                emulator.rows,
                version=3 if self._settings.record_format == "v3" else 2,
                on_failure=self._failed,
            )
        except TerminalError as error:
            self._failed(error)
            return
        self._terminal.recorder = recorder
        if picture := _picture(emulator):
            recorder.output(picture)
        self._tell(f"Recording to {plain(str(recorder.path))}", None)
        self._changed()

    def move_to(self, session: Session) -> None:
        """What is recorded from here on is a fresh pod's, on the same node and as the same account."""
        self._session = session
        if self.recorder is not None:
            self.recorder.mark("a fresh pod")

    def stop(self) -> None:
        """The person ends it."""
        self._stopped = True
        self.end()

    def end(self, status: int | None = None) -> None:
        """`status` is the shell's, where it has exited."""
        if self.recorder is not None:
            self.recorder.close(status)
            self._changed()

    def lost(self) -> None:
        if self.recorder is not None:
            self.recorder.mark("the connection was lost")

    def skipped(self, data: bytes) -> None:
        """Output that the screen doesn't show."""
        if self.recorder is not None:
            self.recorder.output(data)

    def _failed(self, error: TerminalError) -> None:
        self._tell("\n".join(plain(line) for line in (error.message, error.hint) if line), error)
        self._changed()


def _picture(emulator: Emulator) -> bytes:
    """The screen as text and its cursor, for a player to start from; nothing of a screen that nothing was printed on."""
    lines = [
        line.text.rstrip(" ") for line in emulator.lines(emulator.history, emulator.history + emulator.rows)
    ]
    if not any(lines):
        return b""
    cursor = emulator.cursor
    alternate = b"\x1b[?1049h" if emulator.modes.alternate_screen else b""
    text = "\r\n".join(lines).encode("utf-8", "replace")
    return alternate + b"\x1b[H\x1b[2J" + text + b"\x1b[%d;%dH" % (cursor.y + 1, cursor.x + 1)
