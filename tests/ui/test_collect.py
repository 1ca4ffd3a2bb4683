"""Everything at once from the screen: from the nodes and in a session, to the end, stopped, and with the node lost on the way."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

from textual.widgets import Input

from hptui.settings import Settings
from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.screens.ask_pod import AskPodScreen
from hptui.ui.screens.collect import CollectScreen
from hptui.ui.screens.new_file import NewFileScreen
from hptui.ui.screens.probes import ProbesScreen
from hptui.ui.screens.sessions import SessionsScreen
from tests.ui.stage import NODE, Stage, on_stage
from tests.ui.test_answers import agree, answered, choose, shows


async def name_file(stage: Stage, path: Path) -> None:
    await shows(stage, NewFileScreen)
    await stage.until(lambda: stage.app.screen.query(Input), "a line for the name")
    line = stage.app.screen.query_one(Input)
    assert line.value.startswith(f"hptui-{NODE}-")
    line.value = str(path)
    await stage.press("enter")


def collecting(stage: Stage) -> CollectScreen:
    screen = stage.app.screen
    assert isinstance(screen, CollectScreen), stage.text()
    return screen


def answers_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as zipped:
        return [name for name in zipped.namelist() if name.startswith("json/")]


async def test_from_the_nodes_by_the_list_into_a_new_file_and_no_pod_is_left(short_path: Path) -> None:
    path, there = short_path / "all.zip", short_path / "there.zip"
    there.write_text("mine")
    async with on_stage((80, 24)) as stage:
        await stage.choose(NODE)
        await stage.press("h")
        await shows(stage, ProbesScreen)
        await stage.sees("Everything at once, into one file", "hptui collect")
        await stage.press(*"collect", "enter")
        await name_file(stage, there)
        await stage.sees("written over")
        assert there.read_text() == "mine"
        await name_again(stage, path)
        await agree(stage)
        await shows(stage, CollectScreen)
        screen = collecting(stage)
        await stage.until(lambda: not screen.is_asking, "the end")
        assert not screen.collection.unanswered
        await stage.sees("which only you can read; begin with summary.html", "all.zip")
        assert len(answers_in(path)) == screen.view.total == len(screen.collection.probes)
        assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
        await stage.press("slash", *"pipes", "enter", "enter")  # the report is a table as any other
        await stage.sees("Named pipes", "What there is to say")
        assert "As the host sent it" not in stage.text()
        await stage.press("escape", "escape", "escape")
        await choose(stage, "privileges")  # the same pod answers what is asked then
        await answered(stage)
        assert len(stage.pods()) == 1
        await stage.press("escape")
        await shows(stage, ProbesScreen)
        await stage.press("escape")
        await stage.until(lambda: not stage.pods() and not stage.app.sessions, "nothing left")


async def name_again(stage: Stage, path: Path) -> None:
    stage.app.screen.query_one(Input).value = str(path)
    await stage.press("enter")


async def test_in_a_session_by_the_palette_stopped_and_lost_with_what_was_answered_kept(
    tmp_path: Path,
    short_path: Path,
) -> None:
    own = tmp_path / "probes"
    own.mkdir()
    (own / "slow.ps1").write_text("# title: Slow\nStart-Sleep 60\n@{a=1}|O\n")
    stopped, lost, never = (short_path / f"{name}.zip" for name in ("stopped", "lost", "never"))
    async with on_stage(settings=Settings(probe_directory=str(own))) as stage:
        await stage.open_shell()

        async def collect(path: Path) -> CollectScreen:
            commands = {each.title: each for each in stage.app.get_system_commands(stage.app.screen)}
            commands["Ask: Everything at once, into one file"].callback()
            await name_file(stage, path)
            await shows(stage, CollectScreen)
            return collecting(stage)

        screen = await collect(stopped)
        await stage.sees(": Slow", "esc stops")
        await stage.press("escape")
        await stage.until(lambda: not screen.is_asking, "stopped")
        assert screen.collection.unanswered == 1
        await stage.sees("1 questions have no answer in it", "stopped.zip")
        assert len(answers_in(stopped)) == len(screen.collection.results) > 30
        await stage.press("escape")
        await shows(stage, SessionsScreen)

        faults = stage.cluster.world.faults
        faults.latency = 0.05  # or all would be answered before anybody looks
        screen = await collect(lost)
        await stage.until(lambda: len(screen.collection.results) > 2, "some answers")
        faults.exec, faults.latency = "refused", 0.0
        await stage.until(lambda: not screen.is_asking, "lost")
        assert 2 < len(screen.collection.results) < len(screen.collection.probes)
        await stage.sees("questions have no answer in it", "lost.zip")
        assert len(answers_in(lost)) == len(screen.collection.results)
        with zipfile.ZipFile(lost) as zipped:
            assert json.loads(zipped.read(answers_in(lost)[0]))["node"] == NODE
        await stage.press("escape")

        screen = await collect(never)
        await stage.until(lambda: not screen.is_asking, "refused")
        await stage.sees("No file was made")
        assert not never.exists()
        assert len(stage.pods()) == 1  # the session's
        assert not isinstance(stage.app.screen, AnswerScreen | AskPodScreen)
