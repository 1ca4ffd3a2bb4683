"""The terminal around the program, as Textual drives it on POSIX systems, with two things put right.

Textual starts the terminal anew at every SIGCONT, although only its own Ctrl+Z has ended it before: then two threads read the
keys and two write, and the end waits for one that has died. A closed window brings that signal too, right after SIGHUP. And
where the terminal is gone, a failing write ended the thread that writes; the queue before it then filled, and all stood still.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = cast(Any, Forgiving(cast(IO[str], self._file)))

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:  # it was ended by SIGTSTP
            super()._sigcont_application()
        else:
            self._app.call_later(self._app.refresh)


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
