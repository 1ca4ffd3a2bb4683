"""[IO.Directory], [IO.File] and [IO.Path]; the pipes under \\\\.\\pipe\\ can be listed with the first."""

from __future__ import annotations

from hptui.demo.host.powershell.data.errors import failure
from hptui.demo.host.powershell.data.values import Value, to_text
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.windows.files import may_read

PIPES = "\\\\.\\pipe\\"


def call(kind: str, name: str, arguments: list[Value], shell: Shell) -> Value:
    path = to_text(arguments[0]) if arguments else ""
    if kind == "io.path":
        return _path(name, [to_text(each) for each in arguments], shell)
    if kind == "io.directory" and name.startswith(("get", "enumerate")):
        return _entries(name, path, shell)
    whole = shell.path(path)
    entry = shell.machine.files.find(whole)
    if name == "exists":
        return entry is not None and entry.directory is (kind == "io.directory")
    if kind == "io.file" and name in ("readalltext", "readalllines", "readallbytes"):
        if entry is None:
            raise _failed(name, f"Could not find file '{whole}'.", "FileNotFoundException")
        if not may_read(whole, administrator=shell.token.administrator):
            raise _failed(name, f"Access to the path '{whole}' is denied.", "UnauthorizedAccessException")
        content = entry.content or b""
        if name == "readallbytes":
            return list(content)
        text = content.decode("utf-8", "replace")
        return text if name == "readalltext" else text.splitlines()
    raise failure(
        f"Method invocation failed because [System.{kind}] does not contain a method named '{name}'.",
        category="InvalidOperation",
        identifier="MethodNotFound",
    )


def _failed(name: str, message: str, exception: str) -> Exception:
    return failure(
        f'Exception calling "{name}" with "1" argument(s): "{message}"',
        identifier=exception,
        exception="MethodInvocationException",
    )


def _entries(name: str, path: str, shell: Shell) -> Value:
    if path.lower().rstrip("\\") == PIPES.rstrip("\\").lower():
        return [PIPES + pipe.name for pipe in shell.machine.pipes] if "directories" not in name else []
    whole = shell.path(path)
    entry = shell.machine.files.find(whole)
    if entry is None or not entry.directory:
        raise _failed(name, f"Could not find a part of the path '{whole}'.", "DirectoryNotFoundException")
    children = list(entry.children.values())
    if "directories" in name:
        children = [child for child in children if child.directory]
    elif "files" in name:
        children = [child for child in children if not child.directory]
    return [
        f"{whole.rstrip(chr(92))}\\{child.name}"
        for child in sorted(children, key=lambda child: child.name.lower())
    ]


def _path(name: str, arguments: list[str], shell: Shell) -> Value:
    path = arguments[0] if arguments else ""
    file = path.rsplit("\\", 1)[-1]
    if name == "combine":
        return "\\".join(
            part.rstrip("\\") if place < len(arguments) - 1 else part for place, part in enumerate(arguments)
        )
    if name == "getfilename":
        return file
    if name == "getfilenamewithoutextension":
        return file.rsplit(".", 1)[0]
    if name == "getextension":
        return f".{file.rsplit('.', 1)[1]}" if "." in file else ""
    if name == "getdirectoryname":
        return path.rsplit("\\", 1)[0]
    if name == "gettemppath":
        return "C:\\Windows\\TEMP\\"
    if name == "getfullpath":
        return shell.path(path)
    raise failure(
        f"Method invocation failed because [System.IO.Path] does not contain a method named '{name}'.",
        category="InvalidOperation",
        identifier="MethodNotFound",
    )
