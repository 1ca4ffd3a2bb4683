"""The native engine apart: a crash or a hang of it costs old lines and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hptui.terminal.cells import CellStyle, Line, Run, Underline
from hptui.terminal.emulator import Emulator, engine_names
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.engine_wire import pack_lines, unpack_lines
from hptui.terminal.state import MouseEncoding, MouseTracking

if "ghostty" not in engine_names():
    pytest.skip("the native engine does not run here", allow_module_level=True)

LIMIT = 20.0  # seconds


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "never"
        time.sleep(0.005)


@dataclass
class Pane:
    """A terminal in the process, and what it told its owner."""

    emulator: Emulator
    notes: list[str]
    replies: list[bytes]

    def feed(self, text: str) -> Pane:
        self.emulator.feed(text.encode())
        return self

    @property
    def text(self) -> str:
        return self.emulator.text().rstrip("\n")

    @property
    def screen(self) -> list[str]:
        start = self.emulator.history
        return [line.text for line in self.emulator.lines(start, start + self.emulator.rows) if line.text]


@dataclass
class Host:
    process: EngineProcess
    panes: list[Pane] = field(default_factory=list)

    def open(self, columns: int = 80, rows: int = 8, *, scrollback: int = 1000) -> Pane:
        notes: list[str] = []
        replies: list[bytes] = []
        emulator = Emulator(
            columns,
            rows,
            scrollback=scrollback,
            process=self.process,
            on_restart=notes.append,
            on_reply=replies.append,
        )
        self.panes.append(Pane(emulator, notes, replies))
        return self.panes[-1]

    def crash(self, number: int = signal.SIGSEGV) -> None:
        """Between two questions."""
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, number)
        until(lambda: self.process.pid is None)

    def freeze(self) -> None:
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)

    def close(self) -> None:
        for pane in self.panes:
            pane.emulator.close()
        self.process.close()


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host(EngineProcess(answer_limit=1.0))
    yield host
    host.close()


def test_it_is_the_native_engine_in_another_process(host: Host) -> None:
    pane = host.open().feed("hello")
    assert pane.emulator.engine_name == "ghostty"
    assert pane.emulator.engine_version
    assert host.process.pid not in (None, os.getpid())
    assert pane.screen == ["hello"]


def test_all_terminals_share_one_process(host: Host) -> None:
    one, other = host.open().feed("one"), host.open().feed("other")
    pid = host.process.pid
    assert (one.screen, other.screen, host.process.pid) == (["one"], ["other"], pid)


def test_after_a_crash_what_was_printed_is_there_again_and_output_goes_on(host: Host) -> None:
    pane = host.open().feed("before\r\n")
    host.crash()
    pane.feed("after")
    assert pane.screen == ["before", "after"]
    assert pane.emulator.engine_name == "ghostty"
    assert pane.notes == [pane.emulator.engine_note]
    assert "crashed" in pane.notes[0]
    assert pane.notes[0] in pane.text, "a line in the terminal says so too"


def test_every_terminal_of_the_process_comes_back(host: Host) -> None:
    panes = [host.open().feed(f"pane {n}\r\n") for n in range(4)]
    host.crash()
    for n, pane in enumerate(panes):
        assert pane.feed("on").screen == [f"pane {n}", "on"]
        assert len(pane.notes) == 1


def test_a_terminal_that_only_looks_back_comes_back_too(host: Host) -> None:
    pane = host.open()
    pane.feed("\r\n".join(f"line {n}" for n in range(100)))
    host.crash()
    assert "line 0" in [line.text for line in pane.emulator.lines(0, 100)]
    assert len(pane.notes) == 1


def test_the_engine_that_hangs_is_ended_and_its_terminal_goes_on_in_python(host: Host) -> None:
    pane, other = host.open().feed("before\r\n"), host.open().feed("other\r\n")
    host.freeze()
    pane.feed("after")
    assert pane.screen == ["before", "after"]
    assert pane.emulator.engine_name == "bittty", "the same bytes would hang the next one too"
    assert "hung" in pane.notes[0]
    other.feed("on")
    assert (other.screen, other.emulator.engine_name) == (["other", "on"], "ghostty")


def test_a_write_that_nobody_reads_is_a_hang_too(host: Host) -> None:
    pane = host.open()
    host.freeze()
    pane.feed("x" * (4 << 20) + "\r\nend")  # more than any pipe holds
    assert pane.screen[-1] == "end"
    assert "hung" in pane.notes[0]


def test_what_was_answered_is_not_answered_again(host: Host) -> None:
    pane = host.open().feed("\x1b[c")
    answered = list(pane.replies)
    assert answered
    host.crash()
    pane.feed("x")
    assert pane.replies == answered


def test_what_was_not_answered_yet_is_answered(host: Host) -> None:
    pane = host.open().feed("x")
    host.crash()
    pane.feed("\x1b[c")
    assert len(pane.replies) == 1


def test_modes_and_colours_outlive_the_engine_even_when_they_were_set_long_ago(host: Host) -> None:
    pane = host.open()
    pane.emulator.set_colours((1, 2, 3), (4, 5, 6))
    pane.feed("\x1b[?1049h\x1b[?2004h\x1b[?1h\x1b[?1003h\x1b[?1006h")
    for _ in range(40):
        pane.feed("x" * 4000)  # more than is kept of the output
    before = pane.emulator.modes
    host.crash()
    pane.feed("y")
    assert pane.emulator.modes == before
    assert before.alternate_screen
    assert (before.mouse_tracking, before.mouse_encoding) == (MouseTracking.ANY, MouseEncoding.SGR)
    pane.feed("\x1b]11;?\x1b\\")
    assert b"0404/0505/0606" in pane.replies[-1]


def test_lines_keep_their_numbers_or_lose_them_and_never_change_them(host: Host) -> None:
    pane = host.open(scrollback=500)
    for _ in range(30):
        pane.feed("".join(f"line {n} of a long story\r\n" for n in range(200)))
    emulator = pane.emulator
    end = emulator.dropped + emulator.history + emulator.rows
    host.crash()
    pane.feed("x")
    assert emulator.dropped >= end
    assert emulator.history > 100, "the last of it is there again"


def test_the_size_outlives_the_engine_and_a_resize_may_be_what_finds_it_dead(host: Host) -> None:
    pane = host.open().feed("text")
    assert pane.emulator.resize(100, 20) == (100, 20)
    host.crash()
    assert pane.emulator.resize(60, 12) == (60, 12)
    assert pane.screen == ["text"]
    assert pane.emulator.take_damage() == frozenset(range(12))


def test_an_engine_that_crashes_again_and_again_is_not_started_for_ever(host: Host) -> None:
    pane = host.open()
    for n in range(10):
        pane.feed(f"line {n}\r\n")
        if host.process.pid is not None:
            host.crash()
    assert pane.emulator.engine_name == "bittty"
    assert host.process.pid is None
    assert 1 < len(pane.notes) < 5
    assert pane.feed("end").screen[-1] == "end"
    assert host.open().emulator.engine_name == "bittty"


CRASHES_ON_BOOM = """
import os
from hptui.terminal import engine_worker
from hptui.terminal.engine_here import EngineHere
feed = EngineHere.feed
EngineHere.feed = lambda self, data, resets=(): os.abort() if b"boom" in data else feed(self, data, resets)
engine_worker.main()
"""


def test_the_bytes_that_crash_the_engine_are_not_given_to_another() -> None:
    host = Host(EngineProcess(command=(sys.executable, "-c", CRASHES_ON_BOOM)))
    try:
        pane, other = host.open().feed("before "), host.open().feed("other ")
        pane.feed("boom \x1b[c")
        assert pane.screen == ["before boom"]
        assert pane.emulator.engine_name == "bittty"
        assert len(pane.replies) == 1
        assert "crashed" in pane.notes[0]
        assert other.feed("on").screen == ["other on"]
        assert other.emulator.engine_name == "ghostty"
        pid = host.process.pid
        pane.feed("boom again")
        assert host.process.pid == pid
    finally:
        host.close()


@pytest.mark.parametrize(
    "code", ["import os; os.abort()", "pass", "print('not what was agreed', flush=True); input()"]
)
def test_an_engine_that_does_not_start_leaves_the_slower_one(code: str) -> None:
    process = EngineProcess(command=(sys.executable, "-c", code), start_limit=2.0)
    emulator = Emulator(80, 8, process=process)
    try:
        emulator.feed(b"hello")
        assert emulator.engine_name == "bittty"
        assert "does not start" in emulator.engine_note
        assert emulator.text().startswith("hello")
    finally:
        emulator.close()
        process.close()


def test_a_closed_process_has_ended_and_is_not_started_again() -> None:
    process = EngineProcess()
    process.start()
    pid = process.pid
    assert pid is not None
    process.close()
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert process.pid is None


def test_it_ends_with_the_program_even_when_that_is_killed() -> None:
    code = (
        "import sys, time; from hptui.terminal.engine_process import EngineProcess; process = EngineProcess();"
        "process.start(); print(process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        assert _runs(pid)
        program.kill()
        program.wait()
        until(lambda: not _runs(pid))


def test_signals_of_the_terminal_are_not_its_own(host: Host) -> None:
    pane = host.open().feed("here")
    pid = host.process.pid
    assert pid is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    assert pane.feed(" still").screen == ["here still"]
    assert (host.process.pid, pane.notes) == (pid, [])


def _runs(pid: int) -> bool:
    """Not even as a zombie."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()[:1] not in ("", "Z")


# The wire

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
colours = st.none() | st.integers(0, 255) | st.tuples(*[st.integers(0, 255)] * 3)
styles = st.builds(
    CellStyle,
    fg=colours,
    bg=colours,
    underline_colour=colours,
    bold=st.booleans(),
    faint=st.booleans(),
    italic=st.booleans(),
    underline=st.sampled_from(Underline),
    blink=st.booleans(),
    inverse=st.booleans(),
    invisible=st.booleans(),
    strike=st.booleans(),
    link=st.sampled_from(["", "http://a/"]),
)
runs = st.builds(Run, texts, st.integers(0, 1000), styles)
lines = st.builds(Line, st.lists(runs, max_size=4).map(tuple), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=6))
def test_lines_come_over_the_wire_as_they_are(given_lines: list[Line]) -> None:
    arrived = unpack_lines(pack_lines(given_lines))
    assert arrived == given_lines


def test_small_and_large_pieces_in_turn_leave_the_same_screen_as_in_this_process(host: Host) -> None:
    """What small pieces bring along and what is asked for after large ones must fit together."""
    apart, here = host.open(40, 10), Emulator(40, 10, scrollback=1000)
    pieces = [
        "a",
        "b\r\n" * 3,
        "c" * 9000,
        "d",
        "\x1b[2;2He",
        "f" * 5000 + "\r\n",
        "\x1b[?2026hg",
        "h\x1b[?2026l",
    ]
    for first, second in pairwise(pieces):
        for piece in (first, second):
            apart.emulator.feed(piece.encode())
            here.feed(piece.encode())
        assert apart.emulator.take_damage() == here.take_damage()
        assert apart.emulator.text() == here.text()
        assert apart.emulator.cursor == here.cursor
    here.close()
