"""Tables as Windows' console programs print them: columns as wide as their widest cell, ruled with equals signs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def ruled(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    widths = [max([len(header), *(len(row[place]) for row in rows)]) for place, header in enumerate(headers)]

    def line(cells: Sequence[str]) -> str:
        return " ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )

    lines = [line(headers), " ".join("=" * width for width in widths), *(line(row) for row in rows)]
    return "".join(f"{text}\n" for text in lines)


def listed(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    width = max(len(header) for header in headers) + 1
    blocks = [
        "".join(f"{header + ':':<{width}} {cell}\n" for header, cell in zip(headers, row, strict=True))
        for row in rows
    ]
    return "\n".join(blocks)


def comma_separated(headers: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    if headers is not None:
        writer.writerow(headers)
    writer.writerows(rows)
    return buffer.getvalue()


def formatted(
    form: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    no_header: bool,
    right: frozenset[int] = frozenset(),
) -> str:
    """As /FO table|list|csv and /NH ask for."""
    if form == "csv":
        return comma_separated(None if no_header else headers, rows)
    if form == "list":
        return listed(headers, rows)
    text = ruled(headers, rows, right=right)
    return "".join(text.splitlines(keepends=True)[2:]) if no_header else text
