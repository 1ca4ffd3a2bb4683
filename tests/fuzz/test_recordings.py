"""Recordings that somebody else has made: read in pieces of any size, with what is in no order, of no kind and of no end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.errors import TerminalError
from hptui.terminal.playback import LONGEST_RECORDING, Recording, RecordingReader, Timeline, read_recording
from hptui.terminal.playback_search import PlaybackSearch
from hptui.terminal.recording import About, Recorder, file_name
from hptui.terminal.typed import readable
from tests.fuzz.nasty import assert_harmless, assert_told, clean_text, json_values, numbers, raw, text

sizes = (
    st.sampled_from(("80x24", "0x0", "999999x999999", "1x1", "-1x2", "axb", "80x24x1", "٣x٣")) | clean_text
)
codes = st.sampled_from(("o", "o", "o", "i", "r", "m", "x", "", "oo"))
events = st.one_of(
    st.builds(lambda at, code, data: [at, code, data], numbers, codes, clean_text),
    st.builds(lambda at, data: [at, "r", data], numbers, sizes),
    json_values,
)
heads = st.one_of(
    st.builds(
        lambda version, term, fields: {"version": version, "term": term, **term, **fields},
        st.sampled_from((2, 3, 2.0, 4, "2", None, True)),
        st.fixed_dictionaries(
            {}, optional={"cols": numbers, "rows": numbers, "width": numbers, "height": numbers}
        ),
        st.fixed_dictionaries({}, optional={"timestamp": numbers, "title": clean_text, "hptui": json_values}),
    ),
    json_values,
)


def in_lines(parts: list[Any]) -> bytes:
    return b"\n".join(json.dumps(part).encode() for part in parts) + b"\n"


files = st.one_of(
    st.builds(
        lambda head, body, tail: in_lines([head, *body]) + tail, heads, st.lists(events, max_size=8), raw
    ),
    st.builds(
        lambda body, tail: b'{"version": 3}\n' + tail + b"\n" + in_lines(body),
        st.lists(events, max_size=8),
        raw,
    ),
    raw,
)


def checked(found: Recording) -> None:
    """What a player may take for granted."""
    assert 1 <= found.columns <= 10_000
    assert 1 <= found.rows <= 10_000
    assert_harmless(found.title)
    for word in (*found.about, *found.about.values()):
        assert_harmless(word)
    last = 0.0
    for event in found.events:
        assert last <= event.at <= LONGEST_RECORDING
        last = event.at
        event.data.encode("utf-8", "replace")
        if event.code == "r":
            columns, rows = map(int, event.data.split("x"))
            assert 1 <= columns <= 10_000
            assert 1 <= rows <= 10_000
        if event.code == "i":
            assert_harmless(readable(event.data))
    for limit in (None, 0.0, 1.0):
        timeline = Timeline(found.events, limit)
        assert timeline.index_at(timeline.duration) == len(found.events)
    search = PlaybackSearch(found.events, "a|x")
    while not search.scan():
        pass
    assert search.moments == sorted(set(search.moments))


@pytest.mark.cases(100)
@given(content=files)
@example(content=b'{"version":3}\n' + b"[" * 100_000 + b"\n")
@example(content=b'{"version":3}\n[' + b"1" * 5000 + b',"o","x"]\n')
@example(content=b'{"version":2,"timestamp":' + b"1" * 5000 + b"}\n")
@example(content=b'{"version":3}\n[0,"o","\\ud800"]\n[0,"i","\\udc00\x1b["]\n')
def test_any_file_is_a_recording_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "any.cast"
    path.write_bytes(content)
    try:
        found = read_recording(path)
    except TerminalError as error:
        assert_told(error)
    else:
        checked(found)


@pytest.mark.cases(30)
@given(content=files, size=st.integers(1, 300))
def test_it_is_the_same_in_pieces(folder: Path, content: bytes, size: int) -> None:
    path = folder / "pieces.cast"
    path.write_bytes(content)
    try:
        whole = read_recording(path)
    except TerminalError:
        return
    reader = RecordingReader(path)
    while not reader.read(size):
        assert 0 <= reader.progress <= 1
    assert reader.recording() == whole


@pytest.mark.cases(20)
@given(outputs=st.lists(raw, max_size=4), mark=text, node=text)
def test_what_is_recorded_is_read_again(folder: Path, outputs: list[bytes], mark: str, node: str) -> None:
    name = file_name(node)
    assert name
    assert "/" not in name
    path = folder / "own.cast"
    path.unlink(missing_ok=True)
    recorder = Recorder(
        path, About(node=node, account="SYSTEM", context="c", who=node), 80, 24, clock=lambda: 0.0
    )
    for data in outputs:
        recorder.output(data)
    recorder.mark(mark)
    recorder.close(0)
    found = read_recording(path)
    checked(found)
    assert not found.damaged
    said = "".join(event.data for event in found.events if event.code == "o")
    assert said == b"".join(outputs).decode("utf-8", "replace")


@pytest.mark.cases(150)
@given(text)
def test_typed_keys_are_shown_harmless(typed: str) -> None:
    assert_harmless(readable(typed))
