"""One session on the screen: its launch, then its terminal, then how it ended; the side panel beside it.

The pane drives the Session and nothing else does, so that a tab that is closed has closed its session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from hptui.cluster.model import ExecEnd, ExecExit, Node
from hptui.cluster.port import ExecChannel
from hptui.errors import HptuiError, TerminalError
from hptui.format import key_name
from hptui.hostprocess.joined import JoinedSession
from hptui.hostprocess.session import Session, State
from hptui.settings import Settings
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.plain import plain
from hptui.terminal.recording import Recorder
from hptui.ui.ending_words import being_ended, how_it_ended, what_is_left
from hptui.ui.house import House
from hptui.ui.lost_link import LostLink
from hptui.ui.old_shells import OldShells
from hptui.ui.pane_recording import PaneRecording
from hptui.ui.renewing import Renewing
from hptui.ui.shell_news import ShellNews
from hptui.ui.tones import tell
from hptui.ui.widgets.ending import Ending
from hptui.ui.widgets.hosted_terminal import HostedTerminal
from hptui.ui.widgets.launch_steps import LaunchSteps, error_lines, joined_words
from hptui.ui.widgets.shell_link import ShellLink
from hptui.ui.widgets.side_panel import SidePanel

SILENCE = 5.0  # seconds without a first word, after which an empty terminal needs one


class SessionPane(HostedTerminal):
    """Lives as long as its tab. `close()` ends the session and is awaited before the tab goes."""

    DEFAULT_CSS = """
    SessionPane .stage { width: 1fr; height: 1fr; }
    SessionPane ContentSwitcher { height: 1fr; }
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        node: Node | None,
        engine_process: EngineProcess | None = None,
    ) -> None:
        side = SidePanel(session, node, settings.log_tail, settings.usage_interval)
        super().__init__(session, settings, side, engine_process)
        # Held, not queried: a session tells of changes while its pane is being put up or taken down.
        self.stage = ContentSwitcher(initial="steps")
        self.steps = LaunchSteps(session)
        self.steps.id = "steps"
        self.recording = PaneRecording(
            session,
            self.terminal,
            settings,
            tell=self._tell_of_recording,
            changed=self.tell_changed,
        )
        self.ending = Ending(settings.leader)
        self.old_shells = OldShells(session)
        self.news = ShellNews()
        self.lost_link = LostLink(session, self._new_shell, self._show_lost, self.leader)
        session.hold()
        self._holds = True
        self._left = False  # this tab's shell has ended, and its session goes on in another
        self.renewing = Renewing(self, engine_process)
        self.link: ShellLink | None = None  # to the last shell
        self._node = node
        self._unsubscribe = session.subscribe(self._session_changed)

    def compose(self) -> ComposeResult:
        with Vertical(classes="stage"):
            with self.stage:
                yield self.steps
                yield self.terminal
            yield self.ending
        yield self.splitter
        yield self.side

    def on_mount(self) -> None:
        self.window_resized(self.app.size)
        self.focus_inside()
        if note := self.terminal.emulator.engine_note:
            self._tell_engine(note)
        self._launch()

    def focus_inside(self) -> None:
        self.inside.focus()

    @property
    def inside(self) -> Widget:
        """What the keyboard belongs to."""
        if self.ending.display:
            return self.ending
        return self.terminal if self._attached else self.steps

    @property
    def _attached(self) -> bool:
        return self.stage.current == "terminal"

    # The session's life

    @work(group="session", exclusive=True)
    async def _launch(self) -> None:
        try:
            if self.session.can_attach:  # beside another tab's shell
                channel = await self._new_shell()
            else:
                channel = await self.session.start(self.grid(), command=self.command)
        except HptuiError as error:
            if self.session.can_attach:
                self.house.tell_error(error)
            self._session_changed(self.session)
            await self._clean_up()
            return
        if self.session.is_joined:
            self.notify(joined_words(self.session), title=plain(self.session.label), markup=False)
        await self.live(channel)

    async def live(self, channel: ExecChannel | None, *, has_spoken: bool = False) -> None:
        """Serve one shell after the other, as long as a lost one is followed by a new one."""
        while channel is not None:
            exit = await self._serve(channel, has_spoken=has_spoken)
            channel, has_spoken = await self._after(exit), False

    async def _serve(self, channel: ExecChannel, *, has_spoken: bool) -> ExecExit:
        """Carry bytes both ways until the shell ends."""
        self.channel = channel
        terminal = self.terminal
        self.stage.current = "terminal"
        self.ending.hide()
        self.recording.shell_begins()
        link = self.link = ShellLink(channel, on_skipped=self.recording.skipped)
        terminal.writer, terminal.deaf = link.write, lambda: link.deaf
        if self.display and self.app.screen is self.screen:
            terminal.focus()
        silence = self.set_timer(SILENCE, self._tell_silence, pause=has_spoken)

        async def read() -> Sequence[bytes]:
            chunks = await link.read()
            silence.stop()
            return chunks

        await terminal.pump(read)
        exit = await self.session.ended(channel)
        terminal.writer = terminal.deaf = None
        channel.close()
        return exit

    def _tell_silence(self) -> None:
        self.notify(
            f"{plain(self.session.label)}: the shell is connected and has printed nothing yet. "
            f"The node may be slow or hang; {self.leader} x ends the session.",
            severity="warning",
            markup=False,
        )

    async def _after(self, exit: ExecExit) -> ExecChannel | None:
        """What follows the end of a shell; a new one where its link was lost and comes back."""
        if exit.end is ExecEnd.CLOSED:
            return None
        if exit.end is ExecEnd.LOST and self.session.can_attach:
            self.recording.lost()
            if self.channel is not None:
                self.old_shells.add(self.channel)
            return await self._come_back(by_itself=self.settings.reconnect)
        await self._shell_ended(exit)
        return None

    async def _shell_ended(self, exit: ExecExit) -> None:
        self.recording.end(exit.code if exit.end is ExecEnd.EXITED else None)
        lines = how_it_ended(self.session, exit)
        by_person = exit.end is ExecEnd.EXITED and self.session.error is None
        self._end([*lines, tell(being_ended(self.session), "dim")], expected=by_person)
        await self._clean_up()
        if self.is_over and self.session.state is not State.FAILED:
            self._end([*lines, what_is_left(self.session, in_another_tab=self._left)])

    # A fresh pod in this tab

    async def become(self, session: Session) -> None:
        """Another session's from here on."""
        self._unsubscribe()
        session.hold()
        self.session = self.steps.session = session
        self._holds, self._left = True, False
        self._unsubscribe = session.subscribe(self._session_changed)
        self.old_shells = OldShells(session)
        self.lost_link = LostLink(session, self._new_shell, self._show_lost, self.leader)
        self.recording.move_to(session)
        await self.replace_side(
            SidePanel(session, self._node, self.settings.log_tail, self.settings.usage_interval)
        )
        self._session_changed(session)

    def let_go(self, session: Session, channel: ExecChannel | None) -> None:
        """Of a session that this tab has moved on from; the app's to see to, should the tab be closed meanwhile."""
        self.app.run_worker(self._let_go(session, channel), group="old-session", exit_on_error=False)

    async def _let_go(self, session: Session, channel: ExecChannel | None) -> None:
        if channel is not None:
            channel.close()
        if not session.release():
            self.notify("The old session goes on in another tab.", title=plain(session.label), markup=False)
            return
        try:
            await session.close()
        except HptuiError as error:
            self.house.tell_error(error)
        else:
            gone = "stays: another hptui made it" if session.state is State.LEFT else "is gone"
            self.notify(f"The old pod {gone}.", title=plain(session.label), markup=False)
        self.house.forget(session)

    @property
    def house(self) -> House:
        return cast(House, self.app)

    # A lost link

    @work(group="session", exclusive=True)
    async def reconnect(self) -> None:
        """A new shell in the same pod, now."""
        if not self._holds:  # it goes on in another tab
            self.session.hold()
            self._holds, self._left = True, False
            self.lost_link.begin_again()
        await self.live(await self._come_back(at_once=True))

    async def _come_back(self, *, by_itself: bool = True, at_once: bool = False) -> ExecChannel | None:
        """Try until there is a new shell, the person stops it, or the pod is no more."""
        self._end(self.lost_link.begin(self.session.error), expected=False)
        self.ending.minds_typing = True
        channel = await self.lost_link.come_back(at_once=at_once) if by_itself or at_once else None
        if channel is not None:
            return await self._welcome(channel)
        self.ending.minds_typing = False
        if self.session.can_attach:
            self._end(self.lost_link.lines())
        elif self.session.state is State.ENDED:
            await self._shell_ended(ExecExit(ExecEnd.KILLED, None))
        return None

    async def _welcome(self, channel: ExecChannel) -> ExecChannel:
        """Say that the shell is a new one, and let nothing that was typed for the old one come to it."""
        said = await self.old_shells.told(self.leader)
        self.begin_anew(said)
        await self.ending.quiet(
            lambda: self.ending.show(
                tell("The new shell is there: stop typing for a second.", "warn"), expected=True
            )
        )
        if dropped := self.ending.forget_typing():
            self.notify(
                f"{dropped} typed while the connection was lost {'was' if dropped == '1 key' else 'were'} dropped: "
                "nothing of it came to the new shell.",
                title=plain(self.session.label),
                severity="warning",
                markup=False,
            )
        return channel

    @work(group="old-shell", exclusive=True)
    async def offer_to_end_old_shell(self) -> None:
        if self.old_shells:
            await self.old_shells.offer_to_end(self.app)
            if not self.old_shells:
                self.news.forget()
        else:
            self.notify("No shell of this session was lost, or all that were have ended.")

    @property
    def notice(self) -> str:
        """What the footer is to say of it instead of its usual sentence."""
        return self.renewing.words or self.news.words(self.link.written_at if self.link is not None else None)

    def begin_anew(self, said: str) -> None:
        """What stands on the screen is kept in the history, and what is new is said there and in the footer."""
        self.terminal.feed(self.news.begin(said, self.terminal.emulator.rows))

    def _new_shell(self) -> Awaitable[ExecChannel]:
        return self.session.attach(self.grid(), command=self.command)

    def _show_lost(self) -> None:
        if self.ending.display:
            self.ending.update(Content("\n").join(self.lost_link.lines()))
        self.post_message(self.Changed(self))

    async def close(self) -> None:
        """End the session wherever it is; its pod is deleted and seen gone, or the screen says why not."""
        await self.renewing.stop()
        self._end([tell(f"ending the session: {being_ended(self.session)}", "warn")])
        await self._clean_up()
        if self.session.state is State.LEFT:
            self._end([what_is_left(self.session, in_another_tab=self._left)])

    async def delete_left_pod(self) -> None:
        """The pod of another hptui, which this one has let go of."""
        if isinstance(self.session, JoinedSession):
            self._end([tell("deleting the pod …", "warn")])
            try:
                await self.session.delete_pod()
            except HptuiError as error:
                self._end(error_lines(error))
            else:
                self._end([what_is_left(self.session, in_another_tab=self._left)])

    async def _clean_up(self) -> None:
        """Of the last tab of a session its pod; of another one only its shell."""
        self.recording.end()
        self._let_go_of_session()
        if self._left:
            return
        try:
            await self.session.close()
        except HptuiError as error:
            self._end(error_lines(error))

    def _end(self, lines: Sequence[Content], *, expected: bool = True) -> None:
        """Say under the terminal how it ended; `expected` when the person brought it about."""
        ending = self.ending
        if self._attached:
            ending.show(Content("\n").join(lines), expected=expected)
            if self.display and self.app.screen is self.screen:
                ending.focus()
        self._session_changed(self.session)

    def _let_go_of_session(self) -> None:
        if self._holds:
            self._holds = False
            self._left = not self.session.release()
        if self._left and self.channel is not None:
            self.channel.close()

    @property
    def leader(self) -> str:
        return key_name(self.settings.leader)

    @property
    def is_over(self) -> bool:
        return self._left or self.session.is_over or self.session.state is State.FAILED

    @property
    def is_last(self) -> bool:
        """Whether no other tab has its session."""
        return not self._left

    @property
    def is_lost(self) -> bool:
        """Whether the link to its shell was lost, and the pod may have another."""
        return self.lost_link.is_lost and self.session.can_attach

    def _session_changed(self, _: Session) -> None:
        if not self.is_mounted:
            return
        self.steps.show()
        self.side.session_changed()
        self.post_message(self.Changed(self))

    def on_unmount(self) -> None:
        self._unsubscribe()
        self.recording.end()
        if self.channel is not None:
            self.channel.close()

    # Recording

    @property
    def command(self) -> Sequence[str] | None:
        """What the settings want in place of the session's own shell."""
        return self.settings.shell or None

    @property
    def recorder(self) -> Recorder | None:
        """While it runs."""
        return self.recording.recorder

    def _tell_of_recording(self, text: str, error: TerminalError | None) -> None:
        if error is None:
            self.notify(text, markup=False)
        else:
            self.notify(text, title=error.heading, severity="error", markup=False)

    def tell_changed(self) -> None:
        """Something that the bars show is another."""
        self.post_message(self.Changed(self))
