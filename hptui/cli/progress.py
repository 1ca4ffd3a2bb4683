"""How a launch is going, on stderr: one line that is painted over on a terminal, a line for each step with --verbose, and
otherwise only a word when it takes long."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from hptui.cli.output import tell
from hptui.hostprocess.steps import StepState

if TYPE_CHECKING:
    from hptui.hostprocess.session import Session
    from hptui.hostprocess.steps import Step

REMIND_EVERY = 10.0  # seconds
_CLEAR = "\r\x1b[K"


class Progress:
    """Subscribe it to a session; `clear()` before anything else is written to the terminal."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._painting = not verbose and sys.stderr.isatty()
        self._painted = ""
        self._told: set[str] = set()

    def __call__(self, session: Session) -> None:
        if self._verbose:
            self._tell(session)
        elif self._painting:
            self._paint(session)

    @contextlib.asynccontextmanager
    async def minding(self, session: Session) -> AsyncIterator[None]:
        """Meanwhile, say now and then what is waited for, where nothing else does."""
        task = None if self._painting else asyncio.create_task(self._remind(session))
        try:
            yield
        finally:
            if task is not None:
                task.cancel()

    async def _remind(self, session: Session) -> None:
        while True:
            await asyncio.sleep(REMIND_EVERY)
            step = _under_way(session.steps)
            if step is not None:
                event = session.newest_event
                newest = f" ({event.reason}: {event.message})" if event is not None else ""
                tell(f"hptui: {session.spec.node}: {step.doing}, for {step.seconds or 0:.0f} s{newest}")

    def clear(self) -> None:
        """Nothing more is painted."""
        if self._painted:
            self._write(_CLEAR)
        self._painting = False

    def _tell(self, session: Session) -> None:
        for step in session.steps:
            if step.state is StepState.DONE:
                self._once(f"{step.label} ({step.seconds or 0:.1f} s)")
        for warning in session.warnings:
            self._once(f"Warning: {warning}")
        if session.newest_event is not None:
            event = session.newest_event
            self._once(f"{event.reason}: {event.message}")

    def _once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            tell(f"hptui: {text}")

    def _paint(self, session: Session) -> None:
        from hptui.terminal.plain import plain

        step = _under_way(session.steps)
        if step is None:
            return
        event = session.newest_event
        newest = f": {event.message}" if event is not None and event.type == "Warning" else ""
        text = plain(f"{session.spec.node}: {step.doing} …{newest}".replace("\n", " "))[:78]
        if text != self._painted:
            self._painted = text
            self._write(f"{_CLEAR}{text}")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # the terminal is gone
            self._painting = False


def _under_way(steps: tuple[Step, ...]) -> Step | None:
    return next((step for step in steps if step.state is StepState.RUNNING), None)
