"""Where the lines go: the last ones into memory, all that the level lets through into a file."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from hptui.log.bounded_file import BoundedFile
from hptui.log.line import as_line
from hptui.log.redaction import redact

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
KEPT = 300
"""Lines in memory, of level info and above."""

# Of asyncio, because a task's error that nobody waited for is told there only. No other library is listened to: some log the
# bodies of requests.
_OURS, _ASYNCIO = "hptui", "asyncio"


@dataclass(frozen=True, slots=True)
class Place:
    """A file and its level, as a child of this process is told."""

    file: str
    level: str


class _Memory(logging.Handler):
    """The last lines, made safe only when somebody wants to see them."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(as_line(record))


class _ToFile(logging.Handler):
    """What cannot be written is missing, and that is told in memory, once: no log is worth the program."""

    def __init__(self, file: BoundedFile, level: int, memory: _Memory) -> None:
        super().__init__(level)
        self._file = file
        self._memory = memory
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._file.write(redact(as_line(record)))
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._memory.lines.append(
                    f"The log file cannot be written any more: {error.strerror or error}"
                )


_memory = _Memory()
_file: _ToFile | None = None
_place: Place | None = None


def begin(file: str = "", level: str = "info") -> None:
    """Keep lines from now on, also in `file` where one is named. Once more changes only the file.

    Raises SettingsError where the file cannot be written.
    """
    global _file, _place
    path = Path(file).expanduser().absolute() if file else None
    to_file = _ToFile(BoundedFile(path), LEVELS[level], _memory) if path else None
    end_file()
    _file, _place = to_file, Place(str(path), level) if path else None
    lowest = min(logging.INFO, LEVELS[level]) if file else logging.INFO
    logging.getLogger(_OURS).setLevel(lowest)
    for name in (_OURS, _ASYNCIO):
        logger = logging.getLogger(name)
        for handler in (_memory, _file):
            if handler is not None and handler not in logger.handlers:
                logger.addHandler(handler)


def end_file() -> None:
    """No file any more; what is in memory stays."""
    global _file, _place
    if _file is not None:
        for name in (_OURS, _ASYNCIO):
            logging.getLogger(name).removeHandler(_file)
    _file = _place = None


def place() -> Place | None:
    """Where the file is, for a child that shall write there too."""
    return _place


def recent() -> tuple[str, ...]:
    """The last lines, oldest first, without secrets."""
    return tuple(redact(line) for line in tuple(_memory.lines))
