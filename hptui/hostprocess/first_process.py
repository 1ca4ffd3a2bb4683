"""What runs in a session's pod: the first process, which says who it is and then only lives, and the shell beside it.

The exec of a HostProcess pod always runs with the token of the first process, so what that one prints about its account is
true of every shell in the pod. Its script is passed encoded: with bind filters the container runtime puts `cmd /c` in front of
every command, and nothing in base64 means anything to cmd. cmd's limit is 8,191 characters.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
"""By its whole path, because an image's PATH replaces the host's."""

SHELL = (POWERSHELL, "-NoLogo")
"""The interactive shell of a session."""

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


def encode_script(script: str) -> str:
    """As PowerShell's -EncodedCommand wants it: base64 of UTF-16LE."""
    return base64.b64encode(script.encode("utf-16-le")).decode("ascii")
