"""Every failure of the catalogue happens here, and the person then reads what the catalogue says."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from hptui.errors import HptuiError, LaunchError
from hptui.failures.catalogue import CHAPTERS, FAILURES
from hptui.failures.failure import REPORT, Failure
from hptui.failures.page import as_markdown
from tests.cluster.conftest import Connector
from tests.cluster.replay import ReplayServer
from tests.failures.produced import PRODUCED
from tests.failures.scene import Scene

PAGE = Path(__file__).parents[2] / "docs" / "failures.md"


@pytest.fixture
def scene(
    server: ReplayServer, connect_to: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    return Scene(server, connect_to, tmp_path, monkeypatch)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.id)
async def test_what_the_person_reads(failure: Failure, scene: Scene) -> None:
    error = await PRODUCED[failure.id](scene)
    assert error.heading == failure.title
    assert failure.words in seen(error)
    hint = re.sub(r"kubectl --context \S+( --kubeconfig \S+)? ", "kubectl ", error.hint)
    assert re.fullmatch(as_pattern(failure.hint), hint)
    assert "Traceback" not in seen(error)


def seen(error: HptuiError) -> str:
    return "\n".join((error.message, *(error.words if isinstance(error, LaunchError) else ())))


def as_pattern(hint: str) -> str:
    """With something in the place of each {name}."""
    return "".join(".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", hint))


def test_there_is_a_way_to_each_failure_and_to_none_else() -> None:
    assert len(FAILURES) >= 30
    assert sorted(PRODUCED) == sorted({failure.id for failure in FAILURES})
    assert len({failure.id for failure in FAILURES}) == len(FAILURES)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.id)
def test_it_is_recognised_where_it_says(failure: Failure) -> None:
    module, name = failure.place.split(":")
    assert hasattr(importlib.import_module(module), name)
    assert failure.why.endswith(".")


async def test_what_is_not_known_shows_the_servers_words_and_how_to_report_them(scene: Scene) -> None:
    from tests.cluster.replay import status

    error = await scene.read(status(451, "Not here, not now"))
    assert "Not here, not now" in error.message
    assert error.hint == REPORT


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(CHAPTERS), "make docs writes it"
