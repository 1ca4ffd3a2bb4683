"""One session on the screen: its launch, then its terminal, then how it ended; the side panel beside it.

The pane drives the Session and nothing else does, so that a tab that is closed has closed its session.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from math import inf

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from hptui.cluster.model import ExecEnd, ExecExit, Node
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import HptuiError, TerminalError
from hptui.format import key_name
from hptui.hostprocess.diagnosis import exit_code_text
from hptui.hostprocess.session import Session, State
from hptui.settings import Settings
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.plain import plain
from hptui.terminal.recording import Recorder
from hptui.ui.pane_recording import PaneRecording
from hptui.ui.screens.paste import PasteScreen
from hptui.ui.tones import join, tell
from hptui.ui.widgets.beside import TerminalBeside
from hptui.ui.widgets.ending import Ending
from hptui.ui.widgets.launch_steps import LaunchSteps, error_lines
from hptui.ui.widgets.leader_bar import LeaderBar
from hptui.ui.widgets.shell_link import ShellLink
from hptui.ui.widgets.side_panel import SidePanel
from hptui.ui.widgets.terminal_view import TerminalView

# What the old shell may have left on, and the new one doesn't know of: a sequence cut in two, mouse, focus and paste reports,
# a picture held back, the alternate screen, colours.
FRESH = (
    b"\x18\x1b[?9;1000;1002;1003;1005;1006;1015;1016;1004;2004;2026;5l\x1b[20l\x1b>\x1b[?1049l\x1b[!p\x1b[m"
)
BELL_AGAIN = 1.0  # seconds from one bell to the next
SIZE_HOLDS = 0.04  # seconds
SILENCE = 5.0  # seconds without a first word, after which an empty terminal needs one


class SessionPane(TerminalBeside):
    """Lives as long as its tab. `close()` ends the session and is awaited before the tab goes."""

    DEFAULT_CSS = """
    SessionPane .stage { width: 1fr; height: 1fr; }
    SessionPane ContentSwitcher { height: 1fr; }
    """

    class Changed(Message):
        """The session or its terminal's title changed."""

        def __init__(self, pane: SessionPane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(
        self,
        session: Session,
        cluster: Cluster,
        settings: Settings,
        node: Node | None,
        engine_process: EngineProcess | None = None,
    ) -> None:
        super().__init__(
            SidePanel(session, cluster, node, settings.log_tail, settings.usage_interval), settings.side_width
        )
        self.session = session
        self.cluster = cluster
        self.settings = settings
        self.channel: ExecChannel | None = None
        self.title = ""
        self.rang = False  # behind another tab
        self._rung_at = -inf
        self._size_timer: Timer | None = None
        # Held, not queried: a session tells of changes while its pane is being put up or taken down.
        self.stage = ContentSwitcher(initial="steps")
        self.steps = LaunchSteps(session)
        self.steps.id = "steps"
        self.terminal = TerminalView(
            scrollback=settings.scrollback,
            engine=settings.engine,
            leader=settings.leader,
            leader_repeats=LeaderBar.REPEATS | LeaderBar.OPENERS,
            leader_holds=LeaderBar.OPENERS,
            on_clipboard=self._host_copies if settings.host_clipboard else None,
            ask_before_paste=settings.paste_asks,
            engine_process=engine_process,
            id="terminal",
        )
        self.recording = PaneRecording(
            session,
            lambda: cluster.info,
            self.terminal,
            settings,
            tell=self._tell_of_recording,
            changed=self._recording_changed,
        )
        self.ending = Ending(settings.leader)
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
            channel = await self.session.start(self.grid(), command=self.command)
        except HptuiError:
            self._session_changed(self.session)
            await self._clean_up()
            return
        await self._serve(channel)

    @work(group="session", exclusive=True)
    async def reconnect(self) -> None:
        """A new shell in the same pod."""
        try:
            channel = await self.session.attach(self.grid(), command=self.command)
        except HptuiError as error:
            self._end(error_lines(error))
            return
        # The new shell clears the screen; what stood on it is kept in the history first.
        note = b"--- a new shell; what ran in the old one may still run ---"
        rows = self.terminal.emulator.rows
        self.terminal.feed(FRESH + b"\x1b[%d;1H\r\n" % rows + note + b"\r\n" * rows)
        await self._serve(channel)

    async def _serve(self, channel: ExecChannel) -> None:
        """Carry bytes both ways until the shell ends."""
        self.channel = channel
        terminal = self.terminal
        self.stage.current = "terminal"
        self.ending.display = False
        self.recording.shell_begins()
        link = ShellLink(channel, on_skipped=self.recording.skipped)
        terminal.writer, terminal.deaf = link.write, lambda: link.deaf
        if self.display and self.app.screen is self.screen:
            terminal.focus()
        silence = self.set_timer(SILENCE, self._tell_silence)

        async def read() -> Sequence[bytes]:
            chunks = await link.read()
            silence.stop()
            return chunks

        await terminal.pump(read)
        exit = await self.session.ended(channel)
        terminal.writer = terminal.deaf = None
        channel.close()
        await self._shell_ended(exit)

    def _tell_silence(self) -> None:
        self.notify(
            f"{plain(self.session.label)}: the shell is connected and has printed nothing yet. "
            f"The node may be slow or hang; {self.leader} x ends the session.",
            severity="warning",
            markup=False,
        )

    async def _shell_ended(self, exit: ExecExit) -> None:
        if exit.end is ExecEnd.CLOSED:
            return
        if exit.end is ExecEnd.LOST and self.session.can_attach:
            self.recording.lost()
            lines = (
                error_lines(self.session.error)
                if self.session.error
                else [tell("The connection was lost.", "bad")]
            )
            self._end(
                [*lines, tell(f"r reconnects · {self.leader} x ends the session", "dim")], expected=False
            )
            return
        self.recording.end(exit.code if exit.end is ExecEnd.EXITED else None)
        said = self.session.error
        if said is not None:
            lines = error_lines(said)
        elif exit.end is ExecEnd.EXITED:
            lines = [Content(f"The shell has exited with code {exit_code_text(exit.code)}.")]
        else:
            lines = [tell("The shell was ended from outside.", "warn"), Content(plain(exit.message))]
        self._end(
            [*lines, tell("deleting the pod …", "dim")], expected=said is None and exit.end is ExecEnd.EXITED
        )
        await self._clean_up()
        if self.session.state is State.GONE:
            self._end(
                [
                    *lines,
                    join(
                        tell("The pod is gone. ", "good"),
                        tell("enter closes this tab · r opens a new session", "dim"),
                    ),
                ]
            )

    async def close(self) -> None:
        """End the session wherever it is; its pod is deleted and seen gone, or the screen says why not."""
        self._end([tell("ending the session: deleting the pod …", "warn")])
        await self._clean_up()

    async def _clean_up(self) -> None:
        self.recording.end()
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

    @property
    def leader(self) -> str:
        return key_name(self.settings.leader)

    @property
    def is_over(self) -> bool:
        return self.session.state in (State.GONE, State.FAILED)

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
            self.notify(text, title=error.heading, severity="error", timeout=12, markup=False)

    def _recording_changed(self) -> None:
        self.post_message(self.Changed(self))

    # Terminal

    def _host_copies(self, text: str) -> None:
        """The settings let the host write the clipboard; it doesn't do so unseen."""
        self.app.copy_to_clipboard(text)
        self.notify(
            f"{plain(self.session.label)} has written {len(text):,} characters to your clipboard",
            severity="warning",
            markup=False,
        )

    @on(TerminalView.PasteAsked)
    def _paste_asked(self, event: TerminalView.PasteAsked) -> None:
        event.stop()

        def answered(yes: bool | None) -> None:
            event.terminal.asking = False
            if yes and self.terminal.is_attached:
                event.terminal.send_paste(event.text)

        self.app.push_screen(PasteScreen(event.pasted, plain(self.session.label)), answered)

    @on(TerminalView.EngineReplaced)
    def _engine_replaced(self, event: TerminalView.EngineReplaced) -> None:
        event.stop()
        self._tell_engine(event.text)

    def _tell_engine(self, text: str) -> None:
        self.notify(text, title=plain(self.session.label), severity="warning", timeout=12, markup=False)

    def send_key(self, key: str, character: str | None = None) -> None:
        """A key that was kept from the terminal, for the host after all."""
        if self.terminal.writer is not None:
            self.terminal.send_key(key, character)

    @on(TerminalView.Resized)
    def _resized(self, event: TerminalView.Resized) -> None:
        """Tell the host once a size has held for a moment: it repaints everything for each one, also for those in between."""
        event.stop()
        if self._size_timer is not None:
            self._size_timer.stop()
        self._size_timer = self.set_timer(SIZE_HOLDS, partial(self._tell_size, event.columns, event.rows))

    def _tell_size(self, columns: int, rows: int) -> None:
        if self.channel is not None:
            self.channel.resize(columns, rows)

    @on(TerminalView.Bell)
    def _rung(self, event: TerminalView.Bell) -> None:
        """The host may ring, not drone on. Out of sight it leaves a sign at its tab."""
        event.stop()
        now = time.monotonic()
        if now - self._rung_at >= BELL_AGAIN:
            self._rung_at = now
            self.app.bell()
        if not self.display and not self.rang:
            self.rang = True
            self.post_message(self.Changed(self))

    @on(TerminalView.TitleChanged)
    def _titled(self, event: TerminalView.TitleChanged) -> None:
        event.stop()
        self.title = plain(event.title)
        self.post_message(self.Changed(self))
