"""What holds for every test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow at everything; that says nothing about the code.
settings.register_profile("hptui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hptui")


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
