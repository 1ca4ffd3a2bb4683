"""Many questions in one pod, one after another, and what is made of the answers: a self-test's report, or an archive."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from hptui.cli.one_session import SessionPlace, one_session
from hptui.cli.output import tell
from hptui.cli.probe_run import FAILED
from hptui.cli.table import columns
from hptui.cluster.port import ExecChannel
from hptui.errors import HptuiError
from hptui.probes.asking import Result, ask
from hptui.probes.collection import archive, names
from hptui.probes.probe import Probe
from hptui.probes.self_test import Finding, askable, examine, not_asked, summary
from hptui.terminal.private_file import create

_LONGEST = 100  # characters of a remark in the report's table


async def ask_many(
    place: SessionPlace, probes: Sequence[Probe], told: Callable[[int, Probe], None], results: list[Result]
) -> None:
    """Answers into `results`, in the probes' order; `told` hears of each before it is asked.

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
        for number, probe in enumerate(probes):
            told(number, probe)
            results.append(await ask(probe, probe.arguments({}), open_, node=place.node, account=account))


@dataclass(frozen=True, slots=True)
class SelfTestRun:
    place: SessionPlace
    probes: Sequence[Probe]
    output: str  # table or json

    async def run(self) -> int:
        """The exit code: 0 when nothing has to be looked at. Raises HptuiError."""
        asked = [probe for probe in self.probes if askable(probe)]
        results: list[Result] = []
        await ask_many(self.place, asked, _teller(len(asked)), results)
        by_name = {result.probe.name: result for result in results}
        findings = [
            examine(by_name[probe.name]) if probe.name in by_name else not_asked(probe)
            for probe in self.probes
        ]
        if self.output == "json":
            click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            click.echo(as_report(self.place.node, results, findings), nl=False)
        return FAILED if any(finding.bad for finding in findings) else 0


@dataclass(frozen=True, slots=True)
class CollectRun:
    place: SessionPlace
    probes: Sequence[Probe]
    file: Path

    async def run(self) -> int:
        """Raises HptuiError, before anything is asked where the file can't be made; what has been answered is kept."""
        import os

        asked = [probe for probe in self.probes if askable(probe)]
        results: list[Result] = []
        lost: HptuiError | None = None
        descriptor = create(self.file, refused="Nothing is collected")
        with os.fdopen(descriptor, "wb") as stream:
            try:
                try:
                    await ask_many(self.place, asked, _teller(len(asked)), results)
                except HptuiError as error:
                    if not results:
                        raise
                    lost = error
                stream.write(archive(results))
            except BaseException:
                self.file.unlink(missing_ok=True)
                raise
        click.echo(f"{self.file}: {len(results)} answers; begin with {names(results)[0]}")
        tell(
            "hptui: command lines, addresses and log lines are in it: look through it before you give it away"
        )
        if lost is not None:
            if len(results) < len(asked):
                tell(f"hptui: {len(asked) - len(results)} questions have no answer in it")
            raise lost
        return 0


def _teller(count: int) -> Callable[[int, Probe], None]:
    """Says on stderr how far it is, on a terminal."""
    import sys

    def told(number: int, probe: Probe) -> None:
        if sys.stderr.isatty():
            tell(f"hptui: {number + 1} of {count}: {probe.name}")

    return told


def as_report(node: str, results: Sequence[Result], findings: Sequence[Finding]) -> str:
    """A table that can be pasted into a report."""
    rows = [
        [
            "!" if finding.bad else "",
            finding.name,
            finding.outcome,
            str(finding.rows) if finding.outcome != "not asked" else "",
            f"{finding.took:.1f}s" if finding.outcome != "not asked" else "",
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
