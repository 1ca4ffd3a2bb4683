"""The answer of a probe, taken out of what its process prints. Takes bytes, returns values; knows no sockets.

What a host prints is its own affair: a line that is no JSON object is kept as noise, an error in PowerShell's CLIXML becomes
its message, and without the end marker, or with fewer records than that counts, the answer is called incomplete.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hptui.probes.probe import Kind
from hptui.probes.values import convert

Record = Mapping[str, Any]

MOST_RECORDS = 200_000
LONGEST_LINE = 4 << 20  # bytes
_MOST_NOISE = 200  # lines
_MOST_ERRORS = 64 << 10  # bytes of stderr
_MOST_NOTES = 50
_CLIXML = "#< CLIXML"
_STRINGS = re.compile(r'<S S="(Error|error)">(.*?)</S>', re.DOTALL)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Start:
    """What the script said of itself first. Fields are empty where it could not tell."""

    user: str
    machine: str
    version: str  # of PowerShell
    mode: str  # FullLanguage or ConstrainedLanguage
    pid: int | None
    at: datetime | None = None  # by the host's clock


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended the script before its end."""

    message: str
    type: str  # FullyQualifiedErrorId
    line: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    records: tuple[Record, ...]
    start: Start | None
    failure: Failure | None
    code: int | None  # the script's own; None without an end marker
    complete: bool
    noise: tuple[str, ...]  # lines that were no records
    errors: str  # what came on stderr, CLIXML made readable
    lost: int  # records that the end marker counts and that did not come, or that were too many to keep
    notes: tuple[str, ...] = ()  # what the script says beside its records: how it went, what it could not see


@dataclass(slots=True)
class AnswerReader:
    """Feed it stdout and stderr as they come."""

    nonce: str
    _records: list[Record] = field(default_factory=list)
    _noise: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _start: Start | None = None
    _failure: Failure | None = None
    _end: Record | None = None
    _partial: bytearray = field(default_factory=bytearray)
    _cut: bool = False  # the line being read is too long
    _errors: bytearray = field(default_factory=bytearray)
    _dropped: int = 0

    @property
    def count(self) -> int:
        """Records so far."""
        return len(self._records) + self._dropped

    @property
    def ended(self) -> bool:
        """Whether the end marker has come: nothing that follows matters."""
        return self._end is not None

    def feed(self, data: bytes) -> None:
        """More of stdout, cut anywhere."""
        lines = data.split(b"\n")
        for piece in lines[:-1]:
            self._add(piece)
            self._finish_line()
        self._add(lines[-1])

    def feed_errors(self, data: bytes) -> None:
        """More of stderr."""
        self._errors += data[: max(0, _MOST_ERRORS - len(self._errors))]

    def answer(self) -> Answer:
        """What has come, at the end of the process or at any moment before."""
        if self._partial or self._cut:
            self._finish_line()
        counted = self._end.get("records") if self._end is not None else None
        lost = max(0, counted - len(self._records)) if isinstance(counted, int) else self._dropped
        code = self._end.get("code") if self._end is not None else None
        return Answer(
            records=tuple(self._records),
            start=self._start,
            failure=self._failure,
            code=code if isinstance(code, int) else None,
            complete=self._end is not None and lost == 0,
            noise=tuple(self._noise),
            errors=readable_errors(self._errors.decode("utf-8", "replace")),
            lost=lost,
            notes=tuple(self._notes),
        )

    def _add(self, piece: bytes) -> None:
        if self._cut or len(self._partial) + len(piece) > LONGEST_LINE:
            self._cut = True
            self._partial.clear()
        else:
            self._partial += piece

    def _finish_line(self) -> None:
        line, cut = bytes(self._partial).strip(b"\r\x00 "), self._cut
        self._partial.clear()
        self._cut = False
        if cut:
            self._make_noise("(a line of more than 4 MiB)")
        elif line:
            self._take(line.removeprefix(b"\xef\xbb\xbf"))

    def _take(self, line: bytes) -> None:
        if self.ended:
            return
        record = _object(line)
        if record is None:
            self._make_noise(line.decode("utf-8", "replace"))
            return
        mark = record.get("hptui")
        if mark is None:
            if len(self._records) < MOST_RECORDS:
                self._records.append(record)
            else:
                self._dropped += 1
        elif record.get("nonce") == self.nonce:
            self._mark(str(mark), record)

    def _mark(self, mark: str, record: Record) -> None:
        match mark:
            case "start":
                pid, at = record.get("pid"), convert(Kind.TIME, record.get("time"))
                self._start = Start(
                    user=_words(record.get("user")),
                    machine=_words(record.get("machine")),
                    version=_words(record.get("version")),
                    mode=_words(record.get("mode")),
                    pid=pid if isinstance(pid, int) and 0 < pid < 1 << 32 else None,
                    at=at if isinstance(at, datetime) else None,
                )
            case "note" if len(self._notes) < _MOST_NOTES:
                self._notes.append(_words(record.get("text")))
            case "error":
                line = record.get("line")
                self._failure = Failure(
                    _words(record.get("message")),
                    _words(record.get("type")),
                    line if isinstance(line, int) else None,
                )
            case "end":
                self._end = record

    def _make_noise(self, text: str) -> None:
        if len(self._noise) < _MOST_NOISE:
            self._noise.append(text)


def _object(line: bytes) -> Record | None:
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def readable_errors(text: str) -> str:
    """What powershell.exe wrote to stderr as people read it: of CLIXML only its error strings, with their escapes undone."""
    if _CLIXML not in text:
        return text.strip()
    before, _, xml = text.partition(_CLIXML)
    pieces = (html.unescape(found[2]) for found in _STRINGS.finditer(xml))
    said = "".join(_ESCAPE.sub(lambda code: chr(int(code[1], 16)), piece) for piece in pieces)
    return _SURROGATE.sub("\ufffd", f"{before.strip()}\n{said}".strip().replace("\r\n", "\n"))
