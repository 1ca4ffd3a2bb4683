"""A session's terminal, and what the host asks of it besides printing: the clipboard, the bell, a title, a size.

A host may ask; what the person hasn't allowed, or doesn't see, isn't done.
"""

from __future__ import annotations

import time
from functools import partial
from math import inf

from textual import on
from textual.message import Message
from textual.timer import Timer

from hptui.cluster.port import ExecChannel
from hptui.hostprocess.session import Session
from hptui.settings import Settings
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.plain import plain
from hptui.ui.screens.paste import PasteScreen
from hptui.ui.widgets.beside import TerminalBeside
from hptui.ui.widgets.leader_bar import LeaderBar
from hptui.ui.widgets.side_panel import SidePanel
from hptui.ui.widgets.terminal_view import TerminalView

BELL_AGAIN = 1.0  # seconds from one bell to the next
SIZE_HOLDS = 0.04  # seconds


class HostedTerminal(TerminalBeside):
    """`session` says whose it is, `channel` is the shell's while there is one."""

    class Changed(Message):
        """The session or its terminal's title changed."""

        def __init__(self, pane: HostedTerminal) -> None:
            super().__init__()
            self.pane = pane

    def __init__(
        self, session: Session, settings: Settings, side: SidePanel, engine_process: EngineProcess | None
    ) -> None:
        super().__init__(side, settings.side_width)
        self.session = session
        self.settings = settings
        self.channel: ExecChannel | None = None
        self.title = ""
        self.rang = False  # behind another tab
        self._rung_at = -inf
        self._size_timer: Timer | None = None
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
        shell = self.channel

        def answered(yes: bool | None) -> None:
            event.terminal.asking = False
            # A shell that came in the place of a lost one gets nothing that was meant for that.
            if yes and self.terminal.is_attached and self.channel is shell:
                event.terminal.send_paste(event.text)

        self.app.push_screen(PasteScreen(event.pasted, plain(self.session.label)), answered)

    @on(TerminalView.EngineReplaced)
    def _engine_replaced(self, event: TerminalView.EngineReplaced) -> None:
        event.stop()
        self._tell_engine(event.text)

    def _tell_engine(self, text: str) -> None:
        self.notify(text, title=plain(self.session.label), severity="warning", markup=False)

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
