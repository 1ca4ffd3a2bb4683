"""`hptui collect`: every question that only reads, put to one node, and the answers in one zip file for a ticket."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from hptui.cli.options import Connection, PodChoice, connection_options, launch_options, pod_options


@click.command("collect")
@click.argument("node")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to make; else hptui-NODE-TIME.zip here. None is written over.",
)
@launch_options
@pod_options
@connection_options
def collect_command(
    node: str,
    file: Path | None,
    verbose: bool,
    force: bool,
    confirm: str | None,
    choice: PodChoice,
    connection: Connection,
) -> int:
    """Ask NODE every question that only reads, your own probes too, and keep the answers in one zip file that only you can read:
    a page to look at, and the data as JSON and CSV.
    """
    from hptui.cli.one_session import SessionPlace
    from hptui.cli.probe_many import CollectRun
    from hptui.cli.running import run_cancellable
    from hptui.probes.catalogue import catalogue

    settings = choice.load_settings(connection)
    place = SessionPlace(node, verbose, force, confirm, choice, connection, settings)
    file = file or Path(f"hptui-{node}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip")
    return run_cancellable(CollectRun(place, catalogue(settings.own_probes).probes, file).run)
