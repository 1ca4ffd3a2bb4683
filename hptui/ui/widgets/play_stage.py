"""A recording as it is played: its terminal, and everything that moves it.

Going forward feeds the terminal that is shown. Going back feeds a new one from the beginning, unseen, and then shows that in
its place; another command on the way there ends it. Feeding is done in slices, with the event loop's turn between them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Offset
from textual.message import Message

from hptui.errors import TerminalError
from hptui.terminal.emulator import Emulator
from hptui.terminal.playback import Recording, Timeline
from hptui.terminal.player import PlayClock, Projector
from hptui.ui.widgets.searchable_terminal import SearchableTerminal
from hptui.ui.widgets.terminal_scroll import SCROLLBAR

IDLE_LIMIT = 2.0  # seconds that a pause takes at most, unless it is asked for as it was
SOONEST, LATEST = 0.008, 0.1  # seconds between two looks at the clock
TOLD_EVERY = 0.1  # seconds, on a long way

OpenEmulator = Callable[[int, int], Emulator]


class PlayedTerminal(SearchableTerminal, can_focus=False, inherit_bindings=False):
    """As large as the recording's was; nothing can be typed into it."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._shown_size = (0, 0)

    def show(self) -> None:
        """Show what was fed to the emulator, and its size."""
        size = self.emulator.columns, self.emulator.rows
        if size != self._shown_size:
            self._shown_size = size
            self.styles.width, self.styles.height = size[0] + SCROLLBAR, size[1]
        self._ask_for_paint()

    def on_resize(self) -> None:
        self._take_changes()
        self.refresh()

    @property
    def cursor(self) -> Offset:
        """The cursor's cell, from the terminal's own corner."""
        cursor = self.emulator.cursor
        return Offset(min(cursor.x, self.emulator.columns - 1), cursor.y)


class PlayStage(Container):
    """Plays `recording`, once `load` has been called with it."""

    DEFAULT_CSS = """
    PlayStage { height: 1fr; align: center middle; overflow: auto auto; background: $surface; }
    """

    @dataclass
    class Changed(Message):
        """Something that is told of the recording looks different."""

        stage: PlayStage

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PlayStage.Changed)

    @dataclass
    class Arrived(Message):
        """The moment that was asked for is shown."""

        stage: PlayStage

    @dataclass
    class Failed(Message):
        """There is no terminal to play in."""

        error: TerminalError

    def __init__(
        self,
        open_emulator: OpenEmulator,
        *,
        idle_limit: float | None = IDLE_LIMIT,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.recording: Recording | None = None
        self.timeline = Timeline((), None)
        self.clock = PlayClock(clock, speed)
        self.idle_limit = idle_limit
        self.on_the_way: float | None = (
            None  # how far one is to a moment that takes long to reach, from 0 to 1
        )
        self._open_emulator = open_emulator
        self._projector: Projector | None = None
        self._terminal: PlayedTerminal | None = None
        self._bound_for: tuple[int, float] | None = None  # the moment one is on the way to, and its time

    def compose(self) -> ComposeResult:
        yield from ()

    @property
    def terminal(self) -> PlayedTerminal | None:
        return self._terminal

    @property
    def index(self) -> int:
        """How many events have happened in what is shown, or will have where one is bound for."""
        if self._bound_for is not None:
            return self._bound_for[0]
        return 0 if self._projector is None else self._projector.index

    @property
    def position(self) -> float:
        """Seconds, as it is played."""
        if self._bound_for is not None:
            return self._bound_for[1]
        return min(self.clock.position, self.timeline.duration)

    @property
    def at_end(self) -> bool:
        return self.recording is not None and self.index >= len(self.recording.events)

    def load(self, recording: Recording) -> None:
        """Show the beginning, and play."""
        self.recording = recording
        self.timeline = Timeline(recording.events, self.idle_limit)
        self.clock.play()
        self.go_to_index(0)

    # Moving

    def toggle(self) -> None:
        """Pause, or play; at the end, from the beginning."""
        self.clock.set(self.position)
        if self.clock.playing:
            self.clock.pause()
            self._drive(self.index)
        else:
            self.clock.play()
            self.go_to_index(0) if self.at_end else self._drive(self.index)

    def change_speed(self, by: int) -> None:
        self.clock.set(self.position)
        self.clock.change_speed(by)
        self._drive(self.index)

    def go_to(self, seconds: float) -> None:
        """Show the recording as it was at that time, and go on as before."""
        seconds = min(max(0.0, seconds), self.timeline.duration)
        self.clock.set(seconds)
        self._drive(self.timeline.index_at(seconds))

    def go_to_index(self, index: int, *, paused: bool = False) -> None:
        """Show the recording as it was after `index` events."""
        if paused:
            self.clock.pause()
        self.clock.set(self.timeline.at(index))
        self._drive(index)

    def cut_idle(self, idle_limit: float | None) -> None:
        """Play pauses cut, or as long as they were; what is shown stays."""
        self.idle_limit = idle_limit
        if self.recording is not None:
            index = self.index
            self.timeline = Timeline(self.recording.events, idle_limit)
            self.clock.set(self.timeline.at(index))
            self._drive(index)

    @work(group="drive", exclusive=True)
    async def _drive(self, index: int) -> None:
        """To a moment, and on from there while it is played. Another command ends this and drives on."""
        recording = self.recording
        if recording is None:
            return
        position = self.clock.position
        self._bound_for = index, min(position, self.timeline.duration)
        self.post_message(self.Changed(self))
        try:
            await self._reach(recording, index)
        except TerminalError as error:
            self.post_message(self.Failed(error))
            return
        self._bound_for = self.on_the_way = None
        self.clock.set(position)
        self.post_message(self.Changed(self))
        self.post_message(self.Arrived(self))
        if self.clock.playing:
            await self._play(recording)

    async def _play(self, recording: Recording) -> None:
        projector = self._projector
        assert projector is not None
        while projector.index < len(recording.events) or self.clock.position < self.timeline.duration:
            target = max(projector.index, self.timeline.index_at(self.clock.position))
            while not projector.step(target):
                self._show()
                await asyncio.sleep(0)
            self._show()
            self.post_message(self.Changed(self))
            left = self.timeline.at(min(target + 1, len(recording.events))) - self.clock.position
            await asyncio.sleep(min(max(left / self.clock.speed, SOONEST), LATEST))
        self.clock.pause()
        self.clock.set(self.timeline.duration)
        self.post_message(self.Changed(self))

    async def _reach(self, recording: Recording, index: int) -> None:
        projector = self._projector
        anew = projector is None or projector.index > index
        if anew:
            projector = Projector(recording.events, self._open_emulator(recording.columns, recording.rows))
        assert projector is not None
        arrived = False
        try:
            began, told = projector.index, time.monotonic()
            while not projector.step(index):
                if time.monotonic() - told > TOLD_EVERY:
                    told = time.monotonic()
                    self.on_the_way = (projector.index - began) / max(1, index - began)
                    self.post_message(self.Changed(self))
                await asyncio.sleep(0)
            arrived = True
        finally:
            if anew and not arrived:
                projector.emulator.close()
        if anew:
            self._exchange(projector)
        self._show()

    def _exchange(self, projector: Projector) -> None:
        """Another terminal in the place of the one that is shown."""
        old = self._terminal
        self._projector = projector
        self._terminal = PlayedTerminal(projector.emulator)
        with self.app.batch_update():
            self.mount(self._terminal)
            if old is not None:
                old.display = False
                old.remove()
        self.call_after_refresh(self._show)  # only then it has its place in the window

    def _show(self) -> None:
        terminal = self._terminal
        if terminal is None or not self.is_attached:
            return
        terminal.show()
        if self.max_scroll_x or self.max_scroll_y:
            self._keep_in_view(terminal.cursor)

    def _keep_in_view(self, at: Offset) -> None:
        """The window is smaller than the recording's: show where something happens, and the left edge where that can be."""
        region = self.scrollable_content_region
        x = max(0, at.x + 1 - region.width)
        y = min(max(self.scroll_offset.y, at.y + 1 - region.height), at.y)
        self.scroll_to(x, y, animate=False, force=True)
