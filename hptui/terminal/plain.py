"""Text from a server or a host, made safe to show in one line.

Log panels and the command line print what other machines wrote. Raw, it could move the cursor, change colours, or
turn the reading direction round so that a line says something other than it holds.
"""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: control strings (DCS, SOS, OSC, PM, APC) up to ST or BEL, control sequences, and short escapes.
_SEQUENCE = re.compile(
    r"(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\x18\x1a]*(?:\x07|\x1b\\|\x9c|[\x18\x1a]|$)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*(?:[@-~]|$)?"
    r"|\x1b[ -/]*(?:[0-~]|$)?"
)
# C0 (without tab), DEL, C1, and line and paragraph separators, which some widgets break lines at.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# Marks, embeddings, overrides and isolates of the reading direction (Unicode UAX #9), and the byte order mark.
_INVISIBLE = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TAB = 8


def plain(text: str) -> str:
    """`text` without escape sequences and control characters, direction overrides spelt out, tabs as spaces."""
    if text.isascii() and text.isprintable():
        return text
    if "\x1b" in text or not text.isascii():
        text = _SEQUENCE.sub("", text)
    text = _CONTROL.sub("", text)
    if not text.isascii():
        text = _INVISIBLE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
        text = _SURROGATE.sub("\ufffd", text)
    return _expand_tabs(text) if "\t" in text else text


def _expand_tabs(text: str) -> str:
    """Tabs to every eighth cell; wide characters take two cells and combining ones none."""
    if text.isascii():
        return text.expandtabs(_TAB)
    parts, column = [], 0
    for character in text:
        if character == "\t":
            spaces = _TAB - column % _TAB
            parts.append(" " * spaces)
            column += spaces
            continue
        parts.append(character)
        if not unicodedata.combining(character):
            column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return "".join(parts)
