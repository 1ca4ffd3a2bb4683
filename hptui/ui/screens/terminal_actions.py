"""What a person can do with the terminal in front and with what stands beside it, most of it after the leader key.

None of it touches a session's life.
"""

from __future__ import annotations

from typing import cast

from textual import on
from textual.screen import Screen

from hptui.format import key_name
from hptui.terminal.plain import plain
from hptui.ui.house import House
from hptui.ui.widgets.searchable_terminal import SearchableTerminal
from hptui.ui.widgets.session_keys import SessionKeys
from hptui.ui.widgets.session_lines import SessionLines
from hptui.ui.widgets.session_pane import SessionPane
from hptui.ui.widgets.side_panel import SidePanel


class TerminalActions(Screen[None]):
    """A screen with panes: whoever inherits from it yields `lines` and `keys`, and keeps `panes` and `active`."""

    def __init__(self, leader: str) -> None:
        super().__init__()
        self.panes: list[SessionPane] = []
        self.active = 0
        self.lines = SessionLines()
        self.keys = SessionKeys(key_name(leader))

    @property
    def pane(self) -> SessionPane | None:
        """The one in front."""
        return self.panes[self.active] if self.panes else None

    # Questions to the host

    @property
    def asked_node(self) -> str:
        """Where a question would go now."""
        pane = self.pane
        return pane.session.spec.node if pane is not None and pane.session.can_attach else ""

    def action_ask(self, name: str = "") -> None:
        """The question `name`, or one to be chosen, by an exec beside this session's shell."""
        if self.pane is None:
            return
        if not self.asked_node:
            self.notify("There is no running pod to ask in this tab.", severity="warning")
            return
        cast(House, self.app).questions.ask_session(self.pane.session, name)

    # The side panel and the pod

    def action_zoom(self) -> None:
        if self.pane is not None:
            zoomed = not self.pane.zoomed
            self.pane.set_zoomed(zoomed)
            self.keys.display = not zoomed

    def action_side(self) -> None:
        if self.pane is not None:
            self.pane.set_zoomed(False)
            self.pane.side_open = not self.pane.side_shown

    def action_widen(self, columns: int) -> None:
        if self.pane is not None:
            self.pane.widen(columns)

    def action_show(self, tab: str) -> None:
        if self.pane is not None:
            self.pane.set_zoomed(False)
            self.pane.side_open = True
            self.pane.query_one(SidePanel).show_tab(tab)

    def action_yaml(self) -> None:
        if self.pane is not None:
            spec = self.pane.session.spec
            cast(House, self.app).show_object(
                f"Pod {spec.pod_name}", f"/api/v1/namespaces/{spec.namespace}/pods/{spec.pod_name}"
            )

    def action_copy_selection(self) -> None:
        text = self.get_selected_text()
        if not text:
            self.notify("Nothing is selected: drag with the mouse, or click twice on a word.")
            return
        self.app.copy_to_clipboard(text)
        self.clear_selection()
        self.keys.refresh()
        self.notify(f"Copied {len(text)} characters")

    def action_scroll_back(self) -> None:
        if self.pane is not None:
            self.pane.terminal.scroll_page_up(animate=False)

    def action_top(self) -> None:
        if self.pane is not None:
            self.pane.terminal.scroll_to_top()

    def action_bottom(self) -> None:
        if self.pane is not None:
            self.pane.terminal.scroll_to_bottom()

    def action_prompt(self, way: int) -> None:
        if self.pane is None:
            return
        terminal = self.pane.terminal
        if not (terminal.previous_prompt() if way < 0 else terminal.next_prompt()):
            self.notify(f"There is no prompt {'above' if way < 0 else 'below'}.")

    def action_record(self) -> None:
        pane = self.pane
        if pane is None:
            return
        if pane.recorder is not None:
            path = pane.recorder.path
            pane.recording.stop()
            self.notify(f"Recorded. hptui play shows it, and it is in {plain(str(path))}", markup=False)
        elif pane.terminal.writer is None:
            self.notify("There is no shell to record: a recording begins with one.", severity="warning")
        else:
            pane.recording.begin()

    # Lines to type into

    def action_search(self) -> None:
        if self.pane is not None:
            self.lines.open_search(self.pane.terminal)

    def action_save(self) -> None:
        if self.pane is not None:
            self.lines.open_save(self.pane.terminal, self.pane.session.spec.node)

    @on(SearchableTerminal.Searched)
    def _searched(self, event: SearchableTerminal.Searched) -> None:
        event.stop()
        self.lines.searched(event.terminal)
