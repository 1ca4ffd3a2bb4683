"""How many cases each test has, and how many it ran.

A test's mark says how many it has in `make test`, where they are the same each time. `--fuzz-cases` shares out as many as are
wanted in the same proportions, random ones.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

RAN = "fuzz cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fuzz")
    group.addoption(
        "--fuzz-cases", type=int, default=0, help="random cases in all, instead of the quick share"
    )
    group.addoption("--fuzz-report", default="", help="a file for how many each test ran, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "cases(number): how many cases of a fuzz test belong to the quick share"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours: dict[Any, int] = {}  # a function may stand behind several items
    for item in items:
        mark = item.get_closest_marker("cases")
        if isinstance(item, pytest.Function) and mark is not None and is_hypothesis_test(item.function):
            ours[item.function] = ours.get(item.function, 0) + mark.args[0]
    wanted = config.getoption("--fuzz-cases", 0)
    whole = sum(ours.values())
    done: set[Any] = set()
    for item in items:
        mark = item.get_closest_marker("cases")
        if not isinstance(item, pytest.Function) or item.function not in ours or mark is None:
            continue
        number = -(-wanted * mark.args[0] // whole) if wanted else mark.args[0]
        if item.function not in done:
            done.add(item.function)
            _set_cases(item.function, number, random=bool(wanted))


def _set_cases(function: Any, number: int, *, random: bool) -> None:
    settings(
        max_examples=number,
        derandomize=not random,
        print_blob=random,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(function)
    function.hypothesis.inner_test = _counted(function.hypothesis.inner_test)


def _counted(inner: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(inner)
    def counted(*args: Any, **kwargs: Any) -> None:
        counted.ran += 1  # type: ignore[attr-defined]
        inner(*args, **kwargs)

    counted.ran = 0  # type: ignore[attr-defined]
    return counted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    inner = getattr(getattr(getattr(item, "function", None), "hypothesis", None), "inner_test", None)
    before = getattr(inner, "ran", None)
    try:
        return (yield)
    finally:
        if before is not None:
            item.user_properties.append((RAN, inner.ran - before))  # type: ignore[union-attr]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    wanted = config.getoption("--fuzz-cases", 0)
    if not wanted:
        return
    ran: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                ran[report.nodeid] = sum(number for name, number in report.user_properties if name == RAN)
    terminalreporter.write_line(f"fuzz: {sum(ran.values()):,} cases in {len(ran)} tests")
    if path := config.getoption("--fuzz-report"):
        Path(path).write_text(json.dumps(ran, indent=1))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all cases of a test, which write over each other's files."""
    return tmp_path_factory.mktemp("fuzz")
