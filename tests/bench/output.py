"""What hosts print, four kinds of it: the same bytes for every terminal that is measured."""

from __future__ import annotations

import random

COLUMNS, ROWS, CHUNK = 120, 40, 32 << 10


def plain_text() -> bytes:
    return b"".join(
        b"%05d the quick brown fox jumps over the lazy dog and home again\r\n" % n for n in range(2000)
    )


def true_colour() -> bytes:
    chance = random.Random(1)
    words = [
        b"\x1b[38;2;%d;%d;%dmword%d \x1b[0m%s"
        % (chance.randrange(256), chance.randrange(256), chance.randrange(256), n, b"\r\n" * (n % 14 == 13))
        for n in range(5000)
    ]
    return b"".join(words)


def full_screen() -> bytes:
    rows = (
        b"\x1b[%d;1H\x1b[4%dm%s\x1b[K" % (n % ROWS + 1, n % 8, b"row %d of a picture " % n * 4)
        for n in range(1500)
    )
    return b"".join(rows)


def many_scripts() -> bytes:
    return "".join(f"日本語 テキスト 😀 e\u0301 naïve 👩\u200d💻 línea {n}\r\n" for n in range(2000)).encode()


KINDS = {
    "plain text": plain_text,
    "true colour": true_colour,
    "full screen": full_screen,
    "many scripts": many_scripts,
}


def chunks(data: bytes) -> list[bytes]:
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
