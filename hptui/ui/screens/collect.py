"""Everything at once on the screen: how far it is, what has become of each question, and where the file with the answers is."""

from __future__ import annotations

import json
import time

from textual import work
from textual.app import ComposeResult
from textual.content import Content

from hptui import format as fmt
from hptui.errors import HptuiError
from hptui.probes.asking import ask_all
from hptui.probes.collection import EVERYTHING, PAGE, REPORT, Collection, report
from hptui.probes.export import rows_data
from hptui.probes.probe import Probe
from hptui.probes.table import Table, search_texts, whole
from hptui.terminal.plain import plain, visible
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import AnswerView, Choices
from hptui.ui.asked_host import AskedHost
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.new_file import NewFileScreen
from hptui.ui.screens.table_actions import TABLE, TableActions, TableKeys
from hptui.ui.tones import heading, tell
from hptui.ui.widgets.answer_bar import AnswerBar, Asked, rows_shown
from hptui.ui.widgets.launch_steps import LaunchSteps, error_lines

COLLECT = KeyGroup("collect", "Everything at once")
TICK = 0.2  # seconds
STEPS = "collect-steps"


def file_question(node: str, count: int, name: str) -> NewFileScreen:
    """What will be done, and where the answers go."""
    lines = [
        tell(f"Ask {plain(node)} {count} questions, one after another?", "strong"),
        Content("They only read. On most nodes they take a minute or two; stopping keeps what has been answered."),
        Content("The file holds command lines, addresses and log lines."),
        Content(""),
    ]  # fmt: skip
    return NewFileScreen(heading(EVERYTHING.title), lines, name, "enter asks")


class CollectScreen(TableActions):
    """Puts the collection's questions to the host, whose pod is there or is started by the first of them."""

    BINDINGS = [
        COLLECT.key("escape", "back", "Stop, back", "Stop asking and keep what has been answered; then back", shown="esc"),
    ]  # fmt: skip

    def __init__(self, host: AskedHost, collection: Collection, *, ends_pod: bool) -> None:
        """`ends_pod`: a pod made for this goes with the screen."""
        super().__init__()
        self.node = host.node
        self.view = AnswerView(REPORT, Choices())
        self.collection = collection
        self._host = host
        self._ends_pod = ends_pod
        self._probe: Probe | None = None  # that is being asked
        self._count = 0  # its records so far
        self._began = self._since = time.monotonic()
        self._took = 0.0  # seconds, when it is over
        self._stopping = False
        self._error: HptuiError | None = None
        launched = host.session if host.own else None
        self._steps = LaunchSteps(launched, way_on="esc goes back") if launched is not None else None
        self.bar = AnswerBar()

    def compose(self) -> ComposeResult:
        self.bar = AnswerBar(demo=self.house.demo)
        yield self.bar
        if self._steps is not None:
            self._steps.id = STEPS
            yield from self.below_bar(self._steps)
        else:
            yield from self.below_bar()
        yield TableKeys()

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)
        self.table.focus()
        self._show_answers()
        self._collect()

    def on_unmount(self) -> None:
        session = self._host.session
        if self._ends_pod and self._host.own and session is not None:
            self.house.questions.let_go(session)

    # Asking

    @property
    def is_asking(self) -> bool:
        return not self._took

    @work(group="collect", exclusive=True)
    async def _collect(self) -> None:
        try:
            await self.collection.fill(self._ask)
        except HptuiError as error:
            self._error = error
            self._let_go_of_the_lost()
        finally:
            self._took = time.monotonic() - self._began
            if self.is_attached:
                self._show_answers()
            elif self.collection.is_kept:
                self.app.notify(self._kept, title=REPORT.title, markup=False)

    async def _ask(self) -> None:
        collection, host = self.collection, self._host
        await ask_all(
            collection.probes,
            host.open,
            collection.results,
            node=host.node,
            account=host.account,
            told=self._told,
            progress=self._counted,
        )

    def _told(self, probe: Probe) -> None:
        self._probe, self._count, self._since = probe, 0, time.monotonic()
        self._show_answers()

    def _counted(self, count: int) -> None:
        self._count = count

    def _let_go_of_the_lost(self) -> None:
        session = self._host.session
        if self._host.own and session is not None and not self._host.is_there:
            self.house.questions.let_go(session)

    # What is shown

    def _tick(self) -> None:
        if self.is_asking:
            if self._steps is not None and self._host.is_launching:
                self._steps.show()
            self.show_state()

    def _show_answers(self) -> None:
        """What is new comes at the end, where the cursor goes with it unless it was moved away."""
        follows = self.table.line >= len(self.view.lines) - 1
        table = report(self.collection.results)
        self.view.widths = whole(width_steps(table))
        self.view.put(table)
        self.view.take_texts(search_texts(table.rows, table.columns))
        self.table.show(self.view)
        if follows:
            self.table.action_edge(1)
        self.show_state()

    def show_state(self) -> None:
        launch = self._steps is not None and (self._host.is_launching or self._error is not None)
        self.stage.current = STEPS if launch and not self.collection.results else TABLE
        self.bar.asked = Asked(
            node=self._host.node,
            account=self._host.account,
            title=REPORT.title,
            rows=rows_shown(self.view),
            words=self.view.words,
            state=self._state,
        )
        self.note.update(Content("\n").join(self._notes()))
        self.notes.display = not self.is_asking
        self.refresh_bindings()

    @property
    def _state(self) -> Content:
        collection = self.collection
        asked, count = len(collection.results), len(collection.probes)
        if not self.is_asking:
            return tell(
                f"{asked} of {count} answered in {fmt.took(self._took)}", "warn" if asked < count else "dim"
            )
        if self._stopping:
            return tell("… stopping, keeping what there is", "warn")
        name = visible(self._probe.title) if self._probe is not None else ""
        records = f", {self._count:,} records" if self._count else ""
        since = fmt.took(time.monotonic() - self._since)
        return tell(f"… {asked + 1} of {count}: {name}{records}, {since} · esc stops", "warn")

    @property
    def _kept(self) -> str:
        where = plain(str(self.collection.file.absolute()))
        return (
            f"{len(self.collection.results)} answers, which only you can read; begin with {PAGE} in\n{where}"
        )

    def _notes(self) -> list[Content]:
        if self.is_asking:
            return []
        collection = self.collection
        notes = error_lines(self._error) if self._error is not None else []
        if not collection.is_kept:
            return [*notes, tell("No file was made.", "warn")]
        notes.append(tell(self._kept, "good"))
        if collection.unanswered:
            notes.append(tell(f"{collection.unanswered} questions have no answer in it.", "warn"))
        notes.append(
            tell("Command lines, addresses and log lines are in it: look through it before you give it away.")
        )
        return notes

    def as_json(self, table: Table) -> str:
        return json.dumps({"node": self.node, "answers": rows_data(table.columns, table.rows)}, indent=2)

    # Actions

    def action_back(self) -> None:
        """One thing at a time."""
        if self.focused is self.filter or self.filter.value:
            self.clear_filter()
        elif self.detail.is_open:
            self.set_detail(False)
        elif not self.is_asking:
            self.dismiss()
        elif not self._stopping:
            self._stop()

    def _stop(self) -> None:
        """What has been answered is kept; a launch is undone."""
        self._stopping = True
        self.workers.cancel_group(self, "collect")
        if self._host.is_launching and self._host.session is not None:
            self.house.questions.let_go(self._host.session)
        self.show_state()
