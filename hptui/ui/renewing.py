"""Renewing a tab: a fresh pod is launched beside it; the tab moves over when nothing is lost by it, or the person says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.content import Content

from hptui.errors import HptuiError
from hptui.hostprocess.session import Session
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.plain import plain
from hptui.terminal.prompts import at_prompt
from hptui.ui.renewal import Renewal
from hptui.ui.screens.question import QuestionScreen

if TYPE_CHECKING:
    from hptui.ui.widgets.session_pane import SessionPane

UNTYPED = 1.0  # seconds without a key, after which nobody is about to type into the old shell
LOOK_AGAIN = 0.25  # seconds
BUSY_AFTER = 2.0  # seconds that a good moment may take to come until the person is told what keeps it


class Renewing:
    """Of one pane."""

    def __init__(self, pane: SessionPane, engine_process: EngineProcess | None) -> None:
        self._pane = pane
        self._engine_process = engine_process
        self._current: Renewal | None = None

    @property
    def words(self) -> str:
        """How it goes, in a line; "" while nothing is renewed."""
        return self._current.words(self._pane.leader) if self._current is not None else ""

    def key(self) -> None:
        """A fresh pod; or move to the one that is ready; or ask whether to stop one that is on its way."""
        pane, current = self._pane, self._current
        if current is None:
            pane.house.opening.renew(pane.session, self._begin)
        elif current.ready:
            current.hurried.set()
        else:
            pane.run_worker(self._ask_to_stop(current), group="renewal-question", exclusive=True)

    async def stop(self) -> None:
        """Leave nothing of a fresh session that the tab has not moved to."""
        current, self._current = self._current, None
        if current is None:
            return
        try:
            await current.stop()
        except HptuiError as error:
            self._pane.house.tell_error(error)
        self._pane.house.forget(current.session)

    def _begin(self, fresh: Session) -> None:
        self._current = Renewal(fresh, self._pane.tell_changed)
        self._pane.run_worker(self._renew(self._current), group="renewal", exclusive=True)

    async def _renew(self, renewal: Renewal) -> None:
        pane = self._pane
        try:
            await renewal.launch(pane.grid(), pane.command, pane.settings, self._engine_process)
            await self._good_moment(renewal)
        except HptuiError as error:
            if self._current is renewal:  # else it was stopped
                pane.house.tell_error(error)
                self._tell("There is no fresh pod; this session stays as it was.")
                await self.stop()
            return
        if self._current is renewal:
            renewal.moving = True
            pane.run_worker(self._move(renewal), group="session", exclusive=True)

    async def _good_moment(self, renewal: Renewal) -> None:
        """When nothing runs in the old shell and nothing is being typed into it; or when the person says so."""
        ready_at, told = time.monotonic(), False
        while self._is_busy and not renewal.hurried.is_set():
            renewal.check()
            if not told and time.monotonic() - ready_at > BUSY_AFTER:
                told = True
                self._tell(
                    f"Something runs in this shell, or a line is half typed. {renewal.words(self._pane.leader)}"
                )
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await renewal.hurried.wait()
        renewal.check()

    @property
    def _is_busy(self) -> bool:
        """Whether something would be lost with the shell as it is now: a command, a line half typed."""
        pane = self._pane
        if pane.terminal.writer is None or pane.link is None:
            return False
        return time.monotonic() - pane.link.written_at < UNTYPED or not at_prompt(pane.terminal.emulator)

    async def _move(self, renewal: Renewal) -> None:
        """The tab is the fresh session's from here on; what the old one has shown stays in the history.

        Whenever the tab is closed meanwhile, each of the two is either the tab's, which ends it, or ended from here.
        """
        pane, terminal = self._pane, self._pane.terminal
        old, old_channel = pane.session, pane.channel
        terminal.writer = terminal.deaf = None
        channel, held = await renewal.hand_over()
        if self._current is not renewal:  # the tab is being closed, and `stop` has seen to the fresh one
            return
        self._current = None
        try:
            await pane.become(renewal.session)  # at once the tab's: only what stands beside it is waited for
        finally:
            pane.let_go(old, old_channel)
        pane.begin_anew(f"a fresh pod; the old one {'stays' if old.is_joined else 'is deleted'}")
        shown = iter(((held,), ()))

        async def first_words() -> Sequence[bytes]:
            return next(shown)

        await terminal.pump(first_words)  # without a writer: it was answered before
        channel.resize(terminal.emulator.columns, terminal.emulator.rows)
        await pane.live(channel, has_spoken=bool(held))

    async def _ask_to_stop(self, renewal: Renewal) -> None:
        lines = [
            Content(plain(renewal.words(self._pane.leader))),
            Content(""),
            Content("Stop it? What it has made is deleted, and this session stays as it is."),
        ]
        question = QuestionScreen("Renewing", lines, "Stop it", "Go on")
        stopped = await self._pane.app.push_screen_wait(question)
        if stopped and self._current is renewal and not renewal.moving:
            await self.stop()
            self._tell("Renewing was stopped; what it had made is gone.")

    def _tell(self, text: str) -> None:
        self._pane.notify(text, title=plain(self._pane.session.label), markup=False)
