"""Commands that need their whole input: sorting, measuring, grouping, and laying out as table or list."""

from __future__ import annotations

from functools import cmp_to_key

from hptui.demo.host.powershell.cmdlets.filtering import calculated, matching_names, property_value
from hptui.demo.host.powershell.data.errors import PowerShellError
from hptui.demo.host.powershell.data.operators import compared, same, to_number
from hptui.demo.host.powershell.data.values import CUSTOM_OBJECT, HashTable, Record, Value, as_list, to_text
from hptui.demo.host.powershell.display.formatting import (
    FormattedLines,
    default_names,
    list_lines,
    table_lines,
    text_lines,
)
from hptui.demo.host.powershell.display.views import VIEWS
from hptui.demo.host.powershell.dotnet.members import read
from hptui.demo.host.powershell.execution.calls import Call, Cmdlet, cmdlet, command


def _order(left: Value, right: Value) -> int:
    if left is None or right is None:
        return (left is not None) - (right is not None)
    try:
        return compared(left, right)
    except PowerShellError:  # unlike types are ordered by their text
        return compared(to_text(left), to_text(right))


@command("Sort-Object", "Property:0 Descending? Unique? CaseSensitive? Culture Stable? Top", "sort")
async def sort_object(call: Call) -> None:
    """Sorts objects by property values."""
    names = as_list(call.get("property"))
    rows: list[tuple[list[Value], Value]] = []
    for item in call.input:
        if call.shell.pace.due():
            await call.shell.pace.rest()
        keys = [await property_value(call, name, item) for name in names] if names else [item]
        rows.append((keys, item))

    def compare(left: tuple[list[Value], Value], right: tuple[list[Value], Value]) -> int:
        return next((order for a, b in zip(left[0], right[0], strict=True) if (order := _order(a, b))), 0)

    rows.sort(key=cmp_to_key(compare), reverse=call.switch("descending"))
    last: list[Value] | None = None
    for keys, item in rows:
        if (
            call.switch("unique")
            and last is not None
            and all(same(a, b) for a, b in zip(keys, last, strict=True))
        ):
            continue
        last = keys
        if call.shell.pace.due():
            await call.shell.pace.rest()
        await call.put(item)


@cmdlet(
    "Measure-Object", "Property:0 Sum? Average? Minimum? Maximum? Line? Word? Character? AllStats?", "measure"
)
class MeasureObject(Cmdlet):
    """Calculates the numeric properties of objects, and the characters, words and lines in string objects."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._count = 0
        self._numbers: list[int | float] = []
        self._lines = self._words = self._characters = 0
        self._name = call.text("property")

    async def process(self, item: Value) -> None:
        call = self.call
        if call.switch("line") or call.switch("word") or call.switch("character"):
            text = to_text(item)
            self._lines += text.count("\n") + 1
            self._words += len(text.split())
            self._characters += len(text)
        value = read(item, self._name) if self._name else item
        if value is None:
            return
        self._count += 1
        if any(call.switch(name) for name in ("sum", "average", "minimum", "maximum")):
            self._numbers.append(to_number(value))

    async def end(self) -> None:
        call = self.call
        if call.switch("line") or call.switch("word") or call.switch("character"):
            counted = {
                "Lines": self._lines if call.switch("line") else None,
                "Words": self._words if call.switch("word") else None,
                "Characters": self._characters if call.switch("character") else None,
                "Property": None,
            }
            await call.put(Record("Microsoft.PowerShell.Commands.TextMeasureInfo", counted))
            return
        numbers = self._numbers
        wanted = {
            name: bool(numbers) and call.switch(name) for name in ("average", "sum", "maximum", "minimum")
        }
        properties: dict[str, Value] = {
            "Count": self._count,
            "Average": sum(numbers) / len(numbers) if wanted["average"] else None,
            "Sum": sum(numbers) if wanted["sum"] else None,
            "Maximum": max(numbers) if wanted["maximum"] else None,
            "Minimum": min(numbers) if wanted["minimum"] else None,
            "Property": self._name or None,
        }
        await call.put(Record("Microsoft.PowerShell.Commands.GenericMeasureInfo", properties))


@command("Group-Object", "Property:0 NoElement? AsHashTable? AsString? CaseSensitive?", "group")
async def group_object(call: Call) -> None:
    """Groups objects that contain the same value for specified properties."""
    names = as_list(call.get("property"))
    groups: dict[str, tuple[list[Value], list[Value]]] = {}
    for item in call.input:
        if call.shell.pace.due():
            await call.shell.pace.rest()
        values = [await property_value(call, name, item) for name in names] if names else [item]
        groups.setdefault(", ".join(to_text(value) for value in values).lower(), (values, []))[1].append(item)
    if call.switch("ashashtable"):
        await call.put(HashTable({to_text(values[0]): items for values, items in groups.values()}))
        return
    for values, items in groups.values():
        properties: dict[str, Value] = {
            "Count": len(items), "Name": ", ".join(to_text(value) for value in values), "Group": items, "Values": values,
        }  # fmt: skip
        if call.switch("noelement"):
            del properties["Group"]
        await call.put(Record("Microsoft.PowerShell.Commands.GroupInfo", properties))


async def _rows(call: Call) -> tuple[list[Record], list[str] | None]:
    """The input as records with just the chosen properties, and the names when some were chosen."""
    rows = [_as_record(item) for item in call.input]
    chosen = as_list(call.get("property"))
    if not chosen or not rows:
        return rows, None
    projected: list[Record] = []
    names: list[str] = []
    for row in rows:
        properties: dict[str, Value] = {}
        for name in chosen:
            if isinstance(name, HashTable):
                label, value = await calculated(call, name, row)
                properties[label] = value
            else:
                for key in matching_names(row, to_text(name)):
                    properties[key] = read(row, key)
        projected.append(Record(CUSTOM_OBJECT, properties))
        names += [key for key in properties if key not in names]
    return projected, names


def _as_record(item: Value) -> Record:
    if isinstance(item, Record):
        return item
    if isinstance(item, HashTable):
        return Record("System.Collections.Hashtable", {to_text(key): value for key, value in item.items()})
    return Record("System.String", {"Value": item})


@command("Format-Table", "Property:0 AutoSize? HideTableHeaders? Wrap? GroupBy", "ft")
async def format_table(call: Call) -> None:
    """Formats the output as a table."""
    rows, names = await _rows(call)
    if not rows:
        return
    width = call.shell.host.columns
    if names is None and rows[0].type_name in VIEWS:
        await call.put(FormattedLines(text_lines(list(rows), width)))
        return
    shown = names if names is not None else default_names(rows[0])[:10]
    lines = table_lines(rows, width, shown, headers=not call.switch("hidetableheaders"))
    await call.put(FormattedLines([*lines, ""]))


@command("Format-List", "Property:0 GroupBy Force?", "fl")
async def format_list(call: Call) -> None:
    """Formats the output as a list of properties in which each property appears on a new line."""
    rows, names = await _rows(call)
    if rows:
        await call.put(FormattedLines(list_lines(rows, names if names is not None else _listed(rows[0]))))


def _listed(row: Record) -> list[str] | None:
    kept = default_names(row)
    return kept if len(kept) != len(row.properties) else None


@command("Format-Wide", "Property:0 Column AutoSize?", "fw")
async def format_wide(call: Call) -> None:
    """Formats objects as a wide table that displays only one property of each object."""
    name = call.text("property", "Name")
    texts = [to_text(read(item, name)) or to_text(item) for item in call.input]
    width = call.shell.host.columns
    count = call.integer("column", 2)
    size = max(8, width // max(1, count))
    lines = [
        "".join(text[: size - 1].ljust(size) for text in texts[place : place + count]).rstrip()
        for place in range(0, len(texts), count)
    ]
    await call.put(FormattedLines(["", "", *lines, "", ""]))


@command("Out-String", "Width Stream?")
async def out_string(call: Call) -> None:
    """Sends objects to the host as a series of strings."""
    lines = text_lines(call.input, call.integer("width", call.shell.host.columns))
    if call.switch("stream"):
        await call.put_all(lines)
    else:
        await call.put("".join(line + "\r\n" for line in lines))


@command(
    "Compare-Object", "ReferenceObject:0 DifferenceObject:1 Property IncludeEqual? PassThru?", "compare diff"
)
async def compare_object(call: Call) -> None:
    """Compares two sets of objects."""
    left, right = as_list(call.get("referenceobject")), as_list(call.get("differenceobject"))
    for items, others, mark in ((right, left, "=>"), (left, right, "<=")):
        for item in items:
            if not any(same(item, other) for other in others):
                await call.put(Record(CUSTOM_OBJECT, {"InputObject": item, "SideIndicator": mark}))


@command("Get-Unique", "AsString?", "gu")
async def get_unique(call: Call) -> None:
    """Returns unique items from a sorted list."""
    last: Value = object()
    for item in call.input:
        if not same(item, last, case=True):
            await call.put(item)
        last = item
