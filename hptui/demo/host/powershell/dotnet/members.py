"""Members of values: properties, methods and indices, and the -match operator, which leaves $Matches behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from hptui.demo.host.powershell.data.errors import PowerShellError, failure
from hptui.demo.host.powershell.data.formats import format_value
from hptui.demo.host.powershell.data.operators import compared, expression, same, to_integer, to_number
from hptui.demo.host.powershell.data.values import (
    EnumWord,
    HashTable,
    Record,
    ScriptBlock,
    Value,
    as_list,
    custom,
    to_text,
    type_name,
)
from hptui.demo.host.powershell.data.variables import Variables
from hptui.demo.host.powershell.display.formatting import timespan_record

TICKS_AT_EPOCH = 621_355_968_000_000_000


class HostWrite:
    """Text that a method wants on standard output, as [Console]::WriteLine does."""

    def __init__(self, text: str) -> None:
        self.text = text


def dotnet_name(value: Value) -> str:
    return type_name(value)


def read(target: Value, name: str) -> Value:
    """target.name; $null where there is no such property, as PowerShell has it."""
    if isinstance(target, Record):
        key = target.key(name)
        if key is not None:
            return target.properties[key]
    elif isinstance(target, HashTable):
        found = target.find(name)
        if found in target:
            return target[found]
    lowered = name.lower()
    if lowered == "psobject":
        return _psobject(target)
    if isinstance(target, str) and lowered == "length":
        return len(target)
    if isinstance(target, datetime):
        return _date_property(target, lowered)
    if isinstance(target, timedelta):
        return timespan_record(target).get(name)
    if isinstance(target, HashTable) and lowered in ("keys", "values"):
        return list(target.keys()) if lowered == "keys" else list(target.values())
    if isinstance(target, HashTable) and lowered == "count":
        return len(target)
    if isinstance(target, EnumWord) and lowered == "value__":
        return target.number
    if isinstance(target, (list, tuple, range)):
        if lowered in ("count", "length"):
            return len(target)
        return _member_of_each(list(target), name)
    if lowered in ("count", "length"):
        return 0 if target is None else 1
    return None


def _member_of_each(items: list[Value], name: str) -> Value:
    values: list[Value] = []
    for item in items:
        value = read(item, name)
        if value is not None:
            values += value if isinstance(value, list) else [value]
    return values if len(values) > 1 else (values[0] if values else None)


def _psobject(target: Value) -> Record:
    entries = (
        target.properties if isinstance(target, Record) else target if isinstance(target, HashTable) else {}
    )
    properties = [
        custom(Name=to_text(key), Value=value, MemberType="NoteProperty") for key, value in entries.items()
    ]
    return custom(Properties=properties, TypeNames=[type_name(target), "System.Object"])


def _date_property(value: datetime, name: str) -> Value:
    table: dict[str, Callable[[], Value]] = {
        "year": lambda: value.year, "month": lambda: value.month, "day": lambda: value.day, "hour": lambda: value.hour,
        "minute": lambda: value.minute, "second": lambda: value.second,
        "millisecond": lambda: value.microsecond // 1000,
        "date": lambda: value.replace(hour=0, minute=0, second=0, microsecond=0),
        "dayofweek": lambda: EnumWord.of(value.strftime("%A"), (value.weekday() + 1) % 7, "System.DayOfWeek"),
        "dayofyear": lambda: value.timetuple().tm_yday,
        "ticks": lambda: TICKS_AT_EPOCH + int(value.timestamp() * 1_000_000) * 10,
        "timeofday": lambda: timedelta(hours=value.hour, minutes=value.minute, seconds=value.second),
        "kind": lambda: EnumWord.of("Utc" if value.tzinfo else "Unspecified", 1, "System.DateTimeKind"),
    }  # fmt: skip
    return table[name]() if name in table else None


# Indices


def item(target: Value, index: Value) -> Value:
    if isinstance(target, HashTable):
        if isinstance(index, list):
            return [target.read(key) for key in index]
        return target.read(index)
    if isinstance(index, (list, range)):
        return [value for value in (item(target, place) for place in index) if value is not None]
    if target is None:
        raise failure("Cannot index into a null array.", category="InvalidOperation", identifier="NullArray")
    if isinstance(target, Record):
        return target.get(to_text(index))
    if isinstance(target, (str, list, tuple, range)):
        place = to_integer(index)
        return target[place] if -len(target) <= place < len(target) else None
    raise failure(
        f"Unable to index into an object of type {type_name(target)}.",
        category="InvalidOperation",
        identifier="CannotIndex",
    )


def set_item(target: Value, index: Value, value: Value) -> None:
    if isinstance(target, HashTable):
        target.write(index, value)
        return
    if isinstance(target, list):
        place = to_integer(index)
        if -len(target) <= place < len(target):
            target[place] = value
            return
        raise failure(
            "Index was outside the bounds of the array.", identifier="System.IndexOutOfRangeException"
        )
    raise failure("Cannot index into a null array.", category="InvalidOperation", identifier="NullArray")


# Methods


def call(target: Value, name: str, arguments: list[Value]) -> Value:
    lowered = name.lower()
    if isinstance(target, Record):
        for key, method in target.methods.items():
            if key.lower() == lowered:
                return _guarded(name, partial(method, *arguments))
    if target is None:
        raise failure(
            "You cannot call a method on a null-valued expression.",
            category="InvalidOperation",
            identifier="InvokeMethodOnNull",
        )
    if lowered == "gettype":
        full = type_name(target)
        return Record(
            "System.RuntimeType",
            {"IsPublic": True, "IsSerial": True, "Name": full.rsplit(".", 1)[-1], "FullName": full,
             "BaseType": "System.Object"},
            text=full,
        )  # fmt: skip
    if lowered == "tostring":
        return _to_string(target, arguments)
    if lowered == "equals":
        return same(target, arguments[0] if arguments else None, case=True)
    if lowered == "compareto":
        return compared(target, arguments[0] if arguments else None)
    if lowered == "gethashcode":
        return hash(to_text(target)) & 0x7FFFFFFF
    for kind, table in _METHODS:
        if isinstance(target, kind) and lowered in table:
            return _guarded(name, partial(table[lowered], target, *arguments))
    if isinstance(target, (list, range)) and any(
        isinstance(each, (str, Record, datetime)) for each in target
    ):
        return [call(each, name, arguments) for each in target]
    raise failure(
        f"Method invocation failed because [{type_name(target)}] does not contain a method named '{name}'.",
        category="InvalidOperation",
        identifier="MethodNotFound",
        target=name,
        target_type="String",
    )


def _guarded(name: str, body: Callable[[], Value]) -> Value:
    try:
        return body()
    except PowerShellError:
        raise
    except TypeError:
        raise failure(
            f'Cannot find an overload for "{name}" and the argument count given.',
            identifier="MethodCountCouldNotFindBest",
            exception="MethodException",
        ) from None
    except (IndexError, ValueError, OverflowError) as error:
        raise failure(
            f'Exception calling "{name}": "{error}"',
            identifier="ArgumentException",
            exception="MethodInvocationException",
        ) from None


def _to_string(target: Value, arguments: list[Value]) -> str:
    pattern = to_text(arguments[0]) if arguments else ""
    if isinstance(target, ScriptBlock):
        return target.text
    return format_value(target, pattern) if pattern else to_text(target)


def _substring(text: str, start: Value, length: Value = None) -> str:
    first = to_integer(start)
    count = len(text) - first if length is None else to_integer(length)
    if first < 0 or count < 0 or first + count > len(text):
        raise ValueError(
            "startIndex cannot be larger than length of string."
            if length is None
            else "Index and length must refer to a location within the string."
        )
    return text[first : first + count]


def _split(text: str, *separators: Value) -> list[Value]:
    marks = "".join(to_text(mark) for mark in separators[:1] for mark in as_list(mark)) or " "
    pieces, current = [], ""
    for char in text:
        if char in marks:
            pieces.append(current)
            current = ""
        else:
            current += char
    return [*pieces, current]


def _strip(text: str, marks: Value = None) -> str:
    return text.strip(None if marks is None else "".join(to_text(mark) for mark in as_list(marks)))


_STRING: dict[str, Callable[..., Value]] = {
    "substring": _substring,
    "toupper": lambda text: text.upper(),
    "tolower": lambda text: text.lower(),
    "toupperinvariant": lambda text: text.upper(),
    "tolowerinvariant": lambda text: text.lower(),
    "trim": _strip,
    "trimstart": lambda text, marks=None: text.lstrip(marks and to_text(marks)),
    "trimend": lambda text, marks=None: text.rstrip(marks and to_text(marks)),
    "split": _split,
    "replace": lambda text, old, new: text.replace(to_text(old), to_text(new)),
    "startswith": lambda text, start, *_: (
        text.lower().startswith(to_text(start).lower()) if _ else text.startswith(to_text(start))
    ),
    "endswith": lambda text, end, *_: (
        text.lower().endswith(to_text(end).lower()) if _ else text.endswith(to_text(end))
    ),
    "contains": lambda text, part: to_text(part) in text,
    "indexof": lambda text, part, start=0, *_: text.find(to_text(part), to_integer(start)),
    "lastindexof": lambda text, part: text.rfind(to_text(part)),
    "padleft": lambda text, width, mark=" ": text.rjust(to_integer(width), to_text(mark)),
    "padright": lambda text, width, mark=" ": text.ljust(to_integer(width), to_text(mark)),
    "insert": lambda text, place, new: text[: to_integer(place)] + to_text(new) + text[to_integer(place) :],
    "remove": lambda text, start, count=None: (
        text[: to_integer(start)] + ("" if count is None else text[to_integer(start) + to_integer(count) :])
    ),
    "tochararray": lambda text: list(text),
}

_DATE: dict[str, Callable[..., Value]] = {
    "adddays": lambda value, n: value + timedelta(days=to_number(n)),
    "addhours": lambda value, n: value + timedelta(hours=to_number(n)),
    "addminutes": lambda value, n: value + timedelta(minutes=to_number(n)),
    "addseconds": lambda value, n: value + timedelta(seconds=to_number(n)),
    "addmilliseconds": lambda value, n: value + timedelta(milliseconds=to_number(n)),
    "touniversaltime": lambda value: value.astimezone(UTC),
    "tolocaltime": lambda value: value.astimezone(UTC),
    "subtract": lambda value, other: value - other,
    "toshortdatestring": lambda value: format_value(value, "d"),
    "toshorttimestring": lambda value: format_value(value, "t"),
    "tolongtimestring": lambda value: format_value(value, "T"),
    "tofiletimeutc": lambda value: int((value.timestamp() + 11_644_473_600) * 10_000_000),
}

_HASH: dict[str, Callable[..., Value]] = {
    "containskey": lambda table, key: table.find(key) in table,
    "contains": lambda table, key: table.find(key) in table,
    "containsvalue": lambda table, value: any(same(each, value) for each in table.values()),
    "add": lambda table, key, value: table.write(key, value),
    "remove": lambda table, key: table.pop(table.find(key), None) and None,
    "clear": lambda table: table.clear(),
    "getenumerator": lambda table: [
        Record("System.Collections.DictionaryEntry", {"Name": key, "Key": key, "Value": value})
        for key, value in table.items()
    ],
}

_LIST: dict[str, Callable[..., Value]] = {
    "contains": lambda items, value: any(same(each, value, case=True) for each in items),
    "indexof": lambda items, value: next(
        (n for n, each in enumerate(items) if same(each, value, case=True)), -1
    ),
    "add": lambda items, value: items.append(value),
    "getenumerator": lambda items: enumerator(items),
}


_METHODS: tuple[tuple[type, dict[str, Callable[..., Value]]], ...] = (
    (str, _STRING),
    (datetime, _DATE),
    (HashTable, _HASH),
    (list, _LIST),
)


def enumerator(items: list[Value]) -> Record:
    """What .GetEnumerator() gives: MoveNext() and Current."""
    waiting = iter(items)
    record = Record("System.Collections.IEnumerator", {"Current": None})

    def move_next() -> bool:
        for value in waiting:
            record.properties["Current"] = value
            return True
        return False

    record.methods = {"MoveNext": move_next, "Dispose": lambda: None, "Reset": lambda: None}
    return record


# -match


def match(left: Value, right: Value, operator: str, variables: Variables) -> Value:
    negative = operator.lstrip("ci").startswith("not")
    pattern = expression(to_text(right), 0 if operator.startswith("c") else 2)
    if isinstance(left, list):
        return [each for each in left if (pattern.search(to_text(each)) is not None) is not negative]
    found = pattern.search(to_text(left))
    if found is not None:
        groups: dict[Value, Value] = {0: found.group()}
        groups.update({n: text for n, text in enumerate(found.groups(), 1) if text is not None})
        groups.update({name: text for name, text in found.groupdict().items() if text is not None})
        variables.write("matches", HashTable(groups))
    return (found is not None) is not negative
