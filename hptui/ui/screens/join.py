"""A shell in a session of one's own that runs on a node: which one, where there are several, and why not in another person's.

A pod is entered as the account that its owner chose, in the owner's name, and ends when the owner leaves: so only one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from hptui import format as fmt
from hptui.cluster.model import ContainerPhase, PodStatus
from hptui.cluster.port import Cluster
from hptui.hostprocess.person import Person, who_asks
from hptui.hostprocess.session import Session
from hptui.hostprocess.sweep import FoundSession, found_session
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import heading, tell
from hptui.ui.tones import join as joined
from hptui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from hptui.ui.app import HptuiApp
    from hptui.ui.opening import Opening

JOIN = KeyGroup("join", "A shell in a running session")


@dataclass(frozen=True, slots=True)
class Choice:
    """One session on the node."""

    pod: PodStatus
    found: FoundSession
    session: Session | None  # this program's own
    why_not: str  # a shell can't be had in it; "" where it can


async def join(
    app: HptuiApp, opening: Opening, cluster: Cluster, node: str, pods: Sequence[PodStatus]
) -> None:
    """Open the one that there is, or let the person choose; or say why there is none."""
    own = {session.spec.session_id: session for session in app.open_sessions}
    person = await who_asks(cluster)
    choices = [choice_of(pod, own, person) for pod in pods]
    able = [choice for choice in choices if not choice.why_not]
    if not able:
        app.notify(_none(node, choices), title="No shell to be had", severity="warning", markup=False)
        return
    choice: Choice | None = able[0]
    if len(able) > 1:
        choice = await app.push_screen_wait(JoinScreen(node, able))
    if choice is None:
        return
    if choice.session is not None:
        opening.open_beside(choice.session)
    else:
        opening.open_joined(choice.pod)


def choice_of(pod: PodStatus, own: Mapping[str, Session], person: Person) -> Choice:
    """Whether a shell can be had in a pod; pure."""
    found = found_session(pod)
    session = own.get(found.session_id)
    why_not = ""
    if session is not None and not session.can_attach:
        why_not = f"is this program's, and {session.state}"
    elif session is None and not person.is_surely(found.owner, found.where_from):
        where = f", from {found.where_from}" if found.where_from else ""
        why_not = f"is {found.owner or 'an unknown person'}'s{where}: a shell in it would act in that name"
    elif pod.deleting is not None:
        why_not = "is being deleted"
    elif pod.container is None or pod.container.phase is not ContainerPhase.RUNNING:
        why_not = "does not run yet, or no more"
    return Choice(pod, found, session, why_not)


def _none(node: str, choices: Sequence[Choice]) -> str:
    if not choices:
        return f"No session runs on {plain(node)}. enter opens one."
    lines = [f"{plain(choice.found.name)} {plain(choice.why_not)}." for choice in choices]
    return "\n".join([*lines, "enter opens a session of your own."])


class JoinScreen(ModalScreen[Choice]):
    """Answers in which."""

    BINDINGS = [JOIN.key("escape,q", "close", "Close", "Back to the nodes", shown="esc")]

    def __init__(self, node: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._node = node
        self._choices = choices

    def compose(self) -> ComposeResult:
        now = datetime.now(UTC)
        options = OptionList(*(Option(_row(choice, now)) for choice in self._choices), id="join")
        options.border_title = heading(f"Your sessions on {self._node}")
        yield options
        yield KeyLine(note="enter opens a shell in it")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index])

    def action_close(self) -> None:
        self.dismiss()


def _row(choice: Choice, now: datetime) -> Content:
    found = choice.found
    whose = (
        "open here"
        if choice.session is not None
        else f"another hptui's, from {plain(found.where_from) or 'an unknown place'}"
    )
    left = fmt.countdown((found.deadline - now).total_seconds()) if found.deadline else "?"
    about = f"as {plain(found.account)} · age {fmt.age(found.created, now)} · ends in {left}"
    return joined(tell(f"{whose}  ", "strong"), tell(f"{about}  {plain(found.name)}", "dim"))
