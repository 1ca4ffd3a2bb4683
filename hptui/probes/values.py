"""What Windows PowerShell 5.1 makes of values in JSON, read back as what they were.

Its ConvertTo-Json writes dates as `/Date(1700000000000)/`, a date with a note on it as an object around that, an array under some
conditions as `{"value": […], "Count": n}`, a single element without its array, a TimeSpan as all its properties, and an enum as
its number; what native programs print follows the machine's culture. (ConvertTo-Json of 5.1 is JavaScriptSerializer's; the forms
are those of Microsoft's page about it and of the reports in PowerShell's own issues, 2.0 to 5.1.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hptui.probes.probe import Kind

Value = str | int | float | bool | datetime | tuple[str, ...] | None
"""What a cell holds: bytes and numbers as numbers, seconds as a float, times aware and in UTC."""

_DATE = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/")
# Seven digits behind the point, as .NET writes them; Python takes six.
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?")
_SPAN = re.compile(r"(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d\d):(\d\d)(\.\d{1,9})?", re.ASCII)
_TRUE = {"true", "yes", "1", "on"}
_FALSE = {"false", "no", "0", "off"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 1 << 80  # beyond any count or size there is
_NO_DATE = 1900  # .NET's and WMI's "never" lie before it


def convert(kind: Kind, raw: object) -> Value:
    """`raw` as what the column holds; as text where it can't be that; None where there is nothing."""
    if kind is Kind.TEXT and type(raw) is str:
        return raw  # most cells are that, and there may be a hundred thousand
    raw = _unwrapped(raw)
    if raw is None:
        return () if kind is Kind.LIST else None
    if kind is Kind.LIST:
        return tuple(_text(each) for each in (raw if isinstance(raw, list) else [raw]))
    found: Value
    match kind:
        case Kind.NUMBER | Kind.BYTES | Kind.PERCENT:
            found = _number(raw)
        case Kind.SECONDS:
            found = _seconds(raw)
        case Kind.TIME:
            found = _time(raw)
        case Kind.FLAG:
            found = _flag(raw)
        case _:
            found = None
    return _text(raw) if found is None else found


def _unwrapped(raw: object) -> object:
    if isinstance(raw, Mapping):
        if not raw:  # a command without output, as 5.1 writes it
            return None
        if raw.keys() >= {"value", "Count"} and isinstance(raw["value"], list):
            return raw["value"]
        if "value" in raw and "DateTime" in raw:
            return raw["value"]
    return raw


def _text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        return ", ".join(_text(each) for each in raw)
    if isinstance(raw, Mapping):
        return json.dumps(raw, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(raw)


def _number(raw: object) -> int | float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return raw if abs(raw) < _LARGEST else None  # neither infinite nor no number at all
    return number_in(raw) if isinstance(raw, str) else None


def number_in(text: str) -> int | float | None:
    """A number as some culture writes it: the last of two different marks is the decimal one; one before three digits groups."""
    text = re.sub(r"[\s\u00a0\u202f'’_]", "", text)
    if not re.fullmatch(r"[+-]?[0-9][0-9.,]{0,30}", text):
        return None
    marks = [mark for mark in text if mark in ".,"]
    if len(set(marks)) == 2:
        decimal = marks[-1]
        if marks.count(decimal) > 1:
            return None
        text = text.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif marks and (len(marks) > 1 or re.fullmatch(r"[+-]?\d{1,3},\d{3}", text)):
        if not re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", text):
            return None
        text = text.replace(",", "").replace(".", "")
    else:
        text = text.replace(",", ".")
    return float(text) if "." in text else int(text)


def _seconds(raw: object) -> float | None:
    if isinstance(raw, Mapping):
        total = raw.get("TotalSeconds")
        number = _number(total)
        return None if number is None else float(number)
    if isinstance(raw, str) and (found := _SPAN.fullmatch(raw.strip())):
        sign, days, hours, minutes, seconds, part = found.groups()
        total = ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
        return (-1 if sign else 1) * (total + float(part or 0))
    number = _number(raw)
    return None if number is None else float(number)


def _time(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    try:
        if found := _DATE.fullmatch(raw.strip()):
            at = _EPOCH + timedelta(milliseconds=int(found[1]))
        elif found := _ISO.fullmatch(raw.strip()):
            zone = found[3] or "Z"
            at = datetime.fromisoformat(found[1] + "." + (found[2] or "0")[:6].ljust(6, "0") + zone)
        else:
            return None
        return at.astimezone(UTC) if at.year > _NO_DATE else None
    except (OverflowError, ValueError):
        return None


def _flag(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower() if isinstance(raw, str | int) else ""
    return True if word in _TRUE else False if word in _FALSE else None
