"""The line over a session: where one is typing and as whom, which other sessions there are, and the time left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hptui import format as fmt
from hptui.hostprocess.account import AccountKind
from hptui.hostprocess.login import Notice
from hptui.hostprocess.session import Session, State
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.header import login_sign

SIGNS = {
    State.LOST: " ⚠ lost",
    State.FAILED: " ✗ failed",
    State.ENDED: " ended",
    State.GONE: " gone",
    State.LEFT: " left",
    State.CLEANING: " …",
}
SHORT_SIGNS = SIGNS | {
    State.LOST: " ⚠",
    State.FAILED: " ✗",
    State.ENDED: " –",
    State.GONE: " –",
    State.LEFT: " –",
}


def _sign(session: Session, signs: Mapping[State, str]) -> str:
    """Only what has been there is gone."""
    sign = signs.get(session.state, "")
    return " not started" if sign == SIGNS[State.GONE] and session.was_refused else sign


class SessionBar(Widget):
    """Tinted for SYSTEM, as root shells are. A click on a tab goes to it."""

    DEFAULT_CSS = """
    SessionBar { height: 1; padding: 0 1; background: $panel; dock: top; }
    SessionBar.-system { background: $error-muted; }
    """

    ALLOW_SELECT = False

    @dataclass
    class TabClicked(Message):
        index: int

    def __init__(self, *, demo: bool) -> None:
        super().__init__()
        self._demo = demo
        self._sessions: Sequence[Session] = ()
        self._active = 0
        self._title = ""
        self._recorded: Set[int] = frozenset()
        self._rang: Set[int] = frozenset()
        self._ranges: list[tuple[int, int, int]] = []
        self._login: Notice | None = None
        self._words = Content("")  # as they were shown last

    def show_login(self, notice: Notice | None) -> None:
        """That somebody has to log in again."""
        self._login = notice
        self._show_what_changed()

    def show(
        self,
        sessions: Sequence[Session],
        active: int,
        title: str,
        recorded: Set[int] = frozenset(),
        rang: Set[int] = frozenset(),
    ) -> None:
        """`recorded` are the places of those that are being recorded, `rang` of those whose bell was heard behind others."""
        self._sessions, self._active, self._title = sessions, active, title
        self._recorded, self._rang = recorded, rang
        kind = sessions[active].spec.account.kind if sessions else None
        self.set_class(kind is AccountKind.SYSTEM, "-system")
        self._show_what_changed()

    def _show_what_changed(self) -> None:
        """Asked every second, and Textual takes 10 ms to paint a line again: only for other words."""
        if not self.is_mounted or not self._line().is_same(self._words):
            self.refresh()

    def render(self) -> RenderResult:
        self._words = self._line()
        return self._words

    def _line(self) -> Content:
        if not self._sessions:
            return tell("no session", "dim")
        session = self._sessions[self._active]
        spec = session.spec
        demo = join(Content.styled(" DEMO ", "bold reverse $warning"), " ") if self._demo else Content("")
        left = join(demo, tell(plain(spec.node), "strong"), " as ", tell(plain(spec.account.label), "strong"))
        right = self._time_left(session)
        if self._login is not None:
            right = join(login_sign(self._login), tell(" · ", "dim"), right)
        if self._active in self._recorded:
            right = join(Content.styled(" ● rec ", "bold $text on $error"), " ", right)
        tabs = self._tabs(left.cell_length, self.size.width - right.cell_length - 2)
        used = left.cell_length + tabs.cell_length + right.cell_length
        if self._title and (room := self.size.width - used - 5) >= 12:
            title = tell(self._title, "dim").truncate(room, ellipsis=True)
            tabs = join(tabs, tell(" │ ", "dim"), title)
            used = left.cell_length + tabs.cell_length + right.cell_length
        return join(left, tabs, " " * max(1, self.size.width - used), right)

    def _tabs(self, start: int, end: int) -> Content:
        """Numbered, the active one marked; by number alone where the names don't fit."""
        self._ranges = []
        if len(self._sessions) < 2:
            return tell(_sign(self._sessions[0], SIGNS), "warn")
        texts = [
            self._sign(index) + self._tab(index, session) for index, session in enumerate(self._sessions)
        ]
        if start + 1 + sum(len(text) + 1 for text in texts) > end:
            texts = [
                self._sign(index) + self._tab(index, session, short=True)
                for index, session in enumerate(self._sessions)
            ]
        parts, at = [Content(" ")], start + 1
        for index, (text, session) in enumerate(zip(texts, self._sessions, strict=True)):
            if at + 1 + len(text) > end:
                break
            self._ranges.append((at + 1, at + 1 + len(text), index))
            style = (
                "bold reverse" if index == self._active else "$text-warning" if session.state in SIGNS else ""
            )
            parts += [tell("│", "dim"), Content.styled(text, style)]
            at += 1 + len(text)
        return join(*parts)

    def _sign(self, index: int) -> str:
        if index == self._active:
            return ""
        return (" ●" if index in self._recorded else "") + (" ♪" if index in self._rang else "")

    @staticmethod
    def _tab(index: int, session: Session, *, short: bool = False) -> str:
        if short:
            return f"{index + 1}{_sign(session, SHORT_SIGNS)} "
        sign = _sign(session, SIGNS)
        return f" {index + 1} {plain(session.spec.node)} {plain(session.spec.account.label)}{sign} "

    def _time_left(self, session: Session) -> Content:
        if session.is_over or session.state is State.FAILED:
            return Content("")
        if session.deadline is None:
            return tell(f"ends {fmt.length(session.spec.deadline)} after start", "dim")
        left = (session.deadline - datetime.now(UTC)).total_seconds()
        tone = "bad" if left < 60 else "warn" if left < 300 else ""
        return tell(f"ends in {fmt.countdown(left)}", tone)

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for start, end, index in self._ranges:
            if start <= x < end:
                self.post_message(self.TabClicked(index))
