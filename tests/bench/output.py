"""What hosts print, four kinds of it: the same bytes for every terminal that is measured.

So much of each that no line is seen twice before two thousand others were: nobody's cache of lines makes a torrent cheap.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count

COLUMNS, ROWS, CHUNK = 120, 40, 32 << 10
SIZE = 2 << 20  # bytes of each kind


def plain_text() -> Iterator[bytes]:
    for n in count():
        yield b"%07d the quick brown fox jumps over the lazy dog and home again\r\n" % n


def true_colour() -> Iterator[bytes]:
    chance = random.Random(1)
    for n in count():
        red, green, blue = chance.randbytes(3)
        yield b"\x1b[38;2;%d;%d;%dmword%d \x1b[0m%s" % (red, green, blue, n, b"\r\n" * (n % 14 == 13))


def full_screen() -> Iterator[bytes]:
    for n in count():
        yield b"\x1b[%d;1H\x1b[4%dm%s\x1b[K" % (n % ROWS + 1, n % 8, b"row %d of a picture " % n * 4)


def many_scripts() -> Iterator[bytes]:
    for n in count():
        yield f"日本語 テキスト 😀 e\u0301 naïve 👩\u200d💻 línea {n}\r\n".encode()


def _enough(parts: Iterator[bytes]) -> bytes:
    found = bytearray()
    for part in parts:
        found += part
        if len(found) >= SIZE:
            break
    return bytes(found[:SIZE])


KINDS: dict[str, Callable[[], bytes]] = {
    "plain text": lambda: _enough(plain_text()),
    "true colour": lambda: _enough(true_colour()),
    "full screen": lambda: _enough(full_screen()),
    "many scripts": lambda: _enough(many_scripts()),
}


def chunks(data: bytes, size: int = CHUNK) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
