"""A yes before something that must not happen unasked."""

from __future__ import annotations

import sys

import click

from hptui.errors import UsageError


def agreed(question: str, *, yes: bool) -> bool:
    """Whether whoever is at the terminal agrees, or has by --yes. Raises UsageError where there is nobody to ask."""
    if yes:
        return True
    if any(stream is None or not stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise UsageError(f"This wants a yes: {question}", title="Asked first", hint="Add --yes if so.")
    return click.confirm(question, err=True)
