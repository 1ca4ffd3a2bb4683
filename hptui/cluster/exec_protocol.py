"""The remote command channel, sans I/O: messages to bytes and bytes to what they mean.

Subprotocols v5.channel.k8s.io and v4.channel.k8s.io: binary messages whose first byte is a channel. What a real API server
does with them is recorded in tests/recorded/exec*.json; the comments here tell where it surprises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hptui.cluster.model import ExecEnd, ExecExit, ExecOutput, ExecStream
from hptui.errors import InvalidError

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
OFFERED = (V5, V4)

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
MESSAGE = 32 * 1024  # bytes of stdin in one message

KILLED = 0xC000013A  # STATUS_CONTROL_C_EXIT: what a stopped container's processes end with, and Ctrl+C too
_INVALID_CODE = re.compile(r'invalid exit code value "(-?[0-9]{1,12})"')
_PLAIN_CODE = re.compile(r"exit code (-?[0-9]{1,12})\s*$")
_CODE = re.compile(r"-?[0-9]{1,12}")
_STREAMS = {STDOUT: ExecStream.STDOUT, STDERR: ExecStream.STDERR}


def exec_query(command: Sequence[str], *, container: str = "", tty: bool = False, stdin: bool = False) -> str:
    """The query of an exec's URL. With a tty everything comes on stdout, so stderr is not asked for.

    Raises InvalidError for what is no text: bytes of a command line that are not valid in its encoding.
    """
    query = [("command", part) for part in command]
    query.append(("stdout", "true"))
    if not tty:
        query.append(("stderr", "true"))
    else:
        query.append(("tty", "true"))
    if stdin:
        query.append(("stdin", "true"))
    if container:
        query.append(("container", container))
    try:
        return urlencode(query, quote_via=quote)
    except UnicodeEncodeError as error:
        raise InvalidError("The command holds bytes that are not text, and cannot be sent.") from error


@dataclass(frozen=True, slots=True)
class Ended:
    """Channel 3 has spoken: nothing but the end of the connection follows."""

    exit: ExecExit


Meaning = ExecOutput | Ended | None


class ExecDecoder:
    """Messages in, meaning out; `broken` says what the end of the connection means."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self._exit: ExecExit | None = None

    @property
    def exit(self) -> ExecExit | None:
        return self._exit

    def decode(self, message: bytes) -> Meaning:
        """One message. The first is always an empty stdout: it and all other empty output mean nothing."""
        if not message:
            return None
        channel = message[0]
        if channel in _STREAMS:
            data = message[1:]
            return ExecOutput(_STREAMS[channel], data) if data else None
        if channel == ERROR and self._exit is None and len(message) > 1:
            self._exit = exit_from(message[1:], self.protocol)
            return Ended(self._exit)
        return None

    def broken(self, why: str = "") -> ExecExit:
        """The connection has ended, with or without a close frame."""
        if self._exit is not None:
            return self._exit
        message = "The connection ended before the command did; the command may still run."
        return ExecExit(ExecEnd.LOST, None, f"{message} {why}".strip(), certain=False)


def exit_from(body: bytes, protocol: str) -> ExecExit:
    """What channel 3 says. Every field of its Status may be missing; without a subprotocol it is plain text."""
    try:
        status = json.loads(body)
    except (ValueError, RecursionError):
        return _from_text(body.decode("utf-8", errors="replace"))
    if not isinstance(status, dict):
        return _from_text(body.decode("utf-8", errors="replace"))
    message = str(status.get("message") or "")
    if status.get("status") == "Success":
        # On v5 a stream that was cut between the kubelet and the container ends like this as well.
        return ExecExit(ExecEnd.EXITED, 0, message, certain=protocol != V5)
    code: int | None = None
    if status.get("reason") == "NonZeroExitCode":
        code = _code_of(status)
    if code is None:
        # v5 cannot carry codes over 255: they come as an internal error that quotes the number.
        found = _INVALID_CODE.search(message)
        code = int(found[1]) if found else None
    if code is None:
        return ExecExit(ExecEnd.REFUSED, None, message or "The command could not be run.")
    return _with_code(code, message)


def _code_of(status: dict[str, Any]) -> int | None:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    for cause in causes if isinstance(causes, list) else ():
        if isinstance(cause, dict) and cause.get("reason") == "ExitCode":
            found = _CODE.fullmatch(str(cause.get("message")))
            return int(found[0]) if found else None
    return None


def _from_text(text: str) -> ExecExit:
    found = _PLAIN_CODE.search(text)
    if found:
        return _with_code(int(found[1]), text)
    return ExecExit(ExecEnd.REFUSED, None, text)


def _with_code(code: int, message: str) -> ExecExit:
    unsigned = code & 0xFFFFFFFF
    if unsigned == KILLED:
        return ExecExit(ExecEnd.KILLED, unsigned, message, certain=False)
    return ExecExit(ExecEnd.EXITED, unsigned, message)


def stdin_messages(data: bytes) -> list[bytes]:
    """Bytes for the process's stdin, in messages of a bounded size."""
    view = memoryview(data)
    return [bytes([STDIN]) + view[start : start + MESSAGE] for start in range(0, len(data), MESSAGE)]


def resize_message(columns: int, rows: int) -> bytes:
    """The terminal's size. Never to be sent without a tty: the connection then says nothing more, not even a pong."""
    return bytes([RESIZE]) + json.dumps({"Width": columns, "Height": rows}, separators=(",", ":")).encode()


def half_close_message(protocol: str) -> bytes | None:
    """The end of stdin, where the subprotocol can tell it; v4 can't, and the process reads on for ever."""
    return bytes([CLOSE, STDIN]) if protocol == V5 else None
