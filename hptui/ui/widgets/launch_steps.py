"""A launch as it happens, where the prompt will be: the steps with their times, the newest event, the error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import Stale
from hptui.errors import HptuiError, LaunchError
from hptui.failures.launching import NODE_UNFIT
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.steps import Step, StepState
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell

MARKS = {
    StepState.WAITING: ("·", "dim"),
    StepState.RUNNING: ("…", "warn"),
    StepState.DONE: ("✓", "good"),
    StepState.FAILED: ("✗", "bad"),
}


class LaunchSteps(VerticalScroll, can_focus=True):
    DEFAULT_CSS = """
    LaunchSteps { padding: 1 2; }
    LaunchSteps:focus { background: transparent; }
    """

    def __init__(self, session: Session, *, way_on: str = "") -> None:
        """`way_on` says what can be done when the launch has failed, where that isn't a tab's."""
        super().__init__()
        self._way_on = way_on
        self._text = Static(id="steps-text")  # held, not queried: late changes come while it is taken down
        self.session = session

    def compose(self) -> ComposeResult:
        yield self._text

    def on_mount(self) -> None:
        # The step under way shows how long it has taken so far.
        self.set_interval(0.2, self._tick)
        self.show()

    def _tick(self) -> None:
        if any(step.state is StepState.RUNNING for step in self.session.steps):
            self.show()

    def show(self) -> None:
        self._text.update(launch_text(self.session, datetime.now(UTC), self._way_on))


def launch_text(session: Session, now: datetime, way_on: str = "") -> Content:
    """The whole page for a session that has no prompt yet, or never got one."""
    spec = session.spec
    lines = [
        join(tell(plain(spec.node), "title"), " as ", tell(spec.account.name, "strong")),
        tell(f"pod {spec.pod_name} in {spec.namespace}", "dim"),
        Content(""),
        *([Content(joined_words(session)), Content("")] if session.is_joined else ()),
        *(_step(step) for step in _steps(session)),
        Content(""),
    ]
    event = session.newest_event
    if event is not None:
        when = fmt.age(event.last or event.first, now)
        tone = "warn" if event.type == "Warning" else "dim"
        lines.append(tell(f"newest event, {when} ago: {plain(event.reason)}: {plain(event.message)}", tone))
    if isinstance(session.connection, Stale):
        lines.append(
            tell(f"the connection is interrupted, retrying: {plain(session.connection.reason)}", "warn")
        )
    lines += [tell(f"warning: {plain(text)}", "warn") for text in session.warnings]
    words = session.error.words if isinstance(session.error, LaunchError) else ()
    if session.error is not None:
        lines += [Content(""), *error_lines(session.error)]
        if words and session.error.heading == NODE_UNFIT.title:  # the other reasons, in our own words
            lines += [Content(f"✗ {plain(reason)}") for reason in words]
            words = ()
    lines += [Content(""), tell(_way_on(session, way_on), "dim")]
    if words:
        lines += [Content(""), tell("The cluster's own words, newest first:", "dim")]
        lines += [tell(f"  {plain(each)}", "dim") for each in words]
    return Content("\n").join(lines)


def error_lines(error: HptuiError) -> list[Content]:
    """What happened and what to do."""
    lines = [tell(plain(error.heading), "bad"), Content(plain(error.message))]
    if error.hint:
        lines.append(tell(plain(error.hint), "strong"))
    return lines


def joined_words(session: Session) -> str:
    """What to know of a pod that isn't this program's."""
    where = f", from {plain(session.spec.where_from)}" if session.spec.where_from else ""
    return (
        f"Another hptui made this pod{where}. When that one ends it, a shell here ends too. "
        "Ending this tab closes its shell and leaves the pod."
    )


def _steps(session: Session) -> Sequence[Step]:
    """What is done for this one: in a pod that is there only the last, and nothing after a refusal."""
    if session.is_joined:
        return session.steps[-1:]
    return session.steps[:1] if session.was_refused else session.steps


def _step(step: Step) -> Content:
    mark, tone = MARKS[step.state]
    seconds = fmt.took(step.seconds) if step.seconds is not None else ""
    text = step.doing if step.state in (StepState.RUNNING, StepState.FAILED) else step.label
    return join(tell(f"  {mark} ", tone), f"{text:<42}", tell(f"{seconds:>8}", "dim"))


def _way_on(session: Session, way_on: str) -> str:
    way_on = way_on or "enter closes this tab · r tries again"
    match session.state:
        case State.FAILED:
            return way_on
        case State.CLEANING:
            return "deleting the pod …"
        case State.LEFT:
            return "enter closes this tab"
        case State.GONE:
            end = "No pod was made." if session.was_refused else "The pod is gone."
            return f"{end} {way_on}"
    return "escape cancels and removes what was created"
