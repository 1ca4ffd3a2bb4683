"""Slices of output: in order, whole, and as large as the parser is fast."""

from __future__ import annotations

import time

from hptui.ui.widgets.backlog import LARGEST_SLICE, SLICE_LIMIT, SMALLEST_SLICE, Backlog


def test_everything_is_parsed_in_order() -> None:
    parsed: list[bytes] = []
    backlog = Backlog(parsed.append)
    data = bytes(range(256)) * 1000
    backlog.add(data[at : at + 777] for at in range(0, len(data), 777))
    backlog.add([b"", b"end"])
    while backlog:
        before = len(backlog)
        backlog.parse_slice()
        assert len(backlog) == before - len(parsed[-1])
        assert len(parsed[-1]) <= LARGEST_SLICE
    assert b"".join(parsed) == data + b"end"


def test_slices_shrink_with_a_slow_parser_and_grow_with_a_fast_one() -> None:
    slow = True
    sizes: list[int] = []

    def parse(data: bytes) -> None:
        sizes.append(len(data))
        until = time.perf_counter() + SLICE_LIMIT * 1.5
        while slow and time.perf_counter() < until:
            pass

    backlog = Backlog(parse)
    backlog.add([bytes(1 << 20)])
    for _ in range(8):
        backlog.parse_slice()
    assert sizes[0] == LARGEST_SLICE
    assert sizes[-1] == SMALLEST_SLICE
    slow = False
    backlog.parse_slice()
    while backlog and sizes[-1] != LARGEST_SLICE:
        backlog.parse_slice()
    assert sizes[-1] == LARGEST_SLICE


def test_clearing_forgets_what_waits() -> None:
    parsed: list[bytes] = []
    backlog = Backlog(parsed.append)
    backlog.add([b"x" * 100_000])
    backlog.parse_slice()
    backlog.clear()
    assert not backlog
    assert len(backlog) == 0
