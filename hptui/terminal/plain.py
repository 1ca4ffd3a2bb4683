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


# What has no picture of its own, or the picture of another: controls, fillers, marks of direction, joiners, selectors, tags.
_UNSEEN = re.compile(
    r"\r\n|[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3000\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_SIGNS = {"\r\n": "↵", "\n": "↵", "\t": "⇥"}
_SPACES = frozenset("\xa0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))


def visible_parts(text: str) -> list[tuple[str, bool]]:
    """`text` in one line, in pieces, with whether each stands for a character that can't be seen as it is.

    Unlike in `plain` nothing is dropped: two names that differ in such a character look different.
    """
    if text.isascii() and text.isprintable():
        return [(text, False)]
    parts: list[tuple[str, bool]] = []
    at = 0
    for found in _UNSEEN.finditer(text):
        if found.start() > at:
            parts.append((text[at : found.start()], False))
        parts.append((_sign(found[0]), True))
        at = found.end()
    if at < len(text):
        parts.append((text[at:], False))
    return parts


def visible(text: str) -> str:
    """`text` in one line with every character to be seen: ↵ and ⇥ for breaks and tabs, ␣ for odd spaces, <U+001B> for others."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(part for part, _ in visible_parts(text))


def _sign(found: str) -> str:
    return "␣" if found in _SPACES else _SIGNS.get(found) or f"<U+{ord(found):04X}>"
