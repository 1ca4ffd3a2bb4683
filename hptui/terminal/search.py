"""Finding text in a terminal's screen and history.

What has scrolled into the history does not change any more, so it is read once, in pieces, and never again; the screen
is read anew whenever somebody asks. Lines that were wrapped are searched as the one line they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from hptui.errors import TerminalError
from hptui.terminal.emulator import Emulator

MOST_MATCHES = 10_000
_LONGEST_LINE = 200  # rows that are searched as one; a host can print for ever without a line break


class Match(NamedTuple):
    """Where a match is. Places are lines counted from the first the terminal ever had, offsets are characters."""

    start: tuple[int, int]
    end: tuple[int, int]  # the offset is that of the first character after it


class Search:
    """All matches of one pattern. Call `scan` until it returns True, and again whenever the terminal has changed."""

    def __init__(self, emulator: Emulator, pattern: str) -> None:
        """A pattern without capitals finds both cases.

        Raises TerminalError if it isn't a regular expression."""
        try:
            self._regex = re.compile(pattern, 0 if any(map(str.isupper, pattern)) else re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise TerminalError(
                f"{pattern!r} is not a pattern: {error}",
                title="That cannot be searched for",
                hint="Patterns are regular expressions: a backslash takes the next character as it is.",
            ) from error
        self.pattern = pattern
        self._emulator = emulator
        self._settled: list[Match] = []  # in the history
        self._next = 0  # the place from which the history was not searched yet
        self._columns = emulator.columns
        self._live: list[Match] = []  # on the screen
        self._matches: list[Match] = []

    @property
    def matches(self) -> list[Match]:
        """In order, from the oldest; at most about `MOST_MATCHES`."""
        return self._matches

    @property
    def full(self) -> bool:
        """There may be more matches than are kept."""
        return len(self._settled) >= MOST_MATCHES

    def scan(self, lines: int) -> bool:
        """Search up to `lines` lines of the history that were not searched yet, and all of the screen.

        Returns whether the whole history is searched."""
        emulator = self._emulator
        first, screen = emulator.dropped, emulator.dropped + emulator.history
        if emulator.modes.alternate_screen:
            self._live = self._in_lines(first, first + emulator.rows)[0]
            self._matches = self._live
            return True
        if emulator.columns != self._columns:
            self._columns, self._settled, self._next = emulator.columns, [], first
        if self._settled and self._settled[0].start[0] < first:
            del self._settled[: bisect_left(self._settled, ((first, 0), (first, 0)))]
        self._next = max(self._next, first)
        done = True
        if self._next < screen and not self.full:
            stop = min(self._next + max(lines, 2 * _LONGEST_LINE), screen)
            found, end = self._in_lines(self._next, stop)
            done = stop == screen
            # A line that goes on below is searched with what comes.
            self._settled += [match for match in found if match.start[0] < end]
            self._next = end
        self._live = self._in_lines(self._next if done else screen, screen + emulator.rows)[0]
        self._matches = [*self._settled, *self._live]
        return done or self.full

    def index_at_or_before(self, place: int) -> int | None:
        """The last match that begins on line `place` or above."""
        at = bisect_right(self._matches, place, key=lambda match: match.start[0]) - 1
        return at if at >= 0 else None

    def spans(self, place: int) -> list[tuple[int, int, Match]]:
        """The matches on a line: from which character, up to which (-1: to its end), and the match itself."""
        found = []
        at = bisect_right(self._matches, place, key=lambda match: match.start[0])
        for match in reversed(self._matches[max(0, at - _MOST_SPANS) : at]):
            if match.end[0] < place:
                break
            start = match.start[1] if match.start[0] == place else 0
            end = match.end[1] if match.end[0] == place else -1
            found.append((start, end, match))
        return found

    def _in_lines(self, start: int, stop: int) -> tuple[list[Match], int]:
        """Matches in the lines between two places, and the place up to which lines had their end."""
        dropped = self._emulator.dropped
        found: list[Match] = []
        texts: list[str] = []
        begin = start
        for place, line in enumerate(self._emulator.lines(start - dropped, stop - dropped), start):
            texts.append(line.text)
            if not line.wrapped or len(texts) >= _LONGEST_LINE:
                self._in_texts(texts, begin, found)
                texts, begin = [], place + 1
        if texts:
            self._in_texts(texts, begin, found)
        return found, begin

    def _in_texts(self, texts: list[str], place: int, found: list[Match]) -> None:
        text = texts[0] if len(texts) == 1 else "".join(texts)
        starts: list[int] | None = None
        for match in self._regex.finditer(text):
            start, end = match.span()
            if start == end:
                continue
            if len(found) >= MOST_MATCHES:
                return
            if len(texts) == 1:
                found.append(Match((place, start), (place, end)))
                continue
            if starts is None:
                starts = [0, *accumulate(map(len, texts))]
            first, last = bisect_right(starts, start) - 1, bisect_left(starts, end) - 1
            found.append(Match((place + first, start - starts[first]), (place + last, end - starts[last])))


_MOST_SPANS = 2000  # matches looked at for one line: there are no more characters in it
