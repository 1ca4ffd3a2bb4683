"""Every key, from the bindings themselves, so that this page cannot go stale."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from hptui.format import key_name
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import join, tell
from hptui.ui.widgets.key_line import KeyLine

HELP = KeyGroup("help", "Help")
EVERYWHERE = "Everywhere"
KEYS_IN = 12  # columns


class HelpScreen(ModalScreen[None]):
    """Groups of keys, each with what it does."""

    BINDINGS = [
        HELP.key("escape,question_mark,q", "close", "Close", "Back to where you were", shown="esc"),
    ]  # fmt: skip

    def __init__(
        self, bindings: Iterable[Binding], leader: str, about: str, *, here: Iterable[str] = ()
    ) -> None:
        """`here` are the groups of the screen that it is asked on: they come first."""
        super().__init__()
        first = set(here)
        self._keys = sorted(bindings, key=lambda binding: _title(binding) not in first)
        self._leader = leader
        self._about = about
        self._page = Static()
        self._told_at = 0  # columns

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield self._page
        yield KeyLine(note="↑ ↓ page up, page down")

    def on_mount(self) -> None:
        self.query_one("#help").border_title = "Keys"
        self._tell()

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        """Long lines are wrapped here: Textual would wrap them to the margin."""
        width = self.query_one("#help").scrollable_content_region.width
        if width and width != self._told_at:
            self._told_at = width
            self._page.update(
                keys_page(self._keys, self._leader, self._about, self.app.get_key_display, width)
            )

    def action_close(self) -> None:
        self.dismiss()


def keys_page(
    bindings: Iterable[Binding], leader: str, about: str, display: Callable[[Binding], str], width: int
) -> Content:
    """The page as text of `width` columns: one block per group, keys in a column. Without a `leader` there are no sessions."""
    groups: dict[str, list[Binding]] = {}
    for binding in bindings:
        groups.setdefault(_title(binding), []).append(binding)
    lines = [tell(about, "dim"), Content("")]
    for name, members in groups.items():
        lines.append(tell(name, "title"))
        for binding in members:
            keys = binding.key_display or " ".join(display(part) for part in Binding.make_bindings([binding]))
            margin = max(KEYS_IN, len(keys))
            told = textwrap.wrap(binding.tooltip or binding.description, max(20, width - margin - 3))
            lines.append(join("  ", tell(f"{keys:<{KEYS_IN}}", "key"), f" {told[0]}"))
            lines += [Content(" " * (margin + 3) + more) for more in told[1:]]
        lines.append(Content(""))
    if leader:
        lines.append(
            tell(
                f"In a session every key goes to the host but {key_name(leader)}; press it twice to send it there too.",
                "strong",
            )
        )
    return Content("\n").join(lines)


def _title(binding: Binding) -> str:
    return binding.group.description if binding.group else EVERYWHERE


def groups_here(screen: Screen[object]) -> list[str]:
    """The groups of the keys that mean something on `screen`, those for everywhere not counted."""
    from hptui.ui.screens.sessions import SessionsScreen
    from hptui.ui.widgets.leader_bar import SESSION

    titles = {_title(key.binding) for key in screen.active_bindings.values()} - {EVERYWHERE}
    if isinstance(screen, SessionsScreen):
        titles.add(SESSION.title)
    return sorted(titles)


def all_bindings(everywhere: Iterable[Binding]) -> list[Binding]:
    """Every binding of the program, in the order in which a person meets them; `everywhere` are the app's own."""
    met = [*everywhere, *_around_sessions(), *_around_answers(), *_elsewhere()]
    return [b for b in met if isinstance(b, Binding) and b.group is not None]


def _around_sessions() -> list[BindingType]:
    from hptui.ui.screens.confirm import ConfirmScreen
    from hptui.ui.screens.fleet import FleetScreen
    from hptui.ui.screens.join import JoinScreen
    from hptui.ui.screens.launch import LaunchScreen
    from hptui.ui.screens.leftovers import LeftoversScreen
    from hptui.ui.screens.object_view import ObjectScreen
    from hptui.ui.screens.paste import PasteScreen
    from hptui.ui.screens.question import QuestionScreen
    from hptui.ui.screens.sessions import SessionsScreen
    from hptui.ui.widgets.leader_bar import LeaderBar
    from hptui.ui.widgets.node_table import NodeTable
    from hptui.ui.widgets.search_bar import SearchBar

    nodes = [*NodeTable.BINDINGS, *FleetScreen.BINDINGS, *LaunchScreen.BINDINGS, *JoinScreen.BINDINGS]
    session = [*SessionsScreen.BINDINGS, *LeaderBar.KEYS, *SearchBar.BINDINGS, *PasteScreen.BINDINGS]
    asked = [*QuestionScreen.BINDINGS, *ConfirmScreen.BINDINGS, *LeftoversScreen.BINDINGS]
    return [*nodes, *session, *ObjectScreen.BINDINGS, *asked]


def _around_answers() -> list[BindingType]:
    from hptui.ui.screens.accounts import AccountsScreen
    from hptui.ui.screens.answer import AnswerScreen
    from hptui.ui.screens.answer_actions import AnswerActions
    from hptui.ui.screens.ask_pod import AskPodScreen
    from hptui.ui.screens.collect import CollectScreen
    from hptui.ui.screens.column_choice import ColumnList, ColumnsScreen
    from hptui.ui.screens.deeds import Deeds
    from hptui.ui.screens.export_answer import ExportScreen
    from hptui.ui.screens.new_file import NewFileScreen
    from hptui.ui.screens.parameters import ParametersScreen
    from hptui.ui.screens.probes import ProbesScreen
    from hptui.ui.screens.putting import Putting
    from hptui.ui.screens.table_actions import TableActions
    from hptui.ui.widgets.answer_table import AnswerTable

    asking = [*ProbesScreen.BINDINGS, *ParametersScreen.BINDINGS, *AskPodScreen.BINDINGS]
    answer = [*AnswerScreen.BINDINGS, *Putting.BINDINGS, *Deeds.BINDINGS]
    answer += [*AnswerActions.BINDINGS, *TableActions.BINDINGS, *AnswerTable.BINDINGS]
    columns = [*ColumnsScreen.BINDINGS, *ColumnList.BINDINGS]
    others = [
        *ExportScreen.BINDINGS,
        *AccountsScreen.BINDINGS,
        *CollectScreen.BINDINGS,
        *NewFileScreen.BINDINGS,
    ]
    return [*asking, *answer, *columns, *others]


def _elsewhere() -> list[BindingType]:
    from hptui.ui.screens.diagnostics import DiagnosticsScreen
    from hptui.ui.screens.doctor import DoctorScreen
    from hptui.ui.screens.play import PlayScreen
    from hptui.ui.screens.quit import QuitScreen
    from hptui.ui.screens.recordings import RecordingsScreen

    shown = [*DoctorScreen.BINDINGS, *DiagnosticsScreen.BINDINGS]
    return [
        *RecordingsScreen.BINDINGS,
        *PlayScreen.BINDINGS,
        *shown,
        *QuitScreen.BINDINGS,
        *HelpScreen.BINDINGS,
    ]
