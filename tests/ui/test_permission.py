"""Read-only and protected contexts: what the person's own settings keep from being launched."""

from __future__ import annotations

import pytest

from hptui.hostprocess.permission import Launching, launching
from hptui.settings import Settings
from hptui.ui.screens.confirm import ConfirmScreen
from hptui.ui.screens.launch import LaunchScreen
from tests.ui.stage import NODE, on_stage

CONTEXT = "hptui-demo"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), Launching.FREE),
        (Settings(protected_contexts=("*-prod",)), Launching.FREE),
        (Settings(protected_contexts=("*-prod", "hptui-*")), Launching.ASK),
        (Settings(read_only_contexts=("hptui-demo",), protected_contexts=("*",)), Launching.NEVER),
        (Settings(read_only=True), Launching.NEVER),
    ],
)
def test_patterns_and_what_wins(settings: Settings, expected: Launching) -> None:
    assert launching(settings, CONTEXT) is expected


@pytest.mark.parametrize("key", ["s", "enter"])
async def test_read_only_looks_and_never_launches(key: str) -> None:
    async with on_stage(settings=Settings(read_only=True)) as stage:
        await stage.choose(NODE)
        await stage.sees("READ-ONLY")
        await stage.press(key)
        await stage.sees("Nothing is launched")
        assert stage.app.screen is stage.fleet
        assert not stage.pods()


async def test_a_protected_context_wants_its_name() -> None:
    async with on_stage(settings=Settings(protected_contexts=("hptui-*",))) as stage:
        await stage.choose(NODE)
        await stage.sees("PROTECTED")
        await stage.press("s")
        await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
        await stage.press("y", "enter")
        await stage.sees("not its name")
        assert not stage.pods()
        await stage.press("backspace", *(c if c != "-" else "minus" for c in CONTEXT), "enter")
        await stage.prompt()
        assert len(stage.pods()) == 1


async def test_a_protected_context_can_be_left_alone() -> None:
    async with on_stage(settings=Settings(protected_contexts=("*",))) as stage:
        await stage.choose(NODE)
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.press("enter", *(c if c != "-" else "minus" for c in CONTEXT), "enter")
        await stage.until(lambda: isinstance(stage.app.screen, LaunchScreen))
