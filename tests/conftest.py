"""What holds for every test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

# A busy machine is slow at everything; that says nothing about the code. The same cases each time: what fails here today has
# not been there yesterday because of luck. Random ones, and many more, are tests/fuzz's, by `make fuzz`.
settings.register_profile(
    "hptui", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("hptui")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the tests of whole programs wait as long as they compute."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    # Hypothesis takes constants from whatever modules happen to be loaded: then a test's cases hang on the tests before it.
    if not config.getoption("--fuzz-cases", 0):
        vars(providers)["_get_local_constants"] = Constants


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A simulated cluster in a process; its kubeconfig, server and token."""
    with subprocess.Popen(
        [sys.executable, "-m", "hptui.demo.server", "--state", str(tmp_path / "demo"), "--brisk"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.communicate(timeout=20)
