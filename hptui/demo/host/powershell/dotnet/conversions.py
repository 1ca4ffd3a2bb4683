"""The .NET types that scripts may name, and conversions to them. Every other type is honestly not found."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from hptui.demo.host.powershell.data.errors import ErrorDetail, PowerShellError, failure
from hptui.demo.host.powershell.data.operators import to_integer, to_number
from hptui.demo.host.powershell.data.values import (
    HashTable,
    Record,
    TypeReference,
    Value,
    as_list,
    to_text,
    truth,
)
from hptui.demo.host.powershell.dotnet import identity
from hptui.demo.host.powershell.shell import Shell

_INTEGERS = {
    "int": (-(2**31), 2**31 - 1, "System.Int32"),
    "int32": (-(2**31), 2**31 - 1, "System.Int32"),
    "int16": (-(2**15), 2**15 - 1, "System.Int16"),
    "int64": (-(2**63), 2**63 - 1, "System.Int64"),
    "long": (-(2**63), 2**63 - 1, "System.Int64"),
    "uint16": (0, 2**16 - 1, "System.UInt16"),
    "uint32": (0, 2**32 - 1, "System.UInt32"),
    "uint64": (0, 2**64 - 1, "System.UInt64"),
    "byte": (0, 255, "System.Byte"),
    "intptr": (-(2**63), 2**63 - 1, "System.IntPtr"),
}
_OTHER_NAMES = """
string char bool boolean switch double float single decimal array object hashtable psobject
pscustomobject datetime timespan void regex version guid xml scriptblock type math console convert
environment ref nullable io.directory io.file io.path text.encoding text.utf8encoding
text.asciiencoding text.unicodeencoding diagnostics.process net.dns net.ipaddress timezoneinfo
collections.arraylist random threading.thread gc diagnostics.stopwatch
security.principal.windowsidentity security.principal.windowsprincipal
security.principal.windowsbuiltinrole security.principal.securityidentifier
security.principal.ntaccount io.streamreader collections.generic.list text.regularexpressions.regex
runtime.interopservices.runtimeinformation uri exception invalidoperationexception argumentexception
"""
_OTHERS = frozenset(_OTHER_NAMES.split())


def plain(name: str) -> str:
    """A type's name without case, namespace System and type arguments."""
    return re.sub(r"\[.*", "", name.strip().lower()).removeprefix("system.")


def find_type(name: str) -> TypeReference:
    short = plain(name)
    if short in _INTEGERS or short in _OTHERS or name.lower().endswith("[]"):
        return TypeReference(_INTEGERS[short][2] if short in _INTEGERS else _full_name(name))
    raise PowerShellError(
        ErrorDetail(
            f"Unable to find type [{name}].",
            category="InvalidOperation",
            identifier="TypeNotFound",
            target=name,
            target_type="TypeName",
            prefix="",
        )
    )


def _full_name(name: str) -> str:
    known = {
        "string": "System.String", "datetime": "System.DateTime", "math": "System.Math", "bool": "System.Boolean",
        "double": "System.Double", "hashtable": "System.Collections.Hashtable", "array": "System.Array",
        "timespan": "System.TimeSpan", "object": "System.Object", "char": "System.Char", "float": "System.Single",
    }  # fmt: skip
    return known.get(
        name.lower(), name if name.lower().startswith("system.") or "." not in name else f"System.{name}"
    )


# Conversions


def convert(value: Value, name: str, shell: Shell) -> Value:
    """[type]value. Raises a PowerShellError in PowerShell's words."""
    short = plain(name)
    if name.endswith("[]"):
        return [convert(item, name[:-2], shell) for item in as_list(value)]
    if short in _INTEGERS:
        return _to_limited(value, short)
    if short in _CONVERSIONS:
        return _CONVERSIONS[short](value)
    if short.startswith("security.principal."):
        return identity.convert(value, short.rsplit(".", 1)[-1], shell.token)
    find_type(name)
    return value


def try_convert(value: Value, kind: Value, shell: Shell) -> Value:
    try:
        return convert(value, kind.name if isinstance(kind, TypeReference) else to_text(kind), shell)
    except PowerShellError:
        return None


def _to_limited(value: Value, short: str) -> int:
    low, high, full = _INTEGERS[short]
    try:
        number = to_integer(value)
    except PowerShellError:
        raise failure(
            f'Cannot convert value "{to_text(value)}" to type "{full}". Error: "Input string was not in a correct format."',
            category="InvalidArgument",
            identifier="InvalidCastFromStringToInteger",
        ) from None
    if not low <= number <= high:
        raise failure(
            f'Cannot convert value "{to_text(value)}" to type "{full}". Error: "Value was either too large or too small for '
            f'{"an" if full.startswith("System.I") else "a"} {full.rsplit(".", 1)[-1]}."',
            category="InvalidArgument",
            identifier="InvalidCastIConvertible",
        )
    return number


_DATES = (
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y", "%H:%M",
)  # fmt: skip
_LAST_TICK = 3_155_378_975_999_999_999


def parse_date(value: Value) -> datetime:
    """A date from text, or from a number of ticks since the year 1."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_TICK:
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=value // 10)
    text = to_text(value).strip()
    readers: list[Callable[[str], datetime]] = [datetime.fromisoformat]
    readers += [partial(_read_date, pattern) for pattern in _DATES]
    for read in readers:
        try:
            made = read(text)
        except ValueError:
            continue
        return made if made.tzinfo else made.replace(tzinfo=UTC)
    raise failure(
        f'Cannot convert value "{text}" to type "System.DateTime". Error: "String was not recognized as a valid DateTime."',
        category="InvalidArgument",
        identifier="InvalidCastParseTargetInvocationWithFormatProvider",
    )


def _read_date(pattern: str, text: str) -> datetime:
    return datetime.strptime(text, pattern).replace(tzinfo=UTC)


def version_record(value: Value) -> Record:
    numbers = [int(part) for part in to_text(value).split(".") if part.isdigit()]
    padded = [*numbers, -1, -1, -1, -1][:4]
    return Record(
        "System.Version",
        dict(zip(("Major", "Minor", "Build", "Revision"), padded, strict=True)),
        text=to_text(value),
    )


def _hash(value: Value) -> HashTable:
    if isinstance(value, dict):
        return HashTable(value)
    raise failure(
        f'Cannot convert "{to_text(value)}" to type "System.Collections.Hashtable".',
        category="InvalidArgument",
    )


_CONVERSIONS: dict[str, Callable[[Value], Value]] = {
    "string": to_text,
    "char": lambda value: chr(value) if isinstance(value, int) else to_text(value)[:1],
    "bool": truth,
    "boolean": truth,
    "switch": truth,
    "double": lambda value: float(to_number(value)),
    "float": lambda value: float(to_number(value)),
    "single": lambda value: float(to_number(value)),
    "decimal": lambda value: float(to_number(value)),
    "array": as_list,
    "object": lambda value: value,
    "psobject": lambda value: value,
    "hashtable": _hash,
    "void": lambda value: None,
    "datetime": parse_date,
    "timespan": lambda value: value if isinstance(value, timedelta) else timedelta(seconds=to_number(value)),
    "version": version_record,
    "regex": to_text,
    "scriptblock": lambda value: value,
    "guid": to_text,
    "collections.generic.list": as_list,
    "collections.arraylist": as_list,
}
