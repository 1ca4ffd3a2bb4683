"""Reads recordings of terminal sessions: asciicast files of version 2 and 3, from whoever made them.

Everything in such a file may be wrong, or meant to do harm: sizes, times, types, and the length of anything. What is
read has passed here: times that only grow, sizes that a terminal can have, text for the output. What the output says to
a terminal is the emulator's business, as with a live host.
"""

from __future__ import annotations

import json
import math
import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from hptui.errors import TerminalError
from hptui.terminal.emulator import clamp_size
from hptui.terminal.plain import plain

LARGEST_FILE = 256 << 20  # bytes
LONGEST_LINE = 8 << 20  # bytes
MOST_EVENTS = 2_000_000
LONGEST_RECORDING = 366 * 86400.0  # seconds

_decode = msgspec.json.Decoder().decode
_SIZE = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")


class Event(NamedTuple):
    at: float  # seconds from the beginning
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
    cut_short: bool  # its last line was not written to the end: it is being written still, or its writer died
    truncated: bool = False  # there is more in the file than is ever read

    def marks(self) -> list[tuple[int, str]]:
        """How many events had happened with each mark, and its label."""
        return [(index, event.data) for index, event in enumerate(self.events, 1) if event.code == "m"]


class Timeline:
    """When the events of a recording happen as it is played: long pauses may be cut."""

    def __init__(self, events: Sequence[Event], idle_limit: float | None) -> None:
        """No pause takes more than `idle_limit` seconds; None keeps them as long as they were."""
        longest = math.inf if idle_limit is None else idle_limit
        self._times: list[float] = []
        last = now = 0.0
        for event in events:
            now += min(event.at - last, longest)
            last = event.at
            self._times.append(now)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self._times[-1] if self._times else 0.0

    def index_at(self, seconds: float) -> int:
        """How many events have happened by then."""
        return bisect_right(self._times, seconds)

    def at(self, index: int) -> float:
        """The time at which `index` events have happened."""
        return self._times[index - 1] if index else 0.0


class RecordingReader:
    """Reads a file piece by piece: one of a whole night takes seconds. Call `read` until it returns True."""

    def __init__(self, path: Path) -> None:
        """Read the head. Raises TerminalError if the file cannot be read, or is no recording."""
        self._path = path
        self._file: IO[bytes] | None = None
        try:
            self._file = path.open("rb")
            self._size = max(1, min(os.fstat(self._file.fileno()).st_size, LARGEST_FILE))
            self._head = _head(self._file.readline(LONGEST_LINE + 1), path)
        except OSError as error:
            self.close()
            raise _unreadable(path, error) from error
        except TerminalError:
            self.close()
            raise
        self._events: list[Event] = []
        self._damaged = 0
        self._cut_short = False
        self._truncated = False
        self._taken = 0  # bytes
        self._last = 0.0  # the time of the event before

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        return min(1.0, self._taken / self._size)

    def read(self, size: int = LARGEST_FILE) -> bool:
        """Read on, about `size` bytes; returns whether the end is reached. Raises TerminalError if the file cannot be read."""
        stop = min(self._taken + size, LARGEST_FILE)
        try:
            while self._file is not None and self._taken < stop:
                line = self._file.readline(LONGEST_LINE)
                if not line or len(self._events) >= MOST_EVENTS:
                    self._truncated = bool(line)
                    self.close()
                else:
                    self._take(line, self._file)
            if self._file is not None and self._taken >= LARGEST_FILE:
                self._truncated = bool(self._file.read(1))
                self.close()
        except OSError as error:
            self.close()
            raise _unreadable(self._path, error) from error
        return self._file is None

    def recording(self) -> Recording:
        """What has been read so far."""
        columns, rows = self._head["size"]
        return Recording(
            self._head["version"],
            columns,
            rows,
            self._head["timestamp"],
            self._head["title"],
            self._head["about"],
            tuple(self._events),
            self._damaged,
            self._cut_short,
            self._truncated,
        )

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _take(self, line: bytes, file: IO[bytes]) -> None:
        self._taken += len(line)
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            self._damaged += 1
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
                self._taken += len(line)
        elif line.strip() and not line.startswith(b"#"):
            event = _event(_parsed(line), self._last, self._head["version"])
            if event is not None:
                self._last = event.at
                if event.code in "oirmx":
                    self._events.append(event)
            elif line.endswith(b"\n"):
                self._damaged += 1
            else:
                self._cut_short = True


def read_recording(path: Path) -> Recording:
    """Read a whole file.

    A line that cannot be read is passed over and counted, and one that was not written to its end is the last. Raises
    TerminalError if the file cannot be read, or is no recording."""
    reader = RecordingReader(path)
    while not reader.read():
        pass
    return reader.recording()


def _unreadable(path: Path, error: OSError) -> TerminalError:
    return TerminalError(
        f"{plain(str(path))} cannot be read: {error.strerror or error}", title="Nothing to play"
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


def _parsed(line: bytes) -> object:
    if len(line) > LONGEST_LINE:
        return None
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # the slow way lets half of a surrogate pair pass, which other recorders write
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _event(parsed: object, last: float, version: int) -> Event | None:
    """An event that comes after one at `last` seconds; None for anything else."""
    if not isinstance(parsed, list) or len(parsed) < 3:
        return None
    seconds, code, data = _number(parsed[0]), parsed[1], parsed[2]
    if seconds is None or not isinstance(code, str) or len(code) != 1 or not isinstance(data, str):
        return None
    if code == "r":
        size = _SIZE.fullmatch(data)
        if size is None:
            return None
        data = "{}x{}".format(*clamp_size(int(size[1]), int(size[2])))
    at = max(last, last + seconds if version == 3 else seconds)
    return Event(min(at, LONGEST_RECORDING), code, data)


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
