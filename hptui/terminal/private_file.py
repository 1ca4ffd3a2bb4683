"""New files for their owner alone: recordings, and what else a person keeps of a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hptui.errors import TerminalError


def create(path: Path, *, refused: str) -> int:
    """Make a file that isn't there yet, with its directory if need be, and return it open for writing (mode 0600).

    O_EXCL neither takes a file that is there nor follows a link in its place. Raises TerminalError with the title `refused`.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):  # as far as the system has them
        flags |= getattr(os, name, 0)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, error, refused) from error
    try:
        return os.open(path, flags, 0o600)
    except FileExistsError as error:
        raise TerminalError(
            f"{path} is there already",
            title=refused,
            hint="Name a file that isn't there; none is written over.",
        ) from error
    except OSError as error:
        raise _cannot_write(path, error, refused) from error


def save_text(path: Path, text: str) -> None:
    """Write a new file. Raises TerminalError, and leaves no half of it, if it can't be written."""
    refused = "Nothing is saved"
    file = create(path, refused=refused)
    try:
        with writing(path, refused=refused), os.fdopen(file, "wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
    except TerminalError:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def writing(path: Path, *, refused: str) -> Iterator[None]:
    """What the system says of writing to `path` as a TerminalError with the title `refused`."""
    try:
        yield
    except OSError as error:
        raise _cannot_write(path, error, refused) from error


def _cannot_write(path: Path, error: OSError, refused: str) -> TerminalError:
    return TerminalError(f"{path} cannot be written: {error.strerror or error}", title=refused)
