"""The engine process: `python -m hptui.terminal.engine_worker` parses for all terminals of the program that started it.

The native engine may crash or hang on what a host prints. Here that ends a process that holds nothing but screens. It
ends when its stdin closes, so also when the program is killed, and on any error: the program then starts another.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import BinaryIO

import msgspec

from hptui.terminal.engine_here import EngineHere, Told
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
    Seen,
    pack_rows,
    receive,
    send,
)

LITTLE = 4096  # bytes of output after which the screen is likely to be looked at next


class Worker:
    def __init__(self) -> None:
        self._terminals: dict[int, EngineHere] = {}

    def answer(self, request: Request) -> object:
        if isinstance(request, Open):
            from hptui.terminal.engine_ghostty import GhosttyEngine

            opened = self._terminals[request.terminal] = EngineHere(
                GhosttyEngine, request.columns, request.rows, request.scrollback, clipboard=request.clipboard
            )
            return self._answer(opened, opened.told, look=True)
        terminal = self._terminals[request.terminal]
        match request:
            case Feed(data=data, resets=resets):
                return self._answer(terminal, terminal.feed(data, resets), look=len(data) <= LITTLE)
            case Resize(columns=columns, rows=rows):
                return self._answer(terminal, terminal.resize(columns, rows), look=True)
            case GiveLook():
                return _seen(terminal)
            case GiveLines(start=start, stop=stop):
                return pack_rows(terminal.rows(start, stop))
            case FindPrompt(y=y, step=step):
                return terminal.prompt(y, step)
            case Colours(foreground=foreground, background=background):
                terminal.set_colours(foreground, background)
            case Close():
                self._terminals.pop(request.terminal).close()
        return None

    def _answer(self, terminal: EngineHere, told: Told, *, look: bool) -> Answer:
        return Answer(told, _seen(terminal) if look and not told.synchronized else None)


def _seen(terminal: EngineHere) -> Seen:
    cursor, rows = terminal.seen()
    return Seen(cursor, list(rows), pack_rows(rows.values()))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    try:
        from hptui.terminal.engine_ghostty import GhosttyEngine
    except Exception:  # noqa: BLE001 - a native library that is missing or of the wrong kind fails as it likes
        send(answers, Hello(""))
        return
    send(answers, Hello(GhosttyEngine.version))
    decoder = msgspec.msgpack.Decoder(Request)
    worker = Worker()
    try:
        while True:
            send(answers, worker.answer(decoder.decode(receive(requests))))
    except (EOFError, BrokenPipeError):
        return


def main() -> None:
    # Ctrl+C and the end of the terminal are for the program; this ends with it.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get among the answers
    serve(sys.stdin.buffer, answers)
    # The terminals aren't freed one by one: the process is all there is to let go of.
    os._exit(0)


if __name__ == "__main__":
    main()
