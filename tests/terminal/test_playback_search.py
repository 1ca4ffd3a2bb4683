"""Text is found in a recording, with the moment at which it had been printed."""

from __future__ import annotations

import pytest

from hptui.errors import TerminalError
from hptui.terminal import playback_search
from hptui.terminal.playback import Event
from hptui.terminal.playback_search import PlaybackSearch


def moments(pattern: str, *outputs: str | Event) -> list[int]:
    """How many of the events had happened at each match."""
    search = searched(pattern, *outputs)
    assert search.failure is None
    return search.moments


def searched(pattern: str, *outputs: str | Event) -> PlaybackSearch:
    events = [output if isinstance(output, Event) else Event(0.0, "o", output) for output in outputs]
    search = PlaybackSearch(events, pattern)
    for _ in range(100_000):
        if search.scan():
            return search
    raise AssertionError("it never ends")


OUTPUTS = (
    "PS> \x1b[93mGet",
    "-Ser\x1b[0",
    "mvice\r\n",
    Event(0.0, "i", "hidden"),
    "\x1b]0;title\x07done get-service get-service",
)


def test_it_tells_when_it_had_been_printed() -> None:
    assert moments("Get-Service", *OUTPUTS) == [3]
    assert moments("get-service", *OUTPUTS) == [3, 5]
    assert moments("PS>", *OUTPUTS) == [1]


def test_what_is_not_printed_is_not_found() -> None:
    for pattern in ("title", "hidden", "93m", "0m", "x*"):
        assert moments(pattern, *OUTPUTS) == []


def test_lines_are_searched_one_by_one() -> None:
    assert moments("^done", *OUTPUTS) == [5]
    assert moments("service$", *OUTPUTS) == [3, 5]
    assert moments(r"vice\s+done", *OUTPUTS) == []
    assert moments("^20%$", "10%\r20%\r30%") == [1]


def test_a_console_that_draws_by_places_writes_lines_too() -> None:
    outputs = ("\x1b[2J\x1b[3;1Hone two", "\x1b[4;1Hthree\x1b[3Cfour")
    assert moments("^one two$", *outputs) == [1]
    assert moments("twothree", *outputs) == []
    assert moments("three   four", *outputs) == [2]


def test_sequences_are_cut_anywhere() -> None:
    text = "\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\ and \x1b[1;38;5;9mred\x1b(B text"
    for at in range(len(text)):
        assert moments("link and red text", text[:at], text[at:]) == [2] if at else [1]


def test_a_sequence_without_an_end_is_not_waited_for() -> None:
    assert moments("after", "\x1b]0;" + "x" * 10_000, "y" * 10_000, "\x07after") == [3]


def test_output_without_an_end_of_line_is_searched_too() -> None:
    assert moments("needle", *["hay" * 10_000] * 20, "needle", "hay" * 100_000) == [21]


def test_a_pattern_that_would_take_for_ever_ends_in_words() -> None:
    search = searched("(a+)+b", "b", "a" * 5000)
    assert search.failure is not None
    assert "takes too long: (a+)+b" in search.failure.message
    assert search.moments == []


def test_a_pattern_that_is_slow_everywhere_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line within its limit, and all of them in one event: the turns end between lines."""
    monkeypatch.setattr(playback_search, "PASS_LIMIT", 0.05)
    monkeypatch.setattr(playback_search, "TURN_LIMIT", 0.0001)
    search = PlaybackSearch([Event(0.0, "o", ("a" * 22 + "\r\n") * 20_000)], "(a+)+b")
    turns = 0
    while not search.scan():
        turns += 1
    assert turns > 5
    assert search.failure is not None


def test_what_is_no_pattern_is_refused_in_words() -> None:
    with pytest.raises(TerminalError, match="is not a pattern"):
        PlaybackSearch([], "(")


def test_a_recording_without_output() -> None:
    assert moments("a") == []
