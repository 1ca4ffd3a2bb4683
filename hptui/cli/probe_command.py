"""`hptui probe`: a question to a node's host in a pod made for it; the answer on stdout, its worth in the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from hptui.cli.options import Connection, PodChoice, connection_options, launch_options, pod_options

if TYPE_CHECKING:
    from hptui.cli.one_session import SessionPlace
    from hptui.probes.catalogue import Catalogue
    from hptui.probes.probe import Probe


@click.command("probe")
@click.argument("name", required=False)
@click.argument("node", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    help="The form; json also has when, where and as whom.",
)
@click.option(
    "-a",
    "--argument",
    "arguments",
    metavar="KEY=VALUE",
    multiple=True,
    help="A parameter of the probe; repeatable. Without a node its page lists them.",
)
@click.option(
    "--filter", "words", metavar="WORDS", default="", help="Only rows that hold all of these words."
)
@click.option("--limit", type=click.IntRange(1, 9999), metavar="SECONDS", help="How long it may take.")
@click.option("--script", is_flag=True, help="Print what would be run on the host, and run nothing.")
@click.option(
    "--all-accounts",
    is_flag=True,
    help="Ask as every kind of account, a short pod for each, and lay the answers side by side; asked first.",
)
@click.option(
    "--self-test",
    "tested",
    metavar="NODE",
    help="Ask NODE everything in one pod, and report what each answer is like: whether the probes know its Windows.",
)
@click.option("--yes", is_flag=True, help="Agree to what would be asked first.")
@launch_options
@pod_options
@connection_options
def probe_command(
    name: str | None,
    node: str | None,
    output: str,
    arguments: tuple[str, ...],
    words: str,
    limit: int | None,
    script: bool,
    all_accounts: bool,
    tested: str | None,
    yes: bool,
    verbose: bool,
    force: bool,
    confirm: str | None,
    choice: PodChoice,
    connection: Connection,
) -> int:
    """Ask the host of NODE the question NAME: hptui probe processes NODE.

    Without a NAME the questions are listed, without a NODE the one named is explained. Probes only read. Exit codes: 0 a whole
    answer, 1 the answer failed or was cut off, 2 not understood, 3 the node doesn't have what was asked about, 4 a self-test
    that could not be ended: what it has is reported.
    """
    from hptui.cli.one_session import SessionPlace
    from hptui.cli.probe_pages import explain, list_all
    from hptui.probes.catalogue import catalogue

    settings = choice.load_settings(connection)
    found = catalogue(settings.own_probes)
    if tested is not None:
        place = SessionPlace(tested, verbose, force, confirm, choice, connection, settings)
        return _self_test(place, found, output)
    if name is None:
        click.echo(list_all(found), nl=False)
        return _tell_problems(found)
    probe = found.find(name)
    if node is None and not script:
        click.echo(explain(probe), nl=False)
        return 0
    given = probe.arguments(_given(arguments))
    if script or node is None:
        click.echo(_script(probe, given))
        return 0
    place = SessionPlace(node, verbose, force, confirm, choice, connection, settings)
    return _run(place, _Asking(probe, given, output, words, limit, all_accounts, yes))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked, and how."""

    probe: Probe
    given: dict[str, str]
    output: str
    words: str
    limit: int | None
    all_accounts: bool
    yes: bool


def _run(place: SessionPlace, asking: _Asking) -> int:
    from hptui.cli.consent import agreed
    from hptui.cli.probe_accounts import AccountsRun
    from hptui.cli.probe_run import FAILED, ProbeRun
    from hptui.cli.running import run_cancellable
    from hptui.hostprocess.account import every_kind
    from hptui.probes.asking import check_allowed

    probe, given = asking.probe, asking.given
    check_allowed(probe, given)
    if probe.warning and not agreed(f"{probe.warning} Go on?", yes=asking.yes):
        return FAILED
    if not asking.all_accounts:
        one = ProbeRun(place, probe, given, asking.output, asking.words, asking.limit)
        return run_cancellable(one.run)
    accounts = every_kind(place.settings.account)
    question = f"Start {len(accounts)} short pods on {place.node}, as {', '.join(accounts)}?"
    if not agreed(question, yes=asking.yes):
        return FAILED
    return run_cancellable(AccountsRun(place, probe, given, asking.output, asking.limit, accounts).run)


def _self_test(place: SessionPlace, found: Catalogue, output: str) -> int:
    from hptui.cli.probe_many import SelfTestRun
    from hptui.cli.running import run_cancellable

    if output == "csv":
        raise click.UsageError("--self-test writes a table or json.")
    return run_cancellable(SelfTestRun(place, found.probes, output).run)


def _given(arguments: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for text in arguments:
        key, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--argument wants KEY=VALUE, not {text!r}.")
        given[key.strip()] = value
    return given


def _script(probe: Probe, given: dict[str, str]) -> str:
    from hptui.probes.harness import whole_script

    return whole_script(probe, given, "0" * 16)


def _tell_problems(found: Catalogue) -> int:
    """What of the person's own can't be used; the exit code."""
    from hptui.cli.output import tell_error

    for problem in found.problems:
        tell_error(problem)
    return 1 if found.problems else 0
