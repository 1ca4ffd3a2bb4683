"""The terminal around the program, as Textual drives it on POSIX systems, with three things put right.

Textual starts the terminal anew at every SIGCONT, although only its own Ctrl+Z has ended it before: then two threads read the
keys and two write, and the end waits for one that has died. A closed window brings that signal too, right after SIGHUP. Where
the terminal is gone, a failing write ended the thread that writes; the queue before it then filled, and all stood still. And
SIGHUP comes to a window's first process alone: below `make`, which waits for its children, nobody told the program, and it
read for ever from a terminal that was gone.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = cast(Any, Forgiving(cast(IO[str], self._file)))
        self._until = UntilGone(self.fileno)
        self.exit_event = self._until  # what the thread that reads keys looks at, ten times a second
        self._told = False

    def run_input_thread(self) -> None:
        with suppress(OSError):  # of reading from what is gone
            super().run_input_thread()
        if self._until.gone and not self._told:
            self._told = True
            self._app.call_later(cast(Any, self._app).terminal_gone)

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:  # it was ended by SIGTSTP
            super()._sigcont_application()
        else:
            self._app.call_later(self._app.refresh)


class UntilGone(threading.Event):
    """Counts as set, too, once there is no terminal behind the file any more."""

    def __init__(self, file: int) -> None:
        super().__init__()
        self._poll = select.poll()
        self._poll.register(file, 0)  # a hangup is always told

    @property
    def gone(self) -> bool:
        with suppress(OSError):
            return any(told & (select.POLLHUP | select.POLLERR) for _, told in self._poll.poll(0))
        return False

    def is_set(self) -> bool:
        return super().is_set() or self.gone


class Forgiving:
    """A file to write to. Once it is gone, what is written to it is dropped."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def _try(self, deed: Callable[[], object]) -> None:
        if self._gone:
            return
        try:
            deed()
        except (OSError, ValueError):
            self._gone = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
