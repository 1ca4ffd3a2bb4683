"""Recording a session from its pane: what the head of the file says, and the picture it begins with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hptui.cluster.model import ClusterInfo
from hptui.errors import TerminalError
from hptui.hostprocess.manifest import SessionSpec
from hptui.settings import Settings
from hptui.terminal.emulator import Emulator
from hptui.terminal.recording import About, Recorder, recording_path


def begin_recording(
    spec: SessionSpec,
    info: ClusterInfo,
    emulator: Emulator,
    settings: Settings,
    command: Sequence[str],
    on_failure: Callable[[TerminalError], None],
) -> Recorder:
    """A running recorder. Raises TerminalError if its file cannot be made.

    One that begins later than the session starts with the text that is on the screen, without its colours.
    """
    about = About(
        node=spec.node,
        account=spec.account.label,
        context=info.context,
        who=info.impersonated or info.user,
        command=" ".join(command),
    )
    recorder = Recorder(
        recording_path(settings.recordings, spec.node, time.time()),
        about,
        emulator.columns,
        emulator.rows,
        version=3 if settings.record_format == "v3" else 2,
        on_failure=on_failure,
    )
    if picture := _picture(emulator):
        recorder.output(picture)
    return recorder


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
