"""A fresh pod for a tab, because no API can extend a deadline: launched beside the old session until its prompt is there.

The new shell's first words are kept, and answered as a terminal answers them: ConPTY lets nothing through before. So the tab can
be moved over in one moment, and until then the old shell is what is typed into.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hptui.cluster.port import ExecChannel
from hptui.errors import SessionError
from hptui.format import took
from hptui.hostprocess.session import Session
from hptui.hostprocess.shells import Size
from hptui.hostprocess.steps import StepState
from hptui.settings import Settings
from hptui.terminal.emulator import Emulator
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.prompts import at_prompt

MOST_HELD = 256 << 10  # bytes of the new shell's output; then it has to wait
PROMPT_WITHIN = 10.0  # seconds; a prompt that looks like none, or a slow profile, is moved to all the same


class Renewal:
    """`session` is not started yet; `changed` is called when `words` say something else."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session = session
        self.ready = False
        self.moving = False  # the tab is on its way over: too late to stop it without closing the tab
        self.hurried = asyncio.Event()  # the person doesn't want to wait for a better moment
        self._changed = changed
        self._channel: ExecChannel | None = None
        self._held = bytearray()
        self._reader: asyncio.Task[None] | None = None

    async def launch(
        self, size: Size, command: Sequence[str] | None, settings: Settings, process: EngineProcess | None
    ) -> None:
        """Up to the new shell's prompt. Raises LaunchError, SessionError, TerminalError."""
        unsubscribe = self.session.subscribe(lambda _: self._changed())
        try:
            channel = self._channel = await self.session.start(size, command=command)
            prompted = asyncio.Event()
            emulator = Emulator(
                *size, scrollback=0, engine=settings.engine, on_reply=channel.write, process=process
            )
            self._reader = asyncio.create_task(self._read(channel, emulator, prompted), name="hptui renewal")
            seeing = asyncio.create_task(prompted.wait())
            try:
                await asyncio.wait(
                    {seeing, self._reader}, timeout=PROMPT_WITHIN, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                seeing.cancel()
            self.check()
            self.ready = True
            self._changed()
        finally:
            unsubscribe()

    def check(self) -> None:
        """Raises SessionError where the new shell has already ended."""
        if self._reader is not None and self._reader.done() and len(self._held) < MOST_HELD:
            raise self.session.error or SessionError("The new shell ended before anything could be typed.")

    async def _read(self, channel: ExecChannel, emulator: Emulator, prompted: asyncio.Event) -> None:
        try:
            while len(self._held) < MOST_HELD and (pieces := await channel.read()):
                for piece in pieces:
                    self._held += piece.data
                    emulator.feed(piece.data)
                if at_prompt(emulator):
                    prompted.set()
        finally:
            emulator.close()

    async def hand_over(self) -> tuple[ExecChannel, bytes]:
        """The new shell and what it has printed, which is answered already; from now on it is somebody else's to read."""
        assert self._channel is not None
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        return self._channel, bytes(self._held)

    async def stop(self) -> None:
        """Leave nothing of it. Raises SessionError where its pod could not be removed."""
        if self._reader is not None:
            self._reader.cancel()
        await self.session.close()

    def words(self, leader: str) -> str:
        """How it goes, in a line."""
        if self.ready:
            return f"The fresh pod is ready · {leader} N moves over, which ends what runs here"
        step = next((step for step in self.session.steps if step.state is StepState.RUNNING), None)
        doing = f"{step.doing} {took(step.seconds or 0.0)}" if step is not None else "waiting for the prompt"
        return f"renewing: {doing} · {leader} N stops it"
