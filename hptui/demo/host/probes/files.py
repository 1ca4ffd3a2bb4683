"""The host's files, and the logs that the node's agents keep among them."""

from __future__ import annotations

from collections.abc import Iterable

from hptui.demo.host.probes.answering import Given, Note, Records, ScriptError, answers
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.files import Entry, may_read, normal

# What leads elsewhere, and where; that of old programs' junctions nobody may read.
_LINKS = {"Documents and Settings": None, "All Users": "C:\\ProgramData"}
_LOG_PLACES = (("AKS", "C:\\k"), ("AKS", "C:\\AzureData"))


@answers("files")
def files(run: ProgramRun, given: Given) -> Records:
    if not given["path"]:
        for disk in run.machine.upkeep.disks:
            yield {"name": disk["DeviceID"], "directory": True, "size": disk["Size"],
                   "attributes": [disk["FileSystem"]], "path": f"{disk['DeviceID']}\\"}  # fmt: skip
        return
    path = _path(given["path"])
    entry = run.machine.files.find(path)
    if entry is None:
        raise ScriptError(f"There is no {given['path']}.")
    if not may_read(path, administrator=run.token.administrator):
        raise ScriptError(f"not here: this account may not read {path}")
    entries = list(entry.children.values()) if entry.directory else [entry]
    most = int(given["most"])
    for each in entries[:most]:
        yield _row(each, path.rstrip("\\"))
    if len(entries) >= most:
        yield Note(f"Only the first {most} are shown.")


def _path(text: str) -> str:
    if text.startswith(("\\\\", "//")):
        raise ScriptError("Pipes and devices are not files; the probe pipes lists pipes.")
    return normal(text)


def _row(entry: Entry, parent: str) -> dict[str, object]:
    attributes = ["Hidden", "System"] if entry.hidden else []
    if entry.name in _LINKS:
        attributes.append("ReparsePoint")
    if not entry.directory:
        attributes.append("Archive")
    return {
        "name": entry.name,
        "directory": entry.directory,
        "size": None if entry.directory else entry.length,
        "written": entry.changed,
        "created": entry.changed,
        "attributes": attributes,
        "leads": _LINKS.get(entry.name),
        "path": f"{parent}\\{entry.name}",
    }


@answers("file")
def file(run: ProgramRun, given: Given) -> Records:
    path = _path(given["path"])
    entry = run.machine.files.find(path)
    if entry is None or entry.directory:
        raise ScriptError(f"There is no file {given['path']}.")
    if not may_read(path, administrator=run.token.administrator):
        raise ScriptError(f"Access to the path '{path}' is denied.", "UnauthorizedAccessException")
    data = entry.content
    if data is None:
        raise ScriptError(f"not here: {path} is no text, it holds zero bytes")
    encoding, mark, width, shown = _encoding(data)
    changed = entry.changed.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    yield Note(f"{encoding}, {len(data)} bytes, last written {changed}")
    if shown == "cp1252":
        yield Note("It is not UTF-8: shown by the machine's code page 1252.")
    lines = list(_lines(data, mark, width, shown))
    count = int(given["lines"])
    yield from lines[:count] if given["end"] == "head" else lines[-count:]


def _encoding(data: bytes) -> tuple[str, int, int, str]:
    """As the script finds it: its name, the length of the mark, bytes for a character, and what reads it."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "UTF-8", 3, 1, "utf-8"
    if data.startswith(b"\xff\xfe"):
        return "UTF-16LE", 2, 2, "utf-16-le"
    if data[1:40:2].count(0) > 12:
        return "UTF-16LE", 0, 2, "utf-16-le"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "UTF-8", 0, 1, "cp1252"
    return "UTF-8", 0, 1, "utf-8"


def _lines(data: bytes, mark: int, width: int, shown: str) -> Iterable[dict[str, object]]:
    """Each with its place in bytes."""
    at = mark
    for line in data[mark:].decode(shown, "replace").split("\n"):
        if line or at < len(data):
            yield {"at": at, "text": line.rstrip("\r")}
        at += len((line + "\n").encode(shown, "replace")) if width == 1 else width * (len(line) + 1)


@answers("agent-logs")
def agent_logs(run: ProgramRun, given: Given) -> Records:
    now = run.machine.now()
    for place, folder in _LOG_PLACES:
        entry = run.machine.files.find(folder)
        for each in entry.children.values() if entry else ():
            if each.name.endswith((".log", ".err")):
                yield {
                    "place": place,
                    "path": f"{folder}\\{each.name}",
                    "size": each.length,
                    "written": each.changed,
                    "since": (now - each.changed).total_seconds(),
                }


@answers("agent-log")
def agent_log(run: ProgramRun, given: Given) -> Records:
    found = [
        (each.changed, f"{folder}\\{each.name}", each.content)
        for _, folder in _LOG_PLACES
        for each in (run.machine.files.find(folder) or Entry("", True, run.machine.boot)).children.values()
        if given["agent"].lower() in each.name.lower() and each.name.endswith(".log") and each.content
    ]
    if not found:
        raise ScriptError(
            f"not here: no log file with {given['agent']} in its name is in the known places; agent-logs lists what there is"
        )
    _, path, content = max(found)
    if not may_read(path, administrator=run.token.administrator):
        raise ScriptError(f"Access to the path '{path}' is denied.", "UnauthorizedAccessException")
    for line in list(_lines(content or b"", 0, 1, "utf-8"))[-int(given["lines"]) :]:
        yield line | {"file": path}
