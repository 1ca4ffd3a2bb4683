"""Reads recordings of terminal sessions: asciicast files of version 2 and 3, from whoever made them.

Everything in such a file may be wrong, or meant to do harm: sizes, times, types, and the length of anything. What is
read has passed here: times that only grow, sizes that a terminal can have, text for the output. What the output says to
a terminal is the emulator's business, as with a live host.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from hptui.errors import TerminalError
from hptui.terminal.emulator import clamp_size
from hptui.terminal.plain import plain

LARGEST_FILE = 256 << 20  # bytes
LONGEST_LINE = 8 << 20  # bytes
MOST_EVENTS = 2_000_000
LONGEST_RECORDING = 366 * 86400.0  # seconds
IDLE_LIMIT = 2.0  # seconds that a pause may take when it is played

_SIZE = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")
_SEQUENCE = re.compile(
    r"\x1b[PX\]^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?|[\x00-\x09\x0b-\x1f\x7f]"
)


class Event(NamedTuple):
    at: float  # seconds from the beginning, long pauses cut
    code: str  # o output, i input, r resize, m mark, x exit
    data: str


@dataclass(frozen=True, slots=True)
class Recording:
    version: int
    columns: int
    rows: int
    timestamp: float | None  # seconds since 1970, when it began
    title: str
    about: dict[str, str]  # node, account, context and who, where it is one of ours
    events: tuple[Event, ...]
    damaged: int  # lines that could not be read
    _times: list[float] = field(repr=False)

    @property
    def duration(self) -> float:
        """Seconds, with the long pauses cut."""
        return self._times[-1] if self._times else 0.0

    def index_at(self, seconds: float) -> int:
        """The first event that has not happened yet at that time: seeking plays all before it."""
        return bisect_right(self._times, seconds)

    def size_at(self, index: int) -> tuple[int, int]:
        """Columns and rows before event `index`."""
        for event in reversed(self.events[:index]):
            if event.code == "r":
                columns, rows = event.data.split("x")
                return int(columns), int(rows)
        return self.columns, self.rows

    def between(self, start: int, seconds: float) -> tuple[Event, ...]:
        """The events from index `start` that have happened at that time."""
        return self.events[start : max(start, self.index_at(seconds))]

    def marks(self) -> list[tuple[float, str]]:
        return [(event.at, event.data) for event in self.events if event.code == "m"]

    def find(self, pattern: str) -> list[float]:
        """When output that matches a regular expression had been printed, in order, each time once.

        Output is searched as it came, without its control sequences; what was drawn in several places is found by its
        parts. Raises TerminalError if it isn't a regular expression."""
        try:
            regex = re.compile(pattern, 0 if any(map(str.isupper, pattern)) else re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise TerminalError(
                f"{pattern!r} is not a pattern: {error}",
                title="That cannot be searched for",
                hint="Patterns are regular expressions: a backslash takes the next character as it is.",
            ) from error
        text, ends, times = self._output()
        found: list[float] = []
        for match in regex.finditer(text):
            if match.end() > match.start():
                at = times[bisect_left(ends, match.end())]
                if not found or found[-1] != at:
                    found.append(at)
        return found

    def _output(self) -> tuple[str, list[int], list[float]]:
        """All output as plain text, and up to where of it had been printed when."""
        raw: list[str] = []
        raw_ends: list[int] = []
        times: list[float] = []
        length = 0
        for event in self.events:
            if event.code == "o":
                raw.append(event.data)
                length += len(event.data)
                raw_ends.append(length)
                times.append(event.at)
        joined = "".join(raw)
        parts: list[str] = []
        ends: list[int] = []
        at = kept = 0
        upto = iter(raw_ends)
        bound = next(upto, None)
        for match in [*_SEQUENCE.finditer(joined), None]:
            start = len(joined) if match is None else match.start()
            while bound is not None and bound <= start:
                ends.append(kept + max(0, bound - at))
                bound = next(upto, None)
            parts.append(joined[at:start])
            kept += start - at
            at = start if match is None else match.end()
            while bound is not None and bound <= at:
                ends.append(kept)
                bound = next(upto, None)
        return "".join(parts), ends, times


def read_recording(path: Path, *, idle_limit: float | None = IDLE_LIMIT) -> Recording:
    """Read a file. Pauses are cut to `idle_limit` seconds; None keeps them as long as they were.

    A line that cannot be read is passed over and counted, and one that was not written to its end is the last. Raises
    TerminalError if the file cannot be read, or is no recording."""
    try:
        with path.open("rb") as file:
            head = _head(file.readline(LONGEST_LINE + 1), path)
            events, damaged = _events(file, head["version"], idle_limit)
    except OSError as error:
        raise TerminalError(
            f"{path} cannot be read: {error.strerror or error}", title="Nothing to play"
        ) from error
    columns, rows = head["size"]
    return Recording(
        head["version"],
        columns,
        rows,
        head["timestamp"],
        head["title"],
        head["about"],
        tuple(events),
        damaged,
        [event.at for event in events],
    )


def _head(line: bytes, path: Path) -> dict[str, Any]:
    head = _parsed(line)
    if not isinstance(head, dict) or head.get("version") not in (2, 3):
        raise TerminalError(
            f"{plain(str(path))} does not begin as a recording of version 2 or 3 does",
            title="Nothing to play",
            hint="Recordings are asciicast files, as `asciinema rec` and hptui write them.",
        )
    version = int(head["version"])
    term = head.get("term") if version == 3 else head
    term = term if isinstance(term, dict) else {}
    names = ("cols", "rows") if version == 3 else ("width", "height")
    columns, rows = (_number(term.get(name)) for name in names)
    timestamp = _number(head.get("timestamp"))
    about = head.get("hptui")
    return {
        "version": version,
        "size": clamp_size(
            int(min(80 if columns is None else columns, 1e6)), int(min(24 if rows is None else rows, 1e6))
        ),
        "timestamp": timestamp if timestamp and 0 < timestamp < 1e11 else None,
        "title": _text(head.get("title")),
        "about": {_text(key): _text(value) for key, value in list(about.items())[:20]}
        if isinstance(about, dict)
        else {},
    }


def _events(file: IO[bytes], version: int, idle_limit: float | None) -> tuple[list[Event], int]:
    events: list[Event] = []
    damaged = 0
    cut, last = 0.0, 0.0  # the time as it is played, and the time in the file
    for line in _lines(file):
        parsed = _parsed(line)
        event = _event(parsed)
        if event is None:
            damaged += 1
            continue
        seconds, code, data = event
        pause = max(0.0, seconds if version == 3 else seconds - last)
        last = last if version == 3 else max(last, seconds)
        cut = min(cut + (pause if idle_limit is None else min(pause, idle_limit)), LONGEST_RECORDING)
        if code == "r" and (size := _SIZE.fullmatch(data)):
            data = "{}x{}".format(*clamp_size(int(size[1]), int(size[2])))
        elif code == "r":
            damaged += 1
            continue
        elif code not in "oimx":
            continue
        events.append(Event(cut, code, data))
        if len(events) >= MOST_EVENTS:
            break
    return events, damaged


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines after the first, without comments; nothing of a line that is too long."""
    left = LARGEST_FILE
    whole = True
    while left > 0 and (line := file.readline(LONGEST_LINE)):
        left -= len(line)
        began_whole, whole = whole, line.endswith(b"\n")
        if not began_whole or (not whole and len(line) >= LONGEST_LINE):
            if began_whole:
                yield b"too long"
            continue
        if line.strip() and not line.startswith(b"#"):
            yield line


def _parsed(line: bytes) -> object:
    if len(line) > LONGEST_LINE:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _event(parsed: object) -> tuple[float, str, str] | None:
    if not isinstance(parsed, list) or len(parsed) < 3:
        return None
    seconds, code, data = _number(parsed[0]), parsed[1], parsed[2]
    if seconds is None or not isinstance(code, str) or len(code) != 1 or not isinstance(data, str):
        return None
    return seconds, code, data


def _number(value: object) -> float | None:
    """A number of any use, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    return plain(value)[:500] if isinstance(value, str) else ""
