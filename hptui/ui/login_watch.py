"""Telling a person in good time that a login comes to its end: always in the line at the top, and once for each stage aloud."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hptui.cluster.model import Credential
from hptui.hostprocess.login import Notice, Stage, notice
from hptui.hostprocess.session import Session

LOOK_EVERY = 5.0  # seconds


class LoginWatch:
    """Remembers what has been said aloud."""

    def __init__(self) -> None:
        self._said: Stage | None = None
        self.notice: Notice | None = None  # what to show now

    def look(self, credential: Credential | None, sessions: Sequence[Session]) -> Notice | None:
        """What to say aloud now; None most of the time."""
        deadlines = [session.deadline for session in sessions if session.deadline is not None]
        found = notice(credential, datetime.now(UTC), deadlines)
        self.notice = found
        if found is None:
            self._said = None  # somebody has logged in again
            return None
        if self._said is not None and found.stage <= self._said:
            return None
        self._said = found.stage
        return found if found.stage is not Stage.NOTED else None
