"""What a selection in a terminal holds, and what a double or triple click selects.

The offsets of a selection count lines from the first the terminal ever had, so that they hold while lines come and go.
"""

from __future__ import annotations

import re

from textual.geometry import Offset
from textual.selection import Selection

from hptui.terminal.emulator import Emulator

# What a double click takes for a word: paths, addresses and options whole.
_WORD = re.compile(r"[\w\-./\\:~@%+#=?&$*]+")


def selected_text(emulator: Emulator, selection: Selection) -> str:
    """The selected text: wrapped lines joined, nothing blank at the end of a line."""
    first, last = emulator.dropped, emulator.dropped + emulator.history + emulator.rows - 1
    start = selection.start or Offset(0, first)
    end = selection.end
    parts: list[str] = []
    for place in range(max(start.y, first), min(last if end is None else end.y, last) + 1):
        line = emulator.line(place - first)
        text = line.text
        to = len(text) if end is None or place < end.y else end.x
        text = text[start.x if place == start.y else 0 : to]
        parts.append(text if line.wrapped else text.rstrip(" ") + "\n")
    return "".join(parts).removesuffix("\n")


def word_at(emulator: Emulator, at: Offset) -> Selection | None:
    y = at.y - emulator.dropped
    text = emulator.line(y).text if 0 <= y < emulator.history + emulator.rows else ""
    for word in _WORD.finditer(text):
        if word.start() <= at.x < word.end():
            return Selection(Offset(word.start(), at.y), Offset(word.end(), at.y))
    return None


def whole_line_at(emulator: Emulator, at: Offset) -> Selection | None:
    """The line as it was printed, all the rows it is wrapped over."""
    dropped, last = emulator.dropped, emulator.history + emulator.rows - 1
    start = end = at.y - dropped
    if not 0 <= start <= last:
        return None
    while start > 0 and emulator.line(start - 1).wrapped:
        start -= 1
    while end < last and emulator.line(end).wrapped:
        end += 1
    return Selection(Offset(0, dropped + start), Offset(len(emulator.line(end).text), dropped + end))
