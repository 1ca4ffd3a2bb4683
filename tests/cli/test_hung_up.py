"""A terminal that goes away without a signal: below `make`, which waits for its children, only make gets SIGHUP."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.cli.conftest import Program, finish
from tests.cli.pseudo_terminal import PseudoTerminal

HUNG_UP = 129  # 128 and SIGHUP's number


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_the_screen_ends_when_its_terminal_is_gone(program: Program) -> None:
    terminal = PseudoTerminal(110, 30)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hptui",
            stdin=terminal.slave,
            stdout=terminal.slave,
            stderr=terminal.slave,
            env=program.environment,
            start_new_session=True,
        )
        await terminal.sees(b"Windows nodes")
    finally:
        terminal.close()
    done = await finish(process)
    assert done.code == HUNG_UP
