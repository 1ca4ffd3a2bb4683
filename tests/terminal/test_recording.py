"""Recordings hold what happened, are their owner's alone, and never hold what was typed without being shown."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hptui.errors import TerminalError
from hptui.terminal.keys import encode
from hptui.terminal.recording import NOT_KEPT, About, Recorder, recording_path
from hptui.terminal.typing_place import EmulatorScreen
from tests.terminal.conftest import Terminal

ABOUT = About(
    node="akswin1",
    account="NT AUTHORITY\\SYSTEM",
    context="prod",
    who="ann@example.com",
    command="powershell.exe",
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Begin = Callable[..., Recorder]


@pytest.fixture
def begin(tmp_path: Path, clock: Clock) -> Iterator[Begin]:
    begun: list[Recorder] = []

    def begin_one(name: str = "a.cast", **options: Any) -> Recorder:
        recorder = Recorder(
            tmp_path / name, ABOUT, 80, 24, clock=clock, now=lambda: 1_700_000_000.9, **options
        )
        begun.append(recorder)
        return recorder

    yield begin_one
    for recorder in begun:
        recorder.close()


def lines(recorder: Recorder) -> list[Any]:
    return [json.loads(line) for line in recorder.path.read_text(encoding="utf-8").splitlines()]


def inputs(recorder: Recorder) -> str:
    return "".join(event[2] for event in lines(recorder)[1:] if event[1] == "i")


class TestFile:
    def test_the_head_says_who_where_and_when(self, begin: Begin) -> None:
        head = lines(begin())[0]
        assert head["version"] == 3
        assert head["term"] == {"cols": 80, "rows": 24, "type": "xterm-256color"}
        assert head["timestamp"] == 1_700_000_000
        assert head["command"] == "powershell.exe"
        assert head["title"] == "akswin1 as NT AUTHORITY\\SYSTEM"
        assert head["hptui"] == {
            "node": "akswin1",
            "account": "NT AUTHORITY\\SYSTEM",
            "context": "prod",
            "who": "ann@example.com",
        }

    def test_times_are_since_the_last_event(self, begin: Begin, clock: Clock) -> None:
        recorder = begin()
        for wait, text in ((0.5, b"a"), (0.1, b"b"), (0.0000004, b"c"), (0.0000004, b"d")):
            clock.now += wait
            recorder.output(text)
        clock.now += 1
        recorder.resized(100, 30)
        recorder.close(status=3)
        events = lines(recorder)[1:]
        assert [event[1:] for event in events] == [
            ["o", "a"],
            ["o", "b"],
            ["o", "c"],
            ["o", "d"],
            ["r", "100x30"],
            ["x", "3"],
        ]
        assert sum(event[0] for event in events) == pytest.approx(1.6, abs=2e-6)
        assert events[1][0] == 0.1

    def test_version_2_counts_from_the_beginning_and_has_no_exit(self, begin: Begin, clock: Clock) -> None:
        recorder = begin(version=2)
        for _ in range(3):
            clock.now += 0.5
            recorder.output(b"x")
        recorder.close(status=0)
        head, *events = lines(recorder)
        assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
        assert events == [[0.5, "o", "x"], [1.0, "o", "x"], [1.5, "o", "x"]]

    def test_each_event_is_in_the_file_at_once(self, begin: Begin) -> None:
        recorder = begin()
        recorder.output(b"now")
        assert lines(recorder)[-1][1:] == ["o", "now"]
        assert recorder.path.read_bytes().endswith(b"\n")

    def test_characters_cut_between_chunks_are_whole(self, begin: Begin) -> None:
        recorder = begin()
        for byte in "naïve 日本 😀".encode():
            recorder.output(bytes([byte]))
        recorder.output(b"\xff \xe6\x97")
        recorder.close()
        assert "".join(event[2] for event in lines(recorder)[1:]) == "naïve 日本 😀\ufffd \ufffd"

    def test_a_clock_that_goes_back_does_not_harm(self, begin: Begin, clock: Clock) -> None:
        recorder = begin()
        clock.now += 5
        recorder.output(b"a")
        clock.now -= 3
        recorder.output(b"b")
        assert [event[0] for event in lines(recorder)[1:]] == [5.0, 0.0]

    def test_the_same_size_is_not_told_again(self, begin: Begin) -> None:
        recorder = begin()
        recorder.resized(80, 24)
        assert len(lines(recorder)) == 1

    def test_it_is_closed_once_and_takes_nothing_afterwards(self, begin: Begin, terminal: Terminal) -> None:
        recorder = begin()
        recorder.close()
        recorder.close(status=1)
        recorder.output(b"late")
        recorder.typed(b"late", EmulatorScreen(terminal.emulator))
        assert len(lines(recorder)) == 1
        assert not recorder.running

    @pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
    def test_only_its_owner_can_read_it(self, begin: Begin) -> None:
        before = os.umask(0)
        try:
            recorder = begin("new/a.cast")
        finally:
            os.umask(before)
        assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(recorder.path.parent.stat().st_mode) == 0o700

    def test_a_file_that_is_there_is_not_touched(self, begin: Begin, tmp_path: Path) -> None:
        (tmp_path / "a.cast").write_text("mine")
        with pytest.raises(TerminalError, match="is there already"):
            begin()
        assert (tmp_path / "a.cast").read_text() == "mine"

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
    @pytest.mark.parametrize("there", [True, False])
    def test_a_link_is_not_followed(self, begin: Begin, tmp_path: Path, there: bool) -> None:
        target = tmp_path / "target"
        if there:
            target.write_text("mine")
        (tmp_path / "a.cast").symlink_to(target)
        with pytest.raises(TerminalError):
            begin()
        assert target.exists() is there

    def test_a_directory_that_cannot_be_made_is_told(self, begin: Begin, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(TerminalError, match="cannot be written"):
            begin("file/a.cast")

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
    def test_a_full_disk_ends_the_recording_and_nothing_else(self, begin: Begin) -> None:
        heard: list[TerminalError] = []
        recorder = begin(on_failure=heard.append)
        assert recorder._file is not None
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, recorder._file)
        os.close(full)
        recorder.output(b"too much")
        recorder.output(b"more")
        assert not recorder.running
        assert [str(error) for error in heard] == [str(recorder.failure)]
        assert "cannot be written any more" in str(heard[0])

    def test_paths_are_new_and_safe(self, tmp_path: Path) -> None:
        first = recording_path(tmp_path, "../../etc/pass wd", 0)
        assert first.parent == tmp_path
        assert first.name.startswith("hptui-etc-pass-wd-19")
        first.write_text("")
        second = recording_path(tmp_path, "../../etc/pass wd", 0)
        assert second.name == first.name.replace(".cast", "-2.cast")
        assert recording_path(tmp_path, "///", 0).name.startswith("hptui-node-")


class Session:
    """A person at a terminal whose host echoes what the test says."""

    def __init__(self, terminal: Terminal, recorder: Recorder, clock: Clock) -> None:
        self.terminal, self.recorder, self.clock = terminal, recorder, clock
        self.screen = EmulatorScreen(terminal.emulator)

    def prints(self, text: str) -> None:
        self.recorder.output(text.encode())
        self.terminal.feed(text)
        self.recorder.seen(self.screen)

    def types(self, data: str | bytes) -> None:
        self.recorder.typed(data.encode() if isinstance(data, str) else data, self.screen)

    def types_and_sees(self, text: str) -> None:
        for character in text:
            self.types(character)
            self.clock.now += 0.05
            self.prints(character)

    def waits(self) -> None:
        self.clock.now += 10
        self.prints("")


@pytest.fixture
def session(terminal: Terminal, begin: Begin, clock: Clock) -> Session:
    return Session(terminal, begin(), clock)


class TestTyping:
    def test_what_is_shown_is_kept(self, session: Session) -> None:
        session.prints("PS C:\\> ")
        session.types_and_sees("dir c:")
        session.types("\r")
        assert inputs(session.recorder) == "dir c:\r"

    def test_a_password_that_is_not_shown_is_not_kept(self, session: Session) -> None:
        session.prints("Password: ")
        for character in "Pass word":
            session.types(character)
            session.clock.now += 0.2
        session.types("\r")
        session.prints("\r\n")
        session.waits()
        session.types_and_sees("ok")
        assert inputs(session.recorder) == "\rok"
        marks = [event[2] for event in lines(session.recorder)[1:] if event[1] == "m"]
        assert marks == [NOT_KEPT]

    def test_a_password_shown_as_stars_is_not_kept(self, session: Session) -> None:
        session.prints("Password: ")
        for character in "s3cret*":
            session.types(character)
            session.clock.now += 0.1
            session.prints("*")
        session.types("\r")
        session.prints("\r\nPS C:\\> ")
        session.waits()
        assert inputs(session.recorder) == "\r"

    def test_a_slowly_typed_password_is_not_kept_either(self, session: Session) -> None:
        session.prints("Password: ")
        for character in "a b:c ":
            session.types(character)
            session.waits()
        session.types("\r")
        assert inputs(session.recorder) == "\r"

    def test_a_password_whose_characters_the_host_prints_elsewhere(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("hunter2\r")
        session.prints("\r\nhunting for h u n t e r 2\r\nPS> ")
        session.waits()
        assert "hunter2" not in inputs(session.recorder)

    def test_what_ends_as_the_prompt_does_is_no_echo(self, session: Session) -> None:
        session.prints("Password: ")
        session.types(" ")
        session.types(":")
        session.waits()
        assert inputs(session.recorder) == ""

    def test_keys_are_kept_in_their_order(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("d")
        session.types("\x1b[D")
        assert inputs(session.recorder) == ""
        session.prints("d")
        assert inputs(session.recorder) == "d\x1b[D"

    def test_an_echo_that_comes_late_and_in_one(self, session: Session) -> None:
        session.prints("PS> ")
        for character in "get-x":
            session.types(character)
        session.clock.now += 0.5
        session.prints("ge")
        session.prints("\b\b\x1b[93mget-x\x1b[m")
        assert inputs(session.recorder) == "get-x"

    def test_windows_key_records(self, session: Session) -> None:
        """As ConPTY asks for them: the record of a key going up says again what was typed."""
        session.terminal.feed("\x1b[?9001h")
        session.prints("PS> ")
        modes = session.terminal.emulator.modes
        keys = {character: encode(character, character, modes) for character in "dirs3"}
        for character in "dir":
            session.types(keys[character])
            session.prints(character)
        session.types(encode("enter", None, modes))
        expected = b"".join(keys[c] for c in "dir") + encode("enter", None, modes)
        assert inputs(session.recorder) == expected.decode()
        session.prints("\r\nPassword: ")
        for character in "s3":
            session.types(keys[character])
        session.waits()
        session.types(encode("enter", None, modes))
        assert inputs(session.recorder) == (expected + encode("enter", None, modes)).decode()

    def test_wide_and_wrapped_text(self, session: Session) -> None:
        session.prints("PS> ")
        text = "日本語" * 20
        session.types_and_sees(text.strip())
        assert inputs(session.recorder) == text.strip()

    def test_a_pasted_line(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("\x1b[200~Get-Service spooler\x1b[201~")
        session.prints("Get-Service spooler")
        assert inputs(session.recorder) == "\x1b[200~Get-Service spooler\x1b[201~"

    def test_what_is_held_at_the_end_is_not_kept(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("secret")
        session.recorder.close()
        events = lines(session.recorder)[1:]
        assert "secret" not in json.dumps(events)
        assert events[-1][1:] == ["m", NOT_KEPT]

    def test_the_terminal_s_own_answers_are_kept_at_once(self, session: Session) -> None:
        session.recorder.sent(b"\x1b[?62;22c")
        assert inputs(session.recorder) == "\x1b[?62;22c"


class TestEchoInOnePiece:
    """Quick typing, pastes with Enter and slow links: the screen is seen only after what Enter brought."""

    def test_a_burst_with_enter(self, session: Session) -> None:
        session.prints("PS> ")
        for character in "whoami\r":
            session.types(character)
        session.prints("whoami\r\nnt authority\\system\r\nPS> ")
        assert inputs(session.recorder) == "whoami\r"

    def test_a_paste_of_two_lines(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("Get-Date\rGet-Host \r")
        session.prints("Get-Date\r\nMonday\r\nPS> Get-Host \r\nConsoleHost\r\nPS> ")
        assert inputs(session.recorder) == "Get-Date\rGet-Host \r"

    def test_lines_longer_than_the_screen_is_wide(self, session: Session) -> None:
        session.prints("PS> ")
        text = "Get-Something -Called 'a name that is long' -And 'another'"
        session.types(text + "\r")
        session.prints(text + "\r\n" + "output\r\n" * 30 + "PS> ")
        assert inputs(session.recorder) == text + "\r"

    def test_an_echo_in_pieces(self, session: Session) -> None:
        session.prints("PS> ")
        for at, character in enumerate("Get-Date\r"):
            session.types(character)
            session.clock.now += 0.03
            if at % 3 == 2 and at < 8:
                session.prints("Get-Date"[at - 2 : at + 1])
        session.prints("te\r\nMonday\r\nPS> ")
        assert inputs(session.recorder) == "Get-Date\r"

    def test_in_the_middle_of_a_line(self, session: Session) -> None:
        session.prints("PS> ab\x1b[D")
        session.types("xy\r")
        session.prints("xyb\r\nPS> ")
        assert inputs(session.recorder) == "xy\r"

    def test_a_completed_word(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("Get-Ho\t\r")
        session.prints("Get-Host\r\nConsoleHost\r\nPS> ")
        assert inputs(session.recorder) == "Get-Ho\t\r"

    def test_a_password_typed_ahead_is_not_kept(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("runas x\rdirty\rwhoami\r")
        session.prints("runas x\r\nPassword: \r\nWelcome dirty\r\nPS> whoami\r\nx\r\nPS> ")
        session.waits()
        assert inputs(session.recorder) == "runas x\r\rwhoami\r"

    def test_output_right_after_a_silent_prompt_is_no_echo(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("Only me\r")
        session.prints("OK\r\nPS> ")
        session.waits()
        assert inputs(session.recorder) == "\r"

    def test_after_a_blind_line_silence_ends_the_wait(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("secret\r")
        session.clock.now += 2.5
        session.recorder.seen(session.screen)
        assert inputs(session.recorder) == "\r"
        assert not session.recorder.waiting

    def test_a_line_at_the_prompt_after_a_blind_line_does_not_wait_for_it(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("secret\r")
        session.prints("******\r\nPS> ")
        session.types("hostname\r")
        session.prints("hostname\r\nakswin1\r\nPS> ")
        assert inputs(session.recorder) == "\rhostname\r"

    def test_keys_still_held_at_the_end_are_kept(self, session: Session) -> None:
        session.prints("Password: ")
        session.types("secret\r")
        session.recorder.close()
        assert inputs(session.recorder) == "\r"


class TestCommandsByKey:
    def test_alt_and_a_letter(self, session: Session) -> None:
        session.prints("PS> ")
        session.types("\x1bd")
        session.types_and_sees("dir")
        assert inputs(session.recorder) == "\x1bddir"

    def test_ctrl_and_alt_in_key_records(self, session: Session) -> None:
        session.terminal.feed("\x1b[?9001h")
        session.prints("PS> ")
        modes = session.terminal.emulator.modes
        keys = [encode(key, None, modes) for key in ("ctrl+space", "alt+d", "x")]
        for key in keys:
            session.types(key)
        session.prints("x")
        assert inputs(session.recorder) == b"".join(keys).decode()
        session.types("\x1b[0;0;64;1;10;1_\x1b[0;0;64;0;10;1_")  # AltGr: it is shown, or not kept
        assert session.recorder.waiting
