"""A recording, played: the keys that move it, and searching in time.

Nothing that a recording prints goes further than its picture: no answers, no title of the window, no clipboard.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from hptui.errors import TerminalError
from hptui.settings import Settings
from hptui.terminal.emulator import Emulator
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.plain import plain
from hptui.terminal.playback import Recording, RecordingReader
from hptui.terminal.playback_search import PlaybackSearch
from hptui.terminal.typed import readable
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import tell
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.line_bar import LineBar
from hptui.ui.widgets.play_bar import PlayBar, PlayHead, Standing
from hptui.ui.widgets.play_stage import IDLE_LIMIT, PlayStage

PLAY = KeyGroup("play", "A recording")
READ_AT_A_TIME = 64 << 10  # bytes
LOOKED_BACK = 2_000  # events, for what was typed
NOTHING_TYPED = "nothing was typed yet, or it is not in the recording"


class PlayKeys(KeyLine):
    """Leaving is this screen's own, so quitting need not be told of."""

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        found = super().keys()
        return [pair for pair in found if pair[0].action not in ("quit", "app.quit")]


class PlayScreen(Screen[None]):
    """Dismissed when one is done with it."""

    AUTO_FOCUS = ""

    BINDINGS = [
        PLAY.key("space", "pause", "Pause", "Pause, or play on; at the end, from the beginning"),
        PLAY.key("left", "seek(-5)", "5 s", "Back 5 seconds; shift or page up for a minute", shown="←"),
        PLAY.key("right", "seek(5)", "5 s", "On 5 seconds; shift or page down for a minute", shown="→"),
        PLAY.key("slash", "search", "Search", "Search for a regular expression in what was printed", shown="/"),
        PLAY.key("n", "found(1)", "Next", "Pause where the next match was printed", show=False),
        PLAY.key("N", "found(-1)", "Previous", "Pause where the match before was printed", show=False),
        PLAY.key("q", "leave", "Leave", "Leave the recording"),
        PLAY.key("shift+left,pageup", "seek(-60)", "1 min", "Back a minute", show=False),
        PLAY.key("shift+right,pagedown", "seek(60)", "1 min", "On a minute", show=False),
        PLAY.key("left_square_bracket", "mark(-1)", "Mark", "To the mark before", shown="["),
        PLAY.key("right_square_bracket", "mark(1)", "Mark", "To the next mark", shown="]"),
        PLAY.key("comma", "step(-1)", "Step", "Pause, and one event back", shown=",", show=False),
        PLAY.key("full_stop", "step(1)", "Step", "Pause, and one event on", shown=".", show=False),
        PLAY.key("plus,equals_sign,up", "speed(1)", "Faster", "Faster, up to 16 times", shown="+"),
        PLAY.key("minus,down", "speed(-1)", "Slower", "Slower, down to a quarter", shown="-"),
        PLAY.key("i", "idle", "Pauses cut", "Play long pauses cut short, or as long as they were"),
        PLAY.key("t", "typed", "Typed", "Show what was typed, as far as it was recorded"),
        PLAY.key("home", "start", "Start", "To the beginning", show=False),
        PLAY.key("end", "end", "End", "To the end", show=False),
        *(
            PLAY.key(str(n), f"tenth({n})", f"{n}0%", f"To {n} tenths of the recording", show=False)
            for n in range(10)
        ),
        PLAY.key("escape", "back", "Back", "End the search", shown="esc", show=False),
    ]  # fmt: skip

    def __init__(
        self,
        path: Path,
        reader: RecordingReader,
        settings: Settings,
        *,
        idle_limit: float | None = IDLE_LIMIT,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._idle_limit = idle_limit
        self._settings = settings
        # Of its own: a file made to crash the engine shall not disturb the terminals of live sessions.
        self._engine_process = EngineProcess()
        self.stage = PlayStage(
            self._open_emulator, idle_limit=idle_limit, speed=speed, clock=clock, id="play-stage"
        )
        self.head = PlayHead(path.name)
        self.bar = PlayBar(id="play-bar")
        self.typed = Static("", id="play-typed")
        self.search_bar = LineBar("search", "a regular expression; capitals count where there are any")
        self._marks: list[tuple[int, str]] = []  # after how many events, and the label
        self._search: PlaybackSearch | None = None
        self._note = "reading"

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.stage
        yield self.typed
        yield self.bar
        yield self.search_bar
        yield PlayKeys()

    def on_mount(self) -> None:
        self.head.show(self._reader.recording())
        self._show()
        self._read()

    def on_unmount(self) -> None:
        self._reader.close()
        self._engine_process.close()

    def _open_emulator(self, columns: int, rows: int) -> Emulator:
        return Emulator(
            columns,
            rows,
            scrollback=self._settings.scrollback,
            engine=self._settings.engine,
            process=self._engine_process,
            on_restart=self._engine_replaced,
        )

    def _engine_replaced(self, sentence: str) -> None:
        self.notify(sentence, title="The terminal's engine", severity="warning", markup=False)

    @property
    def recording(self) -> Recording | None:
        """None until it is read."""
        return self.stage.recording

    # Reading

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        await asyncio.to_thread(self._try_engine)
        try:
            while not self._reader.read(READ_AT_A_TIME):
                self._note = f"reading {self._reader.progress:.0%}"
                self._show()
                await asyncio.sleep(0)
        except TerminalError as error:
            self._tell(error)
        self._note = ""
        recording = self._reader.recording()
        self._marks = recording.marks()
        self.stage.load(recording)
        self._tell_damage(recording)

    def _try_engine(self) -> None:
        """Start the engine, which checks itself when it is first used, where the screen needn't wait for it."""
        with suppress(TerminalError):  # told when the terminal is wanted
            self._open_emulator(80, 24).close()

    def _tell_damage(self, recording: Recording) -> None:
        if not recording.events:
            self.notify(
                "The file has a head and nothing else.", title="Nothing was recorded", severity="warning"
            )
        if recording.damaged:
            one = recording.damaged == 1
            left_out = "One line" if one else f"{recording.damaged:,} lines"
            self.notify(
                f"{left_out} could not be read and {'is' if one else 'are'} left out.",
                title="Damaged",
                severity="warning",
            )
        if recording.truncated:
            self.notify(
                f"Here are the first {len(recording.events):,} events: more cannot be played.",
                title="Not the whole recording",
                severity="warning",
            )
        if recording.cut_short:
            self.notify(
                "Its last line is not whole: it is being written still, or whatever wrote it was ended.",
                title="What there is until now",
            )

    def _tell(self, error: TerminalError) -> None:
        text = "\n".join(plain(part) for part in (error.message, error.hint) if part)
        self.notify(text, title=plain(error.heading), severity="error", markup=False)

    # What is shown

    @on(PlayStage.Changed)
    def _show(self) -> None:
        stage = self.stage
        timeline = stage.timeline
        way = stage.on_the_way
        self.bar.show(
            Standing(
                position=stage.position,
                duration=timeline.duration,
                playing=stage.clock.playing and self.recording is not None,
                speed=stage.clock.speed,
                idle_limit=stage.idle_limit,
                marks=tuple(timeline.at(index) for index, _ in self._marks),
                found=tuple(timeline.at(index) for index in self._moments[:1000]),
                note=self._note or ("" if way is None else f"going there {way:.0%}"),
                search=self._search_words(),
            )
        )
        if self.typed.display:
            self.typed.update(tell("typed ", "dim") + tell(self._last_typed() or NOTHING_TYPED))

    @property
    def _moments(self) -> list[int]:
        return [] if self._search is None else self._search.moments

    def _search_words(self) -> str:
        search = self._search
        if search is None:
            return ""
        if search.failure is not None:
            return "the pattern takes too long"
        if not search.done:
            return "searching …"
        if not search.moments:
            return "no match"
        here = bisect_right(search.moments, self.stage.index)
        return f"match {here} of {len(search.moments)}"

    def _last_typed(self) -> str:
        if self.recording is None:
            return ""
        before = self.recording.events[max(0, self.stage.index - LOOKED_BACK) : self.stage.index]
        text = "".join(event.data for event in before if event.code == "i")
        return readable(text)[-max(10, self.size.width - 8) :]

    @on(PlayStage.Failed)
    def _failed(self, event: PlayStage.Failed) -> None:
        self._tell(event.error)

    # Keys

    def action_pause(self) -> None:
        self.stage.toggle()

    def action_seek(self, seconds: float) -> None:
        self.stage.go_to(self.stage.position + seconds)

    def action_start(self) -> None:
        self.stage.go_to_index(0)

    def action_end(self) -> None:
        self.stage.go_to(self.stage.timeline.duration)

    def action_tenth(self, number: int) -> None:
        self.stage.go_to(self.stage.timeline.duration * number / 10)

    @on(PlayBar.Clicked)
    def _clicked(self, event: PlayBar.Clicked) -> None:
        self.stage.go_to(event.seconds)

    def action_speed(self, by: int) -> None:
        self.stage.change_speed(by)

    def action_step(self, by: int) -> None:
        """One event that can be seen, of which there may be none."""
        if self.recording is None:
            return
        events, index = self.recording.events, self.stage.index
        places = range(index + 1, len(events) + 1) if by > 0 else range(index - 1, -1, -1)
        place = next((place for place in places if not place or events[place - 1].code in "or"), None)
        self.stage.go_to_index(index if place is None else place, paused=True)

    def action_mark(self, by: int) -> None:
        here = self.stage.index
        places = [mark for mark in self._marks if (mark[0] > here if by > 0 else mark[0] < here)]
        if not places:
            self.notify("There is no mark there." if self._marks else "This recording has no marks.")
            return
        index, label = places[0 if by > 0 else -1]
        self.stage.go_to_index(index)
        if label:
            self.notify(plain(label), title="Mark", markup=False)

    def action_idle(self) -> None:
        cut = self.stage.idle_limit is None
        self.stage.cut_idle((IDLE_LIMIT if self._idle_limit is None else self._idle_limit) if cut else None)

    def action_typed(self) -> None:
        self.typed.display = not self.typed.display
        self._show()

    def action_back(self) -> None:
        """The search ends first; then the screen, where there is one to go back to."""
        if self._search is not None:
            self._end_search()
        elif len(self.app.screen_stack) > 2:
            self.action_leave()

    def action_leave(self) -> None:
        self.dismiss()

    # Searching

    def action_search(self) -> None:
        self.search_bar.tell(tell("enter next · then n and N · esc back", "dim"))
        self.search_bar.open()

    @on(LineBar.Closed)
    def _leave_search_bar(self) -> None:
        self.set_focus(None)
        self.search_bar.close()

    @on(LineBar.Typed)
    def _bar_typed(self, event: LineBar.Typed) -> None:
        self.search_bar.tell(tell("enter next · then n and N · esc back", "dim"))

    @on(LineBar.Entered)
    def _entered(self, event: LineBar.Entered) -> None:
        if not event.text or self.recording is None:
            self._end_search()
        else:
            try:
                self._search = PlaybackSearch(self.recording.events, event.text)
            except TerminalError as error:
                self.search_bar.tell(tell(plain(error.message), "bad"))
                return
            self._search_on()
        self._leave_search_bar()

    def _end_search(self) -> None:
        self.workers.cancel_group(self, "search")
        self._search = None
        if self.stage.terminal is not None:
            self.stage.terminal.end_search()
        self._show()

    def action_found(self, by: int) -> None:
        if self._search is None:
            self.action_search()
        elif self._search.done:
            self._go_to_match(by)

    @work(group="search", exclusive=True)
    async def _search_on(self) -> None:
        search = self._search
        assert search is not None
        self._show()
        while not search.scan():  # noqa: ASYNC110 - it is this that works between the sleeps
            await asyncio.sleep(0)
        self._show()
        if search.failure is not None:
            self._tell(search.failure)
        elif search.moments:
            self._go_to_match(1)

    def _go_to_match(self, by: int) -> None:
        """Pause at the match that was printed next, or before; after the last comes the first."""
        here, moments = self.stage.index, self._moments
        if not moments:
            return
        if by > 0:
            place = next((moment for moment in moments if moment > here), moments[0])
        else:
            place = next((moment for moment in reversed(moments) if moment < here), moments[-1])
        self.stage.go_to_index(place, paused=True)

    @on(PlayStage.Arrived)
    def _arrived(self) -> None:
        """The matches are marked in every picture that one arrives at."""
        if self._search is not None and self._search.failure is None and self.stage.terminal is not None:
            self.stage.terminal.search(self._search.pattern)
