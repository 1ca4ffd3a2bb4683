"""Words for stderr, which is where everything goes that is not data."""

from __future__ import annotations

import os
import sys

import click

from hptui.errors import HptuiError, LaunchError


def tell(text: str) -> None:
    """One line on stderr, safe to show."""
    from hptui.terminal.plain import plain

    # The terminal may be gone, and its going may be the very reason why something is said.
    try:
        for line in text.splitlines() or [""]:
            print(plain(line), file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it stays open to the end


def tell_error(error: HptuiError) -> None:
    words = error.words if isinstance(error, LaunchError) else ()
    tell(f"hptui: {error.heading}: {error.message}")
    for word in words:
        tell(f"  {word}")
    if error.hint:
        tell(f"  {error.hint}")


def tell_wrong_use(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    tell(f"hptui: Not understood: {error.format_message()}")
    if isinstance(error, click.NoSuchOption) and context is not None and context.info_name == "exec":
        tell("  Is it meant for the command? Put -- before that: hptui exec NODE -- COMMAND ARGUMENTS")
    if context is not None:
        tell(f"  {context.get_usage()}")
        tell(f"  `{context.command_path} --help` explains it.")


def let_go_of_stdout() -> None:
    """It takes no more: keep the interpreter from complaining about that when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
