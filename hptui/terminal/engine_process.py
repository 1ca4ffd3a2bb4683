"""The program's side of the engine process: starting it, asking it, and noticing that it crashed or hangs.

One process serves all terminals, about 20 MB once. Asking is a synchronous round trip over plain pipes, which is the same
on every system. One thread looks whether an answer is overdue and then kills the process: that ends the pipes, and with
them whatever waits for them.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from hptui.terminal.cells import Line, Rgb
from hptui.terminal.engine_here import Look, Told
from hptui.terminal.engine_wire import (
    Answer,
    Close,
    Colours,
    Feed,
    FindPrompt,
    GiveLines,
    GiveLook,
    Hello,
    Open,
    Request,
    Resize,
    Rows,
    Seen,
    receive,
    send,
    unpack_rows,
)

T = TypeVar("T")

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "hptui.terminal.engine_worker")
ANSWER_LIMIT = 5.0  # seconds; a slice of output takes milliseconds
START_LIMIT = 10.0  # seconds
MOST_CRASHES, CRASHES_WITHIN = 3, 300.0  # so many in so many seconds, and no other process is started
PIPE_SIZE = 256 << 10  # bytes
_LOOK_EVERY = 0.5  # seconds


class EngineDied(Exception):
    """The engine process has ended, or was ended because it hung."""

    def __init__(self, *, asked: bool, hung: bool = False) -> None:
        super().__init__("the engine process has ended")
        self.asked = asked  # it ended over this question; else it was gone before
        self.hung = hung


class EngineMissing(Exception):
    """There is no engine process: the native engine cannot be loaded, or it crashed."""

    def __init__(self, *, crashed: bool) -> None:
        super().__init__("there is no engine process")
        self.crashed = crashed  # as it was started, or too often


def _widen(pipe: int) -> None:
    """Make room for a piece of output, where the system lets one: else the writing waits for the other side to read."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


class _Running:
    """One process, from its start to its end."""

    def __init__(self, command: Sequence[str], limit: float, start_limit: float) -> None:
        self._limit = limit
        self.hung = False
        self._deadline: float | None = time.monotonic() + start_limit
        self._over = threading.Event()
        # Its stderr is nowhere: the screen is Textual's, and a crash has its last words there.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        _widen(self._process.stdin.fileno())
        self._watch = threading.Thread(target=self._end_when_overdue, name="engine-watch", daemon=True)
        self._watch.start()
        try:
            self.version = msgspec.msgpack.decode(self._receive(), type=Hello).version
            self._deadline = None
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Negative for a signal."""
        return self._process.returncode

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Request) -> bytes:
        """Raises EngineDied."""
        if not self.alive:
            raise EngineDied(asked=False)
        assert self._process.stdin is not None
        self._deadline = time.monotonic() + self._limit
        try:
            send(self._process.stdin, request)
            return self._receive()
        except OSError as error:
            raise EngineDied(asked=True, hung=self.hung) from error
        except EngineDied:
            raise
        except BaseException:
            self._process.kill()  # the answer that is still to come would be taken for the next question's
            raise
        finally:
            self._deadline = None

    def _receive(self) -> bytes:
        assert self._process.stdout is not None
        try:
            return receive(self._process.stdout)
        except EOFError as error:
            self._process.kill()  # in case it has closed its stdout only
            raise EngineDied(asked=True, hung=self.hung) from error

    def _end_when_overdue(self) -> None:
        """Twice overdue, so that a program that was itself stopped for a while can read what came meanwhile."""
        overdue: float | None = None
        while not self._over.wait(_LOOK_EVERY):
            deadline = self._deadline
            if deadline is None or time.monotonic() <= deadline:
                overdue = None
            elif deadline != overdue:
                overdue = deadline
            else:
                self.hung = True
                self._process.kill()

    def close(self) -> None:
        self._over.set()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watch.join()


class EngineProcess:
    """The native engine in a process of its own, started when it is first wanted and again after a crash.

    Any thread may ask; one does at a time.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = COMMAND,
        answer_limit: float = ANSWER_LIMIT,
        start_limit: float = START_LIMIT,
    ) -> None:
        self._command = command
        self._answer_limit, self._start_limit = answer_limit, start_limit
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._crashes: deque[float] = deque(maxlen=MOST_CRASHES)
        self._numbers = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process that runs."""
        running = self._running
        return running.pid if running is not None and running.alive else None

    def start(self) -> str:
        """Start the process unless it runs; the engine's version. Raises EngineMissing."""
        with self._lock:
            return self._started().version

    def open(self, columns: int, rows: int, scrollback: int, *, clipboard: bool) -> EngineApart:
        """A terminal in it. Raises EngineMissing, and EngineDied when it died over this."""
        with self._lock:
            running = self._started()
            self._numbers += 1
            number = self._numbers
        return EngineApart(self, running, Open(number, columns, rows, scrollback, clipboard))

    def close(self) -> None:
        """Idempotent. The process has ended when this returns."""
        with self._lock:
            self._closed = True
            self._let_go()

    def ask(self, running: _Running, request: Request) -> bytes:
        with self._lock:
            if running is not self._running:
                raise EngineDied(asked=False)
            try:
                return running.ask(request)
            except EngineDied:
                self._crashed()
                raise

    def _started(self) -> _Running:
        if self._running is not None and not self._running.alive:
            self._crashed()
        if self._running is not None:
            return self._running
        recent = [at for at in self._crashes if time.monotonic() - at < CRASHES_WITHIN]
        if self._closed or len(recent) >= MOST_CRASHES:
            raise EngineMissing(crashed=True)
        try:
            running = _Running(self._command, self._answer_limit, self._start_limit)
        except (EngineDied, OSError, msgspec.MsgspecError) as error:
            self._crashes.append(time.monotonic())
            log.warning("The engine process could not be started: %s", error)
            raise EngineMissing(crashed=True) from error
        if not running.version:
            running.close()
            raise EngineMissing(crashed=False)
        log.info("The engine process %d runs: ghostty %s", running.pid, running.version)
        self._running = running
        return running

    def _crashed(self) -> None:
        self._crashes.append(time.monotonic())
        running = self._running
        self._let_go()
        if running is not None:
            how = "hung and was killed" if running.hung else f"ended with exit code {running.exit_code}"
            log.warning("The engine process %d %s; that was crash %d", running.pid, how, len(self._crashes))

    def _let_go(self) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None


class EngineApart:
    """One terminal in the engine process. Every call may raise EngineDied; then it is of no more use."""

    name = "ghostty"

    def __init__(self, process: EngineProcess, running: _Running, opening: Open) -> None:
        self._process = process
        self._running = running
        self._number = opening.terminal
        self.version = running.version
        self._seen: Look | None = None  # what came along with the last answers
        self._fresh = False  # nothing was written since
        self.told = self._tell(opening)

    def feed(self, data: bytes, resets: Sequence[int] = ()) -> Told:
        return self._tell(Feed(self._number, data, tuple(resets)))

    def resize(self, columns: int, rows: int) -> Told:
        return self._tell(Resize(self._number, columns, rows))

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        self._ask(Colours(self._number, foreground, background), type(None))

    def look(self) -> Look:
        if not self._fresh or self._seen is None:
            self._add(self._ask(GiveLook(self._number), Seen))
        look, self._seen = self._seen, None
        assert look is not None
        self._fresh = False
        return look

    def lines(self, start: int, stop: int) -> list[Line]:
        return unpack_rows(self._ask(GiveLines(self._number, start, stop), Rows))

    def prompt(self, y: int, step: int) -> int | None:
        found = self._process.ask(self._running, FindPrompt(self._number, y, step))
        return msgspec.msgpack.decode(found, type=int | None)

    def close(self) -> None:
        with suppress(EngineDied):  # then it is closed already
            self._ask(Close(self._number), type(None))

    def _tell(self, request: Open | Feed | Resize) -> Told:
        answer = self._ask(request, Answer)
        self._fresh = False
        if answer.seen is not None:
            self._add(answer.seen)
        self.told = answer.told
        return answer.told

    def _add(self, seen: Seen) -> None:
        rows = dict(self._seen.rows) if self._seen is not None else {}
        rows.update(zip(seen.numbers, unpack_rows(seen.rows), strict=True))
        self._seen, self._fresh = Look(seen.cursor, rows), True

    def _ask(self, request: Request, answer: type[T]) -> T:
        return msgspec.msgpack.decode(self._process.ask(self._running, request), type=answer)
