"""What is said around an answer: above its rows what is to be known of them, and in their place why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from hptui.errors import HptuiError
from hptui.probes.asking import Outcome, Result
from hptui.probes.probe import Probe
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.launch_steps import error_lines


@dataclass(frozen=True, slots=True)
class Told:
    """The state of a question."""

    node: str
    probe: Probe
    result: Result | None  # of the rows that are shown
    unshown: Result | None  # a later one that has no rows of its own
    error: HptuiError | None  # what kept the last question from being put
    said: str  # what the host printed besides
    asking: bool
    asked: bool  # whether there is a question at all
    finds_nothing: bool  # the filter


def notes_of(told: Told) -> list[Content]:
    """What is to be known about the rows below."""
    notes = error_lines(told.error) if told.error is not None else []
    last, shown = told.unshown or told.result, told.result
    if last is not None and last.why:
        notes.append(_why(last))
    if (told.unshown is not None or told.error is not None) and shown is not None:
        notes.append(tell(f"The rows are those of {shown.asked.astimezone():%H:%M:%S}.", "dim"))
    if shown is not None:
        notes += _beside(shown)
    if told.said:
        lines = told.said.count("\n") + 1
        plural = "" if lines == 1 else "s"
        notes.append(tell(f"The host also printed {lines} line{plural}: n shows them", "dim"))
    if told.finds_nothing:
        notes.append(tell("No row holds these words. esc clears the filter.", "warn"))
    return notes


def waiting_words(told: Told) -> Content:
    """In the place of rows."""
    if told.asking:
        return tell(f"Asking {plain(told.node)} … esc cancels", "dim")
    if told.error is not None:
        lines = [*error_lines(told.error), tell("r asks again · l other questions", "dim")]
        return Content("\n").join(lines)
    result = told.result
    if result is None:
        return tell("Cancelled. r asks again · l other questions" if told.asked else "", "dim")
    nothing = f"{plain(told.node)} has answered: there is nothing of that kind. {plain(told.probe.about)}"
    lines = [_why(result) if result.why else Content(nothing), *_beside(result)]
    if told.said:
        lines.append(tell("n shows what the host printed", "dim"))
    tells = "p tells it something else · " if told.probe.parameters else ""
    lines.append(tell(f"r asks again · {tells}l other questions", "dim"))
    return join(*lines, separator="\n\n")


def _why(result: Result) -> Content:
    return tell(plain(result.why), "warn" if result.outcome is Outcome.NOT_HERE else "bad")


def _beside(result: Result) -> list[Content]:
    """What the script notes beside its records."""
    return [Content(plain(line)) for note in result.answer.notes for line in note.splitlines()]
