"""`hptui diagnostics`: what a report about hptui needs, as text."""

from __future__ import annotations

from dataclasses import replace

import click

from hptui.cli.options import Connection, connection_options


@click.command("diagnostics")
@click.option("--anonymous", is_flag=True, help="Replace the names of nodes, users, context and server.")
@connection_options
def diagnostics_command(anonymous: bool, connection: Connection) -> int:
    """Print what a report about hptui needs: versions, settings, what the doctor finds, the log. No secret is in it.

    Nothing is created and nothing is sent anywhere. Names are in it, unless --anonymous is given.
    """
    from hptui.cli.connecting import connector
    from hptui.cli.output import alive
    from hptui.cli.running import run_cancellable
    from hptui.cli.terminal_questions import ask_terminal
    from hptui.hostprocess.diagnostics.report import gather
    from hptui.hostprocess.doctor.machine import Terminal

    loaded = connection.load_settings()
    here = replace(Terminal.here(), abilities=ask_terminal())

    async def look() -> int:
        with alive("Asking the cluster …"):
            report = await gather(
                connector(connection, loaded.settings), loaded.settings, loaded.sources, terminal=here
            )
        click.echo(report.text(anonymous=anonymous, hint="give --anonymous"), nl=False)
        return 0

    return run_cancellable(look)
