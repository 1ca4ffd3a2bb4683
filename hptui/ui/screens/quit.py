"""Leaving with open sessions: names them, deletes their pods in sight, and only then leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hptui.hostprocess.session import Session, State
from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.pod_list import PodLine, PodList

QUIT = KeyGroup("quit", "Quit")

STATES = {
    State.GONE: ("✓ gone", "good"),
    State.LEFT: ("✓ let go of; its pod stays", "good"),
    State.CLEANING: ("… deleting", "warn"),
    State.FAILED: ("✗ not removed", "bad"),
}


class Answer(Enum):
    STAY = "stay"
    LEAVE = "leave"
    FORCE = "force"


class QuitScreen(ModalScreen[Answer]):
    """Answers LEAVE once every pod is gone, FORCE when the person won't wait for that, STAY otherwise."""

    BINDINGS = [
        QUIT.key("y,enter", "leave", "End them and quit", "Delete the pods of all open sessions, then quit", shown="y"),
        QUIT.key("n,escape", "stay", "Stay", "Go back; nothing is ended", shown="n"),
        QUIT.key("f", "force", "Quit anyway", "Leave although a pod is not seen gone: the guardian goes on, then its deadline"),
    ]  # fmt: skip

    def __init__(self, sessions: Sequence[Session]) -> None:
        super().__init__()
        self._sessions = list(sessions)
        self._list = (
            PodList()
        )  # held, not queried: a session may still tell of a change while this is taken down
        self._leaving = False
        self._failed = False
        self._unsubscribe: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="quit"):
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#quit").border_title = "Quit"
        self._unsubscribe = [session.subscribe(lambda _: self._show()) for session in self._sessions]
        self._show()

    def on_unmount(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _show(self) -> None:
        many = len(self._sessions) != 1
        if self._failed:
            head = "Not every pod is seen gone. f quits anyway: what is left is told then, and its deadline ends it."
        elif self._leaving:
            head = "Ending the open sessions …"
        else:
            count = f"{len(self._sessions)} sessions are" if many else "One session is"
            head = f"{count} open. Quitting {self._does(many)}:"
        self._list.show(head, map(self._line, self._sessions))
        self.refresh_bindings()

    def _does(self, many: bool) -> str:
        joined = [session.is_joined for session in self._sessions]
        if all(joined):
            return f"lets go of {'their pods' if many else 'its pod'}"
        return f"deletes {'the pods made here' if any(joined) else 'their pods' if many else 'its pod'}"

    def _line(self, session: Session) -> PodLine:
        is_open = "open; its pod is another hptui's and stays" if session.is_joined else "open"
        state, tone = STATES.get(session.state, (is_open, "warn" if self._leaving else ""))
        error = session.error if self._failed and not session.is_over else None
        return PodLine(session.label, state, tone, error=error.message if error else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "force":
            return self._leaving
        return not self._leaving or (action == "stay" and self._failed)

    def action_leave(self) -> None:
        self._leaving = True
        self._show()
        self._close_all()

    @work(group="quit", exclusive=True)
    async def _close_all(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions), return_exceptions=True)
        if all(session.is_over for session in self._sessions):
            self.pop_until_active()  # the page of keys may lie over it
            self.dismiss(Answer.LEAVE)
        else:
            self._failed = True
            self._show()

    def action_stay(self) -> None:
        self.dismiss(Answer.STAY)

    def action_force(self) -> None:
        self.dismiss(Answer.FORCE)
