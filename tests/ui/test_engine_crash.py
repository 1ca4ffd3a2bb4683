"""The terminal's engine crashes or hangs under an open session: the pane, the program and its clean-up go on."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from hptui.terminal.emulator import engine_names
from hptui.terminal.engine_process import EngineProcess
from hptui.ui.widgets.session_pane import SessionPane
from tests.ui.stage import Stage, on_stage

if "ghostty" not in engine_names():
    pytest.skip("the native engine does not run here", allow_module_level=True)


async def _say(stage: Stage, word: str) -> None:
    """Type a command and see what it prints."""
    await stage.type(f"echo {word}")
    await stage.until(lambda: f"\n{word}" in stage.terminal_text().replace(" \n", "\n"), word)


def _process(stage: Stage) -> int:
    pid = stage.app.engine_process.pid
    assert pid is not None
    return pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
async def test_a_crash_of_the_engine_leaves_the_session_as_it_was(number: signal.Signals) -> None:
    async with on_stage(own_engine=True) as stage:
        await stage.open_shell()
        await _say(stage, "before")
        pid = _process(stage)
        os.kill(pid, number)
        await stage.until(lambda: stage.app.engine_process.pid is None, "the engine's end")
        await _say(stage, "after")
        assert "before" in stage.terminal_text()
        await stage.sees("crashed and was replaced", "after")
        assert "crashed and was replaced" in stage.terminal_text(), "in the terminal as well"
        assert stage.pods()
        assert _process(stage) != pid
        last = _process(stage)
    assert stage.pods() == []
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


async def test_a_hang_of_the_engine_ends_and_the_session_goes_on() -> None:
    async with on_stage() as stage:
        stage.app._engine_process = EngineProcess(answer_limit=1.0)
        await stage.open_shell()
        await _say(stage, "before")
        os.kill(_process(stage), signal.SIGSTOP)
        await _say(stage, "after")
        await stage.sees("hung and was replaced", "after")
        assert stage.pane.terminal.emulator.engine_name == "bittty"
    assert stage.pods() == []


async def test_an_engine_that_does_not_start_leaves_the_slower_one_and_says_so() -> None:
    async with on_stage() as stage:
        stage.app._engine_process = EngineProcess(command=(sys.executable, "-c", "import os; os.abort()"))
        await stage.open_shell()
        await stage.sees("does not start here")
        await _say(stage, "here")
        assert isinstance(stage.pane, SessionPane)
        assert stage.pane.terminal.emulator.engine_name == "bittty"
    assert stage.pods() == []
