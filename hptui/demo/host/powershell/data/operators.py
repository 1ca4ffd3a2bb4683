"""What PowerShell's operators do with two values: conversions follow the left one, text is compared without regard to case."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from hptui.demo.host.powershell.data.errors import PowerShellError, failure
from hptui.demo.host.powershell.data.formats import format_string
from hptui.demo.host.powershell.data.values import (
    EnumWord,
    HashTable,
    Record,
    TypeReference,
    Value,
    as_list,
    to_text,
    truth,
    type_name,
)

_INTEGER = re.compile(r"\s*[+-]?\d+\s*$")


def to_number(value: Value) -> int | float:
    if value is None or value is False:
        return 0
    if value is True:
        return 1
    if isinstance(value, EnumWord):
        return value.number
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return 0
        try:
            if _INTEGER.match(text):
                return int(text)
            return int(text, 16) if text.lower().startswith("0x") else float(text)
        except ValueError:
            pass
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return to_number(value[0])
    raise failure(
        f'Cannot convert value "{to_text(value)}" to type "System.Int32". Error: "Input string was not in a correct format."',
        category="InvalidArgument",
        identifier="InvalidCastFromStringToInteger",
    )


def to_integer(value: Value) -> int:
    number = to_number(value)
    # .NET rounds half to even where PowerShell converts to an integer.
    return number if isinstance(number, int) else round(number)


def wildcard(pattern: str, *, case: bool = False) -> re.Pattern[str]:
    return _wildcard(pattern, case)


@lru_cache(maxsize=256)
def _wildcard(pattern: str, case: bool) -> re.Pattern[str]:
    pieces = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "`" and place + 1 < len(pattern):
            place += 1
            pieces.append(re.escape(pattern[place]))
        elif char == "*":
            pieces.append(".*")
        elif char == "?":
            pieces.append(".")
        elif char == "[" and (end := pattern.find("]", place + 1)) > 0:
            pieces.append(f"[{pattern[place + 1 : end]}]")
            place = end
        else:
            pieces.append(re.escape(char))
        place += 1
    return re.compile("".join(pieces) + r"\Z", re.DOTALL | (0 if case else re.IGNORECASE))


def same(left: Value, right: Value, *, case: bool = False) -> bool:
    if isinstance(left, EnumWord) and isinstance(right, (int, float)) and not isinstance(right, bool):
        return left.number == right
    if isinstance(left, str):
        other = to_text(right)
        return left == other if case else left.lower() == other.lower()
    if left is None or right is None:
        return left is right
    if isinstance(left, bool):
        return left is truth(right)
    if isinstance(left, (int, float)):
        try:
            return bool(left == to_number(right))
        except PowerShellError:  # what isn't a number equals none
            return False
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left == right
    if isinstance(left, TypeReference) and isinstance(right, TypeReference):
        return left.name.lower() == right.name.lower()
    if isinstance(left, Record) and left.text is not None and isinstance(right, str):
        return left.text.lower() == right.lower()
    return bool(left == right)


def compared(left: Value, right: Value) -> int:
    """-1, 0 or 1."""
    if isinstance(left, str) and not isinstance(left, EnumWord):
        first, second = left.lower(), to_text(right).lower()
        return (first > second) - (first < second)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return (left > right) - (left < right)
    a, b = to_number(left), to_number(right)
    return (a > b) - (a < b)


def add(left: Value, right: Value) -> Value:
    if isinstance(left, (int, float)) and not isinstance(left, bool):
        return left + to_number(right)
    if isinstance(left, str) and not isinstance(left, EnumWord):
        return left + to_text(right)
    if left is None:
        return right
    if isinstance(left, list):
        return [*left, *as_list(right)] if right is not None else [*left, None]
    if isinstance(left, HashTable):
        return HashTable({**left, **right}) if isinstance(right, dict) else left
    if isinstance(left, (datetime, timedelta)) and isinstance(right, timedelta):
        return left + right
    if isinstance(left, Record):
        raise failure(
            f"Method invocation failed because [{left.type_name}] does not contain a method named 'op_Addition'.",
            category="InvalidOperation",
            identifier="MethodNotFound",
            target="op_Addition",
            target_type="String",
        )
    return to_number(left) + to_number(right)


def subtract(left: Value, right: Value) -> Value:
    if isinstance(left, datetime) and isinstance(right, (datetime, timedelta)):
        return left - right
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left - right
    return to_number(left) - to_number(right)


def multiply(left: Value, right: Value) -> Value:
    if isinstance(left, str) and not isinstance(left, EnumWord):
        return left * _bounded(to_integer(right), len(left))
    if isinstance(left, list):
        return left * _bounded(to_integer(right), len(left))
    return to_number(left) * to_number(right)


def _bounded(count: int, length: int) -> int:
    if count * length > 50_000_000:
        raise failure(
            "Exception of type 'System.OutOfMemoryException' was thrown.", category="ResourceUnavailable"
        )
    return max(count, 0)


def divide(left: Value, right: Value) -> Value:
    a, b = to_number(left), to_number(right)
    if b == 0:
        if isinstance(a, float) or isinstance(b, float):
            return math.nan if a == 0 else math.copysign(math.inf, a)
        raise failure("Attempted to divide by zero.", identifier="RuntimeException")
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return a / b


def remainder(left: Value, right: Value) -> Value:
    a, b = to_number(left), to_number(right)
    if b == 0:
        raise failure("Attempted to divide by zero.", identifier="RuntimeException")
    return math.fmod(a, b) if isinstance(a, float) or isinstance(b, float) else int(math.fmod(a, b))


def join(left: Value, right: Value) -> str:
    return to_text(right).join(to_text(item) for item in as_list(left))


def split(left: Value, right: Value, *, case: bool = False) -> list[Value]:
    options = as_list(right)
    pattern = to_text(options[0]) if options else r"\s+"
    limit = to_integer(options[1]) if len(options) > 1 else 0
    flags = 0 if case else re.IGNORECASE
    pieces: list[Value] = []
    for item in as_list(left):
        pieces += expression(pattern, flags).split(to_text(item), maxsplit=max(0, limit - 1))
    return pieces


def replace(left: Value, right: Value, *, case: bool = False) -> Value:
    options = as_list(right)
    pattern = expression(to_text(options[0]) if options else "", 0 if case else re.IGNORECASE)
    new = to_text(options[1]) if len(options) > 1 else ""
    template = re.sub(
        r"\$(\d+)|\$\{(\w+)\}", lambda m: f"\\g<{m.group(1) or m.group(2)}>", new.replace("\\", "\\\\")
    )
    if isinstance(left, list):
        return [pattern.sub(template, to_text(item)) for item in left]
    return pattern.sub(template, to_text(left))


def expression(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """A .NET regular expression as Python's."""
    try:
        return re.compile(re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", pattern), flags)
    except re.error:
        raise failure(
            f'parsing "{pattern}" - the regular expression is not valid.',
            identifier="System.ArgumentException",
        ) from None


def is_type(value: Value, kind: Value) -> bool:
    name = kind.name if isinstance(kind, TypeReference) else to_text(kind)
    full = type_name(value).lower()
    wanted = name.lower()
    aliases = {
        "int": "int32",
        "long": "int64",
        "float": "double",
        "bool": "boolean",
        "array": "object[]",
        "pscustomobject": "pscustomobject",
        "psobject": "pscustomobject",
    }
    wanted = aliases.get(wanted, wanted)
    if wanted in ("object", "system.object"):
        return value is not None
    return full == wanted or full.rsplit(".", 1)[-1] == wanted.rsplit(".", 1)[-1]


def _filtering(test: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    """Comparison of an array keeps the items that match; of anything else is a boolean."""

    def compare(left: Value, right: Value) -> Value:
        if isinstance(left, list):
            return [item for item in left if test(item, right)]
        return test(left, right)

    return compare


def _comparisons(case: bool) -> dict[str, Callable[[Value, Value], Value]]:
    def like(left: Value, right: Value) -> bool:
        return wildcard(to_text(right), case=case).match(to_text(left)) is not None

    def holds(items: Value, value: Value) -> bool:
        return any(same(item, value, case=case) for item in as_list(items))

    return {
        "eq": _filtering(lambda a, b: same(a, b, case=case)),
        "ne": _filtering(lambda a, b: not same(a, b, case=case)),
        "gt": _filtering(lambda a, b: compared(a, b) > 0),
        "ge": _filtering(lambda a, b: compared(a, b) >= 0),
        "lt": _filtering(lambda a, b: compared(a, b) < 0),
        "le": _filtering(lambda a, b: compared(a, b) <= 0),
        "like": _filtering(like),
        "notlike": _filtering(lambda a, b: not like(a, b)),
        "contains": holds,
        "notcontains": lambda a, b: not holds(a, b),
        "in": lambda a, b: holds(b, a),
        "notin": lambda a, b: not holds(b, a),
        "replace": lambda a, b: replace(a, b, case=case),
        "split": lambda a, b: split(a, b, case=case),
    }


def _range(left: Value, right: Value) -> Value:
    first, last = to_integer(left), to_integer(right)
    # A range object, so that 1..100000000 costs nothing until somebody walks it.
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
    "..": _range,
    "f": lambda a, b: format_string(to_text(a), as_list(b) if isinstance(b, (list, range)) else [b]),
    "join": join,
    "is": is_type,
    "isnot": lambda a, b: not is_type(a, b),
    "band": lambda a, b: to_integer(a) & to_integer(b),
    "bor": lambda a, b: to_integer(a) | to_integer(b),
    "bxor": lambda a, b: to_integer(a) ^ to_integer(b),
    "shl": lambda a, b: to_integer(a) << (to_integer(b) & 63),
    "shr": lambda a, b: to_integer(a) >> (to_integer(b) & 63),
    "xor": lambda a, b: truth(a) != truth(b),
    **_comparisons(False),
    **{f"i{name}": test for name, test in _comparisons(False).items()},
    **{f"c{name}": test for name, test in _comparisons(True).items()},
}
