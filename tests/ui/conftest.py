"""What the tests of the screen share besides their stage."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for a file's on a line of the screen, which pytest's own don't after many runs."""
    with tempfile.TemporaryDirectory(prefix="h") as folder:
        yield Path(folder).resolve()
