"""The shells of a session whose link was lost: their processes may still run, and only a person knows whether they should."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.app import App
from textual.content import Content
from textual.notifications import SeverityLevel

from hptui.cluster.port import ExecChannel
from hptui.errors import HptuiError
from hptui.format import clock
from hptui.hostprocess.session import Session
from hptui.hostprocess.shell_process import Outcome, ShellProcess
from hptui.terminal.plain import plain
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.tones import tell

SAID: dict[Outcome, tuple[str, SeverityLevel]] = {
    Outcome.ENDED: ("and what it had started have ended.", "information"),
    Outcome.GONE: ("had ended already; another process with its id was left alone.", "information"),
    Outcome.REFUSED: ("is still there: Windows did not end it.", "error"),
}
KNOWN_WITHIN = 2.5  # seconds that a new shell waits for the old one's process to be known


class OldShells:
    """Of one session, the newest last."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._channels: list[ExecChannel] = []

    def __bool__(self) -> bool:
        """Whether there is one that is not known to have ended."""
        return bool(self._channels)

    def add(self, channel: ExecChannel) -> None:
        if channel not in self._channels:
            self._channels.append(channel)

    async def told(self, leader: str) -> str:
        """What a new shell begins with: what has become of the one before it, as far as can be known in a moment."""
        if not self._channels:
            return "a new shell"
        try:
            async with asyncio.timeout(KNOWN_WITHIN):
                process = await self._process_of(self._channels[-1])
        except (HptuiError, TimeoutError):
            return f"a new shell; what ran in the old one may still run: its process id is not known, {leader} k looks again"
        if process is None:
            return "a new shell; the old one has ended"
        return f"a new shell; the old one still runs as process {process.pid}: {leader} k ends it"

    async def offer_to_end(self, app: App[Any]) -> None:
        """Ask, end them and say how that went; from a worker."""
        label = plain(self._session.label)
        try:
            found = await self._running()
            if not found:
                app.notify("The old shell has ended.", title=label, markup=False)
            elif await app.push_screen_wait(_question(found, label)):
                for process in found:
                    words, severity = SAID[await self._session.shells.end_process(process)]
                    app.notify(f"Process {process.pid} {words}", title=label, severity=severity, markup=False)
                await self._running()  # what has ended is not asked about again
        except HptuiError as error:
            text = " ".join(plain(part) for part in (error.message, error.hint) if part)
            app.notify(text, title=f"{label}: the old shell", severity="error", markup=False)

    async def _running(self) -> list[ShellProcess]:
        """Those that run now. Raises ClusterError, and SessionError where that cannot be known."""
        found = [await self._process_of(channel) for channel in tuple(self._channels)]
        return [process for process in found if process is not None]

    async def _process_of(self, channel: ExecChannel) -> ShellProcess | None:
        process = await self._session.shells.process_of(channel)
        if process is None and channel in self._channels:
            self._channels.remove(channel)
        return process


def _question(found: Sequence[ShellProcess], label: str) -> QuestionScreen:
    many = "" if len(found) == 1 else "es"
    names = ", ".join(f"{process.pid} (since {clock(process.began)})" for process in found)
    lines = [
        Content(f"{label}: the link to the old shell was lost, and it still runs:"),
        tell(f"process{many} {names}", "strong"),
        Content(""),
        Content("Ending it ends what was started in it as well. The new shell goes on."),
    ]
    return QuestionScreen("The old shell", lines, "End it" if not many else "End them", "Let it run")
