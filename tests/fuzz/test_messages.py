"""What the program's own processes say to each other, cut and forged: the guardian's orders and the engine's frames."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.hostprocess.guardian_process import Orders
from hptui.terminal.engine_wire import Request, receive, send
from tests.fuzz.nasty import clean_text, json_values, raw

WATCH: dict[str, dict[str, Any]] = {
    "watch": {
        "namespace": "d",
        "pod_name": "p",
        "session_id": "abcd1234",
        "deadline": 60,
        "journal": "/j",
        "server": "s",
    },
    "options": {"kubeconfig": "/k", "context": None, "as_groups": []},
}
orders = st.one_of(
    st.just(WATCH),
    st.sampled_from(
        (
            {"gone": "abcd1234"},
            {"farewell": True},
            {"left": True},
            {"terminal": None},
            {"terminal": [1, 2, ["AA=="]]},
        )
    ),
    st.builds(
        lambda key, value: {key: value},
        st.sampled_from(("watch", "gone", "terminal", "farewell", "left")),
        json_values,
    ),
    st.builds(
        lambda key, value: {**WATCH, "watch": {**WATCH["watch"], key: value}},
        st.sampled_from(("namespace", "deadline", "x")),
        json_values,
    ),
    json_values,
)


def read(data: bytes) -> Orders:
    found = Orders()
    found.read(io.BytesIO(data))
    return found


@pytest.mark.cases(150)
@given(st.lists(orders, max_size=5), raw, st.integers(0, 30))
@example([], b"[" * 100_000, 0)
def test_whatever_is_said_the_guardian_lives_and_knows_what_came_whole(
    said: list[Any], noise: bytes, cut: int
) -> None:
    lines = [json.dumps(order).encode() for order in said]
    whole = read(b"".join(line + b"\n" for line in lines))
    noisy = read(b"".join(line + b"\n" + noise.replace(b"\n", b"") + b"\n" for line in lines))
    if not noise.strip():
        assert noisy.watched == whole.watched
    cut_off = read(b"".join(line + b"\n" for line in lines) + json.dumps(WATCH).encode()[: -1 - cut])
    assert cut_off.watched == whole.watched
    for pod in whole.watched.values():
        assert all(
            isinstance(word, str) for word in (pod.namespace, pod.pod_name, pod.session_id, pod.journal)
        )
        assert isinstance(pod.options, dict)


def test_a_watch_is_known_until_it_is_gone() -> None:
    line = json.dumps(WATCH).encode() + b"\n"
    assert list(read(line).watched) == ["abcd1234"]
    assert not read(line + b'{"gone": "abcd1234"}\n').watched


frames = st.lists(
    st.lists(st.integers(-(2**63), 2**63) | clean_text | st.binary(), max_size=4).map(msgspec.msgpack.encode)
    | raw,
    max_size=4,
)


@pytest.mark.cases(150)
@given(frames, st.integers(0, 12), st.none() | st.integers(0, 2**32 - 1))
def test_frames_come_whole_or_are_an_end(said: list[bytes], cut: int, length: int | None) -> None:
    stream = b"".join(len(frame).to_bytes(4, "little") + frame for frame in said)
    if length is not None:
        stream += length.to_bytes(4, "little") + b"x"
    pipe = io.BytesIO(stream[: len(stream) - cut] if cut else stream)
    arrived = []
    while True:
        try:
            arrived.append(receive(pipe))
        except EOFError:
            break
    if not cut and (length is None or length > 1):
        assert arrived == said
    assert arrived[: len(said)] == said[: len(arrived)]
    for frame in arrived:
        with suppress(msgspec.DecodeError):
            msgspec.msgpack.decode(frame, type=Request)


@pytest.mark.cases(60)
@given(st.lists(clean_text | st.binary() | st.integers(-(2**63), 2**63), max_size=5))
def test_what_is_sent_is_received(said: list[Any]) -> None:
    pipe = io.BytesIO()
    for message in said:
        send(pipe, message)
    pipe.seek(0)
    assert [msgspec.msgpack.decode(receive(pipe)) for _ in said] == said
