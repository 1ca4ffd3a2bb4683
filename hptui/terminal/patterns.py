"""Patterns that people search for, matched within limits: no pattern may hold the program up.

The standard library's `re` tries `(a+)+b` on a line of a's for ever, and nothing can stop it. The package `regex` reads the
same patterns and ends when its time is over. It is imported when somebody searches, and not before.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from hptui.errors import PatternTooSlowError, TerminalError

if TYPE_CHECKING:
    import regex

LONGEST_PATTERN = 2_000  # characters
LARGEST_PATTERN = 50_000  # items, counted as `regex` keeps them: the contents of x{n} n times

_ITEM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)[^{}]*\}|.", re.DOTALL)


class Pattern:
    """A regular expression; one without capitals finds both cases."""

    def __init__(self, text: str) -> None:
        """Raises TerminalError if it isn't a regular expression, or one too large."""
        import regex

        if len(text) > LONGEST_PATTERN or _items(text) > LARGEST_PATTERN:
            raise _no_pattern(text[:60] + ("…" if len(text) > 60 else ""), "it is too large")
        try:
            self._regex: regex.Pattern[str] = regex.compile(
                text, 0 if any(map(str.isupper, text)) else regex.IGNORECASE
            )
        except (regex.error, OverflowError, RecursionError, ValueError) as error:
            raise _no_pattern(text, str(error)) from error
        self.text = text
        self.spent = 0.0  # seconds of computing, all searches together; whoever asks may set it back

    def spans(self, text: str, seconds: float, most: int) -> list[tuple[int, int]]:
        """Where in `text` it matches something, the first `most` of them.

        Raises PatternTooSlowError if that takes more than `seconds` of computing."""
        found: list[tuple[int, int]] = []
        began = time.thread_time()
        try:
            for match in self._regex.finditer(text, timeout=max(seconds, 0.001)):
                start, end = match.span()
                if start < end:
                    found.append((start, end))
                    if len(found) >= most:
                        break
        except (TimeoutError, MemoryError) as error:
            raise self.too_slow() from error
        finally:
            self.spent += time.thread_time() - began
        return found

    def too_slow(self) -> PatternTooSlowError:
        """What to raise, or to tell, when all searches together took too long."""
        return PatternTooSlowError(f"this pattern takes too long: {self.text}")


def _no_pattern(text: str, why: str) -> TerminalError:
    return TerminalError(
        f"{text!r} is not a pattern: {why}",
        title="That cannot be searched for",
        hint="Patterns are regular expressions: a backslash takes the next character as it is.",
    )


def _items(pattern: str) -> int:
    """How large `regex` makes a pattern: of what must come n times it keeps n copies, in each other where they are nested."""
    sizes = [0]  # of the groups that are open
    last = 0  # the size of the item that a count would repeat
    for item in _ITEM.finditer(pattern):
        text = item[0]
        if text == "(":
            sizes.append(0)
        elif text == ")" and len(sizes) > 1:
            last = sizes.pop() + 1
            sizes[-1] += last
        elif item[1] is not None:
            more = last * max(0, int(item[1][:9]) - 1)
            last += more
            sizes[-1] += more
        else:
            last = 1
            sizes[-1] += 1
        if sizes[-1] > LARGEST_PATTERN:
            return sizes[-1]
    return sum(sizes)
