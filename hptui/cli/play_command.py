"""`hptui play`: a recording of a session, or any other asciicast file, inside the program. It needs no cluster."""

from __future__ import annotations

from pathlib import Path

import click

from hptui.cli.options import Connection, log_options

SLOWEST, FASTEST = 0.25, 16.0


@click.command("play")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--idle-limit",
    type=click.FloatRange(min=0, max=86400),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="Cut pauses to this; 0 plays them as long as they were.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=SLOWEST, max=FASTEST),
    default=1.0,
    show_default=True,
    metavar="TIMES",
    help="How fast to begin.",
)
@log_options
def play_command(file: Path, idle_limit: float, speed: float, connection: Connection) -> int:
    """Play a recording: pause, seek, search, change the speed; ? lists the keys."""
    from hptui.cli.own_terminal import need_terminal
    from hptui.cli.unforeseen import tell_unforeseen
    from hptui.ui.play_app import PlayApp

    app = PlayApp(file, connection.load_settings().settings, idle_limit=idle_limit or None, speed=speed)
    need_terminal("Without a terminal, `asciinema cat FILE` prints a recording's output.")
    app.run()
    if app.fault is not None:
        tell_unforeseen(app.fault)
    return app.return_code or 0
