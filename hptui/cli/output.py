"""Words for stderr, which is where everything goes that is not data."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hptui.errors import ExecError, HptuiError, LaunchError, SessionError

log = logging.getLogger(__name__)


def tell(text: str) -> None:
    """One line on stderr, safe to show."""
    from hptui.terminal.plain import plain

    # The terminal may be gone, and its going may be the very reason why something is said.
    try:
        for line in text.splitlines() or [""]:
            print(plain(line), file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it stays open to the end


def log_told(error: HptuiError) -> None:
    """What was told, without the message of an exec's end, in which a node may quote the command."""
    quoting = isinstance(error, ExecError | SessionError) and not isinstance(error, LaunchError)
    log.info("Told: %s%s", error.heading, "" if quoting else f": {error.message}")


def tell_error(error: HptuiError) -> None:
    log_told(error)
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


@contextmanager
def alive(words: str) -> Iterator[None]:
    """Words on the terminal while it lasts, and nothing of them afterwards."""
    shown = sys.stderr.isatty()
    if shown:
        print(words, end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
