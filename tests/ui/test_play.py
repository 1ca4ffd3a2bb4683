"""A recording is played, searched and left, whatever is in the file."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import OptionList

from hptui.errors import TerminalError
from hptui.settings import Settings
from hptui.terminal import playback
from hptui.terminal.emulator import engine_names
from hptui.terminal.playback import RecordingReader
from hptui.ui.play_app import PlayApp
from hptui.ui.screens.play import PlayScreen
from hptui.ui.screens.recordings import RecordingsScreen
from hptui.ui.widgets.play_bar import PlayBar
from hptui.ui.widgets.play_stage import PlayStage
from tests.ui.stage import Looking, on_stage

HEAD = {
    "version": 3,
    "term": {"cols": 60, "rows": 12},
    "timestamp": 1_763_890_000,
    "title": "akswin1 as SYSTEM",
    "hptui": {"node": "akswin1", "account": "SYSTEM", "context": "prod", "who": "ann"},
}
# A second each, but for a long pause after the sixth.
EVENTS: list[list[Any]] = [
    *([1, "o", f"line {n}\r\n"] for n in range(1, 4)),
    [0, "m", "first"],
    *([1, "o", f"line {n}\r\n"] for n in range(4, 7)),
    [0, "i", "dir\r"],
    [0, "m", "second"],
    [600, "o", "line 7\r\n"],
    *([1, "o", f"line {n}\r\n"] for n in range(8, 11)),
]
DURATION = 6 + 2 + 3  # seconds, the pause cut


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Played(Looking):
    screen: PlayScreen
    clock: Clock

    @property
    def stage(self) -> PlayStage:
        return self.screen.stage

    async def shows(self, last: str) -> None:
        """Wait until the terminal's last line is this one."""
        await self.until(lambda: self.last() == last, f"{last!r} in the end, not {self.last()!r}")

    def last(self) -> str:
        terminal = self.stage.terminal
        return "" if terminal is None else terminal.emulator.text().strip().rpartition("\n")[2]


class Stand(App[None]):
    """An app around the screen, which it opens with a clock of the test's."""

    CSS_PATH = str(Path(__file__).parents[2] / "hptui" / "ui" / "app.tcss")

    def __init__(self, screen: PlayScreen) -> None:
        super().__init__()
        self._screen = screen
        self.left = False

    def on_mount(self) -> None:
        self.push_screen(self._screen, self._leave)

    def _leave(self, _: None) -> None:
        self.left = True


def cast(path: Path, events: list[list[Any]], head: dict[str, Any] | None = None, tail: str = "") -> Path:
    path.write_text("".join(json.dumps(part) + "\n" for part in [head or HEAD, *events]) + tail)
    return path


@asynccontextmanager
async def played(
    path: Path, *, size: tuple[int, int] = (100, 30), engine: str = "auto", **options: Any
) -> AsyncIterator[Played]:
    clock = Clock()
    screen = PlayScreen(path, RecordingReader(path), Settings(engine=engine), clock=clock, **options)
    app = Stand(screen)
    async with app.run_test(size=size, notifications=True) as pilot:
        found = Played(app, pilot, screen, clock)
        await found.until(lambda: screen.recording is not None and screen.stage.terminal is not None, "read")
        yield found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return cast(tmp_path / "a.cast", EVENTS)


async def test_it_is_played_in_time_and_ends(path: Path) -> None:
    async with played(path) as play:
        await play.sees("RECORDING", "akswin1 as SYSTEM · prod · ann", "0:00 / 0:11", "playing")
        for seconds, last in ((1.5, "line 1"), (1.0, "line 2"), (4.0, "line 6"), (1.6, "line 7")):
            play.clock.now += seconds
            await play.shows(last)
        play.clock.now += 50
        await play.shows("line 10")
        await play.sees("at the end", "0:11 / 0:11")
        await play.press("space")
        play.clock.now += 1.1
        await play.shows("line 1")
        await play.sees("playing")


async def test_paused_it_stands_still(path: Path) -> None:
    async with played(path) as play:
        play.clock.now += 2.5
        await play.shows("line 2")
        await play.press("space")
        await play.sees("paused", "0:02 / 0:11")
        play.clock.now += 100
        await play.press("space")
        await play.sees("playing", "0:02 / 0:11")
        play.clock.now += 1
        await play.shows("line 3")


async def test_the_speed_is_changed(path: Path) -> None:
    async with played(path) as play:
        await play.press("plus", "equals_sign", "up")
        await play.sees("4×")
        play.clock.now += 1.3
        await play.shows("line 5")
        await play.press(*["minus"] * 9)
        await play.sees("0.25×")
        await play.press(*["plus"] * 9)
        await play.sees("16×")


@pytest.mark.parametrize("engine", ["auto", "bittty"])
async def test_seeking(path: Path, engine: str) -> None:
    async with played(path, engine=engine) as play:
        await play.press("space")
        for key, last in (
            ("right", "line 5"),
            ("shift+right", "line 10"),
            ("left", "line 6"),
            ("pageup", ""),
            ("pagedown", "line 10"),
            ("5", "line 5"),
            ("0", ""),
            ("end", "line 10"),
            ("home", ""),
        ):
            await play.press(key)
            await play.shows(last)
        await play.sees("paused", "0:00 / 0:11")


async def test_marks_and_steps(path: Path) -> None:
    async with played(path) as play:
        await play.press("space", "right_square_bracket")
        await play.shows("line 3")
        await play.sees("first")
        await play.press("right_square_bracket")
        await play.shows("line 6")
        await play.press("right_square_bracket")
        await play.sees("There is no mark there")
        await play.press("left_square_bracket")
        await play.shows("line 3")
        await play.press("full_stop", "full_stop")
        await play.shows("line 5")
        await play.press("comma")
        await play.shows("line 4")
        await play.sees("paused")


async def test_pauses_as_long_as_they_were(path: Path) -> None:
    async with played(path) as play:
        await play.press("end")
        await play.sees("0:11 / 0:11", "pauses ≤ 2 s")
        await play.press("i")
        await play.sees("10:09 / 10:09", "pauses as they were")
        await play.press("i")
        await play.sees("0:11 / 0:11", "pauses ≤ 2 s")
        assert play.last() == "line 10", "what is shown stays"


async def test_pauses_are_as_they_were_from_the_beginning_if_asked_for(path: Path) -> None:
    async with played(path, idle_limit=None) as play:
        await play.sees("0:00 / 10:09", "pauses as they were")


async def test_the_track_can_be_clicked(path: Path) -> None:
    async with played(path) as play:
        await play.press("space")
        bar = play.screen.query_one(PlayBar)
        start = play.text().splitlines()[bar.region.y].index("●")
        end = play.text().splitlines()[bar.region.y].rindex("━")
        await play.pilot.click(PlayBar, offset=((start + end) // 2, 0))
        await play.shows("line 5")
        await play.pilot.click(PlayBar, offset=(end, 0))
        await play.shows("line 10")


async def test_searching_pauses_at_each_match_and_marks_it(path: Path) -> None:
    async with played(path) as play:
        await play.press("slash", *"LINE", "space", *"[29]", "enter")
        await play.sees("no match")
        await play.press("slash", *"line", "space", *"[279]", "enter")
        await play.shows("line 2")
        await play.sees("paused", "match 1 of 3")
        assert play.stage.terminal is not None
        await play.until(lambda: play.stage.terminal is not None and play.stage.terminal.found.count == 1)
        for key, last, words in (
            ("n", "line 7", "match 2 of 3"),
            ("n", "line 9", "match 3 of 3"),
            ("n", "line 2", "match 1 of 3"),
            ("N", "line 9", "match 3 of 3"),
            ("N", "line 7", "match 2 of 3"),
        ):
            await play.press(key)
            await play.shows(last)
            await play.sees(words)
        await play.press("escape")
        await play.until(lambda: "match" not in play.text())


async def test_no_pattern_stops_the_screen(tmp_path: Path) -> None:
    slow = cast(tmp_path / "slow.cast", [[1, "o", "a" * 5000 + "\r\n"], [1, "o", "b"]])
    async with played(slow) as play:
        await play.press("slash", *"(a", "enter")
        await play.sees("is not a pattern")
        await play.press(*"+)+b", "enter")
        await play.sees("the pattern takes too long", "takes too long: (a+)+b")
        await play.press("escape", "end")
        await play.sees("0:02 / 0:02")


async def test_what_was_typed_is_shown_if_asked_for(path: Path) -> None:
    async with played(path) as play:
        await play.press("t")
        await play.sees("nothing was typed yet")
        await play.press("end")
        await play.sees("typed dir⏎")


async def test_sizes_are_followed_and_larger_ones_scrolled(tmp_path: Path) -> None:
    events = [
        [1, "o", "small\r\n"],
        [1, "r", "150x45"],
        [1, "o", "\x1b[45;140Hcorner"],
        [1, "o", "\x1b[1;1Htop"],
    ]
    async with played(cast(tmp_path / "a.cast", events)) as play:
        terminal = play.stage.terminal
        assert terminal is not None
        await play.until(lambda: terminal.size == (61, 12), "the recording's own size")
        assert terminal.region.x > 0, "in the middle"
        play.clock.now += 3.5
        await play.sees("corner")
        assert (terminal.emulator.columns, terminal.emulator.rows) == (150, 45)
        play.clock.now += 1
        await play.sees("top")


async def test_what_a_recording_prints_goes_nowhere_else(tmp_path: Path) -> None:
    events = [[0, "o", "\x1b]52;c;aGVsbG8=\x07\x1b]0;owned\x07\x1b[c\x1b[6n\x1b[21t\x07[/x] [red]done"]]
    async with played(cast(tmp_path / "a.cast", events, {**HEAD, "title": "[/b] title"})) as play:
        await play.sees("[/x] [red]done", "[/b] title")
        assert play.app.clipboard == ""
        assert play.app.title != "owned"


async def test_what_is_selected_is_copied(path: Path) -> None:
    async with played(path) as play:
        await play.press("end")
        await play.sees("line 10")
        terminal = play.stage.terminal
        assert terminal is not None
        await play.pilot.click(terminal, offset=(1, 0), times=2)
        await play.press("ctrl+c")
        await play.until(lambda: play.app.clipboard == "line", "copied")


@pytest.mark.skipif("ghostty" not in engine_names(), reason="the native engine has no wheel here")
async def test_an_engine_that_dies_takes_nothing_with_it(path: Path) -> None:
    async with played(path, engine="ghostty") as play:
        await play.press("space", "5")
        await play.shows("line 5")
        pid = play.screen._engine_process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await play.press("right")
        await play.shows("line 9")
        await play.press("home", "3")
        await play.shows("line 3")


async def test_a_long_way_can_be_left_for_another(tmp_path: Path) -> None:
    events = [[0.001, "o", f"line {n}\r\n" * 20] for n in range(1, 6_000)]
    async with played(cast(tmp_path / "a.cast", events), engine="bittty") as play:
        await play.press("space", "end")
        assert play.stage.position == play.stage.timeline.duration
        await play.press("home")
        await play.shows("")
        await play.press("end", "1", "q")
        await play.until(lambda: isinstance(play.app, Stand) and play.app.left, "left")


@pytest.mark.parametrize(
    ("events", "tail", "words"),
    [
        ([], "", "Nothing was recorded"),
        ([[1, "o", "a"], ["no"], {"x": 1}], "", "2 lines could not be read and are left out"),
        ([[1, "o", "a"], ["no"]], "", "One line could not be read and is left out"),
        ([[1, "o", "hello"]], '[1, "o", "hal', "Its last line is not whole"),
    ],
)
async def test_files_that_are_not_as_they_should_be(
    tmp_path: Path, events: list[list[Any]], tail: str, words: str
) -> None:
    async with played(cast(tmp_path / "a.cast", events, tail=tail)) as play:
        await play.sees(words)
        await play.press("end", "space", "left", "full_stop", "comma", "right_square_bracket", "5")
        await play.sees("RECORDING")


async def test_of_more_than_can_be_played_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "MOST_EVENTS", 3)
    async with played(cast(tmp_path / "a.cast", [[1, "o", "a"]] * 4)) as play:
        await play.sees("Not the whole recording", "the first 3 events")


async def test_the_app_of_its_own_helps_and_ends(path: Path) -> None:
    app = PlayApp(path, Settings(), idle_limit=2.0)
    async with app.run_test(size=(120, 40)) as pilot:
        play = Played(app, pilot, app._play, Clock())
        await play.press("question_mark")
        await play.sees("A recording", "Pause, or play on", "Search for a regular expression")
        assert "In a session" not in play.text()
        await play.press("escape", "q")
        await play.until(lambda: not app.is_running, "the end")
    assert app.return_code == 0


@pytest.mark.parametrize("name", ["none.cast", "text.cast"])
def test_no_file_or_no_recording_is_told_before_the_screen_opens(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.cast").write_text("hello\n")
    with pytest.raises(TerminalError):
        PlayApp(tmp_path / name, Settings(), idle_limit=2.0)


async def test_in_the_program_a_recording_is_chosen_and_left(tmp_path: Path) -> None:
    async with on_stage(settings=Settings(record_directory=str(tmp_path))) as stage:
        await stage.sees("akswin")
        stage.app.action_recordings()
        await stage.sees("There is no recording in")
        cast(tmp_path / "hptui-a.cast", EVENTS)
        (tmp_path / "broken.cast").write_text("hello\n")
        stage.app.action_recordings()
        await stage.until(lambda: isinstance(stage.app.screen, RecordingsScreen), "the list")
        await stage.sees("hptui-a.cast")
        options = stage.app.screen.query_one(OptionList)
        assert options.option_count == 2
        names = [str(options.get_option_at_index(row).prompt) for row in range(2)]
        await stage.press(*["down"] * ["broken" in name for name in names].index(True), "enter")
        await stage.sees("Nothing to play")
        await stage.press("escape")
        await stage.until(lambda: "Nothing to play" not in stage.text(), "it is dismissed")
        stage.app.action_recordings()
        await stage.until(lambda: isinstance(stage.app.screen, RecordingsScreen), "the list")
        await stage.press(*["down"] * ["hptui-a" in name for name in names].index(True), "enter")
        await stage.until(lambda: isinstance(stage.app.screen, PlayScreen), "the recording")
        await stage.press("end")
        await stage.sees("RECORDING", "line 10")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet, "the nodes")
