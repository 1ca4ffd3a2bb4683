"""Rows read in bulk are what the library says cell by cell."""

from __future__ import annotations

import random

import pytest

from hptui.terminal.emulator import engine_names

if "ghostty" not in engine_names():
    pytest.skip("libghostty-vt does not run here", allow_module_level=True)

from pyghostty.core import Terminal

from hptui.terminal import ghostty_rows
from hptui.terminal.ghostty_cells import Columns, columns_from_api, columns_from_bits
from hptui.terminal.ghostty_rows import RowReader, bits_agree
from hptui.terminal.ghostty_text import TextReader, row_as_written, text_agrees
from hptui.terminal.written import Written, line_of_row

LOOKS = (0, 0, 1, 2, 3, 4, "4:2", "4:3", "4:4", "4:5", 21, 5, 7, 8, 9, 53, 31, 95, 44, 104, "38;5;200",
    "48:2::1:2:3", "58:5:9", "58:2::9:8:7", 59)  # fmt: skip
PIECES = [
    "plain text ", "日本", "e\u0301", "👩\u200d💻", "\x1b[1;31m", "\x1b[0m", "\x1b[38;2;9;8;7m", "\x1b[48;5;99m",
    "\x1b[4:3m", "\x1b[K", "\r\n", "\x1b]8;;http://a/\x1b\\", "\x1b]8;;\x1b\\", '\x1b[1"q', '\x1b[0"q', "\x1b[3X",
    "\x1b]133;A\x07", "\x1b[7;44m", "\x1b[5C", "é", "\x1b[A", "\x1b[2K", "\x1b[1J", "\x1b[10;4H", "  ", "\x1b[2@", "\x1b[2P",
    "\x1b[M", "\x1b[L", "\x1b[?7l", "\x1b[?7h", "\x1b(0", "\x1b(B", "│─┐", "\t", "\x1b[3b",
    *(f"\x1b[{look}m" for look in LOOKS),
]  # fmt: skip
PIECE_WEIGHTS = [0.2 if piece.startswith("\x1b]8") else 1.0 for piece in PIECES]


def scribbled(seed: int) -> Terminal:
    terminal = Terminal(50, 12, 100)
    terminal.feed("".join(random.Random(seed).choices(PIECES, k=400)))
    return terminal


def test_the_layout_is_the_one_this_was_written_for() -> None:
    assert bits_agree()


@pytest.mark.parametrize("seed", range(5))
def test_cells_unpacked_are_cells_asked_for(seed: int) -> None:
    terminal = scribbled(seed)
    for row, agreed in RowReader(terminal, bits=True).raw_rows():
        assert agreed
        for unpacked, asked in zip(columns_from_bits(row), columns_from_api(row), strict=True):
            assert list(unpacked) == list(asked)


@pytest.mark.parametrize("seed", range(5))
def test_lines_are_the_same_either_way(seed: int) -> None:
    bulk, one_by_one = RowReader(scribbled(seed), bits=True), RowReader(scribbled(seed), bits=False)
    lines = list(map(bulk.line, bulk.changed()))
    assert lines == list(map(one_by_one.line, one_by_one.changed()))
    assert len(lines) == 12


@pytest.mark.parametrize("seed", range(20))
def test_lines_are_the_same_as_written_and_from_their_cells(seed: int) -> None:
    """On the screen and in the history, also where that goes over the pages that the library keeps it in."""
    chance = random.Random(seed)
    columns, rows = chance.randint(5, 150), chance.randint(3, 40)
    terminal = Terminal(columns, rows, 5000)
    text = TextReader(terminal)
    reader = RowReader(terminal, bits=True)
    for _ in range(5):
        terminal.feed("".join(chance.choices(PIECES, PIECE_WEIGHTS, k=chance.randint(1, 4000))))
        written = text.screen(columns, rows)
        for raw in reader.changed():
            row = row_as_written(reader, raw, written[raw.y], columns)
            assert line_of_row(row) == reader.line(raw), row


def test_usual_lines_are_taken_as_written() -> None:
    terminal = Terminal(20, 4, 0)
    terminal.feed(
        "plain \x1b[1;31mred\x1b[0m\r\n\x1b[44mgap\x1b[5Cs\x1b[0m\r\nnaïve 日本\r\n\x1b[32m│é\x1b[0m日"
    )
    written, reader = TextReader(terminal).screen(20, 4), RowReader(terminal, bits=True)
    rows = [row_as_written(reader, raw, written[raw.y], 20) for raw in reader.changed()]
    assert [type(row) for row in rows] == [Written] * 4


def test_what_this_reads_is_what_the_library_writes() -> None:
    assert text_agrees()


def test_another_layout_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved_by_a_bit(data: bytes) -> Columns:
        number = int.from_bytes(data, "little") >> 1
        return columns_from_bits(number.to_bytes(len(data), "little"))

    monkeypatch.setattr(ghostty_rows, "columns_from_bits", moved_by_a_bit)
    assert not bits_agree.__wrapped__()
