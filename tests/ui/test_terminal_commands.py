"""What the leader key does with a terminal: searching, prompts, recording, writing to a file; asking before a paste."""

from __future__ import annotations

import base64
import json
import re
import stat
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from hptui.settings import Settings
from hptui.terminal.playback import read_recording
from hptui.ui.screens.paste import PasteScreen
from hptui.ui.widgets.session_bar import SessionBar
from tests.ui.stage import NODE, Stage, on_stage


async def counted(stage: Stage, last: int = 300) -> None:
    await stage.open_shell()
    await stage.type(f"1..{last}")
    await stage.until(lambda: f"{last}\nPS C:\\" in stage.terminal_text(), "the last number")


def bar_text(stage: Stage) -> str:
    return str(stage.sessions.lines.search_bar.note.render())


async def test_the_history_is_searched_and_typing_goes_on_afterwards() -> None:
    async with on_stage() as stage:
        await counted(stage)
        await stage.leader("slash")
        bar = stage.sessions.lines.search_bar
        bar.input.value = "^7.$"
        await stage.until(lambda: "10 of 10" in bar_text(stage), "ten lines of two digits")
        assert "79" in stage.text()
        await stage.press("enter", "up")
        await stage.until(lambda: "8 of 10" in bar_text(stage), "two up")
        await stage.press("down")
        await stage.until(lambda: "9 of 10" in bar_text(stage), "one down")
        await stage.press("escape")
        await stage.until(lambda: stage.pane.terminal.has_focus)
        assert not bar.is_open
        assert not stage.pane.terminal.found.pattern
        await stage.type("hostname")
        await stage.until(lambda: f"hostname\n{NODE}" in stage.terminal_text().lower(), "the shell again")


async def test_what_is_typed_fast_behind_the_slash_is_the_pattern() -> None:
    async with on_stage() as stage:
        await counted(stage)
        before = stage.terminal_text()
        await stage.press("ctrl+right_square_bracket", "slash", "2", "9", "9")
        await stage.until(lambda: stage.sessions.lines.search_bar.input.value == "299")
        await stage.until(lambda: "1 of 1" in bar_text(stage), "the one match")
        await stage.press("f5", "escape")
        await stage.until(lambda: stage.pane.terminal.has_focus)
        assert stage.terminal_text() == before


async def test_a_pattern_that_is_none_is_told_beside_it() -> None:
    async with on_stage() as stage:
        await counted(stage)
        await stage.leader("slash")
        stage.sessions.lines.search_bar.input.value = "(7"
        await stage.until(lambda: "not a pattern" in bar_text(stage), "the error")
        stage.sessions.lines.search_bar.input.value = "nowhere"
        await stage.until(lambda: "no match" in bar_text(stage), "nothing found")


async def test_the_leader_ends_a_search_and_is_the_leader() -> None:
    async with on_stage() as stage:
        await counted(stage)
        await stage.leader("slash")
        await stage.press("7", "ctrl+right_square_bracket", "d")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.press("ctrl+right_square_bracket")
        await stage.until(lambda: stage.app.screen is not stage.fleet)
        assert not stage.sessions.lines.search_bar.is_open
        await stage.until(lambda: stage.pane.terminal.has_focus)


async def test_top_bottom_and_prompts() -> None:
    async with on_stage() as stage:
        await counted(stage)
        terminal = stage.pane.terminal
        await stage.leader("g")
        await stage.until(lambda: terminal.scroll_y == 0, "the top")
        await stage.leader("G")
        await stage.until(lambda: terminal.scroll_y == terminal.max_scroll_y, "the end")
        await stage.leader("left_square_bracket")
        await stage.until(lambda: "1..300" in stage.text(), "the prompt of the command")
        await stage.press("right_square_bracket")
        await stage.until(lambda: terminal.scroll_y == terminal.max_scroll_y, "the next prompt")
        await stage.press("escape")


async def test_the_terminal_s_text_is_written_to_a_new_file_of_its_owner_s(tmp_path: Path) -> None:
    async with on_stage() as stage:
        await counted(stage)
        await stage.leader("w")
        bar = stage.sessions.lines.save_bar
        await stage.until(lambda: bar.is_open and "hptui-" + NODE in bar.input.value)
        path = tmp_path / "kept" / "shell.txt"
        bar.input.value = str(path)
        await stage.press("enter")
        await stage.until(path.exists)
        await stage.until(lambda: not bar.is_open)
        lines = path.read_text().splitlines()
        assert [line for line in lines if re.fullmatch(r"\d+", line)] == [str(n) for n in range(1, 301)]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        await stage.leader("w")
        bar.input.value = str(path)
        await stage.press("enter")
        await stage.sees("is there already")
        assert bar.is_open


def recordings(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cast"))


async def test_a_recording_by_key_has_a_red_sign_and_all_that_follows(tmp_path: Path) -> None:
    settings = Settings(record_directory=str(tmp_path))
    async with on_stage(settings=settings) as stage:
        await stage.open_shell()
        await stage.leader("r")
        await stage.until(lambda: "● rec" in str(stage.sessions.query_one(SessionBar).render()), "the sign")
        await stage.type("hostname")
        await stage.until(lambda: f"hostname\n{NODE}" in stage.terminal_text().lower())
        await stage.pilot.resize_terminal(100, 30)
        await stage.until(lambda: stage.pane.terminal.emulator.columns != 75)
        await stage.leader("r")
        await stage.until(lambda: "● rec" not in str(stage.sessions.query_one(SessionBar).render()))
        (path,) = recordings(tmp_path)
        await stage.type("whoami")
        await stage.until(lambda: "nt authority\\system" in stage.terminal_text().lower())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    recording = read_recording(path)
    assert recording.about["node"] == NODE
    assert recording.about["account"].endswith("SYSTEM")
    assert recording.about["context"]
    assert recording.about["who"]
    output = "".join(event.data for event in recording.events if event.code == "o")
    typed = "".join(event.data for event in recording.events if event.code == "i")
    assert output.startswith("\x1b[H\x1b[2J")
    assert "PS C:\\" in output.split("hostname")[0]
    assert NODE in output.lower()
    assert "whoami" not in output
    assert typed
    assert any(event.code == "r" for event in recording.events)


async def test_a_password_typed_while_recording_is_not_in_the_file(tmp_path: Path) -> None:
    settings = Settings(record_directory=str(tmp_path), record=True)
    async with on_stage(settings=settings) as stage:
        await stage.open_shell()
        await stage.type("hostname")
        await stage.until(lambda: f"hostname\n{NODE}" in stage.terminal_text().lower(), "typed in sight")
        await stage.type("$s = Read-Host Secret -AsSecureString")
        await stage.until(lambda: "\nSecret:" in stage.terminal_text(), "asked for it")
        await stage.type("XQJZ7XQJZ")
        await stage.until(lambda: "Secret: *********\nPS C:\\" in stage.terminal_text(), "the prompt again")
        await stage.type("exit")
        await stage.until(lambda: not stage.pods(), "the pod gone")
    (path,) = recordings(tmp_path)
    recording = read_recording(path)
    output = "".join(event.data for event in recording.events if event.code == "o")
    typed = _typed_text("".join(event.data for event in recording.events if event.code == "i"))
    assert output.count("*") == 9
    assert "hostname" in typed
    assert "Read-Host" in typed
    assert not set("XQJZ") & set(typed), "not one character of it"
    assert not [pair for pair in ("XQ", "QJ", "JZ", "Z7", "7X") if pair in path.read_text()]


def _typed_text(typed: str) -> str:
    """What was typed, also where it came as records of Windows keys, of which those that go down type."""
    return re.sub(
        r"\x1b\[\d+;\d+;(\d+);([01]);\d+;\d+_",
        lambda record: chr(int(record[1])) if record[2] == "1" else "",
        typed,
    )


async def test_a_setting_records_every_session_and_the_exit_code(tmp_path: Path) -> None:
    settings = Settings(record_directory=str(tmp_path), record=True)
    async with on_stage(settings=settings) as stage:
        await stage.open_shell()
        await stage.type("exit 3")
        await stage.until(lambda: not stage.pods(), "the pod gone")
        (path,) = recordings(tmp_path)
        recording = read_recording(path)
        assert recording.events[-1][1:] == ("x", "3")


async def test_a_recording_in_version_2_for_older_players(tmp_path: Path) -> None:
    settings = Settings(record_directory=str(tmp_path), record=True, record_format="v2")
    async with on_stage(settings=settings) as stage:
        await stage.open_shell()
    (path,) = recordings(tmp_path)
    assert json.loads(path.read_text().splitlines()[0])["version"] == 2


async def test_a_folder_that_cannot_be_written_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    settings = Settings(record_directory=str(blocked / "folder"), record=True)
    async with on_stage(settings=settings) as stage:
        await stage.open_shell()
        await stage.sees("Nothing is recorded")
        await stage.type("hostname")
        await stage.until(lambda: f"hostname\n{NODE}" in stage.terminal_text().lower())


async def test_several_lines_are_shown_before_they_are_pasted() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        sent: list[bytes] = []
        stage.pane.terminal.writer = sent.append
        text = "first\nsec\x1bond\nthird"
        stage.app.post_message(events.Paste(text))
        await stage.until(lambda: isinstance(stage.app.screen, PasteScreen))
        await stage.sees("3 lines", "first", "sec␛ond", "One control character is")
        assert not sent
        await stage.press("escape")
        await stage.until(lambda: stage.pane.terminal.has_focus)
        assert not sent
        stage.app.post_message(events.Paste(text))
        await stage.until(lambda: isinstance(stage.app.screen, PasteScreen))
        await stage.press("y")
        await stage.until(lambda: b"first\rsecond\rthird" in b"".join(sent), "the paste, cleaned")


async def test_enter_out_of_habit_behind_a_paste_neither_runs_nor_accepts_it() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        sent: list[bytes] = []
        stage.pane.terminal.writer = sent.append
        stage.pane.terminal.post_message(events.Paste("first\nsecond\n"))
        stage.pane.terminal.post_message(events.Key("enter", "\r"))
        await stage.until(lambda: isinstance(stage.app.screen, PasteScreen))
        await stage.press("enter")
        assert isinstance(stage.app.screen, PasteScreen)
        await stage.press("n")
        await stage.until(lambda: stage.pane.terminal.has_focus)
        assert b"\r" not in b"".join(sent)
        await stage.press("a")
        await stage.until(
            lambda: b"a" in b"".join(sent) or b"65;" in b"".join(sent), "keys go to the host again"
        )


async def test_one_line_is_pasted_at_once_and_all_where_the_settings_say_so() -> None:
    async with on_stage(settings=Settings(paste_asks=False)) as stage:
        await stage.open_shell()
        sent: list[bytes] = []
        stage.pane.terminal.writer = sent.append
        stage.app.post_message(events.Paste("one\ntwo"))
        await stage.until(lambda: b"one\rtwo" in b"".join(sent))


COPY = base64.b64encode(b"from the host").decode()


@pytest.mark.parametrize("allowed", [False, True])
async def test_the_host_writes_the_clipboard_only_where_the_settings_let_it(allowed: bool) -> None:
    async with on_stage(settings=Settings(host_clipboard=allowed)) as stage:
        await stage.open_shell()
        stage.pane.terminal.feed(f"\x1b]52;c;{COPY}\x07the end".encode())
        await stage.until(lambda: "the end" in stage.terminal_text())
        if allowed:
            await stage.sees("13 characters")
            assert stage.app.clipboard == "from the host"
        else:
            assert not stage.app.clipboard
            assert not list(stage.app.screen.query(".-impossible").results(Static))
