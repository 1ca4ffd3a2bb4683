"""Rows read in bulk are what the library says cell by cell."""

from __future__ import annotations

import random

import pytest

from hptui.terminal.emulator import engine_names

if "ghostty" not in engine_names():
    pytest.skip("libghostty-vt does not run here", allow_module_level=True)

from pyghostty.core import Terminal

from hptui.terminal import ghostty_rows
from hptui.terminal.ghostty_rows import RowReader, bits_agree, columns_from_api, columns_from_bits

PIECES = [
    "plain text ", "日本", "e\u0301", "👩\u200d💻", "\x1b[1;31m", "\x1b[0m", "\x1b[38;2;9;8;7m", "\x1b[48;5;99m",
    "\x1b[4:3m", "\x1b[K", "\r\n", "\x1b]8;;http://a/\x1b\\", "\x1b]8;;\x1b\\", '\x1b[1"q', '\x1b[0"q', "\x1b[3X",
    "\x1b]133;A\x07", "\x1b[7;44m", "\x1b[5C", "é",
]  # fmt: skip


def scribbled(seed: int) -> Terminal:
    terminal = Terminal(50, 12, 100)
    terminal.feed("".join(random.Random(seed).choices(PIECES, k=400)))
    return terminal


def test_the_layout_is_the_one_this_was_written_for() -> None:
    assert bits_agree()


@pytest.mark.parametrize("seed", range(5))
def test_cells_unpacked_are_cells_asked_for(seed: int) -> None:
    terminal = scribbled(seed)
    for row in RowReader(terminal, bits=True).raw_cells():
        for unpacked, asked in zip(columns_from_bits(row), columns_from_api(row), strict=True):
            assert list(unpacked) == list(asked)


@pytest.mark.parametrize("seed", range(5))
def test_lines_are_the_same_either_way(seed: int) -> None:
    bulk = list(RowReader(scribbled(seed), bits=True).changed())
    one_by_one = list(RowReader(scribbled(seed), bits=False).changed())
    assert bulk == one_by_one
    assert len(bulk) == 12


def test_another_layout_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved_by_a_bit(data: bytes) -> ghostty_rows.Columns:
        number = int.from_bytes(data, "little") >> 1
        return columns_from_bits(number.to_bytes(len(data), "little"))

    monkeypatch.setattr(ghostty_rows, "columns_from_bits", moved_by_a_bit)
    assert not bits_agree.__wrapped__()
