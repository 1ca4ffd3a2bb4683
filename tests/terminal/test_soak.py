"""A share of the soak: whatever a host prints, the terminal lives and its memory has bounds. `make soak` does the whole."""

from __future__ import annotations

import sys

import pytest

from hptui.terminal.emulator import engine_names
from hptui.terminal.engine_process import EngineProcess
from tests.terminal.soak import KINDS, MOST_APART, MOST_HERE, SCROLLING, soak

# The native engine is read at a hundred times the speed of the other.
SHARES = {"ghostty": 4_000_000, "bittty": 300_000}  # bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@pytest.mark.parametrize("engine", SHARES)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_output_leaves_a_live_terminal_and_bounded_memory(kind: str, engine: str) -> None:
    if engine not in engine_names():
        pytest.skip(f"{engine} does not run here")
    process = EngineProcess()
    try:
        found = soak(kind, SHARES[engine], 20_000, engine, process)
    finally:
        process.close()
    assert found.notes == ()
    assert found.here < MOST_HERE
    assert found.apart < MOST_APART
    assert (found.apart > 0) == (engine == "ghostty")
    # One after a piece of output and one after a resize, however much was asked.
    assert found.messages <= 2 * found.pieces + 2
    if kind in SCROLLING:
        assert found.most_history > 100, "it must have got through"
    else:
        assert found.answered > SHARES[engine], "it must have got through"
