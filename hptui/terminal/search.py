"""Finding text in a terminal's screen and history.

What has scrolled into the history does not change any more, so it is read once, in pieces, and never again; the screen
is read anew whenever somebody asks. Lines that were wrapped are searched as the one line they are. A pattern that takes
too long ends the search.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from hptui.errors import PatternTooSlowError
from hptui.terminal.emulator import Emulator
from hptui.terminal.patterns import Pattern

MOST_MATCHES = 10_000
LINE_LIMIT = 0.1  # seconds of matching for one line, and for the whole screen
TURN_LIMIT = 0.02  # seconds of matching before the event loop has its turn; a line that has begun is ended
PASS_LIMIT = 10.0  # seconds of matching for the whole history
_LONGEST_LINE = 200  # rows that are searched as one; a host can print for ever without a line break


class Match(NamedTuple):
    """Where a match is. Places are lines counted from the first the terminal ever had, offsets are characters."""

    start: tuple[int, int]
    end: tuple[int, int]  # the offset is that of the first character after it


class Search:
    """All matches of one pattern. Call `scan` until it returns True, and again whenever the terminal has changed."""

    def __init__(self, emulator: Emulator, pattern: str) -> None:
        """A pattern without capitals finds both cases.

        Raises TerminalError if it isn't a regular expression, or one too large."""
        self._pattern = Pattern(pattern)
        self.pattern = pattern
        self.failure: PatternTooSlowError | None = None
        self._emulator = emulator
        self._settled: list[Match] = []  # in the history
        self._next = 0  # the place from which the history was not searched yet
        self._spent = 0.0  # seconds of matching since the history was last searched to its end
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

        Returns whether the whole history is searched. A pattern that takes too long ends the search: `failure` says so
        from then on, and there are no matches."""
        if self.failure is None:
            try:
                return self._scan(lines)
            except PatternTooSlowError as error:
                self.failure = error
                self._settled, self._live, self._matches = [], [], []
        return True

    def _scan(self, lines: int) -> bool:
        emulator = self._emulator
        first, screen = emulator.dropped, emulator.dropped + emulator.history
        if emulator.modes.alternate_screen:
            self._live = self._on_screen(first, first + emulator.rows)
            self._matches = self._live
            return True
        if emulator.columns != self._columns:
            self._columns, self._settled, self._next = emulator.columns, [], first
        if self._settled and self._settled[0].start[0] < first:
            del self._settled[: bisect_left(self._settled, ((first, 0), (first, 0)))]
        self._next = max(self._next, first)
        done = True
        if self._next < screen and not self.full:
            done = self._in_history(min(self._next + max(lines, 2 * _LONGEST_LINE), screen), screen)
        self._live = self._on_screen(self._next if done else screen, screen + emulator.rows)
        self._matches = [*self._settled, *self._live]
        return done or self.full

    def _in_history(self, stop: int, screen: int) -> bool:
        """Search the history up to `stop`, or as far as a turn goes; returns whether all of it is searched."""
        before = self._pattern.spent
        found, end, whole = self._in_lines(self._next, stop, LINE_LIMIT, before + TURN_LIMIT)
        # A line that goes on below is searched with what comes.
        self._settled += [match for match in found if match.start[0] < end]
        self._next = end
        done = whole and stop == screen
        self._spent = 0.0 if done else self._spent + self._pattern.spent - before
        if self._spent > PASS_LIMIT:
            raise self._pattern.too_slow()
        return done

    def _on_screen(self, start: int, stop: int) -> list[Match]:
        return self._in_lines(start, stop, LINE_LIMIT, None)[0]

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

    def _in_lines(
        self, start: int, stop: int, limit: float, turn: float | None
    ) -> tuple[list[Match], int, bool]:
        """Matches in the lines between two places, the place up to which lines were searched to their end, and whether
        that is all of them.

        With `turn`, each line may take `limit` seconds, and none is begun once the pattern has taken `turn` in all; else
        all of them together may take `limit`."""
        dropped = self._emulator.dropped
        until = self._pattern.spent + limit
        found: list[Match] = []
        texts: list[str] = []
        begin = start
        for place, line in enumerate(self._emulator.lines(start - dropped, stop - dropped), start):
            texts.append(line.text)
            if not line.wrapped or len(texts) >= _LONGEST_LINE:
                self._in_texts(texts, begin, found, limit if turn else until - self._pattern.spent)
                texts, begin = [], place + 1
                if turn is not None and self._pattern.spent > turn and begin < stop:
                    return found, begin, False
        if texts:
            self._in_texts(texts, begin, found, limit if turn else until - self._pattern.spent)
        return found, begin, True

    def _in_texts(self, texts: list[str], place: int, found: list[Match], limit: float) -> None:
        most = MOST_MATCHES - len(found)
        if most <= 0:
            return
        text = texts[0] if len(texts) == 1 else "".join(texts)
        spans = self._pattern.spans(text, limit, most)
        if len(texts) == 1:
            found += [Match((place, start), (place, end)) for start, end in spans]
        elif spans:
            starts = [0, *accumulate(map(len, texts))]
            for start, end in spans:
                first, last = bisect_right(starts, start) - 1, bisect_left(starts, end) - 1
                found.append(
                    Match((place + first, start - starts[first]), (place + last, end - starts[last]))
                )


_MOST_SPANS = 2000  # matches looked at for one line: there are no more characters in it
