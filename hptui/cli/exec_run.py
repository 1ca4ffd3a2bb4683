"""The run behind `hptui exec`: session, streams, exit code, and the pod's removal whatever happens."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from dataclasses import dataclass

from hptui.cli.one_session import SessionPlace, one_session
from hptui.cli.output import tell
from hptui.cli.pipes import PipeReader, PipeWriter
from hptui.cli.progress import Progress
from hptui.cli.raw_terminal import check_raw_possible, raw_terminal, terminal_size
from hptui.cluster.model import ExecEnd, ExecExit, ExecStream
from hptui.cluster.port import ExecChannel
from hptui.errors import ExecError, SessionError
from hptui.hostprocess.diagnosis import exit_code_text
from hptui.hostprocess.session import Session

_MAX_POSIX_CODE = 255
_CANNOT_HALF_CLOSE = "v4.channel.k8s.io"


@dataclass(frozen=True, slots=True)
class ExecRun:
    place: SessionPlace
    command: tuple[str, ...]
    stdin: bool
    tty: bool

    async def run(self) -> int:
        """The command's exit code. Raises HptuiError, and OSError when nobody reads the output any more."""
        if self.tty:
            check_raw_possible()
        async with one_session(self.place) as (session, progress):
            end = await self._in(session, progress)
        return _exit_code(end)

    async def _in(self, session: Session, progress: Progress) -> ExecExit:
        channel = await session.start(
            terminal_size() if self.tty else None, command=self.command, tty=self.tty, stdin=self.stdin
        )
        progress.clear()
        with raw_terminal(channel.resize) if self.tty else nullcontext():
            await self._carry(channel)
            # With v5, "Success" is also said of some streams that were only cut: the session looks at the pod and the node
            # before it believes one.
            return await session.ended(channel)

    async def _carry(self, channel: ExecChannel) -> None:
        """Bytes in both directions until all output has been written."""
        feeding = asyncio.create_task(_feed(channel), name="hptui stdin") if self.stdin else None
        writers = {ExecStream.STDOUT: PipeWriter(1), ExecStream.STDERR: PipeWriter(2)}
        try:
            while pieces := await channel.read():
                for piece in pieces:
                    await writers[piece.stream].write(piece.data)
        finally:
            if feeding is not None:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)


async def _feed(channel: ExecChannel) -> None:
    reader = PipeReader(0)
    fed = False
    while data := await reader.read():
        fed = True
        channel.write(data)
        await channel.drain()
    if fed and not channel.tty and channel.protocol == _CANNOT_HALF_CLOSE:
        tell("hptui: this API server cannot tell the command that stdin has ended; it may wait for more")
    channel.close_stdin()


def _exit_code(end: ExecExit) -> int:
    """What the process can return of it; the rest is told. Raises what the end of the exec amounts to."""
    if end.end is ExecEnd.EXITED and end.code is not None:
        if sys.platform == "win32" or end.code <= _MAX_POSIX_CODE:
            return end.code
        text = exit_code_text(end.code)
        known_as = "" if text == str(end.code) else f" ({text})"
        tell(f"hptui: the command's exit code was {end.code}{known_as}")
        return _MAX_POSIX_CODE
    if end.end is ExecEnd.LOST:
        raise ExecError(
            end.message or "The connection to the command broke.",
            title="The connection was lost",
            hint="How the command ended is not known; it was killed with its pod if it was still running.",
        )
    if end.end is ExecEnd.REFUSED:
        raise ExecError(
            end.message or "The node gave no reason.",
            title="The command could not be started",
            hint="Give the program by its whole path, or run it by cmd.exe /c.",
        )
    raise SessionError(
        end.message or "The pod ended while the command was running.", title="The command was killed"
    )
