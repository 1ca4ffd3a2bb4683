"""When to warn of a session's deadline: each limit once, and never for one that has already been passed with a nearer one."""

from __future__ import annotations

from datetime import datetime

from hptui import format as fmt
from hptui.hostprocess.session import Session, State
from hptui.terminal.plain import plain

WARN_AT = ((60, 10), (300, 5))
"""The most seconds before the deadline, and into which part of the whole time it must fall; the nearest first.

Who has chosen five minutes need not be told so when they begin.
"""


class DeadlineWarnings:
    """Of all sessions of the program."""

    def __init__(self, leader: str) -> None:
        self._leader = leader
        self._given: dict[str, int] = {}  # the nearest limit warned of, by session

    def due(self, session: Session, now: datetime) -> str:
        """What to say about it now; "" most of the time."""
        deadline = session.deadline
        if deadline is None or session.is_over or session.state is State.FAILED:
            return ""
        left = (deadline - now).total_seconds()
        whole = session.spec.deadline
        limit = next((limit for most, part in WARN_AT if left <= (limit := min(most, whole // part))), None)
        key = session.spec.session_id
        if limit is None or self._given.get(key, limit + 1) <= limit:
            return ""
        self._given[key] = limit
        return (
            f"{plain(session.label)} ends in less than {fmt.length(limit)}. "
            f"No cluster can move a deadline: {self._leader} N moves this tab to a fresh pod in time."
        )
