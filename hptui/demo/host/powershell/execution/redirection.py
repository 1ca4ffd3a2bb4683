"""Output into a file, as > and >> and Out-File write it: UTF-16 with a mark at the start, which is Windows PowerShell's habit."""

from __future__ import annotations

from hptui.demo.host.powershell.data.errors import ErrorDetail, PowerShellError
from hptui.demo.host.powershell.data.values import Value
from hptui.demo.host.powershell.display.formatting import text_lines
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.windows.files import FileDenied, may_write


class FileOutput:
    """Each value is written as it comes."""

    def __init__(self, shell: Shell, path: str, *, append: bool) -> None:
        self._shell = shell
        self._path = path
        write_file(shell, path, b"", append=append)

    async def put(self, value: Value) -> None:
        text = "".join(line + "\r\n" for line in text_lines([value], 120))
        entry = self._shell.machine.files.find(self._path)
        mark = "" if entry is not None and entry.length else "\ufeff"
        write_file(self._shell, self._path, (mark + text).encode("utf-16-le"), append=True)


def write_file(shell: Shell, path: str, content: bytes, *, append: bool = False) -> None:
    """Raises a PowerShellError in Windows' words when it may not or cannot be."""
    parent = path.rpartition("\\")[0]
    try:
        if not may_write(path, administrator=shell.token.administrator):
            raise FileDenied(path)
        shell.machine.files.write(path, content, shell.machine.now(), append=append)
    except FileDenied:
        raise PowerShellError(
            ErrorDetail(
                f"Access to the path '{path}' is denied.",
                category="OpenError",
                identifier="FileOpenFailure",
                exception="UnauthorizedAccessException",
                activity="Out-File",
            )
        ) from None
    except FileNotFoundError:
        raise PowerShellError(
            ErrorDetail(
                f"Could not find a part of the path '{parent}'.",
                category="OpenError",
                identifier="FileOpenFailure",
                exception="DirectoryNotFoundException",
                activity="Out-File",
            )
        ) from None
