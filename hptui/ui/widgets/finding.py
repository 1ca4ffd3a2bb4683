"""A search in a terminal as a person goes through it: which match is the current one, and what is marked in a row."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from hptui.terminal.emulator import Emulator
from hptui.terminal.search import Match, Search

# Of a line: from which character, up to which (-1: to its end), and whether it is the current match.
Marks = tuple[tuple[int, int, bool], ...]

LINES_AT_A_TIME = 400  # of the history; about 5 ms


@dataclass(frozen=True, slots=True)
class Found:
    """How far a search has come."""

    pattern: str
    number: int  # of the current match, from 1, the oldest; 0 for none
    count: int
    more: bool  # than are counted
    done: bool  # everything is searched
    failure: str = ""  # why the search has ended without a result


NOTHING = Found("", 0, 0, False, True)


class Finder:
    def __init__(self, emulator: Emulator, pattern: str) -> None:
        """Raises TerminalError if `pattern` isn't a regular expression."""
        self._search = Search(emulator, pattern)
        self.current: Match | None = None
        self.done = False

    def scan(self) -> bool:
        """Search on, or what has changed; returns whether everything is searched."""
        self.done = self._search.scan(LINES_AT_A_TIME)
        if self.current is not None and self._index() is None:
            self.current = None
        return self.done

    @property
    def found(self) -> Found:
        index = self._index()
        matches = self._search.matches
        return Found(
            self._search.pattern,
            0 if index is None else index + 1,
            len(matches),
            self._search.full,
            self.done,
            "" if self._search.failure is None else self._search.failure.message,
        )

    def choose_above(self, place: int) -> Match | None:
        """Make the last match on line `place` or above the current one, else the first there is."""
        matches = self._search.matches
        index = self._search.index_at_or_before(place)
        self.current = matches[index or 0] if matches else None
        return self.current

    def step(self, by: int) -> Match | None:
        """Go to a later (1) or earlier (-1) match; after the last comes the first."""
        matches = self._search.matches
        index = self._index()
        if index is not None:
            self.current = matches[(index + by) % len(matches)]
        return self.current

    def marks(self, place: int) -> Marks:
        return tuple((start, end, match == self.current) for start, end, match in self._search.spans(place))

    def _index(self) -> int | None:
        if self.current is None:
            return None
        matches = self._search.matches
        index = bisect_left(matches, self.current)
        return index if index < len(matches) and matches[index] == self.current else None
