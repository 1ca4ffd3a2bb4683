"""The execs in one session's pod: opened, waited for to their end, and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hptui.cluster.model import ExecEnd, ExecExit
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import SessionError
from hptui.hostprocess.exec_end import believe
from hptui.hostprocess.first_process import marked_shell
from hptui.hostprocess.manifest import CONTAINER, SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.shell_process import (
    Outcome,
    Question,
    ShellProcess,
    ask_to_end,
    ask_where,
    read_outcome,
    read_where,
)

ANSWER_LIMIT = 20.0
"""Seconds that the node may take to answer a question: PowerShell alone takes some to start on a busy one."""

LONGEST_ANSWER = 64 << 10  # bytes

Size = tuple[int, int]
"""Columns and rows."""


class Shells:
    """`last_ended` is called on the loop when an exec has ended and no other is open."""

    def __init__(self, cluster: Cluster, spec: SessionSpec, last_ended: Callable[[ExecExit], None]) -> None:
        self._cluster = cluster
        self._spec = spec
        self._last_ended = last_ended
        self._ends: dict[ExecChannel, asyncio.Task[ExecExit]] = {}
        self._marks: dict[ExecChannel, str] = {}
        self._beside: dict[ExecChannel, asyncio.Task[ExecExit]] = {}

    async def connect(
        self, size: Size | None, command: Sequence[str] | None, tty: bool, stdin: bool
    ) -> ExecChannel:
        """Start `command`, or a shell of our own that can be found again; its end is minded once `mind` is called.

        Raises ClusterError.
        """
        mark = "" if command is not None else new_session_id()
        channel = await self._exec(
            command if command is not None else marked_shell(mark), size if tty else None, tty, stdin
        )
        if mark:
            self._marks[channel] = mark
        return channel

    async def _exec(self, command: Sequence[str], size: Size | None, tty: bool, stdin: bool) -> ExecChannel:
        return await self._cluster.exec(
            self._spec.namespace,
            self._spec.pod_name,
            command,
            container=CONTAINER,
            tty=tty,
            stdin=stdin,
            size=size,
        )

    async def process_of(self, channel: ExecChannel) -> ShellProcess | None:
        """The process that a shell of ours is, also when its link was lost; None when it has ended.

        Raises ClusterError, and SessionError where it cannot be known.
        """
        mark = self._marks.get(channel)
        if mark is None:
            raise SessionError(
                "Only hptui's own shell can be found again; another command's process is not known."
            )
        question = ask_where(mark)
        return read_where(question, await self._answer(question))

    async def end_process(self, process: ShellProcess) -> Outcome:
        """End it and all that it has started. Raises ClusterError, and SessionError where it cannot be known."""
        question = ask_to_end(process)
        return read_outcome(question, await self._answer(question))

    async def _answer(self, question: Question) -> str:
        output = bytearray()
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                channel = await self.beside(question.command, False)
                try:
                    while len(output) < LONGEST_ANSWER and (pieces := await channel.read()):
                        for piece in pieces:
                            output += piece.data
                finally:
                    channel.close()
        except TimeoutError:
            raise SessionError(f"The node did not answer within {ANSWER_LIMIT:.0f} seconds.") from None
        return output.decode("ascii", "replace")

    def mind(self, channel: ExecChannel) -> None:
        self._ends[channel] = asyncio.create_task(self._wait(channel), name="hptui exec end")

    async def end_of(self, channel: ExecChannel) -> ExecExit:
        """How it ended, looked at twice where the protocol can lie."""
        task = self._ends[channel]
        await asyncio.wait({task})
        return ExecExit(ExecEnd.CLOSED, None) if task.cancelled() else task.result()

    async def beside(self, command: Sequence[str], stdin: bool) -> ExecChannel:
        """A command that is no shell: nobody is told of its end. Raises ClusterError."""
        channel = await self._exec(command, None, False, stdin)
        task = asyncio.create_task(channel.wait(), name="hptui exec beside")
        self._beside[channel] = task
        task.add_done_callback(lambda _: self._beside.pop(channel, None))
        return channel

    async def close(self) -> None:
        ends = {**self._ends, **self._beside}
        for channel, task in ends.items():
            channel.close()
            task.cancel()
        await asyncio.gather(*ends.values(), return_exceptions=True)

    async def _wait(self, channel: ExecChannel) -> ExecExit:
        end = await believe(self._cluster, self._spec, await channel.wait())
        if all(other is channel or task.done() for other, task in self._ends.items()):
            self._last_ended(end)
        return end
