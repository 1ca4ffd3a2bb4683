"""JSON and CSV, as Windows PowerShell 5.1 writes and reads them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime, timedelta

from hptui.demo.host.powershell.data.formats import short_date
from hptui.demo.host.powershell.data.values import (
    CUSTOM_OBJECT,
    EnumWord,
    HashTable,
    Record,
    Value,
    as_list,
    double_text,
    to_text,
)
from hptui.demo.host.powershell.execution.calls import Call, command


def _plain(value: Value, depth: int) -> Value:
    """As the serialiser of 5.1 sees a value: enums are numbers, dates are /Date(…)/, what lies too deep is text."""
    if isinstance(value, EnumWord):
        return value.number
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return f"/Date({int(value.timestamp() * 1000)})/"
    if depth < 0:
        return to_text(value)
    if isinstance(value, timedelta):
        return {"Ticks": int(value.total_seconds() * 10_000_000), "TotalSeconds": value.total_seconds()}
    if isinstance(value, (list, tuple, range)):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, HashTable):
        return {to_text(key): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, Record):
        if not value.properties:
            return to_text(value)
        return {key: _plain(item, depth - 1) for key, item in value.properties.items()}
    return to_text(value)


def _escape(text: str) -> str:
    """5.1 writes < > & and ' as \\u escapes, and the slashes of a date with a backslash."""
    for char in "<>&'":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return re.sub(r'"/(Date\(-?\d+\))/"', r'"\\/\1\\/"', text)


def _pretty(value: Value, indent: int = 0) -> str:
    """The wide indentation of 5.1: each level stands under its opening brace."""
    pad = " " * (indent + 4)
    if isinstance(value, dict) and value:
        rows = []
        for key, item in value.items():
            head = f"{json.dumps(key, ensure_ascii=False)}:  "
            rows.append(pad + head + _pretty(item, indent + 4 + len(head)))
        return "{\r\n" + ",\r\n".join(rows) + "\r\n" + " " * indent + "}"
    if isinstance(value, list) and value:
        rows = [pad + _pretty(item, indent + 4) for item in value]
        return "[\r\n" + ",\r\n".join(rows) + "\r\n" + " " * indent + "]"
    if isinstance(value, (dict, list)):
        return (
            "{\r\n\r\n" + " " * indent + "}" if isinstance(value, dict) else "[\r\n\r\n" + " " * indent + "]"
        )
    return json.dumps(value, ensure_ascii=False)


@command("ConvertTo-Json", "InputObject:0 Depth Compress?")
async def convert_to_json(call: Call) -> None:
    """Converts an object to a JSON-formatted string."""
    items = [call.get("inputobject")] if call.given("inputobject") else call.input
    if not items:
        return
    whole = items if len(items) > 1 else items[0]
    plain = _plain(whole, call.integer("depth", 2))
    text = (
        json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        if call.switch("compress")
        else _pretty(plain)
    )
    await call.put(_escape(text))


def _from_plain(value: Value) -> Value:
    if isinstance(value, dict):
        return Record(CUSTOM_OBJECT, {key: _from_plain(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_from_plain(item) for item in value]
    return value


@command("ConvertFrom-Json", "InputObject:0")
async def convert_from_json(call: Call) -> None:
    """Converts a JSON-formatted string to a custom object."""
    texts = call.texts("inputobject") if call.given("inputobject") else [to_text(item) for item in call.input]
    try:
        # One value, not enumerated: 5.1 passes an array down as one object.
        await call.put(_from_plain(json.loads("\n".join(texts))))
    except ValueError:
        raise call.error(
            "Invalid JSON primitive: " + "\n".join(texts)[:40].strip() + ".",
            "NotSpecified",
            "System.ArgumentException",
            "ArgumentException",
        ) from None


@command("ConvertFrom-Csv", "InputObject:0 Header Delimiter")
async def convert_from_csv(call: Call) -> None:
    """Converts object properties in CSV format into CSV versions of the original objects."""
    texts = call.texts("inputobject") if call.given("inputobject") else [to_text(item) for item in call.input]
    lines = [line for text in texts for line in text.splitlines() if line and not line.startswith("#TYPE")]
    rows = list(csv.reader(lines, delimiter=call.text("delimiter", ",")))
    header = call.texts("header") or (rows.pop(0) if rows else [])
    for row in rows:
        padded = [*row, *([None] * (len(header) - len(row)))]
        await call.put(Record(CUSTOM_OBJECT, dict(zip(header, padded, strict=False))))


@command("ConvertTo-Csv", "InputObject:0 Delimiter:1 NoTypeInformation?")
async def convert_to_csv(call: Call) -> None:
    """Converts objects into a series of comma-separated value strings."""
    items = call.input or as_list(call.get("inputobject"))
    rows = [item for item in items if isinstance(item, Record)]
    if not rows:
        return
    if not call.switch("notypeinformation"):
        await call.put(f"#TYPE {rows[0].type_name}")
    names = list(rows[0].properties)
    for values in ([*names], *([_cell(row.get(name)) for name in names] for row in rows)):
        buffer = io.StringIO()
        csv.writer(
            buffer, delimiter=call.text("delimiter", ","), quoting=csv.QUOTE_ALL, lineterminator=""
        ).writerow(values)
        await call.put(buffer.getvalue())


def _cell(value: Value) -> str:
    if isinstance(value, datetime):
        return short_date(value)
    return double_text(value) if isinstance(value, float) else to_text(value)
