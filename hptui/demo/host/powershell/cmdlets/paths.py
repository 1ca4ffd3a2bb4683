"""Paths of the different providers, and the records that stand for what is at them."""

from __future__ import annotations

from datetime import UTC, datetime

from hptui.demo.host.powershell.data.errors import PowerShellError
from hptui.demo.host.powershell.data.operators import wildcard
from hptui.demo.host.powershell.data.values import Record, Value
from hptui.demo.host.powershell.execution.calls import Call
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.windows.files import Entry

PIPES = "\\\\.\\pipe\\"
_PIPE_TIME = datetime(1601, 1, 1, tzinfo=UTC)


def provider(path: str) -> str:
    lowered = path.lower()
    if lowered.startswith(PIPES.rstrip("\\")):
        return "pipe"
    if lowered.startswith(("hklm:", "hkcu:", "hkey_", "registry::")):
        return "registry"
    for name in ("env", "variable", "function", "alias", "cert", "wsman"):
        if lowered.startswith(f"{name}:"):
            return name
    return "file"


def pipe_records(shell: Shell, path: str) -> list[Record]:
    pattern = path[len(PIPES) :] or "*"
    return [
        Record(
            "System.IO.FileInfo",
            {
                "Name": pipe.name, "FullName": PIPES + pipe.name, "Length": pipe.instances, "Mode": "------",
                "LastWriteTime": _PIPE_TIME, "PSIsContainer": False, "PSParentPath": PIPES,
            },
            text=PIPES + pipe.name,
        )
        for pipe in shell.machine.pipes
        if wildcard(pattern).match(pipe.name)
    ]  # fmt: skip


def expand(shell: Shell, path: str, *, literal: bool) -> list[tuple[str, Entry]]:
    """Whole paths and entries that a path, with wildcards unless `literal`, stands for."""
    whole = shell.path(path)
    files = shell.machine.files
    if literal or not any(mark in path for mark in "*?["):
        entry = files.find(whole)
        return [(files.real_path(whole), entry)] if entry is not None else []
    places: list[tuple[str, Entry]] = [(whole[:2], files.root)]
    for part in whole.split("\\")[1:]:
        pattern = wildcard(part)
        places = [
            (f"{base}\\{child.name}", child)
            for base, entry in places
            for child in sorted(entry.children.values(), key=lambda each: each.name.lower())
            if pattern.match(child.name) and not child.hidden
        ]
    return places


def file_record(shell: Shell, path: str, entry: Entry) -> Record:
    parent = path.rpartition("\\")[0]
    stem, dot, extension = entry.name.rpartition(".")
    properties: dict[str, Value] = {
        "Mode": entry.mode,
        "Name": entry.name,
        "Length": None if entry.directory else entry.length,
        "FullName": path,
        "DirectoryName": parent,
        "BaseName": stem if dot and not entry.directory else entry.name,
        "Extension": f".{extension}" if dot and not entry.directory else "",
        "Exists": True,
        "IsReadOnly": False,
        "PSIsContainer": entry.directory,
        "PSParentPath": parent if len(parent) > 2 else parent + "\\",
        "Attributes": "Directory" if entry.directory else "Archive",
        "CreationTime": entry.changed,
        "LastAccessTime": entry.changed,
        "LastWriteTime": entry.changed,
        "LastWriteTimeUtc": entry.changed,
    }
    if entry.directory:
        del properties["Length"]
    kind = "System.IO.DirectoryInfo" if entry.directory else "System.IO.FileInfo"
    return Record(kind, properties, text=path if entry.directory else entry.name)


def missing(call: Call, path: str) -> PowerShellError:
    return call.error(
        f"Cannot find path '{path}' because it does not exist.",
        "ObjectNotFound",
        "PathNotFound",
        "ItemNotFoundException",
        path,
    )


def denied(call: Call, path: str, category: str = "PermissionDenied") -> PowerShellError:
    return call.error(
        f"Access to the path '{path}' is denied.",
        category,
        "DirUnauthorizedAccessError",
        "UnauthorizedAccessException",
        path,
    )
