"""A log record as text: one line, what belongs to it indented below; no remote text can pass for a line of its own."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

# Control characters but line breaks, and marks that turn the reading direction round.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LONGEST = 16_000  # characters
_TRACEBACK = logging.Formatter()


def as_line(record: logging.LogRecord) -> str:
    """Time (UTC), level, process, place and words; a traceback below. Without the line break at its end."""
    when = (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    )
    place = record.name.removeprefix("hptui.")
    text = f"{when}Z {record.levelname.lower():<7} {record.process} {place}: {_words(record)}"
    if record.exc_info and record.exc_info[0] is not None:
        text += f"\n{_TRACEBACK.formatException(record.exc_info)}"
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} … (cut)"
    return _UNSAFE.sub(lambda found: _spelt(found[0]), text).replace("\n", "\n    ")


def _words(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a wrong format must not end what it tells about
        return str(record.msg)


def _spelt(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
