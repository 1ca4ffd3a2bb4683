"""From the wish to know something to a question that may be put: which one, told what, after a warning, to which pod."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content

from hptui.errors import ProbeError
from hptui.probes.asking import Result
from hptui.probes.catalogue import Catalogue
from hptui.probes.collection import EVERYTHING
from hptui.probes.probe import Probe, Then
from hptui.probes.table import Row
from hptui.probes.values import Value
from hptui.terminal.plain import visible
from hptui.ui.answer_view import AnswerView
from hptui.ui.asked_host import AskedHost
from hptui.ui.screens.deeds import Deeds
from hptui.ui.screens.parameters import ParametersScreen
from hptui.ui.screens.probes import Chosen, ProbesScreen, script_screen
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.table_actions import ANSWER
from hptui.ui.tones import heading, tell


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that another one has taken the place of, to come back to."""

    probe: Probe
    asked: Mapping[str, str]
    view: AnswerView
    result: Result
    key: tuple[Value, ...] | None  # of the row that led on


class Putting(Deeds):
    """Whoever inherits from it starts what may be put, and gives up what runs."""

    BINDINGS = [
        ANSWER.key("r", "refresh", "Ask again", "Ask again; what has changed is marked"),
        ANSWER.key("f", "follow", "Follow", "What this row leads to: a folder's files, a log's events, a pipe's owner"),
        ANSWER.key("p", "parameters", "Parameters", "Ask with other parameters"),
        ANSWER.key("m", "accounts", "Accounts", "The same question as every kind of account, side by side; asked first"),
        ANSWER.key("h", "list", "Ask host", "Another question to this host"),
        ANSWER.key("i", "script", "Script", "What runs on the host", show=False),
    ]  # fmt: skip

    def __init__(self, host: AskedHost, probe: Probe | None) -> None:
        super().__init__()
        self.host: AskedHost = host
        self.node = host.node
        self.probe = probe
        self.asked: Mapping[str, str] | None = None  # the arguments of the question that is put
        self.earlier: list[Earlier] = []
        self.through_list = probe is None
        self._leads: Earlier | None = None  # where the question that is being put comes from
        self._agreed: tuple[Probe, Mapping[str, str]] | None = None  # to what a warning was told of

    # Told by whoever inherits

    @property
    def is_asking(self) -> bool:
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether nothing is shown, nor being asked."""
        raise NotImplementedError

    def start(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        """Put it now."""
        raise NotImplementedError

    def cancel(self) -> bool:
        """Give up what is being asked; False where nothing is."""
        raise NotImplementedError

    def leave(self) -> None:
        raise NotImplementedError

    # The way to a question

    def put(self, probe: Probe, given: Mapping[str, str] | None = None, *, form: bool = False) -> None:
        """Ask, told what is `given` or was told the last time; `form` shows that first, as it is where something is missing."""
        choices = self.house.questions.choices(probe)
        known = {parameter.name for parameter in probe.parameters}
        values = {**choices.arguments, **(given or {})}
        values = {name: value for name, value in values.items() if name in known}

        def told(answer: dict[str, str] | None) -> None:
            if answer is None:
                self._not_put()
            else:
                choices.arguments = answer
                self._check(probe, answer)

        if probe.parameters and (form or not _can_be_put(probe, values)):
            self.app.push_screen(ParametersScreen(probe, values), told)
        else:
            self._check(probe, values)

    def _check(self, probe: Probe, given: dict[str, str]) -> None:
        try:
            arguments = probe.arguments(given)
        except ProbeError as error:
            self.house.tell_error(error)
            self._not_put()
            return
        if probe.warning and (probe, arguments) != self._agreed:
            self._warn(probe, arguments)
        else:
            self._find_pod(probe, arguments)

    def _warn(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        """What may disturb the host is asked about, once for each thing."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._agreed = probe, arguments
                self._find_pod(probe, arguments)
            else:
                self._not_put()

        told = " ".join(value for value in arguments.values() if value)
        lines = [tell(visible(told), "strong"), Content(visible(probe.warning))]
        self.app.push_screen(QuestionScreen(heading(probe.title), lines, "Ask"), answered)

    def _find_pod(self, probe: Probe, arguments: Mapping[str, str]) -> None:
        def start() -> None:
            if self._leads is not None:
                self.earlier.append(self._leads)
                self._leads = None
            self.start(probe, arguments)

        if self.host.is_there:
            start()
        else:
            self.house.questions.make_pod(self.host, start, self._not_put)

    def _not_put(self) -> None:
        """The person has thought better of it."""
        self._leads = None
        if not self.is_empty:
            return
        if self.through_list:
            self.action_list()
        else:
            self.leave()

    # Actions

    @property
    def asked_node(self) -> str:
        return self.host.node

    def action_ask(self, name: str = "") -> None:
        """Another question to this host, or everything; without a `name`, one to be chosen."""
        if not name:
            self.action_list()
            return
        if name == EVERYTHING.name:
            self._collect()
            return
        try:
            probe = self.house.questions.catalogue().find(name)
        except ProbeError as error:
            self.house.tell_error(error)
            return
        self._another(Chosen(probe, False))

    def _collect(self) -> None:
        self.cancel()
        self.house.questions.collect(self.host, self._not_put)

    def _another(self, chosen: Chosen) -> None:
        if chosen.probe is EVERYTHING:
            self._collect()
            return
        self.cancel()
        self.earlier.clear()
        self.put(chosen.probe, form=chosen.ask_first)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "refresh" | "script":
                return True if self.asked is not None else None
            case "accounts":  # what is asked about first is asked about each time
                able = self.asked is not None and not self.view.probe.warning
                return True if able else None
            case "parameters":
                return bool(self.probe is not None and self.probe.parameters)
            case "follow":
                return bool(self.view.probe.then) and (True if self._ways_on() else None)
        return super().check_action(action, parameters)

    def action_refresh(self) -> None:
        if not self.is_asking and self.probe is not None and self.asked is not None:
            self._check(self.probe, dict(self.asked))

    def action_parameters(self) -> None:
        if self.probe is not None and not self.is_asking:
            self.put(self.probe, self.asked, form=True)

    def action_script(self) -> None:
        if self.probe is not None:
            self.app.push_screen(script_screen(self.probe, self.probe.arguments(dict(self.asked or {}))))

    def action_accounts(self) -> None:
        if self.probe is not None and self.asked is not None:
            self.house.questions.ask_accounts(self.node, self.probe, dict(self.asked))

    def action_list(self) -> None:
        self.list_questions(last=self.is_empty)

    def list_questions(self, *, last: bool) -> None:
        """Let the person choose another; where the list is the `last` thing, closing it leaves."""

        def chosen(choice: Chosen | None) -> None:
            if choice is not None:
                self._another(choice)
            elif last:
                self.leave()

        name = self.probe.name if self.probe is not None else ""
        found = self.house.questions.catalogue()
        self.app.push_screen(ProbesScreen(found, self.host.node, last=name), chosen)

    # From a row to the next question

    def _ways_on(self) -> list[Then]:
        row = self.table.row
        if row is None:
            return []
        return [
            each
            for each in self.view.probe.then
            if not each.flag or self._cell(row, each.flag) is each.wanted
        ]

    def _cell(self, row: Row, key: str) -> Value:
        return next(
            (cell for column, cell in zip(self.view.columns, row.cells, strict=True) if column.key == key),
            None,
        )

    def action_follow(self) -> None:
        """Put the question that this row leads to; where there are several, one is chosen."""
        row, result, ways = self.table.row, self.result, self._ways_on()
        if row is None or result is None or self.probe is None or not ways or self.is_asking:
            return
        found = self.house.questions.catalogue()
        by_name = {probe.name: probe for probe in found.probes}
        led = {each.probe: each for each in ways if each.probe in by_name}
        here = Earlier(self.probe, self.asked or {}, self.view, result, row.key)

        def go(choice: Chosen | None) -> None:
            if choice is None:
                return
            pairs = led[choice.probe.name].given
            given = {parameter: _as_argument(self._cell(row, column)) for parameter, column in pairs}
            if odd := next((value for value in given.values() if _steers(value)), None):
                self.house.tell_error(
                    ProbeError(
                        f"{visible(odd)} can't be asked about: it holds control characters.",
                        title="This row leads nowhere",
                        hint="",
                    )
                )
                return
            self._leads = here
            self.put(choice.probe, given, form=choice.ask_first)

        if len(led) == 1:
            go(Chosen(by_name[next(iter(led))], False))
        elif led:
            several = Catalogue(tuple(by_name[name] for name in led))
            self.app.push_screen(ProbesScreen(several, self.host.node, everything=False), go)


def _as_argument(cell: Value) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def _steers(value: str) -> bool:
    """Whether it holds what no parameter takes, and no line to type into may show."""
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in value)


def _can_be_put(probe: Probe, given: Mapping[str, str]) -> bool:
    try:
        probe.arguments(dict(given))
    except ProbeError:
        return False
    return True
