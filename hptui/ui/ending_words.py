"""How a shell has ended and what becomes of its pod, in the words that stand under its last screen. Pure."""

from __future__ import annotations

from textual.content import Content

from hptui.cluster.model import ExecEnd, ExecExit
from hptui.hostprocess.diagnosis import exit_code_text
from hptui.hostprocess.session import Session, State
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.launch_steps import error_lines


def how_it_ended(session: Session, exit: ExecExit) -> list[Content]:
    if session.error is not None:
        return error_lines(session.error)
    if exit.end is ExecEnd.EXITED:
        return [Content(f"The shell has exited with code {exit_code_text(exit.code)}.")]
    return [tell("The shell was ended from outside.", "warn"), Content(plain(exit.message))]


def being_ended(session: Session) -> str:
    """What is done now that a tab of the session ends."""
    if session.is_shared:
        return "closing this shell …"
    return "letting go of the pod …" if session.is_joined else "deleting the pod …"


def what_is_left(session: Session, *, in_another_tab: bool) -> Content:
    """After that, and what can be done."""
    keys = "enter closes this tab"
    if in_another_tab and session.can_attach:
        return tell(f"The session goes on in another tab. {keys} · r opens a shell in it", "dim")
    if in_another_tab:
        return tell(keys, "dim")
    if session.state is State.LEFT:
        stays = tell("The pod stays: another hptui made it. ", "warn")
        return join(stays, tell(f"D deletes it as well · {keys} · r opens a new session", "dim"))
    return join(tell("The pod is gone. ", "good"), tell(f"{keys} · r opens a new session", "dim"))
