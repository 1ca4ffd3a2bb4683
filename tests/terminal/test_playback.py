"""Recordings are read, whoever wrote them, and whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hptui.errors import TerminalError
from hptui.terminal import playback
from hptui.terminal.emulator import Emulator
from hptui.terminal.playback import Event, Recording, RecordingReader, Timeline, read_recording
from hptui.terminal.playback_search import PlaybackSearch
from hptui.terminal.recording import About, Recorder

HEAD_3 = '{"version": 3, "term": {"cols": 100, "rows": 30}, "timestamp": 1504467315, "title": "Demo"}'
HEAD_2 = '{"version": 2, "width": 100, "height": 30, "timestamp": 1504467315, "title": "Demo"}'


def read(tmp_path: Path, *lines: str) -> Recording:
    path = tmp_path / "x.cast"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_recording(path)


def test_both_versions_say_the_same(tmp_path: Path) -> None:
    third = read(
        tmp_path,
        HEAD_3,
        "# a word",
        '[0.5, "o", "a"]',
        '[1.5, "r", "90x20"]',
        '[1, "o", "b"]',
        '[0, "x", "0"]',
    )
    second = read(tmp_path, HEAD_2, '[0.5, "o", "a"]', '[2.0, "r", "90x20"]', "", '[3.0, "o", "b"]')
    assert third.events[:3] == second.events
    assert second.events == (Event(0.5, "o", "a"), Event(2.0, "r", "90x20"), Event(3.0, "o", "b"))
    for recording in (third, second):
        assert (recording.columns, recording.rows, recording.title) == (100, 30, "Demo")
        assert recording.timestamp == 1504467315
        assert Timeline(recording.events, None).duration == 3.0
        assert recording.damaged == 0
        assert not recording.cut_short


@pytest.mark.parametrize("version", [2, 3])
def test_what_was_recorded_is_read_back(tmp_path: Path, version: Any) -> None:
    now = [10.0]
    path = tmp_path / "a.cast"
    about = About(node="n1", account="SYSTEM", context="prod", who="ann")
    recorder = Recorder(path, about, 90, 30, version=version, clock=lambda: now[0])
    for text in ("one\r\n", "日本\x1b[31m\x07\x7f", '"\\ '):
        now[0] += 0.25
        recorder.output(text.encode())
    recorder.mark("here")
    recorder.resized(100, 40)
    recorder.close()
    recording = read_recording(path)
    assert [event.data for event in recording.events if event.code == "o"] == [
        "one\r\n",
        "日本\x1b[31m\x07\x7f",
        '"\\ ',
    ]
    assert [event.at for event in recording.events[:3]] == [0.25, 0.5, 0.75]
    assert recording.marks() == [(4, "here")]
    assert recording.about == {"node": "n1", "account": "SYSTEM", "context": "prod", "who": "ann"}
    assert (recording.columns, recording.rows) == (90, 30)
    assert recording.events[-1][1:] == ("r", "100x40")


def test_long_pauses_are_cut(tmp_path: Path) -> None:
    recording = read(tmp_path, HEAD_3, '[1, "o", "a"]', '[3600, "o", "b"]', '[0.5, "o", "c"]')
    for limit, expected in ((2.0, [1.0, 3.0, 3.5]), (None, [1.0, 3601.0, 3601.5]), (0.0, [0.0, 0.0, 0.0])):
        timeline = Timeline(recording.events, limit)
        assert [timeline.at(index) for index in (1, 2, 3)] == expected
        assert timeline.at(0) == 0.0
        assert timeline.duration == expected[-1]


def test_seeking(tmp_path: Path) -> None:
    timeline = Timeline(read(tmp_path, HEAD_3, *(f'[1, "o", "{n}"]' for n in range(10))).events, None)
    assert [timeline.index_at(seconds) for seconds in (-1, 0, 0.5, 1, 3.0, 99)] == [0, 0, 0, 1, 3, 10]


def test_a_recording_without_events(tmp_path: Path) -> None:
    recording = read(tmp_path, HEAD_3)
    timeline = Timeline(recording.events, 2.0)
    assert (recording.events, timeline.duration, timeline.index_at(5)) == ((), 0.0, 0)


def test_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    path.write_text("\n".join([HEAD_3, *(f'[1, "o", "{n}"]' for n in range(1000))]) + "\n")
    reader = RecordingReader(path)
    seen = []
    while not reader.read(1000):
        seen.append(reader.progress)
    assert len(seen) > 10
    assert seen == sorted(seen)
    assert reader.recording() == read_recording(path)


def test_a_line_that_is_being_written_is_the_last(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    path.write_text(f'{HEAD_3}\n[1, "o", "a"]\n[1, "o", "hel')
    recording = read_recording(path)
    assert (len(recording.events), recording.damaged, recording.cut_short) == (1, 0, True)
    path.write_text(f'{HEAD_3}\n[1, "o", "a"]\n[1, "o", "b"]')
    recording = read_recording(path)
    assert (len(recording.events), recording.damaged, recording.cut_short) == (2, 0, False)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"version": 1, "width": 80}',
        '{"version": "3"}',
        '{"version": 4}',
        "[" * 50_000,
        "1" * 9000,
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(TerminalError, match="does not begin as a recording"):
        read(tmp_path, head, '[1, "o", "a"]')


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(TerminalError, match="cannot be read"):
            read_recording(path)


def test_damaged_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    recording = read(
        tmp_path,
        HEAD_3,
        '[1, "o", "a"]',
        "garbage",
        '{"a": 1}',
        "[1]",
        '["1", "o", "x"]',
        '[1, 2, "x"]',
        '[1, "o", 3]',
        '[NaN, "o", "x"]',
        '[Infinity, "o", "x"]',
        '[1, "r", "big"]',
        "[" * 100_000,
        '[1, "z", "nobody knows"]',
        '[1, "o", "b"',
    )
    assert recording.events == (Event(1.0, "o", "a"),)
    assert recording.damaged == 11


def test_sizes_and_times_are_made_sense_of(tmp_path: Path) -> None:
    recording = read(
        tmp_path,
        '{"version": 3, "term": {"cols": 1e300, "rows": -5}, "timestamp": 1e300, "title": "\\u001b[31mred\\u0007"}',
        '[-5, "o", "a"]',
        '[1e300, "o", "b"]',
        '[1, "r", "999999x1"]',
    )
    assert (recording.columns, recording.rows) == (1000, 5)
    assert recording.timestamp is None
    assert recording.title == "red"
    assert recording.events[0].at == 0.0
    assert recording.events[-1].at <= playback.LONGEST_RECORDING
    assert recording.events[-1][1:] == ("r", "1000x5")


def test_too_much_of_anything_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "MOST_EVENTS", 10)
    for events, truncated in ((100, True), (11, True), (10, False)):
        recording = read(tmp_path, HEAD_3, *['[1, "o", "a"]'] * events)
        assert (len(recording.events), recording.truncated) == (10, truncated)
    monkeypatch.setattr(playback, "LONGEST_LINE", 200)
    recording = read(tmp_path, HEAD_3, f'[1, "o", "{"x" * 1000}"]', '[1, "o", "a"]')
    assert ([event.data for event in recording.events], recording.damaged) == (["a"], 1)


@pytest.mark.parametrize(("events", "truncated"), [(20, False), (21, True)])
def test_of_a_file_that_is_too_large_the_first_part_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: int, truncated: bool
) -> None:
    line = '[1, "o", "a"]'
    monkeypatch.setattr(playback, "LARGEST_FILE", 20 * (len(line) + 1))
    recording = read(tmp_path, HEAD_3, *[line] * events)
    assert (len(recording.events), recording.truncated) == (20, truncated)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_EVENTS = st.tuples(
    _VALUES | st.floats(-1, 5),
    st.sampled_from(["o", "i", "r", "m", "x", "é"]) | _VALUES,
    _VALUES | st.text(max_size=40),
).map(list)


@given(
    head=st.fixed_dictionaries(
        {"version": st.sampled_from([2, 3])},
        optional=dict.fromkeys(("term", "width", "height", "timestamp", "title", "hptui"), _VALUES),
    ),
    events=st.lists(_EVENTS | _VALUES, max_size=12),
    tail=st.binary(max_size=60),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_files(tmp_path: Path, head: dict[str, Any], events: list[Any], tail: bytes) -> None:
    path = tmp_path / "hostile.cast"
    text = "\n".join(json.dumps(each) for each in [head, *events])
    path.write_bytes(text.encode() + b"\n" + tail)
    recording = read_recording(path)
    assert 20 <= recording.columns <= 1000
    assert 5 <= recording.rows <= 500
    times = [event.at for event in recording.events]
    assert times == sorted(times)
    assert all(0 <= time <= playback.LONGEST_RECORDING for time in times)
    search = PlaybackSearch(recording.events, "a|[^a]")
    while not search.scan():
        pass
    assert search.moments == sorted(set(search.moments))
    emulator = Emulator(recording.columns, recording.rows)
    for event in recording.events:
        if event.code == "o":
            emulator.feed(event.data.encode())
        elif event.code == "r":
            columns, _, rows = event.data.partition("x")
            assert emulator.resize(int(columns), int(rows)) == (int(columns), int(rows))
    emulator.close()


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_recording_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.cast"
    path.write_bytes(data)
    try:
        read_recording(path)
    except TerminalError:
        return
    assert data.lstrip().startswith(b"{")
