"""Taking a log up again exactly where it broke off.

The API can only start a log at a whole second, so a resumed log begins with lines that were seen already. They are told
from new ones by what they are, timestamp and text, counted: lines with equal timestamps, equal lines, and lines that
stand a little out of order (stdout and stderr are written by two hands) are neither lost nor shown twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hptui.cluster.model import LogLine
from hptui.cluster.wire import instant

_STAMP = len("2026-11-23T05:48:05")
_OVERLAP = timedelta(seconds=1)


class ResumableLog:
    """Turns raw lines (with timestamps) into LogLines, each once, over any number of `resume` calls.

    `from_tail` where the first answer began with the log's last lines: what is older was not wanted, and a resumed answer,
    which begins at a whole second, may bring it all the same.
    """

    def __init__(self, *, from_tail: bool = False) -> None:
        self._from_tail = from_tail
        self._first: datetime | None = None  # of the very first line
        self._second: datetime | None = None  # of the newest line
        self._stamp = b""
        self._recent: dict[datetime, Counter[bytes]] = {}
        self._replayed: Counter[bytes] | None = None

    @property
    def since(self) -> str:
        """The sinceTime to resume with; empty while nothing has been seen."""
        if self._second is None:
            return ""
        return (self._second - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def newest(self) -> datetime | None:
        """The second of the newest line."""
        return self._second

    def resume(self) -> None:
        """A new answer starts, made with `since`: what it repeats is dropped."""
        self._replayed = Counter()
        for lines in self._recent.values():
            self._replayed.update(lines)

    def take(self, raw: bytes) -> LogLine | None:
        """The next line of the present answer; None for one that was seen before."""
        if self._replayed is not None and self._replayed[raw] > 0:
            self._replayed[raw] -= 1
            return None
        stamp, _, text = raw.partition(b" ")
        at = _moment(stamp)
        if at is None:
            text = raw
        elif self._from_tail and self._replayed is not None and self._first is not None and at < self._first:
            return None
        else:
            self._first = self._first or at
            self._remember(at, stamp, raw)
        return LogLine(at, text.removesuffix(b"\r").decode("utf-8", errors="replace"))

    def _remember(self, at: datetime, stamp: bytes, raw: bytes) -> None:
        prefix = stamp[:_STAMP]
        if prefix != self._stamp:
            self._stamp = prefix
            second = at.replace(microsecond=0)
            if self._second is None or second > self._second:
                self._second = second
                oldest = second - _OVERLAP
                self._recent = {kept: lines for kept, lines in self._recent.items() if kept >= oldest}
                if self._replayed is not None and not +self._replayed:
                    self._replayed = None  # all that was seen before has come again
        if self._second is not None and at >= self._second - _OVERLAP:
            self._recent.setdefault(at.replace(microsecond=0), Counter())[raw] += 1


def _moment(stamp: bytes) -> datetime | None:
    """RFC 3339 with nanoseconds, as the kubelet writes it; None for what is no time."""
    if len(stamp) < _STAMP + 1 or stamp[4:5] != b"-":
        return None
    try:
        moment = datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
    return moment.astimezone(UTC) if instant(moment) else None
