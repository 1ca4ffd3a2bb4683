"""A question to a host and its answer: asked by an exec of its own, shown in a table, asked again at a key or by itself.

The host is asked through a session that is open, or through a pod made for the questions; such a pod is deleted with this screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Static

from hptui.errors import HptuiError, ProbeError
from hptui.probes.asking import Outcome, Result, ask
from hptui.probes.probe import Probe
from hptui.probes.table import Table, compare, search_steps, table_steps
from hptui.terminal.plain import plain, visible
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import AnswerView, in_turns
from hptui.ui.asked_host import AskedHost
from hptui.ui.screens.answer_actions import ANSWER
from hptui.ui.screens.deeds import Deeds
from hptui.ui.screens.parameters import ParametersScreen
from hptui.ui.screens.probes import Chosen, ProbesScreen, script_screen
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.answer_bar import AnswerBar, Asked, rows_shown
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.launch_steps import LaunchSteps, error_lines

EVERY = (0.0, 5.0, 30.0, 300.0)  # seconds between two askings
TICK = 0.2  # seconds
WAIT, STEPS, TABLE = "answer-wait", "answer-steps", "answer-table"


class AnswerScreen(Deeds):
    """`probe` is put at once; without one, the person chooses first."""

    DEFAULT_CSS = """
    #answer { layout: horizontal; height: 1fr; }
    #answer ContentSwitcher { width: 1fr; height: 1fr; }
    #answer-wait { padding: 1 2; height: auto; }
    #answer-steps { height: 1fr; }
    #answer-note { height: auto; max-height: 6; padding: 0 1; display: none; }
    #answer-detail { width: 45%; height: 1fr; }
    #answer-filter { height: 1; border: none; padding: 0 1; background: $panel; display: none; }
    .-narrow #answer { layout: vertical; }
    .-narrow #answer-detail { width: 1fr; height: 50%; }
    """

    BINDINGS = [
        ANSWER.key("r", "refresh", "Ask again", "Ask again; what has changed is marked"),
        ANSWER.key("a", "every", "Auto", "Ask again by itself: every 5 s, 30 s, 5 min, or not"),
        ANSWER.key("p", "parameters", "Parameters", "Ask with other parameters"),
        ANSWER.key("l", "list", "Questions", "Another question to this host"),
        ANSWER.key("i", "script", "Script", "What ran on the host", show=False),
        ANSWER.key("escape", "back", "Back", "Cancel, close what is open, clear the filter, go back", shown="esc"),
    ]  # fmt: skip

    def __init__(self, host: AskedHost, probe: Probe | None = None) -> None:
        super().__init__()
        self.host = host
        self.node = host.node
        self._probe = probe
        self._through_list = probe is None
        self._asked: Mapping[str, str] | None = None  # the arguments of the question that is put
        self._agreed: tuple[Probe, Mapping[str, str]] | None = None  # to what a warning was told of
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
        with Vertical():
            yield self.note
            with Container(id="answer"):
                with self.stage:
                    yield self.wait
                    yield self.launching
                    yield self.table
                yield self.detail
            yield self.filter
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)
        self.show_state()
        if self._probe is None:
            self.action_list()
        else:
            self.put(self._probe)

    def on_unmount(self) -> None:
        self._unsubscribe()
        if self.host.own and self.host.session is not None:
            self.house.questions.let_go(self.host.session)

    # A question is put

    def put(self, probe: Probe, *, form: bool = False) -> None:
        """Ask, with the parameters of the last time; `form` shows them first, as it is where one must be given."""
        choices = self.house.questions.choices(probe)
        known = {parameter.name for parameter in probe.parameters}
        given = {name: value for name, value in choices.arguments.items() if name in known}

        def told(values: dict[str, str] | None) -> None:
            if values is None:
                self._not_put()
            else:
                choices.arguments = values
                self._begin(probe, values)

        if probe.parameters and (form or not _can_be_put(probe, given)):
            self.app.push_screen(ParametersScreen(probe, given), told)
        else:
            self._begin(probe, given)

    def _begin(self, probe: Probe, given: dict[str, str]) -> None:
        try:
            arguments = probe.arguments(given)
        except ProbeError as error:
            self.house.tell_error(error)
            self._not_put()
            return
        if probe.warning and (probe, arguments) != self._agreed:
            self._warn(probe, arguments)
        else:
            self._begin_allowed(probe, arguments)

    def _warn(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        """What may disturb the host is asked about, once for each thing."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._agreed = probe, arguments
                self._begin_allowed(probe, arguments)
            else:
                self._not_put()

        told = " ".join(value for value in arguments.values() if value)
        lines = [tell(visible(told), "strong"), Content(visible(probe.warning))]
        self.app.push_screen(QuestionScreen(heading(probe.title), lines, "Ask"), answered)

    def _begin_allowed(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        if self.host.is_there:
            self._start(probe, arguments)
        else:
            self.house.questions.make_pod(self.host, lambda: self._start(probe, arguments), self._not_put)

    def _not_put(self) -> None:
        """The person has thought better of it."""
        if self.view.table is not None or self._error is not None or self._since is not None:
            return
        if self._through_list:
            self._asked = None
            self.action_list()
        else:
            self._leave()

    def _start(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        again = probe is self.view.probe and arguments == self._asked
        self._probe, self._asked = probe, arguments
        if not again:
            self._set_every(0.0)
            self.result = None
            self.view = AnswerView(probe, self.house.questions.choices(probe))
            self.view.set_words(self.filter.value)
            self.table.show(self.view, ())
            self.set_detail(False)
        self._error = self._unshown = None
        self._since, self._count = time.monotonic(), 0
        if self.host.own and self.host.session is not None and self._steps_of() is not self.host.session:
            self._show_launch()
        self._tick()
        self._ask(probe, arguments, self.view)

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
    async def _ask(self, probe: Probe, arguments: Mapping[str, str], view: AnswerView) -> None:
        try:
            result = await ask(
                probe,
                arguments,
                self.host.open,
                node=self.host.node,
                account=self.host.account,
                progress=self._counted,
            )
        except HptuiError as error:
            self._failed(error)
            return
        table = await in_turns(table_steps(probe, result.answer.records))
        widths = await in_turns(width_steps(table, utc=view.choices.utc))
        self._since = None
        if not self._keeps(result, table):
            self._put(view, result, table, widths)
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

    def _put(self, view: AnswerView, result: Result, table: Table, widths: tuple[int, ...]) -> None:
        before, old = self.result, view.table
        comparable = (
            before is not None
            and old is not None
            and old.columns == table.columns
            and before.outcome is result.outcome is Outcome.ANSWERED
        )
        self.result = result
        view.put(table, compare(old, table) if comparable and old is not None else None)
        self.table.show(view, widths)
        self.stage.current = TABLE if view.rows else WAIT
        if before is None and view.total == 1:
            self.set_detail(True)  # a table of one row is read as its details
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
        if self._since is not None or self._probe is None or self._asked is None:
            return
        if self.host.is_there:
            self._start(self._probe, self._asked)
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
            arguments=tuple((self._asked or {}).items()),
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
        if self.stage.current == WAIT:
            self.wait.update(self._waiting_text())
        self.refresh_bindings()

    def _show_notes(self) -> None:
        notes = self._notes() if self.stage.current == TABLE else []
        self.note.update(Content("\n").join(notes))
        self.note.display = bool(notes)

    def _notes(self) -> list[Content]:
        """What is to be known about the rows below."""
        notes = error_lines(self._error) if self._error is not None else []
        told = self._unshown or self.result
        if told is not None and told.why:
            tone = "warn" if told.outcome is Outcome.NOT_HERE else "bad"
            notes.append(tell(plain(told.why), tone))
        if (self._unshown is not None or self._error is not None) and self.result is not None:
            notes.append(tell(f"The rows are those of {self.result.asked.astimezone():%H:%M:%S}.", "dim"))
        if self.result is not None:
            notes += [Content(plain(line)) for note in self.result.answer.notes for line in note.splitlines()]
        if self.said:
            lines = self.said.count("\n") + 1
            notes.append(
                tell(f"The host also printed {lines} line{'' if lines == 1 else 's'}: n shows them", "dim")
            )
        if self.view.words.strip() and not self.view.lines:
            notes.append(tell("No row holds these words. esc clears the filter.", "warn"))
        return notes

    def _waiting_text(self) -> Content:
        if self._since is not None:
            return tell(f"Asking {plain(self.host.node)} … esc cancels", "dim")
        if self._error is not None:
            return join(
                *error_lines(self._error), tell("r asks again · l other questions", "dim"), separator="\n"
            )
        result = self.result
        if result is None:
            cancelled = self._asked is not None
            return tell("Cancelled. r asks again · l other questions" if cancelled else "", "dim")
        lines = [tell(plain(result.why), "bad") if result.why else Content(self._nothing())]
        lines += [Content(plain(line)) for note in result.answer.notes for line in note.splitlines()]
        if self.said:
            lines.append(tell("n shows what the host printed", "dim"))
        lines.append(tell(_way_on(self.view.probe), "dim"))
        return join(*lines, separator="\n\n")

    def _nothing(self) -> str:
        return f"{plain(self.host.node)} has answered: there is nothing of that kind. {plain(self.view.probe.about)}"

    # Actions

    @property
    def asked_node(self) -> str:
        return self.host.node

    def action_ask(self, name: str = "") -> None:
        """Another question to this host."""
        try:
            probe = self.house.questions.catalogue().find(name)
        except ProbeError as error:
            self.house.tell_error(error)
            return
        self._cancel()
        self.put(probe)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "refresh" | "every":
                return True if self._asked is not None else None
            case "parameters":
                return bool(self._probe is not None and self._probe.parameters)
            case "script":
                return True if self._asked is not None else None
        return super().check_action(action, parameters)

    def action_refresh(self) -> None:
        if self._since is None and self._probe is not None and self._asked is not None:
            self._begin(self._probe, dict(self._asked))

    def action_parameters(self) -> None:
        if self._probe is not None:
            self.put(self._probe, form=True)

    def action_script(self) -> None:
        if self._probe is not None:
            self.app.push_screen(script_screen(self._probe, self._asked or {}))

    def action_list(self) -> None:
        def chosen(choice: Chosen | None) -> None:
            if choice is not None:
                self._cancel()
                self.put(choice.probe, form=choice.ask_first)
            elif self._asked is None:
                self._leave()

        last = self._probe.name if self._probe is not None else ""
        self.app.push_screen(
            ProbesScreen(self.house.questions.catalogue(), self.host.node, last=last), chosen
        )

    @work(group="measure", exclusive=True)
    async def action_utc(self) -> None:
        view = self.view
        view.choices.utc = utc = not view.choices.utc
        if view.table is None:
            return
        self.table.show(view, await in_turns(width_steps(view.table, utc=utc)))
        self.show_state()
        view.take_texts(await in_turns(search_steps(view.rows, view.columns, utc=utc)))
        self._arranged()

    def _cancel(self) -> bool:
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
        elif self._cancel():
            pass
        elif self.detail.is_open:
            self.set_detail(False)
        elif self._through_list and self._asked is not None:
            self._asked = None
            self.action_list()
        else:
            self._leave()

    def _leave(self) -> None:
        with suppress(IndexError):
            if self in self.app.screen_stack:
                self.dismiss()


def _can_be_put(probe: Probe, given: Mapping[str, str]) -> bool:
    try:
        probe.arguments(dict(given))
    except ProbeError:
        return False
    return True


def _way_on(probe: Probe) -> str:
    told = "p tells it something else · " if probe.parameters else ""
    return f"r asks again · {told}l other questions"
