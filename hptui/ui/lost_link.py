"""The way back to a pod whose shell was lost: tried again and again, at growing intervals, as long as the pod lives.

A watch that is interrupted says nothing about the pod: only its end, seen, ends the trying.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual.content import Content

from hptui.cluster.backoff import Backoff, Pace
from hptui.cluster.port import ExecChannel
from hptui.errors import ForbiddenError, HptuiError
from hptui.format import span
from hptui.hostprocess.session import Session
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell

PACE = Pace()  # 0.8 s at first, 30 s at most
TICK = 1.0  # seconds between two updates of what is shown


class LostLink:
    """One for a pane. `attach` opens a new shell, `show` is called when `lines` have changed."""

    def __init__(
        self,
        session: Session,
        attach: Callable[[], Awaitable[ExecChannel]],
        show: Callable[[], None],
        leader: str,
    ) -> None:
        self._session = session
        self._attach = attach
        self._show = show
        self._leader = leader
        self._since = 0.0
        self._next = 0.0  # when the next try is due
        self._tries = 0
        self._backoff = Backoff(PACE)  # also for a link that is lost again and again
        self._why: HptuiError | None = None  # the link was lost
        self._failed: HptuiError | None = None  # the last try
        self._wake = asyncio.Event()
        self._hurry = False
        self._stopped = False
        self._lost = True
        self._attempt: asyncio.Task[ExecChannel] | None = None
        self.trying = False

    @property
    def is_lost(self) -> bool:
        """Whether there is no shell since the link was lost."""
        return bool(self._since)

    def begin(self, why: HptuiError | None) -> list[Content]:
        """The link is lost, if it wasn't before; what to show."""
        if not self._since:
            self._since, self._tries, self._why, self._failed = time.monotonic(), 0, why, None
            self._lost = True
        return self.lines()

    def begin_again(self) -> None:
        """A new shell is wanted where nothing was lost: the last one has ended."""
        self._since, self._tries, self._why, self._failed = time.monotonic(), 0, None, None
        self._lost = False

    async def come_back(self, *, at_once: bool) -> ExecChannel | None:
        """A new shell; None when the person stops it or the pod can have none. With `at_once` the first try doesn't wait."""
        self._stopped, self.trying = False, True
        unsubscribe = self._session.subscribe(lambda _: self._wake.set())
        try:
            while await self._is_due(0.0 if at_once else self._backoff.wait()):
                at_once = False
                if (channel := await self._try()) is not None:
                    self._since = 0.0
                    return channel
            return None
        finally:
            self.trying = False
            unsubscribe()

    def now(self) -> None:
        """Don't wait for the next try."""
        self._hurry = True
        self._wake.set()

    def stop(self) -> None:
        """Try no more."""
        self._stopped = True
        self._wake.set()
        if self._attempt is not None:
            self._attempt.cancel()

    async def _is_due(self, wait: float) -> bool:
        """Wait for the next try; False when there is to be none."""
        self._next, self._hurry = time.monotonic() + wait, False
        while not self._stopped and self._session.can_attach:
            self._show()
            left = self._next - time.monotonic()
            if left <= 0 or self._hurry:
                return True
            self._wake.clear()
            await _first_of(self._wake, min(TICK, left))
        return False

    async def _try(self) -> ExecChannel | None:
        self._tries += 1
        self._attempt = asyncio.ensure_future(self._attach())
        try:
            while not self._attempt.done():
                self._show()
                await asyncio.wait({self._attempt}, timeout=TICK)
            return self._attempt.result()
        except ForbiddenError as error:  # waiting does not mend that
            self._failed, self._stopped = error, True
        except HptuiError as error:
            self._failed = error
        except asyncio.CancelledError:
            self._attempt.cancel()
            if not self._stopped:
                raise
        finally:
            self._attempt = None
        return None

    def _lost_words(self) -> str:
        because = f": {plain(self._why.message)}" if self._why is not None and self._why.message else "."
        return f"The link to the shell was lost {span(time.monotonic() - self._since)} ago{because}"

    def lines(self) -> list[Content]:
        """What to say now, and what can be done."""
        lines = [
            tell(
                self._lost_words() if self._lost else "A new shell in the same pod",
                "bad" if self._lost else "",
            )
        ]
        if self._failed is not None:
            lines.append(tell(f"Try {self._tries}: {plain(self._failed.message)}", "warn"))
        end = f"{self._leader} x ends the session"
        if not self.trying:
            return [*lines, tell(f"r reconnects · {self._leader} k ends the old shell · {end}", "dim")]
        left = self._next - time.monotonic()
        doing = (
            "connecting …"
            if self._attempt is not None
            else f"trying again in {max(1, round(left))} s · r now"
        )
        return [*lines, join(tell(doing, "strong"), tell(f" · escape stops trying · {end}", "dim"))]


async def _first_of(event: asyncio.Event, limit: float) -> None:
    """Until the event, or so many seconds."""
    try:
        async with asyncio.timeout(limit):
            await event.wait()
    except TimeoutError:
        pass
