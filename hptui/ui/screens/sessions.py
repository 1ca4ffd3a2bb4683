"""The open sessions: one pane each, tabs in the line above, and the leader key as the only key that isn't the host's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.geometry import Size

from hptui.format import key_name
from hptui.hostprocess.login import Notice
from hptui.hostprocess.session import Session, State
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui.deadline_warnings import DeadlineWarnings
from hptui.ui.house import House
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.terminal_actions import TerminalActions
from hptui.ui.widgets.launch_steps import LaunchSteps
from hptui.ui.widgets.leader_bar import LeaderBar
from hptui.ui.widgets.session_bar import SessionBar
from hptui.ui.widgets.session_lines import SessionLines
from hptui.ui.widgets.session_pane import SessionPane
from hptui.ui.widgets.terminal_view import TerminalView

WHILE_LOST = frozenset({"again", "cancel"})
ENDED = KeyGroup("ended", "A session without a shell")


class SessionsScreen(TerminalActions):
    """Panes stay mounted while another screen is shown: sessions go on."""

    BINDINGS = [
        ENDED.key("enter,escape", "close_tab", "Close tab", "Close the tab of a session that is over"),
        ENDED.key("r", "again", "Again", "A new session with the same choices, or a new shell in the same pod"),
        ENDED.key("D", "delete_left", "Delete pod", "Delete the pod of another hptui that this one has let go of; asks first"),
        ENDED.key("escape", "cancel", "Cancel", "Stop a launch; what it made is removed"),
        ENDED.key("d", "fleet", "Nodes", "Back to the nodes"),
    ]  # fmt: skip

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.leader)
        self.settings = settings
        self._led = False
        self._warnings = DeadlineWarnings(key_name(settings.leader))

    @property
    def house(self) -> House:
        return cast(House, self.app)

    @property
    def has_panes(self) -> bool:
        return bool(self.panes)

    def compose(self) -> ComposeResult:
        yield SessionBar(demo=self.house.demo)
        yield Container(*self.panes, id="panes")
        yield LeaderBar()
        yield self.lines
        yield self.keys

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self._show()

    # Panes

    def add(self, pane: SessionPane) -> None:
        """A new session, in front."""
        self.panes.append(pane)
        self.active = len(self.panes) - 1
        if self.is_mounted:
            self.query_one("#panes").mount(pane)
            self._show()

    def go_to(self, session: Session) -> None:
        for index, pane in enumerate(self.panes):
            if pane.session is session:
                self.active = index
                self._show()

    def _show(self) -> None:
        """The active pane in front, the bar and the footer true to it."""
        if not self.is_mounted:
            return
        pane = self.pane
        for other in self.panes:
            other.display = other is pane
        if pane is not None:
            pane.rang = False
        self._show_bar()
        if pane is not None and pane.is_mounted and self.app.screen is self:
            pane.focus_inside()
        self.refresh_bindings()

    def _show_bar(self) -> None:
        if self.panes:
            self.query_one(SessionBar).show(
                [pane.session for pane in self.panes],
                self.active,
                self.panes[self.active].title,
                {index for index, pane in enumerate(self.panes) if pane.recorder is not None},
                {index for index, pane in enumerate(self.panes) if pane.rang},
            )
            pane = self.panes[self.active]
            self.keys.say(pane.notice, WHILE_LOST if pane.ending.minds_typing else None)

    def show_login(self, notice: Notice | None) -> None:
        for bar in self.query(SessionBar):
            bar.show_login(notice)

    def on_screen_suspend(self) -> None:
        self._led = False
        self.query_one(LeaderBar).show(False)

    def on_screen_resume(self) -> None:
        self._lead(False)
        self._show()

    def _tick(self) -> None:
        self._show_bar()
        now = datetime.now(UTC)
        for pane in self.panes:
            if warning := self._warnings.due(pane.session, now):
                self.notify(
                    warning,
                    title="The deadline comes near",
                    severity="warning",
                    markup=False,
                )

    @on(SessionPane.Changed)
    def _pane_changed(self, event: SessionPane.Changed) -> None:
        event.stop()
        self._show_bar()
        self.refresh_bindings()

    @on(SessionBar.TabClicked)
    def _tab_clicked(self, event: SessionBar.TabClicked) -> None:
        self.action_go(event.index + 1)

    def window_resized(self, size: Size) -> None:
        for pane in self.panes:
            pane.window_resized(size)

    def on_text_selected(self) -> None:
        """Comes when the mouse is let go of, also where that has ended a selection."""
        self.keys.refresh()

    # The leader key

    async def on_key(self, event: events.Key) -> None:
        """The leader key and the one that follows it; a terminal lets both bubble up to here.

        Keys typed ahead may come here too: the screen that the leader opened gets its own, and the host what is the host's.
        """
        ours = self._led or event.key == self.settings.leader
        if self.lines.is_open and not ours:
            # Some of a line's keys come up to here, and all that were typed so fast that the terminal got them.
            if await self.lines.take(event.key, event.character):
                event.stop()
                event.prevent_default()
            return
        if not ours and self.app.screen is self and not isinstance(self.focused, TerminalView):
            return
        event.stop()
        event.prevent_default()
        if self.app.screen is not self:
            self.app.post_message(events.Key(event.key, event.character))
        elif not ours or (self._led and event.key == self.settings.leader):
            self._lead(False)
            if self.pane is not None:
                self.pane.send_key(event.key, event.character)
        elif not self._led:
            self._lead(True)
        else:
            await self._after_leader(event.key)

    def _lead(self, led: bool) -> None:
        """Whether the next key is a command. The terminal must know too: it may already hold that key."""
        self._led = led
        if led and self.pane is not None and self.pane.is_mounted:
            self.pane.terminal.rest()
        self._close_line()
        self.query_one(LeaderBar).show(led)
        for pane in self.panes:
            if pane.is_mounted:
                pane.terminal.expects_command = pane.ending.expects_command = led

    async def _after_leader(self, key: str) -> None:
        bar = self.query_one(LeaderBar)
        action = bar.meaning(key)
        self._led = key in bar.REPEATS
        bar.show(self._led)
        if action is None:
            self.notify(
                f"{key} means nothing after the leader key; ? lists what does.",
                severity="warning",
                markup=False,
            )
        else:
            await self.run_action(action)
        # With another screen in front, the terminal goes on passing up what it was given too early.
        if self.app.screen is self and not self._led and not self.lines.is_open:
            self._lead(False)

    def action_nothing(self) -> None:
        """Back to the host, from a side panel too, and nothing lies over it."""
        self.app.clear_notifications()
        if self.pane is not None:
            self.pane.focus_inside()

    # Actions, most of them after the leader key

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        pane = self.pane
        launching = pane is not None and isinstance(self.focused, LaunchSteps)
        over = pane is not None and pane.is_over
        match action:
            case "close_tab":
                return over
            case "again":
                return over or (pane is not None and pane.is_lost)
            case "cancel":
                return not over and (launching or (pane is not None and pane.lost_link.trying))
            case "delete_left":
                return pane is not None and pane.session.state is State.LEFT
            case "another":
                return None if pane is None or not pane.session.can_attach else True
            case "renew":
                return None if pane is None or pane.is_over or launching else True
            case "end_old_shell":
                return None if pane is None or not pane.old_shells else True
            case "fleet":
                return True
            case "reconnect":
                return None if pane is None or not pane.session.can_attach else True
        return True

    def action_fleet(self) -> None:
        self.house.action_fleet()

    def action_next(self) -> None:
        self._step(1)

    def action_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.panes:
            self.active = (self.active + by) % len(self.panes)
            self._show()

    def action_go(self, number: int) -> None:
        if 1 <= number <= len(self.panes):
            self.active = number - 1
        self._show()

    # Lines to type into

    @on(SessionLines.Done)
    def _line_done(self, event: SessionLines.Done) -> None:
        event.stop()
        self._lead(False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self.lines.is_open and not self.lines.holds(event.widget):
            self._lead(False)

    def _close_line(self) -> None:
        """Hide what is open; the keyboard is the session's again, unless it went elsewhere."""
        if self.lines.is_open:
            if self.pane is not None and self.focused is not None and self.lines.holds(self.focused):
                self.set_focus(self.pane.inside)
            self.lines.close()

    # A session's life

    def action_reconnect(self) -> None:
        pane = self.pane
        if pane is None:
            return
        if pane.lost_link.trying:
            pane.lost_link.now()
        elif pane.terminal.writer is not None or not pane.session.can_attach:
            self.notify("There is nothing to reconnect: a new shell takes the place of one that was lost.")
        else:
            pane.reconnect()

    def action_another(self) -> None:
        if self.pane is not None:
            self.house.opening.open_beside(self.pane.session)

    @work(group="delete-left", exclusive=True)
    async def action_delete_left(self) -> None:
        """Another hptui may still have the pod open: what that means is said before it is deleted."""
        pane = self.pane
        if pane is None:
            return
        lines = [
            Content(
                f"{plain(pane.session.label)}: another hptui made this pod, from {plain(pane.session.spec.where_from) or '?'}."
            ),
            Content(""),
            Content("Deleting it ends every shell in it at once, also those that are open there."),
        ]
        if await self.app.push_screen_wait(QuestionScreen("Delete the pod", lines, "Delete it", "Let it be")):
            await pane.delete_left_pod()
            self.refresh_bindings()

    def action_renew(self) -> None:
        if self.pane is not None:
            self.pane.renewing.key()

    def action_end_old_shell(self) -> None:
        if self.pane is not None:
            self.pane.offer_to_end_old_shell()

    async def action_cancel(self) -> None:
        if self.pane is not None and self.pane.lost_link.trying:
            self.pane.lost_link.stop()
        else:
            self.action_end()

    @work(group="end")
    async def action_end(self) -> None:
        """End the session in front; its pod is deleted in sight, and its tab closes once it is gone."""
        pane = self.pane
        if pane is None:
            return
        pane.focus_inside()
        await pane.close()
        if pane.session.state is State.GONE or not pane.is_last:
            await self._remove(pane)

    async def action_close_tab(self) -> None:
        if self.pane is not None and self.pane.is_over:
            await self._remove(self.pane)

    async def _remove(self, pane: SessionPane) -> None:
        if pane not in self.panes:
            return
        await pane.renewing.stop()
        self.panes.remove(pane)
        self.active = max(0, min(self.active, len(self.panes) - 1))
        await pane.remove()
        if pane.is_last:
            self.house.forget(pane.session)
        if self.panes:
            self._show()
        elif self.app.screen is self:
            self.house.action_fleet()

    async def action_again(self) -> None:
        pane = self.pane
        if pane is None:
            return
        if pane.lost_link.trying:
            pane.lost_link.now()
        elif pane.session.can_attach:
            pane.reconnect()
        elif pane.session.state is State.FAILED:
            self.action_end()  # its pod could not be removed: again
        elif pane.is_over:
            spec = pane.session.spec
            await self._remove(pane)
            self.house.opening.open_again(spec)
