"""A log file that is its owner's alone, never grows beyond a bound, and may be written by several processes at once.

Each line is one write to a file opened for appending, so lines of several processes do not mix. A full file becomes FILE.1, in
the place of the one before; whoever does that holds a lock on it and looks whether another was faster.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hptui.errors import SettingsError

LIMIT = 5 << 20
"""Bytes of the file; as many again are in the one before."""


class BoundedFile:
    """Opened anew for each line: a file that was moved away or deleted is found, and nothing is held."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        """Raises SettingsError where it cannot be written, or is not ours alone to write."""
        self.path = path
        self._limit = limit
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened():
                pass
        except OSError as error:
            raise SettingsError(
                f"The log file {path} cannot be written: {error.strerror or error}.",
                hint="Name another by --log-file, or none.",
            ) from error

    def write(self, line: str) -> None:
        """One line. Raises OSError."""
        data = f"{line}\n".encode("utf-8", "replace")
        with self._opened() as file:
            if os.fstat(file).st_size < self._limit:
                os.write(file, data)
                return
            if sys.platform != "win32":
                self._move_away(file)
        if sys.platform == "win32":  # where no open file can be renamed
            with suppress(OSError):
                os.replace(self.path, self._before)
        with self._opened() as file:
            os.write(file, data)

    @property
    def _before(self) -> Path:
        return self.path.with_name(f"{self.path.name}.1")

    @contextmanager
    def _opened(self) -> Iterator[int]:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY", "O_NOINHERIT"):
            flags |= getattr(os, name, 0)
        file = os.open(self.path, flags, 0o600)
        try:
            self._check_ours(file)
            yield file
        finally:
            os.close(file)

    def _check_ours(self, file: int) -> None:
        """In a shared folder somebody else may have put a file in the way, to read along."""
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("it is not a plain file")
        if sys.platform == "win32":
            return
        if found.st_uid != os.geteuid():
            raise OSError("it belongs to somebody else")
        if found.st_mode & 0o077:
            os.fchmod(file, 0o600)

    def _move_away(self, full: int) -> None:
        """Unless another process has been faster."""
        if sys.platform == "win32":
            return
        import fcntl

        with suppress(OSError):  # no locks on this file system, or the folder is not ours: it grows on
            fcntl.flock(full, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(full), os.stat(self.path)):
                os.replace(self.path, self._before)
