"""Putting a probe to a host: by an exec of its own in a running pod, never through anybody's shell.

Exec gives the token of the pod's first process, so the answer is what the session's account sees. The answer is complete when its
end marker has come; what happens to the stream after that doesn't matter.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from hptui import format as fmt
from hptui.cluster.model import ExecEnd, ExecExit, ExecStream
from hptui.cluster.port import ExecChannel
from hptui.probes import pipes
from hptui.probes.harness import call
from hptui.probes.probe import Probe
from hptui.probes.reader import Answer, AnswerReader

Open = Callable[[Sequence[str], bool], Awaitable[ExecChannel]]
"""Starts a command in the pod, with or without stdin, and no tty. Raises ClusterError, SessionError."""

WRONG_CLOCK = 10.0
"""Seconds between two clocks that are worth a word."""

NOT_HERE = "not here: "
"""How a script begins what it throws where a node doesn't have what it asks about."""

_MISSING = ("CommandNotFoundException", "CouldNotAutoloadMatchingModule")
_CONSTRAINED = "InConstrainedLanguage"
# Of .NET and PowerShell, of WMI, of Windows: the same in every language.
_DENIED = re.compile(r"UnauthorizedAccess|PermissionDenied|AccessDenied|0x80041003|0x80070005")


class Outcome(StrEnum):
    ANSWERED = "answered"  # whole
    NOT_HERE = "not here"  # this node, account or language mode doesn't have it
    FAILED = "failed"  # the script ended with an error
    CUT = "cut"  # no end marker, or fewer records than it counts
    TIMED_OUT = "timed out"
    NOT_STARTED = "not started"  # PowerShell said nothing at all


@dataclass(frozen=True, slots=True)
class Result:
    """One answer with when, where and as whom it was given."""

    probe: Probe
    arguments: Mapping[str, str]
    node: str
    account: str
    asked: datetime
    took: float  # seconds
    outcome: Outcome
    answer: Answer
    end: ExecExit | None = field(default=None)  # None where the marker came first

    @property
    def why(self) -> str:
        """What keeps it from being a whole answer, in a sentence; "" for one that is."""
        return _why(self)


def check_allowed(probe: Probe, arguments: Mapping[str, str]) -> None:
    """Raises ProbeError for what no host is ever asked: to open a pipe that must not be touched."""
    if probe.name == pipes.OWNER and not probe.own:
        pipes.check_openable(arguments[pipes.PARAMETER])


async def ask(
    probe: Probe,
    arguments: Mapping[str, str],
    open_: Open,
    *,
    node: str,
    account: str,
    progress: Callable[[int], None] | None = None,
    limit: float | None = None,
) -> Result:
    """The host's answer. `arguments` as Probe.arguments gives them; `limit` in seconds instead of the probe's own.

    `progress` is told the number of records so far. Cancelling it closes the exec. Raises ProbeError for what must not be
    asked, and what `open_` raises.
    """
    check_allowed(probe, arguments)
    question = call(probe, arguments, secrets.token_hex(8))
    reader = AnswerReader(question.nonce)
    end: ExecExit | None = None
    timed_out = False
    channel = await open_(question.command, bool(question.stdin))
    asked, began = datetime.now(UTC), time.monotonic()  # not before: a pod may have had to be launched
    try:
        async with asyncio.timeout(limit or probe.limit):
            if question.stdin:
                channel.write(question.stdin)
                channel.close_stdin()
            await _read(channel, reader, progress)
            if not reader.ended:
                end = await channel.wait()
    except TimeoutError:
        timed_out = True
    finally:
        channel.close()
    took = time.monotonic() - began
    answer = _with_clock(reader.answer(), asked, took)
    return Result(
        probe=probe,
        arguments=arguments,
        node=node,
        account=account,
        asked=asked,
        took=took,
        outcome=Outcome.TIMED_OUT if timed_out else _outcome(answer),
        answer=answer,
        end=end,
    )


async def ask_all(
    probes: Sequence[Probe],
    open_: Open,
    results: list[Result],
    *,
    node: str,
    account: str,
    told: Callable[[Probe], None],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Each of `probes` with its defaults, one after another, the answers into `results`; `told` hears of each before it is asked.

    Raises what `open_` raises, as when the session is lost: what had been answered by then is in `results`.
    """
    for probe in probes:
        told(probe)
        arguments = probe.arguments({})
        results.append(await ask(probe, arguments, open_, node=node, account=account, progress=progress))


def _with_clock(answer: Answer, asked: datetime, took: float) -> Answer:
    """With a note where the host's clock is surely not ours: its time of the start lies outside of the asking."""
    if answer.start is None or answer.start.at is None:
        return answer
    behind = (asked - answer.start.at).total_seconds()
    ahead = -behind - took
    if max(behind, ahead) < WRONG_CLOCK:
        return answer
    how = f"{fmt.span(behind)} behind" if behind > 0 else f"{fmt.span(ahead)} ahead of"
    note = f"The node's clock is {how} this machine's: one of the two is wrong."
    return replace(answer, notes=(*answer.notes, note))


async def _read(channel: ExecChannel, reader: AnswerReader, progress: Callable[[int], None] | None) -> None:
    while not reader.ended and (pieces := await channel.read()):
        for piece in pieces:
            if piece.stream is ExecStream.STDERR:
                reader.feed_errors(piece.data)
            else:
                reader.feed(piece.data)
        if progress is not None:
            progress(reader.count)
        await asyncio.sleep(0)  # others have their turn also where output is always at hand


def _outcome(answer: Answer) -> Outcome:
    if answer.failure is not None:
        failure = answer.failure
        unavailable = (
            failure.message.startswith(NOT_HERE)
            or failure.type.startswith(_MISSING)
            or _CONSTRAINED in failure.type
            or _DENIED.search(failure.type)
            or _DENIED.search(failure.message)
        )
        return Outcome.NOT_HERE if unavailable else Outcome.FAILED
    if answer.complete:
        return Outcome.ANSWERED
    return Outcome.NOT_STARTED if answer.start is None and not answer.records else Outcome.CUT


def _why(result: Result) -> str:
    answer, failure = result.answer, result.answer.failure
    match result.outcome:
        case Outcome.ANSWERED:
            return ""
        case Outcome.NOT_HERE if failure is not None:
            return f"Not available here, because {_reason(failure.message, failure.type)}"
        case Outcome.FAILED if failure is not None:
            where = f" (line {failure.line})" if failure.line else ""
            return f"The script ended with an error{where}: {failure.message}"
        case Outcome.TIMED_OUT:
            return (
                f"It took longer than {result.took:.0f} s and was given up; what had come by then is shown."
            )
        case Outcome.CUT if answer.lost:
            return f"Incomplete: {answer.lost:,} records are missing."
        case Outcome.CUT:
            return f"Cut off: the end is missing, and nobody knows how much with it.{_ended(result.end)}"
    said = answer.errors or " ".join(answer.noise)
    return f"PowerShell did not start{': ' + said if said else ''}.{_ended(result.end)}"


def _reason(message: str, type_: str) -> str:
    if message.startswith(NOT_HERE):
        return message.removeprefix(NOT_HERE)
    if _CONSTRAINED in type_:
        return (
            "PowerShell is in constrained language mode on this node, as application control policies make it: "
            + message
        )
    if type_.startswith(_MISSING):
        return f"this node has no such command: {message}"
    return f"this account may not: {message}"


def _ended(end: ExecExit | None) -> str:
    if end is None:
        return ""
    if end.end is ExecEnd.EXITED:
        return f" The process ended with exit code {end.code}."
    return f" {end.message}" if end.message else ""
