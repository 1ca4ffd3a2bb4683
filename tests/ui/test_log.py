"""The screen's whole way, logged at level debug: every step is told, and nothing that is secret, typed or printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hptui.log import keeping
from tests.ui.stage import NODE, on_stage

TYPED, PRINTED = "horse-battery-staple", "CORRECT-HORSE"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "hptui.log"
    keeping.begin(str(file), "debug")
    yield file
    keeping.end_file()


def written(log: Path) -> str:
    return log.read_text()


async def test_a_session_from_its_first_step_to_its_end_and_no_secret_of_it(log: Path) -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.type(f"$x = '{TYPED}'")
        await stage.type("'correct-' + 'horse' | % toupper")
        await stage.until(lambda: PRINTED in stage.terminal_text(), "the host's answer")
        assert stage.cluster.drop_execs("abrupt") == 1
        await stage.until(lambda: "lost, then attached" in written(log), "the loss, and a new shell")
        await stage.leader("x")
        await stage.until(lambda: not stage.pods(), "no pod left")
        token = stage.cluster.token
    text = written(log)
    for told in (
        "The server is v1.",
        "The watch of nodes is live",
        f"on {NODE}: ",
        "connecting",
        "attached, then lost",
        "lost, then attached",
        "then cleaning",
        "cleaning, then gone",
        "DELETE /api/v1/namespaces/hptui/pods/",
    ):
        assert told in text, f"{told}\n{text}"
    for secret in (token, "Bearer", TYPED, PRINTED, TYPED[:8], "administrator: yes", "BEGIN "):
        assert secret not in text, secret
    assert "Traceback" not in text
