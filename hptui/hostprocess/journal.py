"""What this machine has created in clusters and not yet seen gone, on disk: it outlives a power cut, as no process does.

Each process writes a file of its own in the platform's folder for state, one JSON object a line, and holds a lock on it for as
long as it lives. A file without a lock is of a run that is over. Nothing secret is in it: names, and when.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hptui.cluster.model import ClusterInfo
from hptui.hostprocess.file_lock import try_lock
from hptui.hostprocess.manifest import SessionSpec

SUFFIX = ".jsonl"
_LARGEST = 1 << 20  # bytes that a file can have and still be one of ours
_PAUSES = (0.005, 0.01, 0.02)  # seconds between tries for a lock
_TRIES = 5  # for a name that no reader is looking at just now
_one_reader = threading.Lock()
"""Of this process: two that strike out at once would each take the other for a living run."""

_OPEN = tuple(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A pod that was, or was about to be, created."""

    server: str  # the API server's address
    context: str
    kubeconfig: str  # where it was connected from
    namespace: str
    pod_name: str
    session_id: str
    node: str
    account: str
    deadline: int  # seconds
    created: str  # ISO 8601, of this machine's clock, just before the request
    uid: str = ""  # "" until the pod was seen

    @property
    def created_at(self) -> datetime:
        return datetime.fromisoformat(self.created)


def entry_for(info: ClusterInfo, spec: SessionSpec) -> Entry:
    return Entry(
        server=address(info.server),
        context=info.context,
        kubeconfig=info.source,
        namespace=spec.namespace,
        pod_name=spec.pod_name,
        session_id=spec.session_id,
        node=spec.node,
        account=spec.account.name,
        deadline=spec.deadline,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def address(server: str) -> str:
    """A server's address as the journal has it: without a name or password that stands in it."""
    scheme, separator, rest = server.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}".rstrip("/").lower()


def journal_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("hptui", appauthor=False) / "journal"


class Journal:
    """This process's own file. Writing waits for the disk; what cannot be written is a warning, never a failed launch."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or journal_folder()
        self._path: Path | None = None
        self._file: int | None = None
        self._open: set[str] = set()

    def add(self, entry: Entry) -> str:
        """Before the pod is asked for. The answer is a warning, empty when all is well."""
        try:
            if self._file is None:
                self._path, self._file = _new_file(self.folder)
            self._append({"created": asdict(entry)})
            os.fsync(self._file)  # what follows may be lost: a later start looks at the cluster
        except OSError as error:
            return (
                f"The journal in {self.folder} cannot be written ({error.strerror or error}): "
                "after a crash or a power cut, no later start will know of this session."
            )
        self._open.add(entry.session_id)
        return ""

    def seen(self, session_id: str, uid: str) -> None:
        """The pod exists."""
        self._note(session_id, {"seen": session_id, "uid": uid})

    def gone(self, session_id: str) -> None:
        """The pod was seen gone. The file goes with its last entry."""
        self._note(session_id, {"gone": session_id})
        self._open.discard(session_id)
        if not self._open:
            self.close()

    def close(self) -> None:
        """This run is over; what is left in the file is for a later one. Idempotent."""
        file, self._file = self._file, None
        if file is None or self._path is None:
            return
        _let_go(file, self._path, remove=not self._open)

    def _note(self, session_id: str, line: dict[str, Any]) -> None:
        if session_id in self._open:
            with contextlib.suppress(OSError):  # a later start looks at the cluster
                self._append(line)

    def _append(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        _write_whole(self._file, json.dumps(line).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Journals:
    """What all files say that are on this machine."""

    dead: tuple[Entry, ...]  # of runs that are over
    living: tuple[Entry, ...]  # of programs that run now, this one too
    problems: tuple[str, ...]  # files that cannot be read, in words


def read_journals(folder: Path) -> Journals:
    """Never fails: what cannot be read is told. Files of runs that are over, with nothing left in them, are removed."""
    dead: list[Entry] = []
    living: list[Entry] = []
    problems: list[str] = []
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return Journals((), (), ())
    except OSError as error:
        return Journals((), (), (f"The journal in {folder} cannot be read: {error.strerror or error}",))
    for path in paths:
        try:
            with _one_reader, _looking_at(path) as look:
                page = _read(look.file)
                (dead if look.ended else living).extend(page.entries.values())
                if page.damage and look.ended:
                    problems.append(f"{path}: {page.damage}")
                look.remove = look.ended and page.is_finished
        except FileNotFoundError:
            pass  # its process has just ended in good order
        except (OSError, ValueError) as error:
            problems.append(f"{path} cannot be read as a journal: {getattr(error, 'strerror', '') or error}")
    return Journals(tuple(dead), tuple(living), tuple(problems))


def forget(folder: Path, session_ids: set[str]) -> None:
    """Strike out, in the files of runs that are over, what was seen gone. What fails is done by a later start."""
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            with contextlib.suppress(OSError, ValueError):
                _strike_out(path, session_ids)


def _strike_out(path: Path, session_ids: set[str]) -> None:
    with _one_reader, _looking_at(path) as look:
        page = _read(look.file)
        gone = session_ids & page.entries.keys()
        if not look.ended or not gone:
            return
        os.ftruncate(look.file, page.whole)  # a line that was cut off would spoil the next
        os.lseek(look.file, 0, os.SEEK_END)
        lines = [json.dumps({"gone": session_id}) + "\n" for session_id in sorted(gone)]
        _write_whole(look.file, "".join(lines).encode())
        look.remove = _read(look.file).is_finished


# Files


@dataclass(slots=True)
class _Page:
    """What one file says."""

    entries: dict[str, Entry]  # by session id
    whole: int  # bytes of whole lines
    unreadable: int  # whole lines that say nothing we know
    cut: bool  # the last line has no end

    @property
    def damage(self) -> str:
        if self.unreadable:
            return f"{self.unreadable} line(s) cannot be read. Look whether they name a pod, then remove the file."
        # It was never finished, so the request that it was to announce was never sent.
        return "the last line was cut off; it says nothing of a pod that exists." if self.cut else ""

    @property
    def is_finished(self) -> bool:
        return not self.entries and not self.unreadable


def _read(file: int) -> _Page:
    """Raises OSError; ValueError for what is no journal."""
    os.lseek(file, 0, os.SEEK_SET)
    data = b""
    while piece := os.read(file, _LARGEST + 1):
        data += piece
        if len(data) > _LARGEST:
            raise ValueError("it is too large to be one")
    whole, end, rest = data.rpartition(b"\n")
    page = _Page({}, len(whole) + len(end), 0, bool(rest))
    for line in whole.splitlines():
        try:
            _take(page.entries, json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError):
            page.unreadable += 1
    return page


def _take(entries: dict[str, Entry], line: dict[str, Any]) -> None:
    """Raises ValueError, TypeError or KeyError for a line that is none of ours."""
    if "created" in line:
        entry = Entry(**line["created"])
        for field in fields(Entry):
            wanted = int if field.name == "deadline" else str
            if type(getattr(entry, field.name)) is not wanted:
                raise ValueError(field.name)
        if entry.created_at.tzinfo is None:
            raise ValueError("created")
        entries[entry.session_id] = entry
    elif "seen" in line:
        if line["seen"] in entries:
            entries[line["seen"]] = replace(entries[line["seen"]], uid=str(line["uid"]))
    else:
        entries.pop(line["gone"], None)


@dataclass(slots=True)
class _Look:
    """At a file of some run."""

    file: int
    ended: bool  # its run is over, and it is locked now
    remove: bool = False  # afterwards


@contextlib.contextmanager
def _looking_at(path: Path) -> Iterator[_Look]:
    """Raises OSError, and ValueError for what is none of ours."""
    if path.suffix != SUFFIX:
        raise ValueError("its name is not one of ours")
    file = os.open(path, sum(_OPEN) | os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    look = _Look(file, ended=False)
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or (sys.platform != "win32" and about.st_uid != os.geteuid()):
            raise ValueError("it is not a file of yours")
        look.ended = _lock_soon(file)
        yield look
    finally:
        _let_go(file, path, remove=look.remove)


def _lock_soon(file: int) -> bool:
    """Whether its run is over. Another reader has the lock for a moment only, a living run for as long as it lives."""
    for pause in _PAUSES:
        if try_lock(file):
            return True
        time.sleep(pause)
    return try_lock(file)


def _new_file(folder: Path) -> tuple[Path, int]:
    """A locked file of this process. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)
    for _ in range(_TRIES):
        path = folder / f"{os.getpid()}-{secrets.token_hex(6)}{SUFFIX}"
        file = os.open(path, sum(_OPEN) | os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            # A reader may have come between: then it has the lock, or has removed the empty file.
            if try_lock(file) and path.exists():
                _keep_name(folder)
                return path, file
        except OSError:
            _let_go(file, path, remove=True)
            raise
        _let_go(file, path, remove=True)
    raise OSError("it is being read again and again")


def _keep_name(folder: Path) -> None:
    """Make sure that a power cut leaves the new file's name, too. Raises OSError."""
    if sys.platform != "win32":
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _let_go(file: int, path: Path, *, remove: bool) -> None:
    """Close it; with `remove`, it is removed before the lock ends, where the system can do that."""
    with contextlib.suppress(OSError):
        if remove and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(file)
        if remove:
            path.unlink(missing_ok=True)


def _write_whole(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
