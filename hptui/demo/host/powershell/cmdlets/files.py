"""Files, directories, named pipes and registry keys by path: Get-ChildItem and its family."""

from __future__ import annotations

import asyncio

from hptui.demo.host.powershell.cmdlets.console_output import put_text
from hptui.demo.host.powershell.cmdlets.paths import (
    PIPES,
    denied,
    expand,
    file_record,
    missing,
    pipe_records,
    provider,
)
from hptui.demo.host.powershell.cmdlets.registry import key_properties
from hptui.demo.host.powershell.data.operators import wildcard
from hptui.demo.host.powershell.data.values import CUSTOM_OBJECT, Record, Value, as_list, collected, to_text
from hptui.demo.host.powershell.dotnet.members import read
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.files import Entry, may_read, may_write

_FOLLOW_INTERVAL = 1.0  # seconds, as the real one looks once a second


def _paths(call: Call) -> list[str]:
    named = call.texts("literalpath") or call.texts("path")
    for item in call.input:
        named.append(to_text(read(item, "FullName") or read(item, "PSPath") or item))
    return named


@command(
    "Get-ChildItem",
    "Path:0 Filter:1 LiteralPath Include Exclude Recurse? Depth Force? Name? File? Directory? Hidden? Attributes",
    "dir ls gci",
)
async def get_child_item(call: Call) -> None:
    """Gets the items and child items in one or more specified locations."""
    for path in _paths(call) or ["."]:
        kind = provider(path)
        if kind == "pipe":
            for record in pipe_records(call.shell, path):
                await call.put(record.get("Name") if call.switch("name") else record)
        elif kind == "env":
            for name, value in sorted(call.shell.environment.items(), key=lambda pair: pair[0].lower()):
                await call.put(Record("System.Collections.DictionaryEntry", {"Name": name, "Value": value}))
        elif kind == "variable":
            for name in call.shell.variables.names():
                await call.put(Record("PSVariable", {"Name": name, "Value": call.shell.variables.read(name)}))
        elif kind == "file":
            await _list_files(call, path)
        else:
            await call.complain(missing(call, path))


async def _list_files(call: Call, path: str) -> None:
    found = expand(call.shell, path, literal=call.given("literalpath"))
    if not found:
        await call.complain(missing(call, call.shell.path(path)))
    patterned = any(mark in path for mark in "*?")
    for whole, entry in found:
        if not entry.directory or patterned:
            if _wanted(call, entry):
                await call.put(_shown(call, whole, entry))
            if not (patterned and entry.directory and call.switch("recurse")):
                continue
        if not may_read(whole, administrator=call.shell.token.administrator):
            await call.complain(denied(call, whole))
            continue
        await _children(call, whole, entry, 0)


async def _children(call: Call, path: str, entry: Entry, depth: int) -> None:
    below: list[tuple[str, Entry]] = []
    # Directories before files, both by name.
    for child in sorted(entry.children.values(), key=lambda each: (not each.directory, each.name.lower())):
        whole = f"{path.rstrip(chr(92))}\\{child.name}"
        if child.hidden and not (call.switch("force") or call.switch("hidden")):
            continue
        if _wanted(call, child):
            if call.shell.pace.due():
                await call.shell.pace.rest()
            await call.put(_shown(call, whole, child))
        if child.directory:
            below.append((whole, child))
    if not call.switch("recurse") and not call.given("depth"):
        return
    if call.given("depth") and depth >= call.integer("depth"):
        return
    for whole, child in below:
        if may_read(whole, administrator=call.shell.token.administrator):
            await _children(call, whole, child, depth + 1)
        else:
            await call.complain(denied(call, whole))


def _wanted(call: Call, entry: Entry) -> bool:
    if (call.switch("file") and entry.directory) or (call.switch("directory") and not entry.directory):
        return False
    patterns = call.texts("include") + call.texts("filter")
    if patterns and not any(wildcard(pattern).match(entry.name) for pattern in patterns):
        return False
    return not any(wildcard(pattern).match(entry.name) for pattern in call.texts("exclude"))


def _shown(call: Call, path: str, entry: Entry) -> Value:
    return entry.name if call.switch("name") else file_record(call.shell, path, entry)


@command("Get-Item", "Path:0 LiteralPath Force?", "gi")
async def get_item(call: Call) -> None:
    """Gets the item at the specified location."""
    for path in _paths(call):
        if provider(path) == "registry":
            properties = key_properties(call.shell.machine, path)
            if properties is not None:
                await call.put(
                    Record(
                        "Microsoft.Win32.RegistryKey", {"Name": path, "Property": list(properties)}, text=path
                    )
                )
                continue
        found = (
            expand(call.shell, path, literal=call.given("literalpath")) if provider(path) == "file" else []
        )
        if not found and not any(mark in path for mark in "*?"):
            await call.complain(missing(call, call.shell.path(path) if provider(path) == "file" else path))
        for whole, entry in found:
            await call.put(file_record(call.shell, whole, entry))


@command(
    "Get-Content",
    "Path:0 LiteralPath TotalCount Tail Raw? Encoding Wait? ReadCount Delimiter First Last",
    "type cat gc",
)
async def get_content(call: Call) -> None:
    """Gets the content of the item at the specified location."""
    for path in _paths(call):
        whole = call.shell.path(path)
        found = (
            expand(call.shell, path, literal=call.given("literalpath")) if provider(path) == "file" else []
        )
        if not found:
            await call.complain(missing(call, whole))
        for each, entry in found:
            if entry.directory or not may_read(each, administrator=call.shell.token.administrator):
                await call.complain(denied(call, each))
            else:
                await _put_content(call, entry)


def _text(content: bytes, encoding: str) -> str:
    if content.startswith(b"\xff\xfe"):
        return content[2:].decode("utf-16-le", "replace")
    if content.startswith(b"\xef\xbb\xbf") or encoding.lower() == "utf8":
        return content.decode("utf-8-sig", "replace")
    return content.decode("cp1252", "replace")


async def _put_content(call: Call, entry: Entry) -> None:
    text = _text(entry.content or b"", call.text("encoding"))
    if call.switch("raw"):
        await call.put(text)
        return
    lines = text.splitlines()
    first = call.integer("totalcount", call.integer("first", -1))
    last = call.integer("tail", call.integer("last", -1))
    shown = lines[:first] if first >= 0 else lines
    if last >= 0:
        shown = shown[-last:] if last else []
    await call.put_all(shown)
    if call.switch("wait"):
        await _follow(call, entry, len(lines))


async def _follow(call: Call, entry: Entry, seen: int) -> None:
    """-Wait: what is added to the file, until the command is stopped."""
    while True:
        await call.shell.host.flush()
        await asyncio.sleep(_FOLLOW_INTERVAL)
        lines = _text(entry.content or b"", call.text("encoding")).splitlines()
        await call.put_all(lines[seen:] if len(lines) >= seen else lines)
        seen = len(lines)


@command("Set-Content", "Path:0 Value:1 Encoding Force? NoNewline?", "sc")
async def set_content(call: Call) -> None:
    """Writes new content or replaces existing content in a file."""
    await _write_content(call, append=False)


@command("Add-Content", "Path:0 Value:1 Encoding Force? NoNewline?", "ac")
async def add_content(call: Call) -> None:
    """Adds content to the specified items."""
    await _write_content(call, append=True)


async def _write_content(call: Call, *, append: bool) -> None:
    values = as_list(call.get("value")) or call.input
    end = "" if call.switch("nonewline") else "\r\n"
    text = "".join(to_text(value) + end for value in values)
    for path in call.texts("path"):
        await put_text(call, path, text, append=append, default="default")


@command("New-Item", "Path:0 Name ItemType Value Force?", "ni mkdir md")
async def new_item(call: Call) -> None:
    """Creates a new item."""
    for path in call.texts("path") or ["."]:
        whole = call.shell.path(f"{path}\\{call.text('name')}" if call.given("name") else path)
        existing = call.shell.machine.files.find(whole)
        if not may_write(whole, administrator=call.shell.token.administrator):
            await call.complain(denied(call, whole, "PermissionDenied"))
        elif existing is not None and not call.switch("force"):
            await call.complain(
                call.error(
                    f"An item with the specified name {whole} already exists.",
                    "ResourceExists",
                    "DirectoryExist",
                    "IOException",
                    whole,
                )
            )
        else:
            if call.text("itemtype", "directory").lower().startswith(
                "d"
            ) or call.extent.text.lower().startswith(("md", "mkdir")):
                call.shell.machine.files.make_directory(whole, call.shell.machine.now())
            else:
                await put_text(call, whole, call.text("value"), append=False, default="default")
            entry = call.shell.machine.files.find(whole)
            if entry is not None:
                await call.put(file_record(call.shell, whole, entry))


@command("Remove-Item", "Path:0 LiteralPath Recurse? Force? Include Exclude", "rm del erase rd ri rmdir")
async def remove_item(call: Call) -> None:
    """Deletes the specified items."""
    for path in _paths(call):
        found = (
            expand(call.shell, path, literal=call.given("literalpath")) if provider(path) == "file" else []
        )
        if not found and not any(mark in path for mark in "*?"):
            await call.complain(missing(call, call.shell.path(path)))
        for whole, entry in found:
            if not may_write(whole, administrator=call.shell.token.administrator):
                await call.complain(denied(call, whole, "PermissionDenied"))
            elif entry.directory and entry.children and not call.switch("recurse"):
                await call.complain(
                    call.error(
                        f"The item at {whole} has children and the Recurse parameter was not specified.",
                        "InvalidOperation",
                        "DirectoryNotEmpty",
                        "InvalidOperationException",
                        whole,
                    )
                )
            else:
                call.shell.machine.files.remove(whole)


@command("Test-Path", "Path:0 LiteralPath PathType IsValid?")
async def test_path(call: Call) -> None:
    """Determines whether all elements of a path exist."""
    for path in _paths(call):
        kind = provider(path)
        if kind == "pipe":
            name = path[len(PIPES) :].lower()
            await call.put(any(pipe.name.lower() == name for pipe in call.shell.machine.pipes))
        elif kind == "registry":
            await call.put(key_properties(call.shell.machine, path) is not None)
        elif kind == "env":
            await call.put(
                call.shell.variables.environment_value(path.split(":", 1)[1].strip("\\")) is not None
            )
        else:
            found = expand(call.shell, path, literal=call.given("literalpath"))
            wanted = call.text("pathtype", "any").lower()
            await call.put(
                any(wanted == "any" or entry.directory is (wanted == "container") for _, entry in found)
            )


@command("Get-ItemProperty", "Path:0 Name:1 LiteralPath", "gp")
async def get_item_property(call: Call) -> None:
    """Gets the properties of a specified item."""
    for path in _paths(call):
        if provider(path) != "registry":
            for whole, entry in expand(call.shell, path, literal=False):
                await call.put(file_record(call.shell, whole, entry))
            continue
        properties = key_properties(call.shell.machine, path)
        if properties is None:
            await call.complain(missing(call, path))
            continue
        await call.put(
            Record(CUSTOM_OBJECT, {**properties, "PSPath": f"Microsoft.PowerShell.Core\\Registry::{path}"})
        )


@command("Get-ItemPropertyValue", "Path:0 Name:1 LiteralPath", "gpv")
async def get_item_property_value(call: Call) -> None:
    """Gets the value for one or more properties of a specified item."""
    for path in _paths(call):
        properties = key_properties(call.shell.machine, path)
        if properties is None:
            await call.complain(missing(call, path))
            continue
        record = Record(CUSTOM_OBJECT, properties)
        await call.put_all(collected([record.get(name) for name in call.texts("name")]))


@command("Set-Location", "Path:0 LiteralPath PassThru?", "cd chdir sl")
async def set_location(call: Call) -> None:
    """Sets the current working location to a specified location."""
    target = call.text("literalpath", call.text("path", "~"))
    await _go(call, target)


async def _go(call: Call, target: str) -> None:
    shell = call.shell
    whole = shell.path(target)
    entry = shell.machine.files.find(whole) if provider(target) == "file" else None
    if entry is None or not entry.directory:
        error = missing(call, whole if provider(target) == "file" else target)
        await call.complain(error)
        return
    shell.directory = shell.machine.files.real_path(whole)


@command("Get-Location", "Stack?", "pwd gl")
async def get_location(call: Call) -> None:
    """Gets information about the current working location or a location stack."""
    await call.put(
        Record(
            "System.Management.Automation.PathInfo", {"Path": call.shell.directory}, text=call.shell.directory
        )
    )


@command("Push-Location", "Path:0", "pushd")
async def push_location(call: Call) -> None:
    """Adds the current location to the top of a location stack."""
    call.shell.location_stack.append(call.shell.directory)
    if call.given("path"):
        await _go(call, call.text("path"))


@command("Pop-Location", "", "popd")
async def pop_location(call: Call) -> None:
    """Changes the current location to the location most recently pushed onto the stack."""
    if call.shell.location_stack:
        call.shell.directory = call.shell.location_stack.pop()


@command("Join-Path", "Path:0 ChildPath:1 AdditionalChildPath:*")
async def join_path(call: Call) -> None:
    """Combines a path and a child path into a single path."""
    for path in call.texts("path") or [to_text(item) for item in call.input]:
        await call.put(f"{path.rstrip(chr(92))}\\{call.text('childpath').lstrip(chr(92))}")


@command("Split-Path", "Path:0 Parent? Leaf? Qualifier?")
async def split_path(call: Call) -> None:
    """Returns the specified part of a path."""
    for path in call.texts("path") or [to_text(item) for item in call.input]:
        parent, _, leaf = path.rstrip("\\").rpartition("\\")
        await call.put(leaf if call.switch("leaf") else path[:2] if call.switch("qualifier") else parent)


@command("Resolve-Path", "Path:0", "rvpa")
async def resolve_path(call: Call) -> None:
    """Resolves the wildcard characters in a path, and displays the path contents."""
    for path in _paths(call):
        found = expand(call.shell, path, literal=False)
        if not found:
            await call.complain(missing(call, call.shell.path(path)))
        for whole, _ in found:
            await call.put(Record("System.Management.Automation.PathInfo", {"Path": whole}, text=whole))
