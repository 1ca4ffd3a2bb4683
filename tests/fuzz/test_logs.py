"""A log's bytes: cut anywhere, resumed, without line ends, with times that no calendar has, and with what steers a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from hptui import format as fmt
from hptui.cluster.logs import LONGEST, lines_in
from hptui.cluster.resume import ResumableLog
from hptui.terminal.plain import plain
from hptui.ui.widgets.log_panel import INDENT, wrapped
from tests.fuzz.nasty import assert_harmless, cuts, moments, raw, text

stamps = st.one_of(moments.map(lambda at: str(at).encode()), st.just(b"2026-11-23T05:48:05.1Z"), raw)
lines = st.builds(
    lambda stamp, space, rest: (stamp + space + rest).replace(b"\n", b""),
    stamps,
    st.sampled_from((b" ", b"", b"  ")),
    raw,
)


@pytest.mark.cases(250)
@given(st.lists(lines, max_size=8), st.lists(st.integers(0, 8), max_size=3), st.booleans())
@example([b"0001-01-01T00:00:00+14:00 x"], [1], False)
@example([b"0001-01-01T00:00:00Z x", b"9999-12-31T23:59:59-12:00 y"], [1, 2], False)
@example([b"0001-01-01T00:00:00Z x"], [1], False)
def test_any_line_is_shown_whole_and_harmless(written: list[bytes], broken: list[int], tail: bool) -> None:
    log = ResumableLog(from_tail=tail)
    for at, raw_line in enumerate(written):
        if at in broken:
            log.resume()
            assert isinstance(log.since, str)
        line = log.take(raw_line)
        if line is None:
            continue
        shown = plain(line.text)
        assert_harmless(shown)
        fmt.clock(line.at)
        assert "".join("".join(wrapped(shown, 20)).split()) == "".join(shown.split())


@pytest.mark.cases(200)
@given(st.data(), st.lists(raw.map(lambda data: data.replace(b"\n", b"")), max_size=6), st.booleans())
def test_lines_are_the_same_however_they_are_cut(
    data: st.DataObject, written: list[bytes], ended: bool
) -> None:
    whole = b"\n".join(written) + (b"\n" if ended else b"")
    wanted = whole.split(b"\n")
    assert list(lines_in(data.draw(cuts(whole)))) == (wanted if wanted[-1] else wanted[:-1])


@pytest.mark.cases(3)
@given(st.sampled_from((1, 1000, 65536)), text)
def test_a_line_without_an_end_is_cut_and_never_held_whole(size: int, head: str) -> None:
    def endless() -> Iterator[bytes]:
        yield head.encode("utf-8", "replace")[:100].replace(b"\n", b"")
        for _ in range(min(3 * LONGEST // size, 20_000)):
            yield b"x" * size

    assert all(len(line) <= LONGEST + size for line in lines_in(endless()))


@pytest.mark.cases(500)
@given(text, st.integers(1, 300))
@example("x" * 1_000_000, 80)
@example("\u200b" * 300 + "x" * 100 + "\u200b" * 300, 20)
def test_what_is_shown_steers_nothing_and_is_shown_the_same_again(said: str, width: int) -> None:
    shown = plain(said)
    assert_harmless(shown)
    assert plain(shown) == shown
    shown.encode()
    assert all(cell_len(part) <= max(width, len(INDENT) + 2) for part in wrapped(shown, width))
