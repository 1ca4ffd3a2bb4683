"""Format strings of .NET, as far as people use them: {0,-5:N2}, {0:X8}, {0:yyyy-MM-dd}, {0:P1}."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hptui.demo.host.powershell.data.values import Value, timespan_text, to_text

_ITEM = re.compile(r"\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}")
_DATE = re.compile(r"yyyy|yy|MMMM|MMM|MM|M|dddd|ddd|dd|d|HH|H|hh|h|mm|m|ss|s|f{1,7}|tt|zzz|K|'[^']*'|\\.")


def format_string(template: str, values: list[Value]) -> str:
    def item(found: re.Match[str]) -> str:
        if found.group() in ("{{", "}}"):
            return found.group()[0]
        place = int(found.group(1))
        value = values[place] if place < len(values) else ""
        text = format_value(value, found.group(3) or "")
        width = int(found.group(2) or 0)
        return text.ljust(-width) if width < 0 else text.rjust(width)

    return _ITEM.sub(item, template)


def format_value(value: Value, pattern: str) -> str:
    if not pattern:
        return to_text(value)
    if isinstance(value, datetime):
        return date_text(value, pattern)
    if isinstance(value, timedelta):
        return timespan_text(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value, pattern)
    return to_text(value)


def number_text(value: int | float, pattern: str) -> str:
    found = re.fullmatch(r"([NnFfDdXxPpCcEeGg])(\d*)", pattern)
    if found is None:
        return _picture(value, pattern)
    kind, digits = found.group(1), int(found.group(2)) if found.group(2) else None
    if kind in "Nn":
        return f"{value:,.{2 if digits is None else digits}f}"
    if kind in "Ff":
        return f"{value:.{2 if digits is None else digits}f}"
    if kind in "Dd":
        return f"{int(value):0{digits or 0}d}"
    if kind in "Xx":
        number = int(value) & (0xFFFFFFFF if -(2**31) <= value < 2**31 else 0xFFFFFFFFFFFFFFFF)
        text = f"{number:0{digits or 0}x}"
        return text.upper() if kind == "X" else text
    if kind in "Pp":
        return f"{value * 100:,.{2 if digits is None else digits}f} %"
    if kind in "Cc":
        return f"${value:,.{2 if digits is None else digits}f}"
    if kind in "Ee":
        return f"{value:.{6 if digits is None else digits}E}"
    return to_text(value)


def _picture(value: int | float, pattern: str) -> str:
    """Patterns of 0, # and a point, as in 0.00 or #,##0."""
    whole, _, fraction = pattern.partition(".")
    places = len(re.sub(r"[^0#]", "", fraction))
    text = f"{value:,.{places}f}" if "," in whole else f"{value:.{places}f}"
    head, _, tail = text.partition(".")
    while tail and tail.endswith("0") and len(tail) > fraction.count("0"):
        tail = tail[:-1]
    head = head.zfill(whole.count("0")) if whole.count("0") > len(head) else head
    return f"{head}.{tail}" if tail else head


def date_text(value: datetime, pattern: str) -> str:
    standard = {
        "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
        "s": "yyyy-MM-ddTHH:mm:ss",
        "u": "yyyy-MM-dd HH:mm:ssZ",
        "d": "M/d/yyyy",
        "t": "h:mm tt",
        "T": "h:mm:ss tt",
        "g": "M/d/yyyy h:mm tt",
        "G": "M/d/yyyy h:mm:ss tt",
        "D": "dddd, MMMM d, yyyy",
        "F": "dddd, MMMM d, yyyy h:mm:ss tt",
        "f": "dddd, MMMM d, yyyy h:mm tt",
        "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    }
    pattern = standard.get(pattern, pattern)
    if pattern.startswith("yyyy-MM-ddT"):
        pattern = pattern.replace("T", "'T'", 1)

    def piece(found: re.Match[str]) -> str:
        return _date_piece(value, found.group())

    return _DATE.sub(piece, pattern)


def _date_piece(value: datetime, token: str) -> str:
    hour12 = value.hour % 12 or 12
    table = {
        "yyyy": f"{value.year:04d}", "yy": f"{value.year % 100:02d}", "MMMM": value.strftime("%B"),
        "MMM": value.strftime("%b"), "MM": f"{value.month:02d}", "M": str(value.month),
        "dddd": value.strftime("%A"), "ddd": value.strftime("%a"), "dd": f"{value.day:02d}", "d": str(value.day),
        "HH": f"{value.hour:02d}", "H": str(value.hour), "hh": f"{hour12:02d}", "h": str(hour12),
        "mm": f"{value.minute:02d}", "m": str(value.minute), "ss": f"{value.second:02d}", "s": str(value.second),
        "tt": "AM" if value.hour < 12 else "PM", "zzz": "+00:00", "K": "Z" if value.tzinfo else "",
    }  # fmt: skip
    if token in table:
        return table[token]
    if token.startswith("f"):
        return f"{value.microsecond:06d}0"[: len(token)]
    return token[1:-1] if token.startswith("'") else token[1:]


def long_date(value: datetime) -> str:
    """As the console shows a date: Monday, November 23, 2026 7:30:00 AM."""
    return date_text(value, "F")


def short_date(value: datetime) -> str:
    return date_text(value, "G")
