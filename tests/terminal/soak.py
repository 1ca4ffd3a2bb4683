"""Hostile output by the megabyte: random bytes, and random sequences of the kinds that terminals know, resizes in between.

`python -m tests.terminal.soak` does the whole of it; the tests do a share.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hptui.terminal.emulator import MOST_COLUMNS, MOST_ROWS, Emulator
from hptui.terminal.engine_process import EngineProcess

PIECE = 64 << 10  # bytes
# Bytes of memory: far above what is seen, far below what output without bound would take.
MOST_HERE, MOST_APART = 150 << 20, 300 << 20
# Lines: 10,000 wide ones wrapped anew in a narrow terminal, as far as the native engine's 64 MiB hold them.
MOST_HISTORY = 420_000
EVERY = 4  # pieces between two resizes, in the middle

_FINALS = b"@ABCDEFGHIJKLMPSTXZ`abcdefghiklmnpqrstuvwxyz{|}~"
_MODES: tuple[int, ...] = (1, 3, 4, 5, 6, 7, 20, 40, 45, 47, 66, 67, 69, 1000, 1003, 1004, 1006, 1007)
_MODES += (1047, 1048, 1049, 2004, 2026, 2027, 2031, 2048, 9001)
_OSC = (0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 22, 52, 104, 110, 133, 633, 777, 1337, 5522)
_ESCAPES = (b"7", b"8", b"D", b"E", b"H", b"M", b"#8", b"(0", b"(B", b")A", b"n", b"o", b"=", b">", b"Z")
_WORDS = (
    "text",
    "日本語",
    "e\u0301\u0301\u0302",
    "👩\u200d💻",
    "🇩🇪",
    "a\u0300" * 30,
    "\u202eback",
    "x" * 200,
)


def random_bytes(chance: random.Random) -> bytes:
    return chance.randbytes(PIECE)


def questions(_: random.Random) -> bytes:
    """What a terminal answers, and nothing else; what it is (DA) most of all."""
    return b"\x1b[c" * (PIECE // 4) + b"\x1b[>c\x1b[=c\x1b[6n\x1b]4;1;?\x07\x1b[>q"


def random_sequences(chance: random.Random) -> bytes:
    parts: list[bytes] = []
    length = 0
    kinds, weights = zip(*_KINDS, strict=True)
    while length < PIECE:
        for kind in chance.choices(kinds, weights, k=64):
            part = kind(chance)
            parts.append(part)
            length += len(part)
    return b"".join(parts)


def _number(chance: random.Random) -> int:
    kind = chance.random()
    if kind < 0.7:
        return chance.randrange(100)
    if kind < 0.9:
        return chance.randrange(70_000)
    return chance.choice((2**16, 2**31, 2**32 - 1, 2**63, 10**30))


def _parameters(chance: random.Random, most: int = 5) -> bytes:
    numbers = [b"%d" % _number(chance) for _ in range(chance.randrange(most))]
    return chance.choice((b";", b";", b";", b":")).join(numbers)


def _csi(chance: random.Random) -> bytes:
    before = chance.choice((b"", b"", b"", b"?", b">", b"=", b"<"))
    between = chance.choice((b"", b"", b"", b" ", b"!", b'"', b"$", b"'", b"*", b"#"))
    final = bytes([chance.choice(_FINALS)])
    most = 60 if chance.random() < 0.02 else 5
    return b"\x1b[" + before + _parameters(chance, most) + between + final


def _sgr(chance: random.Random) -> bytes:
    return b"\x1b[" + _parameters(chance, 12) + b"m"


def _mode(chance: random.Random) -> bytes:
    return b"\x1b[?%d%c" % (chance.choice(_MODES), chance.choice(b"hlsr"))


def _escape(chance: random.Random) -> bytes:
    # A full reset (RIS) empties the terminal; too many would leave nothing to go wrong.
    return b"\x1bc" if chance.random() < 0.001 else b"\x1b" + chance.choice(_ESCAPES)


def _string(chance: random.Random) -> bytes:
    opening = chance.choice((b"P", b"P$q", b"P+q", b"_G", b"_", b"^", b"X", b"Pq"))
    return b"\x1b" + opening + _rubbish(chance) + _end(chance)


def _osc(chance: random.Random) -> bytes:
    return b"\x1b]%d;" % chance.choice(_OSC) + _rubbish(chance) + _end(chance)


def _rubbish(chance: random.Random) -> bytes:
    size = chance.choice((0, 3, 20, 20, 200, 5000)) if chance.random() < 0.2 else chance.randrange(20)
    return chance.choice((chance.randbytes(size), b"A" * size, b"?;c;a=T,f=100,i=1;", _parameters(chance)))


def _end(chance: random.Random) -> bytes:
    return chance.choice((b"\x1b\\", b"\x1b\\", b"\x07", b"\x9c", b"\x18", b""))


def _text(chance: random.Random) -> bytes:
    return chance.choice(_WORDS).encode() + chance.choice(
        (b"", b"\r\n", b"\n", b"\t", b"\b", b"\x0e", b"\x7f")
    )


_KINDS: tuple[tuple[Callable[[random.Random], bytes], int], ...] = (
    (_text, 30),
    (_csi, 30),
    (_sgr, 15),
    (_mode, 10),
    (_escape, 6),
    (_osc, 5),
    (_string, 4),
)
KINDS = {"bytes": random_bytes, "sequences": random_sequences, "questions": questions}
SCROLLING = frozenset({"bytes", "sequences"})


@dataclass(frozen=True, slots=True)
class Soaked:
    megabytes: float
    seconds: float
    here: int  # bytes that this process grew by
    apart: int  # bytes that the engine process holds at the end; 0 without one
    notes: tuple[str, ...]  # what happened to the engine
    answered: int  # bytes
    messages: int  # that these were told in
    pieces: int  # that the output was fed in
    most_history: int  # lines


def resident(pid: int | str = "self") -> int:
    """Bytes of memory that a process has (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0


def sizes(chance: random.Random) -> Iterator[tuple[int, int]]:
    while True:
        if chance.random() < 0.1:
            yield chance.choice(((1, 1), (MOST_COLUMNS, MOST_ROWS), (MOST_COLUMNS, 1), (1, MOST_ROWS)))
        else:
            yield chance.randrange(1, 220), chance.randrange(1, 70)


def soak(kind: str, total: int, seed: int, engine: str, process: EngineProcess | None) -> Soaked:
    """Feed `total` bytes, look at the screen after every piece, and leave the terminal alive."""
    chance = random.Random(seed)
    notes: list[str] = []
    replies: list[int] = []
    emulator = Emulator(
        80,
        24,
        engine=engine,
        process=process,
        on_restart=notes.append,
        on_reply=lambda reply: replies.append(len(reply)),
    )
    make, new_sizes = KINDS[kind], sizes(chance)
    before, began, fed, most, pieces = resident(), time.perf_counter(), 0, 0, 0
    try:
        while fed < total:
            data = make(chance)[: total - fed]
            fed += len(data)
            pieces += 1
            emulator.feed(data)
            _look(emulator, chance)
            most = max(most, emulator.history)
            if chance.randrange(EVERY) == 0:
                emulator.resize(*next(new_sizes))
                _look(emulator, chance)
        _still_lives(emulator)
        apart = resident(process.pid) if process is not None and process.pid is not None else 0
        seconds = time.perf_counter() - began
        return Soaked(
            megabytes=fed / 1e6,
            seconds=seconds,
            here=resident() - before,
            apart=apart,
            notes=tuple(notes),
            answered=sum(replies),
            messages=len(replies),
            pieces=pieces,
            most_history=most,
        )
    finally:
        emulator.close()


def _look(emulator: Emulator, chance: random.Random) -> None:
    emulator.take_damage()
    assert 0 <= emulator.cursor.y < emulator.rows
    assert emulator.history <= MOST_HISTORY, emulator.history
    list(emulator.lines(emulator.history, emulator.history + emulator.rows))
    if chance.random() < 0.1:
        start = chance.randrange(emulator.history + 1)
        list(emulator.lines(start, start + 100))
        emulator.previous_prompt(start)
        emulator.text_before_cursor()


def _still_lives(emulator: Emulator) -> None:
    emulator.feed(b"\x18\x1b\\\x1bc\x1b[?1049l\x1b[2J\x1b[Halive")
    emulator.resize(80, 24)
    line = emulator.line(emulator.history)
    assert line.text == "alive", line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--engine", default="ghostty")
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}, {wanted.megabytes} MB of each kind, engine {wanted.engine}", flush=True)
    for kind in KINDS:
        process = EngineProcess()
        try:
            found = soak(kind, wanted.megabytes * 1_000_000, wanted.seed, wanted.engine, process)
        finally:
            process.close()
        print(
            f"{kind:10} {found.megabytes:.0f} MB in {found.seconds:.0f} s; this process grew by {found.here >> 20} MiB, "
            f"the engine's has {found.apart >> 20} MiB; {found.answered} bytes answered; "
            f"at most {found.most_history} lines of history; "
            f"{len(found.notes)} replacements {' '.join(found.notes)}",
            flush=True,
        )
        assert found.here < MOST_HERE, "this process keeps too much"
        assert found.apart < MOST_APART, "the engine process keeps too much"


if __name__ == "__main__":
    main()
