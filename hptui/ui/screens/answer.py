"""A question to a host and its answer: asked by an exec of its own, shown in a table, asked again at a key or by itself.

The host is asked through a session that is open, or through a pod made for the questions; such a pod is deleted with this screen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Static

from hptui.errors import HptuiError
from hptui.probes.asking import Outcome, Result, ask
from hptui.probes.following import laid_onto, since
from hptui.probes.insight import branches, records_of
from hptui.probes.probe import Probe
from hptui.probes.table import Table, compare, search_steps, table_steps
from hptui.terminal.plain import visible
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import AnswerView, Path, in_turns
from hptui.ui.answer_words import Told, notes_of, waiting_words
from hptui.ui.asked_host import AskedHost
from hptui.ui.screens.putting import Earlier, Putting
from hptui.ui.screens.table_actions import ANSWER, TABLE, TableKeys
from hptui.ui.widgets.answer_bar import AnswerBar, Asked, rows_shown
from hptui.ui.widgets.launch_steps import LaunchSteps

EVERY = (0.0, 5.0, 30.0, 300.0)  # seconds between two askings
TICK = 0.2  # seconds
WAIT, STEPS = "answer-wait", "answer-steps"


class AnswerScreen(Putting):
    """`probe` is put at once; without one, the person chooses first."""

    BINDINGS = [
        ANSWER.key("u", "utc", "UTC", "Times in UTC, or local", show=False),
        ANSWER.key("a", "every", "Auto", "Ask again by itself: every 5 s, 30 s, 5 min, or not; a log's newest row is followed"),
        ANSWER.key("escape", "back", "Back", "Cancel, close what is open, clear the filter, go back", shown="esc"),
    ]  # fmt: skip

    def __init__(self, host: AskedHost, probe: Probe | None = None) -> None:
        super().__init__(host, probe)
        self._since: float | None = None  # since when, by the monotonic clock
        self._count = 0
        self._every = 0.0
        self._timer: Timer | None = None
        self._steps: LaunchSteps | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._error: HptuiError | None = None  # what kept the last question from being put
        self._unshown: Result | None = None  # the last answer, where the one before it is still shown
        self.bar = AnswerBar()
        self.stage = ContentSwitcher(initial=WAIT)
        self.wait = Static(id=WAIT)
        self.launching = Container(id=STEPS)

    def compose(self) -> ComposeResult:
        self.bar = AnswerBar(demo=self.house.demo)
        yield self.bar
        yield from self.below_bar(self.wait, self.launching)
        yield TableKeys()

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)
        self.show_state()
        if self.probe is None:
            self.action_list()
        else:
            self.put(self.probe)

    def on_screen_resume(self) -> None:
        if self.focused is None:
            self.table.focus()

    def on_unmount(self) -> None:
        self._unsubscribe()
        if self.host.own and self.host.session is not None:
            self.house.questions.let_go(self.host.session)

    # A question is put

    @property
    def is_asking(self) -> bool:
        return self._since is not None

    @property
    def is_empty(self) -> bool:
        return self.view.table is None and self._error is None and not self.is_asking

    def start(self, probe: Probe, arguments: Mapping[str, str], *, by_itself: bool = False) -> None:
        again = probe == self.view.probe and arguments == self.asked and self.view.table is not None
        self.probe, self.asked = probe, arguments
        if not again:
            self._set_every(0.0)
            self.result = None
            self.view = AnswerView(probe, self.house.questions.choices(probe))
            self.clear_filter()
            self.table.show(self.view)
            self.set_detail(False)
        self._error = self._unshown = None
        self._since, self._count = time.monotonic(), 0
        if self.host.own and self.host.session is not None and self._steps_of() is not self.host.session:
            self._show_launch()
        self._tick()
        self._ask(probe, arguments, self.view, self.view.table if again and by_itself else None)

    def _steps_of(self) -> object:
        return self._steps.session if self._steps is not None else None

    def _show_launch(self) -> None:
        session = self.host.session
        assert session is not None
        self._unsubscribe()
        if self._steps is not None:
            self._steps.remove()
        steps = self._steps = LaunchSteps(session, way_on="r tries again · esc goes back")
        self.launching.mount(steps)
        self._unsubscribe = session.subscribe(lambda _: steps.show() if steps.is_mounted else None)
        self.stage.current = STEPS

    @work(group="question", exclusive=True)
    async def _ask(
        self, probe: Probe, arguments: Mapping[str, str], view: AnswerView, onto: Table | None
    ) -> None:
        """The answer takes the place of the rows; what is new since is laid `onto` them, where that can be asked."""
        only = since(probe, arguments, onto) if onto is not None else None
        try:
            result = await ask(
                probe,
                arguments if only is None else only,
                self.host.open,
                node=self.host.node,
                account=self.host.account,
                progress=self._counted,
            )
        except HptuiError as error:
            self._failed(error)
            return
        table = await in_turns(table_steps(probe, records_of(result)))
        if onto is not None and only is not None:
            result = replace(result, arguments=arguments)
            if table.rows or result.outcome is Outcome.ANSWERED:
                table = laid_onto(probe, arguments, onto, table)
        paths = await asyncio.to_thread(branches, probe, [row.record for row in table.rows])
        widths = await in_turns(width_steps(table, utc=view.choices.utc))
        self._since = None
        if not self._keeps(result, table):
            view.widths = widths
            self._show(view, result, table, paths)
        self._plan(result.outcome is Outcome.ANSWERED)
        self.show_state()
        # What is seen first is the table; what the filter needs is made after it.
        view.take_texts(await in_turns(search_steps(view.rows, view.columns, utc=view.choices.utc)))
        if view.words.strip():
            self._arranged()

    def _counted(self, count: int) -> None:
        self._count = count

    def _keeps(self, result: Result, table: Table) -> bool:
        """Whether rows that are shown stay, because there is nothing to take their place."""
        keeps = bool(self.view.total) and not table.rows and result.outcome is not Outcome.ANSWERED
        self._unshown = result if keeps else None
        return keeps

    def _show(self, view: AnswerView, result: Result, table: Table, paths: Sequence[Path] | None) -> None:
        before, old = self.result, view.table
        comparable = (
            before is not None
            and old is not None
            and old.columns == table.columns
            and before.outcome is result.outcome is Outcome.ANSWERED
        )
        self.result = result
        view.put(table, compare(old, table) if comparable and old is not None else None, paths)
        self.table.show(view)
        self.stage.current = TABLE if view.rows else WAIT
        if before is None and view.total == 1:
            self.set_detail(True)  # a table of one row is read as its details
        elif before is None and view.newest == -1 and (self.asked or {}).get("end") != "head":
            self.table.action_edge(1)  # a tail is read from its end
        if self.app.screen is self and self.focused is not self.filter:
            self.table.focus()

    def _failed(self, error: HptuiError) -> None:
        """The question did not get to the host."""
        self._since, self._error = None, error
        self._set_every(0.0)
        session = self.host.session
        if self.host.own and session is not None and not self.host.is_there:
            if self._steps is not None and not self.view.total:
                self.stage.current = STEPS
            self.house.questions.let_go(session)
        self.show_state()

    def _tick(self) -> None:
        if self._since is None:
            return
        if self.host.is_launching:
            self.stage.current = STEPS
        elif self.stage.current == STEPS or not self.view.rows:
            self.stage.current = TABLE if self.view.rows else WAIT
        self.show_state()

    # By itself

    def action_every(self) -> None:
        """The next of the intervals."""
        self._set_every(EVERY[(EVERY.index(self._every) + 1) % len(EVERY)])
        if self._since is None:
            self._plan(True)
        self.show_state()

    def _set_every(self, every: float) -> None:
        self._every = every
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _plan(self, went_well: bool) -> None:
        """The next asking; what has not gone well is not repeated by itself."""
        self._set_every(self._every if went_well else 0.0)
        if self._every:
            self._timer = self.set_timer(self._every, self._ask_by_itself)

    def _ask_by_itself(self) -> None:
        if self._since is not None or self.probe is None or self.asked is None:
            return
        if self.host.is_there:
            self.start(self.probe, self.asked, by_itself=True)
        else:  # a pod is made only when a person says so
            self._set_every(0.0)
            self.show_state()

    # What is shown

    def show_state(self) -> None:
        view, result = self.view, self.result
        by = view.sort_column
        self.bar.asked = Asked(
            node=self.host.node,
            account=self.host.account,
            title=view.probe.title,
            arguments=tuple((self.asked or {}).items()),
            result=self._unshown or result,
            rows=rows_shown(view) if view.table is not None else "",
            order=f"{'▼' if view.descending else '▲'} {visible(view.columns[by].title)}" if by is not None else "",
            words=view.words,
            every=self._every,
            utc=view.choices.utc,
            running=None if self._since is None else self._count,
            since=0.0 if self._since is None else time.monotonic() - self._since,
        )  # fmt: skip
        self._show_notes()
        self.refresh_bindings()

    def _show_notes(self) -> None:
        told = self._told
        self.wait.update(waiting_words(told))
        notes = notes_of(told) if self.stage.current == TABLE else []
        self.note.update(Content("\n").join(notes))
        self.notes.display = bool(notes)

    @property
    def _told(self) -> Told:
        """What the words around the table speak of."""
        return Told(
            node=self.host.node,
            probe=self.view.probe,
            result=self.result,
            unshown=self._unshown,
            error=self._error,
            said=self.said,
            asking=self._since is not None,
            asked=self.asked is not None,
            finds_nothing=bool(self.view.words.strip()) and not self.view.lines,
        )

    # Actions

    @work(group="measure", exclusive=True)
    async def action_utc(self) -> None:
        view = self.view
        view.choices.utc = utc = not view.choices.utc
        if view.table is None:
            return
        rows, widths = view.rows, await in_turns(width_steps(view.table, utc=utc))
        if view.rows is rows:  # and no other answer has come meanwhile, which has measured itself
            view.widths = widths
        self.table.show(view)
        self.show_state()
        texts = await in_turns(search_steps(rows, view.columns, utc=utc))
        if view.rows is rows:
            view.take_texts(texts)
            self._arranged()

    def cancel(self) -> bool:
        """Give up what is being asked; a launch is undone."""
        if self._since is None:
            return False
        self.workers.cancel_group(self, "question")
        self._since = None
        self._set_every(0.0)
        if self.host.is_launching and self.host.session is not None:
            self.house.questions.let_go(self.host.session)
        self.stage.current = TABLE if self.view.rows else WAIT
        self.show_state()
        return True

    def action_back(self) -> None:
        """One thing at a time."""
        if self.focused is self.filter or self.filter.value:
            self.clear_filter()
        elif self.cancel():
            pass
        elif self.detail.is_open:
            self.set_detail(False)
        elif self.earlier:
            self._come_back(self.earlier.pop())
        elif self.through_list:
            self._set_every(0.0)
            self.list_questions(last=True)
        else:
            self.leave()

    def _come_back(self, earlier: Earlier) -> None:
        """To the answer that led here, as it was."""
        self._set_every(0.0)
        self._error = self._unshown = None
        self.probe, self.asked = earlier.probe, earlier.asked
        self.view, self.result = earlier.view, earlier.result
        self.filter.value = self.view.words
        self.filter.display = bool(self.view.words)
        self.table.show(self.view)
        self.table.go_to(earlier.key)
        self.stage.current = TABLE
        self.table.focus()
        self.show_state()

    def leave(self) -> None:
        with suppress(IndexError):
            if self in self.app.screen_stack:
                self.dismiss()
