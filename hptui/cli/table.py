"""Tables and ages on stdout, as kubectl has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

UNKNOWN = "?"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Lines of text, the cells one under another and made safe to show; "" without rows."""
    from hptui.terminal.plain import plain

    if not rows:
        return ""
    shown = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in shown) for i in range(len(shown[0]))]
    return "".join(
        "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in shown
    )


def age(created: datetime | None, now: datetime) -> str:
    """In one unit: 40s, 12m, 5h, 34d."""
    return UNKNOWN if created is None else span((now - created).total_seconds())


def span(seconds: float) -> str:
    """A length of time in one unit; below zero counts as zero."""
    whole = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if whole >= 2 * size:
            return f"{whole // size}{unit}"
    return f"{whole}s"
