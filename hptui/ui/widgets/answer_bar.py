"""The two lines above an answer: which question to which node as whom; when it was asked, and how much of it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hptui import format as fmt
from hptui.probes.asking import Outcome, Result
from hptui.terminal.plain import visible
from hptui.ui.answer_view import AnswerView
from hptui.ui.tones import join, tell


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bar tells of. `running` is the number of records so far, None while nothing is asked."""

    node: str
    account: str = ""
    title: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    result: Result | None = None
    rows: str = ""
    order: str = ""
    words: str = ""
    every: float = 0.0  # seconds, 0 for never
    utc: bool = False
    running: int | None = None
    since: float = 0.0  # seconds that it has been running for
    state: Content | None = None  # what else stands in the place of when it was asked


class AnswerBar(Widget):
    DEFAULT_CSS = """
    AnswerBar { height: 2; padding: 0 1; background: $panel; color: $foreground; dock: top; }
    """

    asked: reactive[Asked | None] = reactive(None)

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self._demo = demo

    def render(self) -> RenderResult:
        asked = self.asked
        if asked is None:
            return Content("")
        width = self.size.width
        return join(
            _apart(self._who(asked), _what(asked), width), _apart(_state(asked), _shown(asked), width),
            separator="\n",
        )  # fmt: skip

    def _who(self, asked: Asked) -> Content:
        demo = Content.styled(" DEMO ", "bold reverse $warning") if self._demo else ""
        start = asked.result.answer.start if asked.result is not None else None
        user = start.user if start is not None else ""
        account = asked.account
        if user and user.rpartition("\\")[2].casefold() != account.casefold():
            account = f"{account} ({user})" if account else user
        return join(
            tell("hptui", "title"),
            demo,
            "  ",
            tell(visible(asked.node), "strong"),
            f" as {visible(account)}" if account else "",
        )


def _what(asked: Asked) -> Content:
    given = " ".join(f"{name}={value}" for name, value in asked.arguments if value)
    return join(
        tell(visible(asked.title), "accent"), tell(f"  {visible(given)}", "dim") if given else Content("")
    )


def _state(asked: Asked) -> Content:
    if asked.state is not None:
        return asked.state
    if asked.running is not None:
        return tell(f"… {_records(asked.running)}, {fmt.took(asked.since)} · esc cancels", "warn")
    result = asked.result
    if result is None:
        return Content("")
    when = f"asked {fmt.clock(result.asked)}, took {fmt.took(result.took)}"
    good = result.outcome is Outcome.ANSWERED
    return join(
        tell("" if good else f"✗ {result.outcome} ", "bad"),
        tell(when, "dim"),
        tell(f" · every {fmt.length(int(asked.every))}", "good") if asked.every else "",
    )


def _records(count: int) -> str:
    return "asking" if not count else f"{count:,} record{'' if count == 1 else 's'}"


def _shown(asked: Asked) -> Content:
    parts = [
        tell(f"/{visible(asked.words)}", "accent") if asked.words.strip() else None,
        Content(asked.rows) if asked.rows else None,
        tell(asked.order, "dim") if asked.order else None,
        tell("UTC", "dim") if asked.utc else None,
    ]
    return join(*(part for part in parts if part is not None), separator=" · ")


def _apart(left: Content, right: Content, width: int) -> Content:
    """One at each end of the line; where both don't fit, the one at the left is whole as long as it can be."""
    if left.cell_length + right.cell_length + 1 > width:
        left = left.truncate(max(1, width - 1), ellipsis=True)
        right = right.truncate(max(0, width - left.cell_length - 1), ellipsis=True)
    return join(left, " " * max(1, width - left.cell_length - right.cell_length), right)


def rows_shown(view: AnswerView) -> str:
    """How many rows are in sight, of how many."""
    total = view.total
    count = f"{view.matched:,} of {total:,}" if view.words.strip() else f"{total:,}"
    changes = view.changes
    marks = [
        f"{sign}{number:,}"
        for sign, number in (
            ("+", len(changes.added)),
            ("~", len(changes.changed)),
            ("−", len(changes.gone)),
        )
        if number
    ]
    return " ".join([count, "row" if total == 1 else "rows", *marks])
