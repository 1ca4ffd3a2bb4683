"""Recordings of terminal sessions as asciicast files: version 3, or 2 for older players.

Each event is written to the file at once, as one line: when the program ends in whatever way, the file is a whole
recording up to then (a machine that loses its power may lose what the system had not written yet). Only its owner can
read it. A recording that cannot be written any more ends by itself: it must not end the session.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hptui.errors import TerminalError
from hptui.terminal.held_input import HeldInput
from hptui.terminal.private_file import create
from hptui.terminal.typing_place import Screen

NOT_KEPT = "typed without being shown: not recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the head of a recording says of the session."""

    node: str
    account: str
    context: str  # the cluster, as the kubeconfig names it
    who: str  # the person, as the cluster knows them
    command: str = ""


def file_name(name: str) -> str:
    """A name from elsewhere as part of a file's."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip(".-")[:80] or "node"


def recording_path(directory: Path, node: str, when: float) -> Path:
    """A new file's path for a recording of `node` begun at `when` (seconds since 1970)."""
    name = file_name(node)
    stem = f"hptui-{name}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(when))}"
    path, number = directory / f"{stem}.cast", 2
    while os.path.lexists(path):
        path, number = directory / f"{stem}-{number}.cast", number + 1
    return path


class Recorder:
    """Writes one recording. Not for several threads at once; nothing is written once it is closed."""

    def __init__(
        self,
        path: Path,
        about: About,
        columns: int,
        rows: int,
        *,
        version: Literal[2, 3] = 3,
        on_failure: Callable[[TerminalError], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Begin a file that isn't there yet; its directory is made if need be, for its owner alone.

        Raises TerminalError if the file is there already, or cannot be written."""
        self.path = path
        self.failure: TerminalError | None = None
        self._version = version
        self._on_failure: Callable[[TerminalError], None] | None = None
        self._clock = clock
        self._began = clock()
        self._written = 0  # microseconds from the beginning to the last event
        self._size = (columns, rows)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = HeldInput(lambda raw: self._event("i", raw), lambda: self._event("m", NOT_KEPT))
        self._file: int | None = create(path, refused="Nothing is recorded")
        self._write(_header(about, columns, rows, version, int(now())))
        if self.failure is not None:
            raise self.failure
        self._on_failure = on_failure

    @property
    def running(self) -> bool:
        return self._file is not None

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self._clock() - self._began

    @property
    def waiting(self) -> bool:
        """Something typed is held until it is shown: `seen` should be told what is."""
        return bool(self._held)

    def output(self, data: bytes) -> None:
        """Record what the host printed. Characters may be cut anywhere."""
        if text := self._decoder.decode(data):
            self._event("o", text)

    def typed(self, data: bytes, screen: Screen) -> None:
        """Record what a person typed, once it is shown on `screen`."""
        if self.running:
            self._held.typed(data.decode("utf-8", "replace"), screen, self._clock())

    def seen(self, screen: Screen) -> None:
        """Look at the screen after more output, the echo of what was typed, perhaps; or once `ECHO_LIMIT` is over."""
        if self.running:
            self._held.seen(screen, self._clock())

    def sent(self, data: bytes) -> None:
        """Record what the terminal itself sent: its answers, which hold nothing a person typed."""
        self._event("i", data.decode("utf-8", "replace"))

    def resized(self, columns: int, rows: int) -> None:
        if (columns, rows) != self._size:
            self._size = (columns, rows)
            self._event("r", f"{columns}x{rows}")

    def mark(self, label: str) -> None:
        """Set a mark, which players can jump to."""
        self._event("m", label)

    def close(self, status: int | None = None) -> None:
        """End the recording; `status` is how the shell ended, where that is known."""
        if self.running:
            if rest := self._decoder.decode(b"", final=True):
                self._event("o", rest)
            self._held.end()
            if status is not None and self._version == 3:
                self._event("x", str(status))
            self._end()

    def _event(self, code: str, data: str) -> None:
        if not self.running:
            return
        at = max(self._written, round((self._clock() - self._began) * 1_000_000))
        since = at - self._written if self._version == 3 else at
        self._written = at
        self._write(f"[{since / 1_000_000:.6f}, {_quoted(code)}, {_quoted(data)}]\n")

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        left = memoryview(line.encode("utf-8", "replace"))
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self.failure = TerminalError(
                f"{self.path} cannot be written any more: {error.strerror or error}",
                title="The recording has ended",
                hint="The session goes on. What was recorded until now is in the file.",
            )
            self._end()
            if self._on_failure is not None:
                self._on_failure(self.failure)

    def _end(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _header(about: About, columns: int, rows: int, version: int, timestamp: int) -> str:
    head: dict[str, Any] = {"version": version}
    if version == 3:
        head["term"] = {"cols": columns, "rows": rows, "type": "xterm-256color"}
    else:
        head |= {"width": columns, "height": rows}
    head["timestamp"] = timestamp
    if about.command:
        head["command"] = about.command
    head["title"] = f"{about.node} as {about.account}"
    head["env"] = {"TERM": "xterm-256color"}
    # Players pass over what they don't know.
    head["hptui"] = {
        "node": about.node,
        "account": about.account,
        "context": about.context,
        "who": about.who,
    }
    return json.dumps(head, ensure_ascii=False) + "\n"
