"""Finding text in a recording: when it had been printed.

What is searched is the output as it came, without its control sequences, line by line. A line ends where the output says
so, or where it goes on at another place of the screen, which is how Windows' consoles write most of theirs. What was
drawn in several places is found by its parts.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from hptui.errors import PatternTooSlowError
from hptui.terminal.patterns import Pattern
from hptui.terminal.playback import Event

LINE_LIMIT = 0.1  # seconds of matching for one line
TURN_LIMIT = 0.005  # seconds before the event loop has its turn
PASS_LIMIT = 10.0  # seconds of matching for the whole recording
MOST_MOMENTS = 100_000
_LONGEST_LINE = 100_000  # characters; a program can draw for hours without a line break
_LONGEST_SEQUENCE = 4_096  # characters; what is longer isn't waited for
_WIDEST_GAP = 1_000  # columns

_SEQUENCE = re.compile(
    r"(?P<end>\x1b\[[0-9;]*[Hf]|[\r\n])|\x1b\[(?P<gap>[0-9]{0,4})C"
    r"|\x1b[PX\]^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_UNFINISHED = re.compile(r"\x1b(?:[PX\]^_][^\x07\x1b]*\x1b?|\[[0-?]*[ -/]*|[ -/]*)\Z")


class PlaybackSearch:
    """The moments of one pattern. Call `scan` until it returns True."""

    def __init__(self, events: Sequence[Event], pattern: str) -> None:
        """A pattern without capitals finds both cases.

        Raises TerminalError if it isn't a regular expression, or one too large."""
        self._pattern = Pattern(pattern)
        self.pattern = pattern
        self.failure: PatternTooSlowError | None = None
        self.moments: list[int] = []  # how many events had happened then; in order, each once
        self.done = False
        self._events = events
        self._steps = self._search()
        self._next = 0  # how many events are searched
        self._carry = ""  # the beginning of a sequence that goes on in the next output
        self._parts: list[str] = []  # of the line that has not ended
        self._ends: list[int] = []  # up to where of it had been printed ...
        self._times: list[int] = []  # ... with how many events
        self._length = 0

    def scan(self) -> bool:
        """Search on for a turn of the event loop; returns whether everything is searched.

        A pattern that takes too long ends the search: `failure` says so, and there are no moments."""
        until = time.perf_counter() + TURN_LIMIT
        try:
            while not self.done and time.perf_counter() < until:
                self.done = next(self._steps, None) is None
        except PatternTooSlowError as error:
            self.failure, self.done = error, True
            self.moments = []
        return self.done

    def _search(self) -> Iterator[int]:
        """Goes through all output, with a stop after each line; yields how many events it has gone through."""
        for self._next, event in enumerate(self._events, 1):  # noqa: B020 - it is where the search is
            if event.code == "o":
                yield from self._take(event.data)
                if len(self.moments) >= MOST_MOMENTS:
                    return
        self._end_line()

    def _take(self, data: str) -> Iterator[int]:
        data = self._carry + data
        self._carry = ""
        begun = _UNFINISHED.search(data, max(0, len(data) - _LONGEST_SEQUENCE))
        if begun is not None:
            self._carry = begun[0]
            data = data[: begun.start()]
        at = 0
        for match in _SEQUENCE.finditer(data):
            self._add(data[at : match.start()])
            at = match.end()
            if match["end"] is not None:
                self._end_line()
                yield self._next
            elif match["gap"] is not None:
                self._add(" " * min(int(match["gap"] or 1), _WIDEST_GAP))
        self._add(data[at:])
        yield self._next

    def _add(self, text: str) -> None:
        at = self._next
        if not text:
            return
        self._parts.append(text)
        self._length += len(text)
        if self._times and self._times[-1] == at:
            self._ends[-1] = self._length
        else:
            self._times.append(at)
            self._ends.append(self._length)
        if self._length >= _LONGEST_LINE:
            self._end_line()

    def _end_line(self) -> None:
        if not self._length:
            return
        text, ends, times = "".join(self._parts), self._ends, self._times
        self._parts, self._ends, self._times, self._length = [], [], [], 0
        for _, end in self._pattern.spans(text, LINE_LIMIT, MOST_MOMENTS):
            at = times[bisect_left(ends, end)]
            if not self.moments or self.moments[-1] < at:
                self.moments.append(at)
        if self._pattern.spent > PASS_LIMIT:
            raise self._pattern.too_slow()
