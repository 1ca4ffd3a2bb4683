"""`hptui collect`: every question that only reads, put to one node, and the answers in one zip file for a ticket."""

from __future__ import annotations

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

    What has been answered is kept when the rest can't be asked. Exit codes: 0 everything was asked, 4 a part of it.
    """
    from hptui.cli.one_session import SessionPlace
    from hptui.cli.probe_many import CollectRun
    from hptui.cli.running import run_cancellable
    from hptui.probes.catalogue import catalogue
    from hptui.probes.collection import Collection, usual_name

    settings = choice.load_settings(connection)
    place = SessionPlace(node, verbose, force, confirm, choice, connection, settings)
    collection = Collection(catalogue(settings.own_probes).probes, file or Path(usual_name(node)))
    return run_cancellable(CollectRun(place, collection).run)
