"""Many questions in one pod, one after another, and what is made of the answers: a self-test's report, or an archive."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import click

from hptui.cli.one_session import SessionPlace, one_session
from hptui.cli.output import tell, tell_error
from hptui.cli.probe_run import FAILED
from hptui.cli.table import columns
from hptui.cluster.port import ExecChannel
from hptui.errors import HptuiError
from hptui.probes.asking import Result, ask_all
from hptui.probes.collection import Collection, names
from hptui.probes.probe import Probe
from hptui.probes.self_test import NOT_ASKED, Finding, askable, findings, summary
from hptui.terminal.plain import plain

STOPPED = 4
"""The exit code where some of the questions could not be asked any more."""
_LONGEST = 100  # characters of a remark in the report's table


async def ask_many(place: SessionPlace, probes: Sequence[Probe], results: list[Result]) -> None:
    """Answers into `results`, in the probes' order.

    Raises HptuiError when the session is lost, or its pod could not be seen gone: what had come by then is in `results`.
    """
    async with one_session(place) as (session, progress):
        started = False

        async def open_(command: Sequence[str], stdin: bool) -> ExecChannel:
            nonlocal started
            if started:
                return await session.beside(command, stdin=stdin)
            channel = await session.start(command=command, tty=False, stdin=stdin)
            progress.clear()
            started = True
            return channel

        account = session.spec.account.label
        await ask_all(probes, open_, results, node=place.node, account=account, told=_teller(len(probes)))


@dataclass(frozen=True, slots=True)
class SelfTestRun:
    place: SessionPlace
    probes: Sequence[Probe]
    output: str  # table or json

    async def run(self) -> int:
        """The exit code: 0 when nothing has to be looked at, STOPPED when not everything was asked.

        Raises HptuiError where nothing could be asked, and what ends it early once the report of what there is is printed.
        """
        asked = [probe for probe in self.probes if askable(probe)]
        results: list[Result] = []
        try:
            await ask_many(self.place, asked, results)
        except HptuiError as error:
            if results:
                self._report(asked, results, error)
            if not results or len(results) == len(asked):
                raise
            tell_error(error)
            return STOPPED
        except asyncio.CancelledError:
            if results:
                self._report(asked, results)
            raise
        return FAILED if self._report(asked, results) else 0

    def _report(
        self, asked: Sequence[Probe], results: Sequence[Result], error: HptuiError | None = None
    ) -> bool:
        """Print it; whether there is something to look at."""
        names = [probe.name for probe in asked[: len(results) + 1]]
        stopped = ""
        if len(results) < len(asked):
            why = f"{error.heading}: {error.message}" if error is not None else "it was cancelled"
            stopped = f"Stopped at {names[-1]}, question {len(names)} of {len(asked)}: {why}"
        found = findings(self.probes, results)
        if self.output == "json":
            click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
        else:
            click.echo(as_report(self.place.node, results, found), nl=False)
        if stopped and self.output == "json":
            tell(f"hptui: {stopped}")
        elif stopped:
            click.echo(plain(stopped))
        return any(finding.bad for finding in found)


@dataclass(frozen=True, slots=True)
class CollectRun:
    place: SessionPlace
    collection: Collection

    async def run(self) -> int:
        """The exit code. Raises HptuiError where nothing is kept, and what else comes in between; what there is is told first."""
        kept = self.collection
        try:
            await kept.fill(lambda: ask_many(self.place, kept.probes, kept.results))
        except HptuiError as error:
            self._tell()
            if not kept.is_kept or not kept.unanswered:
                raise
            tell_error(error)
            return STOPPED
        except asyncio.CancelledError:
            self._tell()
            raise
        self._tell()
        return 0

    def _tell(self) -> None:
        kept = self.collection
        if not kept.is_kept:
            return
        click.echo(f"{kept.file}: {len(kept.results)} answers; begin with {names(kept.results)[0]}")
        tell(
            "hptui: command lines, addresses and log lines are in it: look through it before you give it away"
        )
        if kept.unanswered:
            tell(f"hptui: {kept.unanswered} questions have no answer in it")


def _teller(count: int) -> Callable[[Probe], None]:
    """Says on stderr how far it is, on a terminal."""
    import itertools
    import sys

    numbers = itertools.count(1)

    def told(probe: Probe) -> None:
        number = next(numbers)
        if sys.stderr.isatty():
            tell(f"hptui: {number} of {count}: {probe.name}")

    return told


def as_report(node: str, results: Sequence[Result], findings: Sequence[Finding]) -> str:
    """A table that can be pasted into a report."""
    rows = [
        [
            "!" if finding.bad else "",
            finding.name,
            finding.outcome,
            str(finding.rows) if finding.outcome != NOT_ASKED else "",
            f"{finding.took:.1f}s" if finding.outcome != NOT_ASKED else "",
            _short("; ".join(part for part in (finding.why, *finding.remarks) if part)),
        ]
        for finding in findings
    ]
    start = next((result.answer.start for result in results if result.answer.start is not None), None)
    about = f"{node}, as {start.user}, PowerShell {start.version}, {start.mode}" if start else node
    head = ["", "PROBE", "OUTCOME", "ROWS", "TIME", "WHAT THERE IS TO SAY"]
    return f"{about}\n{columns([head, *rows])}{summary(findings)}\n"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
