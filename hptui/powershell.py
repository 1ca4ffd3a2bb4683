"""How a command is handed to Windows PowerShell 5.1 on a host: which program, and how a script travels.

With bind filters the container runtime puts `cmd /c` in front of every command, and nothing in base64 means anything to cmd,
so scripts go encoded. cmd takes lines of at most 8,191 characters: that is about 3,000 characters of script.
"""

from __future__ import annotations

import base64

POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
"""By its whole path, because an image's PATH replaces the host's."""

LONGEST_SCRIPT = 3000
"""Characters of a script that fit the command line when encoded, with room for `cmd /c`, the program and its options."""


def encode_script(script: str) -> str:
    """As PowerShell's -EncodedCommand wants it: base64 of UTF-16LE."""
    return base64.b64encode(script.encode("utf-16-le")).decode("ascii")


def single_quoted(text: str) -> str:
    """`text` as a string of PowerShell's in which nothing is expanded.

    The typographic quotes count as quotes too (about_Quoting_Rules), and are doubled as the plain one is.
    """
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return f"'{text}'"
