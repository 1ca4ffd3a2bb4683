"""The log begins with what every report needs first: which hptui, on what, in which terminal, doing what."""

from __future__ import annotations

import logging
import os
import sys

import click

from hptui import __version__
from hptui.log import keeping
from hptui.settings import Settings

log = logging.getLogger(__name__)

_TERMINAL = (
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "NO_COLOR",
)
_PRESENT = {"TMUX", "STY", "SSH_CONNECTION"}  # whether they are set is enough


def begin_log(settings: Settings) -> None:
    """Raises SettingsError where the log file cannot be written."""
    keeping.begin(settings.log_file, settings.log_level)
    context = click.get_current_context(silent=True)
    # Never the arguments: a command may hold a password.
    command = context.command_path if context is not None else "hptui"
    python = ".".join(str(part) for part in sys.version_info[:3])
    system = " ".join(os.uname()[i] for i in (0, 2, 4)) if hasattr(os, "uname") else sys.platform
    log.info(
        "hptui %s begins: %s; Python %s on %s; terminal: %s",
        __version__,
        command,
        python,
        system,
        _terminal(),
    )


def _terminal() -> str:
    found = [
        f"{name} set" if name in _PRESENT else f"{name}={os.environ[name]}"
        for name in _TERMINAL
        if os.environ.get(name)
    ]
    return ", ".join(found) or "nothing is known of it"
