"""PowerShell's values in Python: what is plain Python here, what has its own class, and how each turns into text.

`$null`, booleans, numbers, strings, arrays and dates are Python's own (None, bool, int and float, str, list, datetime).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from hptui.demo.host.powershell.language.syntax import ScriptBlockBody

Value: TypeAlias = Any
"""Anything a variable can hold. A language without static types has no narrower name for it."""

CUSTOM_OBJECT = "System.Management.Automation.PSCustomObject"


class Record:
    """An object with named properties, looked up without regard to case; `type_name` decides how it is shown."""

    __slots__ = ("_lookup", "methods", "properties", "text", "type_name")

    def __init__(
        self,
        type_name: str,
        properties: Mapping[str, Value],
        *,
        text: str | None = None,
        methods: Mapping[str, Callable[..., Value]] | None = None,
    ) -> None:
        self.type_name = type_name
        self.properties = dict(properties)
        self.text = text
        self.methods = methods or {}
        self._lookup: dict[str, str] | None = None

    def key(self, name: str) -> str | None:
        if name in self.properties:
            return name
        if self._lookup is None or len(self._lookup) != len(self.properties):
            self._lookup = {key.lower(): key for key in self.properties}
        return self._lookup.get(name.lower())

    def get(self, name: str) -> Value:
        key = self.key(name)
        return None if key is None else self.properties[key]

    def set(self, name: str, value: Value) -> None:
        self.properties[self.key(name) or name] = value


class HashTable(dict[Any, Any]):
    """A hashtable: string keys without regard to case, kept as first written."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # as a key it is itself, whatever it holds

    def find(self, key: Value) -> Value:
        if isinstance(key, list):
            return tuple(key)
        if not isinstance(key, str):
            return key
        lowered = key.lower()
        return next((k for k in self if isinstance(k, str) and k.lower() == lowered), key)

    def read(self, key: Value) -> Value:
        return self.get(self.find(key))

    def write(self, key: Value, value: Value) -> None:
        self[self.find(key)] = value


class ScriptBlock:
    __slots__ = ("body", "text")

    def __init__(self, body: ScriptBlockBody, text: str) -> None:
        self.body = body
        self.text = text


class TypeReference:
    """A .NET type, as [Math] gives it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class EnumWord(str):
    """A member of a .NET enum: shows as its word, counts as its number."""

    number: int = 0
    type_name: str = "System.Enum"

    @classmethod
    def of(cls, word: str, number: int = 0, type_name: str = "System.Enum") -> EnumWord:
        made = cls(word)
        made.number = number
        made.type_name = type_name
        return made


def custom(**properties: Value) -> Record:
    return Record(CUSTOM_OBJECT, properties)


def double_text(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}E{exponent[0]}{int(exponent[1:]):02d}"
    return text


def to_text(value: Value) -> str:
    """As in a string: "$value"."""
    if isinstance(value, str):
        return str.__str__(value)
    if value is None:
        return ""
    if value is True or value is False:
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, (list, tuple)):
        return " ".join(to_text(item) for item in value)
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %H:%M:%S")
    if isinstance(value, timedelta):
        return timespan_text(value)
    if isinstance(value, Record):
        return _record_text(value)
    if isinstance(value, ScriptBlock):
        return value.text
    if isinstance(value, TypeReference):
        return value.name
    return type_name(value)


def _record_text(record: Record) -> str:
    if record.text is not None:
        return record.text
    if record.type_name != CUSTOM_OBJECT:
        return record.type_name
    return "@{" + "; ".join(f"{key}={to_text(value)}" for key, value in record.properties.items()) + "}"


def timespan_text(span: timedelta) -> str:
    seconds = abs(span.total_seconds())
    days, rest = divmod(int(seconds), 86400)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    fraction = round((seconds - int(seconds)) * 10_000_000)
    sign = "-" if span.total_seconds() < 0 else ""
    return sign + (f"{days}." if days else "") + text + (f".{fraction:07d}" if fraction else "")


def truth(value: Value) -> bool:
    if isinstance(value, (list, tuple)):
        return truth(value[0]) if len(value) == 1 else bool(value)
    if isinstance(value, (Record, HashTable, ScriptBlock)):
        return True
    return bool(value)


def type_name(value: Value) -> str:
    """The .NET type's full name."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "System.Boolean"),
        (float, "System.Double"),
        (HashTable, "System.Collections.Hashtable"),
        ((list, tuple), "System.Object[]"),
        (datetime, "System.DateTime"),
        (timedelta, "System.TimeSpan"),
        (ScriptBlock, "System.Management.Automation.ScriptBlock"),
        (TypeReference, "System.RuntimeType"),
    ]
    if isinstance(value, EnumWord):
        return value.type_name
    if isinstance(value, str):
        return "System.String"
    if isinstance(value, Record):
        return value.type_name
    for kind, name in names:
        if isinstance(value, kind):
            return name
    if isinstance(value, int):
        return "System.Int32" if -(2**31) <= value < 2**31 else "System.Int64"
    return "System.Object"


def enumerated(value: Value) -> Iterable[Value]:
    """The items a value sends down a pipeline."""
    if isinstance(value, (list, tuple, range)):
        return value
    return (value,)


def as_list(value: Value) -> list[Value]:
    if value is None:
        return []
    if isinstance(value, (list, tuple, range)):
        return list(value)
    return [value]


def collected(items: list[Value]) -> Value:
    """What a pipeline's output is as one value: nothing, the one item, or an array."""
    if not items:
        return None
    return items[0] if len(items) == 1 else items


def short_type(value: Value) -> str:
    return type_name(value).rsplit(".", 1)[-1]
