"""Copying diagnostics on the screen: seen first, with or without names, into the clipboard and a file of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, CommandPalette
from textual.widgets import TextArea

from hptui.log import keeping
from hptui.ui.screens.diagnostics import DiagnosticsScreen
from tests.ui.stage import NODE, Stage, on_stage


def shown(stage: Stage) -> str:
    screen = stage.app.screen
    assert isinstance(screen, DiagnosticsScreen)
    return screen.query_one(TextArea).text


def saved(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.txt"))


async def test_it_is_seen_copied_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    keeping.begin()
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, CommandPalette), "the palette")
        await stage.press(*"copy diag")
        await stage.sees("What a report about hptui needs")
        await stage.until(lambda: stage.app.screen.query_one(CommandList).highlighted is not None, "a choice")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, DiagnosticsScreen), "the screen")
        await stage.until(lambda: "## Log" in shown(stage), "the report")
        with_names = shown(stage)
        assert "It holds names" in with_names.splitlines()[1]
        assert "press n" in with_names.splitlines()[2]
        assert f"on {NODE} as SYSTEM: attached" in with_names
        assert "The server is v1." in with_names
        assert stage.cluster.token not in with_names
        await stage.press("n")
        await stage.until(lambda: NODE not in shown(stage), "no name")
        await stage.press("c")
        await stage.until(lambda: saved(tmp_path), "the file")
        (file,) = saved(tmp_path)
        await stage.until(lambda: stage.app.clipboard == shown(stage), "the clipboard")
        await stage.sees("written to")
        check_file(file, shown(stage))
        await stage.press("escape")
        await stage.leader("x")
        await stage.until(lambda: not stage.pods(), "no pod left")


def check_file(file: Path, text: str) -> None:
    assert file.read_text() == text
    assert file.stat().st_mode & 0o077 == 0
