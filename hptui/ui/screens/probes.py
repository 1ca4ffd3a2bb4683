"""The questions there are, by group, found by typing; each with what it tells and what it may be told."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from hptui.errors import ProbeError
from hptui.probes.catalogue import Catalogue
from hptui.probes.collection import EVERYTHING
from hptui.probes.probe import Probe
from hptui.terminal.plain import visible
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.object_view import ObjectScreen
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.key_line import KeyLine

PROBES = KeyGroup("probes", "Questions to a host")
OWN = "Your own"
PROBLEM = "problem:"
TITLES = 34  # columns


@dataclass(frozen=True, slots=True)
class Chosen:
    """`ask_first` where the person wants to change parameters before it is asked."""

    probe: Probe
    ask_first: bool


class ProbesScreen(ModalScreen[Chosen | None]):
    """Answers which question to put, or EVERYTHING."""

    BINDINGS = [
        PROBES.key("enter", "choose", "Ask", "Put this question to the host"),
        PROBES.key("f2", "parameters", "Parameters", "Ask after changing what the question may be told"),
        PROBES.key("f3", "script", "Script", "What would run on the host"),
        PROBES.key("escape", "close", "Close", "Back to where you were", shown="esc"),
        PROBES.key("up", "move('cursor_up')", "Up", "The question above", show=False),
        PROBES.key("down", "move('cursor_down')", "Down", "The question below", show=False),
        PROBES.key("pageup", "move('page_up')", "Page up", "A page up", show=False),
        PROBES.key("pagedown", "move('page_down')", "Page down", "A page down", show=False),
    ]  # fmt: skip

    def __init__(self, found: Catalogue, node: str, *, last: str = "", everything: bool = True) -> None:
        """`last` is the name of the question that was put before; `everything` offers to put them all."""
        super().__init__()
        self._single = found
        self._found = Catalogue((EVERYTHING, *found.probes), found.problems) if everything else found
        self._node = node
        self._last = last
        self._listed: str | None = None  # the words of what is listed

    def compose(self) -> ComposeResult:
        with Vertical(id="probes"):
            yield Input(placeholder="type to find a question", id="probes-find", compact=True)
            with Horizontal(id="probes-columns"):
                yield OptionList(id="probes-list", compact=True)
                with VerticalScroll(id="probes-about", can_focus=False):
                    yield Static()
        yield KeyLine(note="enter asks")

    def on_mount(self) -> None:
        box = self.query_one("#probes")
        box.border_title = heading(f"Ask the host {self._node}")
        if self._found.problems:
            count = len(self._found.problems)
            box.border_subtitle = f"{count} of your own can't be used: see the end of the list"
        self._list_matching("")
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Words typed wherever the keyboard is are the ones to find."""
        line = self.query_one(Input)
        if self.focused is not line and event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self.set_focus(line)
            line.insert_text_at_cursor(event.character)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list_matching(event.value)

    def _list_matching(self, words: str) -> None:
        if words == self._listed:
            return
        self._listed = words
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(_options(self._found, words))
        names = [option.id for option in options.options]
        asked = self._found if words.strip() else self._single  # everything only where it is meant
        best = best_match(asked, words) if words.strip() or self._last not in names else self._last
        if best in names:
            options.highlighted = names.index(best)
        else:
            self._tell(tell("No question has these words in its name, title or description.", "dim"))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        if (probe := self._probe) is not None:
            self._tell(about(probe))
        elif (problem := self._problem) is not None:
            parts = (problem.heading, problem.message, problem.hint)
            self._tell(Content("\n\n").join(Content(visible(part)) for part in parts if part))
        self.refresh_bindings()

    def _tell(self, text: Content) -> None:
        self.query_one("#probes-about Static", Static).update(text)

    @property
    def _probe(self) -> Probe | None:
        option = self.query_one(OptionList).highlighted_option
        name = option.id if option is not None else None
        return next((probe for probe in self._found.probes if probe.name == name), None)

    @property
    def _problem(self) -> ProbeError | None:
        """What is wrong with the file under the cursor."""
        option = self.query_one(OptionList).highlighted_option
        name = option.id if option is not None else None
        at = name.removeprefix(PROBLEM) if name is not None and name.startswith(PROBLEM) else ""
        return self._found.problems[int(at)] if at else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("choose", "script", "parameters"):
            probe = self._probe if self.is_mounted else None
            able = probe is not None and (action == "choose" or probe is not EVERYTHING)
            able = able and (action != "parameters" or bool(probe and probe.parameters))
            return True if able else None
        return True

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        self._list_matching(
            self.query_one(Input).value
        )  # Enter may be here before what was typed has been told of
        if (probe := self._probe) is not None:
            self.dismiss(Chosen(probe, False))
        else:
            self.app.bell()

    def action_parameters(self) -> None:
        if (probe := self._probe) is not None and probe is not EVERYTHING:
            self.dismiss(Chosen(probe, True))

    def action_script(self) -> None:
        if (probe := self._probe) is not None and probe is not EVERYTHING:
            self.app.push_screen(script_screen(probe, probe.arguments({})))

    async def action_move(self, how: str) -> None:
        await self.query_one(OptionList).run_action(how)

    def action_close(self) -> None:
        self.dismiss(None)


def script_screen(probe: Probe, arguments: Mapping[str, str]) -> ObjectScreen:
    """Everything that PowerShell on the host is given."""
    from hptui.probes.harness import whole_script

    return ObjectScreen(f"What {probe.name} runs", whole_script(probe, arguments, "0" * 16))


def matches(probe: Probe, words: str) -> bool:
    text = f"{probe.name} {probe.title} {probe.about} {group_of(probe)}".casefold()
    return all(word in text for word in words.casefold().split())


def best_match(found: Catalogue, words: str) -> str:
    """The name of the question that is probably meant: words in a name count most, those in the description least."""
    wanted = words.casefold().split()

    def rank(probe: Probe) -> tuple[int, int]:
        first = wanted[0] if wanted else ""
        inside = [0 if word in f"{probe.name} {probe.title}".casefold() else 1 for word in wanted]
        if probe.name in wanted:
            return 0, -1
        starts = probe.name.startswith(first) or probe.title.casefold().startswith(first)
        return sum(inside), 0 if starts else 1

    return min((probe for probe in found.probes if matches(probe, words)), key=rank, default=_NONE).name


_NONE = Probe("", "", "")


def group_of(probe: Probe) -> str:
    return OWN if probe.own else probe.group or "Others"


def _options(found: Catalogue, words: str) -> Iterator[Option]:
    shown = [probe for probe in found.probes if matches(probe, words)]
    for group, probes in groupby(shown, key=group_of):
        yield Option(tell(visible(group), "title"), disabled=True)
        for probe in probes:
            yield Option(join(f"  {visible(probe.title):<{TITLES}} ", tell(probe.name, "dim")), id=probe.name)
    if not words.strip():
        for number, problem in enumerate(found.problems):
            yield Option(tell(f"  ✗ {visible(problem.message)}", "bad"), id=f"{PROBLEM}{number}")


def about(probe: Probe) -> Content:
    """What a question is about, what it may be told and what its answer holds."""
    lines = [tell(visible(probe.title), "title")]
    if probe.about:
        lines += [Content(visible(probe.about))]
    if probe.parameters:
        lines += [Content(""), tell("It may be told", "dim")]
        for parameter in probe.parameters:
            given = visible(parameter.default) or "–"
            lines.append(join(f"  {parameter.name} ", tell(given, "accent"), f" {visible(parameter.title)}"))
    if probe.columns:
        titles = ", ".join(visible(column.title) for column in probe.columns)
        lines += [Content(""), tell("Its answer has", "dim"), Content(f"  {titles}")]
    long = f", and may take {probe.limit:g} s" if probe.limit else ""
    lines += [Content(""), tell(f"It only reads{long}.", "dim")]
    if probe.sources:
        lines += [Content(""), tell("Sources", "dim")]
        lines += [tell(line, "dim") for s in probe.sources for line in textwrap.wrap(visible(s), 200)]
    return Content("\n").join(lines)
