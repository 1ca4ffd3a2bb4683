"""Text is found wherever it is, in the history and on the screen, also while both change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hptui.errors import TerminalError
from hptui.terminal import search as search_module
from hptui.terminal.search import MOST_MATCHES, Search
from tests.terminal.conftest import Terminal

OpenTerminal = Callable[..., Terminal]


def found(terminal: Terminal, pattern: str) -> list[str]:
    """The text of each match, read back from the terminal."""
    search = Search(terminal.emulator, pattern)
    while not search.scan(10):
        pass
    return [text_of(terminal, *match) for match in search.matches]


def text_of(terminal: Terminal, start: tuple[int, int], end: tuple[int, int]) -> str:
    emulator = terminal.emulator
    parts = []
    for place in range(start[0], end[0] + 1):
        text = emulator.line(place - emulator.dropped).text
        parts.append(text[start[1] if place == start[0] else 0 : end[1] if place == end[0] else len(text)])
    return "".join(parts)


def test_history_and_screen_are_searched(terminal: Terminal) -> None:
    terminal.feed("\r\n".join(f"line {n}" for n in range(500)))
    search = Search(terminal.emulator, r"line \d*7$")
    while not search.scan(10):
        pass
    assert [match.start[0] for match in search.matches] == list(range(7, 500, 10))


def test_wrapped_lines_are_one(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(20, 6)
    terminal.feed("x" * 15 + "needle in hay" + "\r\nneed\r\nle")
    assert found(terminal, "needle") == ["needle"]
    search = Search(terminal.emulator, "needle")
    search.scan(10)
    (match,) = search.matches
    assert (match.start, match.end) == ((0, 15), (1, 1))
    assert search.spans(0) == [(15, -1, match)]
    assert search.spans(1) == [(0, 1, match)]
    assert search.spans(2) == []


def test_a_wrapped_line_that_reaches_from_the_history_onto_the_screen(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(20, 5)
    terminal.feed("first\r\n" + "y" * 90 + "needle" + "z" * 30)
    assert terminal.emulator.history > 1
    assert found(terminal, "yneedlez") == ["yneedlez"]


def test_capitals_decide_about_case(terminal: Terminal) -> None:
    terminal.feed("Error error ERROR")
    assert found(terminal, "error") == ["Error", "error", "ERROR"]
    assert found(terminal, "Error") == ["Error"]


def test_wide_characters_are_counted_as_characters(terminal: Terminal) -> None:
    terminal.feed("日本語 needle")
    assert found(terminal, "needle") == ["needle"]


def test_nothing_is_no_match(terminal: Terminal) -> None:
    terminal.feed("abc")
    assert found(terminal, "x*") == []


def test_what_is_no_pattern_is_refused_in_words(terminal: Terminal) -> None:
    with pytest.raises(TerminalError, match="is not a pattern") as caught:
        Search(terminal.emulator, "a(b")
    assert "backslash" in caught.value.hint


def test_output_that_comes_later_is_found_and_what_is_gone_is_not(terminal: Terminal) -> None:
    search = Search(terminal.emulator, r"item\d+")
    search.scan(10)
    assert search.matches == []
    terminal.feed("item1\r\n")
    search.scan(10)
    assert len(search.matches) == 1
    terminal.feed("\r\n".join(f"item{n}" for n in range(2, 40)))
    search.scan(1000)
    assert [text_of(terminal, *match) for match in search.matches] == [f"item{n}" for n in range(1, 40)]
    terminal.feed("\x1b[2J\x1b[3J\x1b[H")
    search.scan(1000)
    assert search.matches == []


def test_lines_that_were_dropped_are_forgotten(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(40, 5, scrollback=100)
    search = Search(terminal.emulator, "item")
    for part in range(40):
        terminal.feed("item\r\n" * 100)
        while not search.scan(1000):
            pass
        assert len(search.matches) == terminal.emulator.history + terminal.emulator.rows - 1, part
        assert search.matches[0].start[0] == terminal.emulator.dropped


def test_places_follow_a_new_width(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(40, 6)
    terminal.feed("".join("z" * 30 + f" needle{n}\r\n" for n in range(30)))
    search = Search(terminal.emulator, r"needle\d+")
    search.scan(1000)
    terminal.emulator.resize(24, 6)
    search.scan(1000)
    assert [text_of(terminal, *match) for match in search.matches] == [f"needle{n}" for n in range(30)]


def test_the_alternate_screen_is_searched_by_itself(terminal: Terminal) -> None:
    terminal.feed("needle one\r\n" * 20 + "\x1b[?1049h\x1b[Hneedle two")
    assert found(terminal, "needle.*") == ["needle two"]
    terminal.feed("\x1b[?1049l")
    assert len(found(terminal, "needle.*")) == 20


def test_a_flood_of_matches_is_limited(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(80, 5)
    terminal.feed("a" * 79 + "\r\n")
    terminal.feed(("a" * 79 + "\r\n") * 400)
    search = Search(terminal.emulator, "a")
    while not search.scan(100):
        pass
    assert search.full
    assert len(search.matches) <= 2 * MOST_MATCHES


def test_the_match_nearest_above(terminal: Terminal) -> None:
    terminal.feed("hit\r\n\r\nhit\r\n\r\nhit")
    search = Search(terminal.emulator, "hit")
    search.scan(10)
    assert [search.index_at_or_before(place) for place in (-1, 0, 1, 2, 3, 9)] == [None, 0, 0, 1, 1, 2]


def test_a_pattern_that_would_take_for_ever_ends_in_words(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(80, 5)
    terminal.feed("a" * 5000 + "\r\n" * 20)
    search = Search(terminal.emulator, "(a+)+b")
    assert search.scan(1000)
    assert search.failure is not None
    assert "takes too long: (a+)+b" in search.failure.message
    assert search.matches == []
    assert search.scan(1000), "it stays ended"


def test_a_slow_pattern_on_the_screen_ends_too(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(80, 24)
    for screen in ("", "\x1b[?1049h"):
        terminal.feed(screen + "a" * 900)
        search = Search(terminal.emulator, "(a+)+b")
        assert search.scan(1000)
        assert search.failure is not None


def test_a_turn_of_the_event_loop_is_never_longer_than_a_line(
    open_terminal: OpenTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no time for a turn, each scan still goes a line further, and all is found in the end."""
    terminal = open_terminal(40, 5)
    terminal.feed("".join(f"line {n}\r\n" for n in range(30)))
    monkeypatch.setattr(search_module, "TURN_LIMIT", 0.0)
    search = Search(terminal.emulator, r"line \d")
    scans = 1
    while not search.scan(1000):
        scans += 1
    assert scans >= 20
    assert [match.start[0] for match in search.matches] == list(range(30))


def test_a_whole_search_has_a_limit_too(open_terminal: OpenTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(40, 5)
    terminal.feed("line\r\n" * 30)
    monkeypatch.setattr(search_module, "TURN_LIMIT", 0.0)
    monkeypatch.setattr(search_module, "PASS_LIMIT", 0.0)
    search = Search(terminal.emulator, "line")
    search.scan(1000)
    assert search.failure is not None


@pytest.mark.parametrize(
    "pattern", ["(a{9999}){9999}", "(?:(?:.{999}){999}){999}", "a" * 3000, "[ab]{3000000}"]
)
def test_patterns_that_would_fill_the_memory_are_refused(terminal: Terminal, pattern: str) -> None:
    with pytest.raises(TerminalError, match="it is too large"):
        Search(terminal.emulator, pattern)


def test_counts_as_people_use_them_are_not(terminal: Terminal) -> None:
    uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    terminal.feed(f"[{uuid}] [{{5}}]")
    part = "[0-9a-f]"
    assert found(terminal, f"{part}{{8}}(?:-{part}{{4}}){{3}}-{part}{{12}}") == [uuid]
    assert found(terminal, r"\[\{5\}\]") == ["[{5}]"]


@given(
    lines=st.lists(st.text("ab ", max_size=70), max_size=40),
    pattern=st.sampled_from(["a", "ab", "ba+", "a b", "^a", "b$", "(ab)+", "[^a]b"]),
    piece=st.integers(1, 60),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_what_the_text_holds(
    open_terminal: OpenTerminal, lines: list[str], pattern: str, piece: int
) -> None:
    terminal = open_terminal(20, 5)
    terminal.feed("\r\n".join(line.rstrip() for line in lines))
    expected = [
        match[0] for line in terminal.emulator.text().split("\n") for match in re.finditer(pattern, line)
    ]
    assert found(terminal, pattern) == expected
