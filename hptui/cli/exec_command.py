"""`hptui exec`: one command on a node's host, in a pod made for it; nothing but its output on stdout, and nothing left behind."""

from __future__ import annotations

import sys

import click

from hptui.cli.options import Connection, PodChoice, connection_options, launch_options, pod_options


@click.command("exec")
@click.argument("node")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@click.option(
    "-i/-I",
    "--stdin/--no-stdin",
    "stdin",
    default=None,
    help="Pass stdin on; without either, it is when it is a pipe or a file.",
)
@click.option("-t", "--tty", is_flag=True, help="Give the command a terminal: this one.")
@launch_options
@pod_options
@connection_options
def exec_command(
    node: str,
    command: tuple[str, ...],
    stdin: bool | None,
    tty: bool,
    verbose: bool,
    force: bool,
    confirm: str | None,
    choice: PodChoice,
    connection: Connection,
) -> int:
    """Run COMMAND on the host of NODE: hptui exec NODE -- COMMAND ARGUMENTS...

    A pod is made just for this and removed afterwards, also when hptui is interrupted. The exit code is the command's own; of
    one over 255, which POSIX cannot return, 255 remains and stderr has the number.
    """
    from hptui.cli.exec_run import ExecRun
    from hptui.cli.one_session import SessionPlace
    from hptui.cli.output import tell
    from hptui.cli.running import run_cancellable

    with_terminal = tty and sys.stdin is not None and sys.stdin.isatty()
    if tty and not with_terminal:
        tell("hptui: stdin is not a terminal, so the command does not get one")
    place = SessionPlace(
        node=node,
        verbose=verbose,
        insist=force,
        confirmed=confirm,
        choice=choice,
        connection=connection,
        settings=choice.load_settings(connection),
    )
    run = ExecRun(place, command, stdin=_wants_stdin(stdin) or with_terminal, tty=with_terminal)
    return run_cancellable(run.run)


def _wants_stdin(asked: bool | None) -> bool:
    if sys.stdin is None:  # closed by whoever started this
        return False
    return not sys.stdin.isatty() if asked is None else asked
