"""How large one WebSocket message may be: API servers send some 32 KiB, and whoever sends more must not fill the memory."""

from __future__ import annotations

from typing import Any

import websocket

LARGEST = 16 << 20  # bytes
_PIECE = 64  # bytes that a piece costs besides what it holds


class TooLarge(websocket.WebSocketPayloadException):
    def __init__(self) -> None:
        super().__init__(f"a message larger than {LARGEST >> 20} MiB, which no API server sends")


class Pieces:
    """The pieces of a message that comes in several frames."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Raises TooLarge."""
        self._size += len(piece) + _PIECE
        if self._size > LARGEST:
            raise TooLarge
        self._pieces.append(piece)

    def whole(self, last: bytes) -> bytes:
        """The message, with its last piece; the next one begins."""
        if not self._pieces:
            return last
        message = b"".join((*self._pieces, last))
        self._pieces.clear()
        self._size = 0
        return message


def limit_frames(buffer: Any) -> None:
    """Make websocket-client's frame buffer raise TooLarge as soon as it knows a frame's length, before it reads on."""
    read_length = buffer.recv_length

    def recv_length() -> None:
        read_length()
        if buffer.length is not None and buffer.length > LARGEST:
            raise TooLarge

    buffer.recv_length = recv_length
