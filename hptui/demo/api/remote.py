"""Remote command frames: what the exec subprotocols put on the wire. Bytes and values only; the socket stands elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from hptui.demo.objects.plain import Json

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"
_OLD = ("channel.k8s.io", "base64.channel.k8s.io")
_PREFERRED = (V5, V4, "base64.channel.k8s.io", "channel.k8s.io")


def negotiate(offered: Sequence[str]) -> str | None:
    """The subprotocol to speak: empty for none offered, None when there is nothing in common."""
    if not offered:
        return ""
    return next((protocol for protocol in _PREFERRED if protocol in offered), None)


@dataclass(frozen=True, slots=True)
class Wire:
    """One negotiated subprotocol."""

    protocol: str

    @property
    def is_text(self) -> bool:
        return self.protocol.startswith("base64.")

    @property
    def is_v5(self) -> bool:
        return self.protocol == V5

    def frame(self, channel: int, data: bytes) -> bytes | str:
        if self.is_text:
            return f"{channel}{base64.b64encode(data).decode()}"
        return bytes([channel]) + data

    def parse(self, message: bytes | str) -> tuple[int, bytes]:
        """Channel and data of a client's message; channel -1 for one without any."""
        if not message:
            return -1, b""
        if isinstance(message, str):
            return int(message[0]) if message[0].isdigit() else -1, base64.b64decode(message[1:])
        return message[0], message[1:]

    def ending(self, code: int, argv: Sequence[str]) -> bytes:
        """Channel 3 for an exit code, unsigned."""
        if code == 0:
            return self._pack({"status": "Success"})
        if self.is_v5:
            if code > 255:
                return self.failure(f'error stream protocol error: invalid exit code value "{code}"')
            words = f"command terminated with exit code {code}"
        else:
            words = f"error executing command [{' '.join(argv)}], exit code {code}"
        message = f"command terminated with non-zero exit code: {words}"
        return self._pack(
            {
                "status": "Failure",
                "message": message,
                "reason": "NonZeroExitCode",
                "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
            }
        )

    def failure(self, words: str) -> bytes:
        """Channel 3 when the command could not be run to an exit code that the protocol can carry."""
        return self._pack(
            {
                "status": "Failure",
                "message": f"Internal error occurred: {words}",
                "reason": "InternalError",
                "details": {"causes": [{"message": words}]},
                "code": 500,
            }
        )

    def _pack(self, status: Json) -> bytes:
        if self.protocol in ("", *_OLD):
            return str(status.get("message", "")).encode()
        if self.is_v5:
            status = {"metadata": {}, **status}
        text = json.dumps(status, separators=(",", ":"), ensure_ascii=False)
        # Go's encoder writes these three as escapes.
        for character in "<>&":
            text = text.replace(character, f"\\u{ord(character):04x}")
        return text.encode()


def parse_resize(data: bytes) -> tuple[int, int] | None:
    """Columns and rows."""
    try:
        found = json.loads(data)
        columns, rows = int(found["Width"]), int(found["Height"])
    except (ValueError, KeyError, TypeError):
        return None
    return (columns, rows) if columns > 0 and rows > 0 else None
