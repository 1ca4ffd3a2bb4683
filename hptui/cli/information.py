"""`hptui version` and `hptui settings`: what runs here, and with which settings."""

from __future__ import annotations

import json
import platform
from importlib import metadata

import click

from hptui.cli.options import Connection, connection_options, log_options

# A native library may crash; it gets a process in which nothing else can be lost.
_APART = {"pyghostty": ", in a process of its own"}


@click.command("version")
@log_options
def version_command(connection: Connection) -> int:
    """Print the versions of hptui and of what it stands on."""
    from hptui import __version__

    if (
        connection.log_file
    ):  # only then: a settings file with a mistake must not keep the versions from being told
        connection.load_settings()
    engine = next((name for name in ("pyghostty", "bittty") if _version(name)), "")
    rows = {
        "hptui": __version__,
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "textual": _version("textual") or "missing",
        "kubernetes client": _version("kubernetes") or "missing",
        "terminal engine": f"{engine} {_version(engine)}{_APART.get(engine, '')}" if engine else "missing",
    }
    for name, version in rows.items():
        click.echo(f"{name + ':':<20}{version}")
    return 0


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


@click.command("settings")
@connection_options
def settings_command(connection: Connection) -> int:
    """Print the effective settings as TOML, each with where it comes from and what it means."""
    from hptui.settings import as_shown, documentation

    loaded = connection.load_settings()
    click.echo(f"# The file: {loaded.path}{'' if loaded.path.exists() else ' (it does not exist)'}")
    values = as_shown(loaded.settings)
    for doc in documentation():
        allowed = f"; {doc.allowed}" if doc.allowed else ""
        unit = f", in {doc.unit}" if doc.unit else ""
        click.echo(f"\n# {doc.doc}{unit}{allowed} ({loaded.sources[doc.name]})")
        # JSON's strings, numbers and lists are TOML's too.
        click.echo(f"{doc.name} = {json.dumps(values[doc.name], ensure_ascii=False)}")
    return 0
