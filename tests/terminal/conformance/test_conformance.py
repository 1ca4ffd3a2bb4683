"""Each engine does what the standards say, case by case; where one doesn't, the case itself says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from hptui.terminal.emulator import engine_names
from hptui.terminal.engine_process import EngineProcess
from tests.terminal.conformance.cases import Case, differences, read_cases

CASES = list(read_cases())


@pytest.mark.parametrize("engine", ["ghostty", "bittty"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_case(case: Case, engine: str) -> None:
    if engine not in engine_names():
        pytest.skip(f"{engine} does not run here")
    found = differences(case, engine)
    if reason := case.differs.get(engine):
        assert found, f"{engine} does this now: the case needn't say any more that {reason}"
    else:
        assert not found, f"{case.see}\n" + "\n".join(found)


@pytest.fixture(scope="module")
def engine_process() -> Iterator[EngineProcess]:
    process = EngineProcess()
    yield process
    process.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_case_in_the_engine_process(case: Case, engine_process: EngineProcess) -> None:
    if "ghostty" not in engine_names():
        pytest.skip("the native engine does not run here")
    found = differences(case, "ghostty", engine_process)
    assert bool(found) == ("ghostty" in case.differs), f"{case.see}\n" + "\n".join(found)


def test_the_suite_is_whole() -> None:
    assert len(CASES) >= 300
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []
    for case in CASES:
        assert len(case.see) > 5, case.name
        assert case.differs.keys() <= {"ghostty", "bittty"}, case.name
        assert all(len(reason) > 10 for reason in case.differs.values()), case.name
