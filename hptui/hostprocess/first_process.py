"""What runs in a session's pod: the first process, which says who it is and then only lives, and the shell beside it.

The exec of a HostProcess pod always runs with the token of the first process, so what that one prints about its account is
true of every shell in the pod.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from hptui.powershell import POWERSHELL, encode_script

SHELL = (POWERSHELL, "-NoLogo")
"""The interactive shell of a session."""

MARK = "#hptui-"
"""What a shell's own command line begins its mark with: a comment to PowerShell, and nothing to cmd."""


def marked_shell(mark: str) -> tuple[str, ...]:
    """The shell, to be found again among the node's processes by its command line. `mark`: letters and digits."""
    return (*SHELL, "-NoExit", "-Command", f"{MARK}{mark}")


DEADLINE_VARIABLE = "HPTUI_DEADLINE_SECONDS"
"""Read by the first process, which ends itself then; the kubelet has usually ended it a moment earlier."""


@cache
def first_process_script() -> str:
    return files("hptui.hostprocess").joinpath("first_process.ps1").read_text(encoding="ascii")


def first_process_command() -> list[str]:
    return [
        POWERSHELL,
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-EncodedCommand",
        encode_script(first_process_script()),
    ]
