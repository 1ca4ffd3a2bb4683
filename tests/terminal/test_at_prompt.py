"""Whether a shell waits for a line of which nothing is typed yet, by what its terminal shows."""

from __future__ import annotations

import pytest

from hptui.terminal.emulator import Emulator, engine_names
from hptui.terminal.prompts import at_prompt

EMPTY = [
    b"PS C:\\hpc> ",
    b"PS C:\\hpc>",
    b"[akswin1]: PS C:\\Users\\x y> ",
    b"C:\\Windows\\system32>",
    b"done\r\nPS C:\\> ",
    b"\x1b[32mPS C:\\>\x1b[m ",
    b"PS C:\\hpc> \x1b[2mGet-Date\x1b[m\x1b[8D",  # a suggestion behind the cursor
    b"PS C:\\C\\" + b"0123456789abcdef" * 4 + b"> ",  # longer than a row
]
BUSY = [
    b"",
    b"PS C:\\hpc> hostn",
    b"PS C:\\hpc> Start-Sleep 3600\r\n",
    b"PS C:\\hpc> 'a'\r\n>> ",  # a statement that goes on
    b"Password: ",
    b"PS C:\\hpc> echo > ",
    b"\x1b[?1049h\x1b[HPS C:\\hpc> ",  # a program over the whole screen
]


@pytest.fixture(params=engine_names())
def emulator(request: pytest.FixtureRequest) -> Emulator:
    return Emulator(60, 10, engine=request.param)


@pytest.mark.parametrize("printed", EMPTY)
def test_an_empty_prompt(emulator: Emulator, printed: bytes) -> None:
    emulator.feed(printed)
    assert at_prompt(emulator)


@pytest.mark.parametrize("printed", BUSY)
def test_anything_else(emulator: Emulator, printed: bytes) -> None:
    emulator.feed(printed)
    assert not at_prompt(emulator)
