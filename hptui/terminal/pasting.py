"""Text that a person pastes: what of it may go to a host, and what to show them of it before.

A shell runs pasted lines one after the other, and takes control characters for keys; a page that something is copied
from can put both where nobody sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n?|\n")
# C0 except tab and line feed, DEL, and C1, which holds an eight-bit CSI.
_UNTYPABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Besides those, what turns the reading direction or takes no room: it is typed, and shown spelt out.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Pasted:
    text: str  # as it goes to the host: line ends as "\\n", no control characters but tabs
    lines: int
    removed: int  # control characters
    shown: str  # as a person should see it: with what was removed, and what can't be seen, spelt out


def clean(text: str) -> Pasted:
    unified = _LINE_END.sub("\n", text)
    cleaned, removed = _UNTYPABLE.subn("", unified)
    return Pasted(cleaned, len(cleaned.rstrip("\n").split("\n")), removed, _UNSEEN.sub(_spelt_out, unified))


def _spelt_out(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point < 0x20:
        return chr(0x2400 + point)  # a picture of the control character
    return "\u2421" if point == 0x7F else f"<U+{point:04X}>"
