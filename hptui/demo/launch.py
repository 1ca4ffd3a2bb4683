"""Starts the simulated cluster as a process beside the program, and ends it with the program.

Light to import: the server's libraries are loaded in the server's process only. That process reads its stdin, a pipe from here,
and ends when the pipe closes: also when this program is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_READY_LIMIT = 20.0  # seconds
_STOP_LIMIT = 5.0  # seconds
_ERROR_TAIL = 4000  # characters of the server's stderr that an error shows


class DemoFailed(Exception):
    """The simulated cluster could not be started; the text says why."""


@dataclass(slots=True)
class Demo:
    """A running simulated cluster."""

    server: str
    token: str
    kubeconfig: Path
    process: asyncio.subprocess.Process
    _stderr: asyncio.Task[bytes] = field(repr=False)

    async def stop(self) -> None:
        """Idempotent. The process has ended when this returns."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), _STOP_LIMIT)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        await asyncio.gather(self._stderr, return_exceptions=True)


async def start_demo(options: Sequence[str] = (), *, limit: float = _READY_LIMIT) -> Demo:
    """`options` as of `python -m hptui.demo.server`. Raises DemoFailed when it isn't ready within `limit` seconds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hptui.demo.server", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl+C in the terminal is for the program; it ends the server in its own time.
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    stderr = asyncio.create_task(_keep_tail(process.stderr))
    try:
        line = await asyncio.wait_for(process.stdout.readline(), limit)
        ready = json.loads(line)
    except (TimeoutError, ValueError) as error:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        words = " ".join((await stderr).decode(errors="replace").split())  # a screen drops the ends of lines
        why = f"was not ready within {limit:g} s" if isinstance(error, TimeoutError) else "ended at once"
        raise DemoFailed(f"The simulated cluster {why}." + (f" {words}" if words else "")) from error
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await stderr
        raise
    return Demo(ready["server"], ready["token"], Path(ready["kubeconfig"]), process, stderr)


async def _keep_tail(stream: asyncio.StreamReader) -> bytes:
    """Read to the end, so that the server never waits for us; keep the last words."""
    tail = b""
    while piece := await stream.read(4096):
        tail = (tail + piece)[-_ERROR_TAIL:]
    return tail
