"""The exec protocol without a socket: every message a server may send has a meaning, and none breaks the decoder."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.cluster.exec_protocol import (
    MESSAGE,
    V4,
    V5,
    Ended,
    ExecDecoder,
    exec_query,
    exit_from,
    half_close_message,
    resize_message,
    stdin_messages,
)
from hptui.cluster.model import ExecEnd, ExecExit, ExecOutput, ExecStream
from hptui.errors import InvalidError
from tests.cluster.replay import recording


def test_output_is_told_by_its_channel() -> None:
    decoder = ExecDecoder(V5)
    assert decoder.decode(b"\x01") is None
    assert decoder.decode(b"\x01out") == ExecOutput(ExecStream.STDOUT, b"out")
    assert decoder.decode(b"\x02err") == ExecOutput(ExecStream.STDERR, b"err")
    assert decoder.decode(b"\x09what") is None
    assert decoder.decode(b"") is None


def test_success_is_certain_on_v4_only() -> None:
    assert exit_from(b'{"status":"Success"}', V4) == ExecExit(ExecEnd.EXITED, 0, certain=True)
    assert exit_from(b'{"status":"Success"}', V5) == ExecExit(ExecEnd.EXITED, 0, certain=False)


def failure(**fields: Any) -> bytes:
    return json.dumps({"status": "Failure", **fields}).encode()


@pytest.mark.parametrize(
    ("body", "end", "code"),
    [
        (failure(), ExecEnd.REFUSED, None),
        (failure(reason="NonZeroExitCode"), ExecEnd.REFUSED, None),
        (failure(reason="NonZeroExitCode", details=None), ExecEnd.REFUSED, None),
        (failure(reason="NonZeroExitCode", details={"causes": None}), ExecEnd.REFUSED, None),
        (failure(reason="NonZeroExitCode", details={"causes": [{}, {"reason": "ExitCode"}]}), ExecEnd.REFUSED, None),
        (failure(reason="NonZeroExitCode", details={"causes": [{"reason": "ExitCode", "message": "7"}]}), ExecEnd.EXITED, 7),
        # The cause counts only for this reason.
        (failure(reason="InternalError", details={"causes": [{"reason": "ExitCode", "message": "7"}]}), ExecEnd.REFUSED, None),
        (failure(reason="InternalError", message='invalid exit code value "3010"'), ExecEnd.EXITED, 3010),
        (failure(reason="InternalError", message='invalid exit code value "-1"'), ExecEnd.EXITED, 0xFFFFFFFF),
        (failure(reason="InternalError", message='invalid exit code value "3221225786"'), ExecEnd.KILLED, 0xC000013A),
        (failure(reason="InternalError", message="no such container"), ExecEnd.REFUSED, None),
        (b"command terminated, exit code 3", ExecEnd.EXITED, 3),
        (b"something else", ExecEnd.REFUSED, None),
        (b"[]", ExecEnd.REFUSED, None),
        (b"\xff\xfe", ExecEnd.REFUSED, None),
    ],
)  # fmt: skip
def test_what_channel_3_says(body: bytes, end: ExecEnd, code: int | None) -> None:
    how = exit_from(body, V5)
    assert (how.end, how.code) == (end, code)
    assert how.message or end is not ExecEnd.REFUSED


def test_only_the_first_word_on_channel_3_counts() -> None:
    decoder = ExecDecoder(V5)
    first = decoder.decode(b"\x03" + failure(reason="InternalError", message='invalid exit code value "300"'))
    assert isinstance(first, Ended)
    assert decoder.decode(b'\x03{"status":"Success"}') is None
    assert decoder.broken() == first.exit
    assert first.exit.code == 300


def test_an_end_without_a_word_is_lost() -> None:
    how = ExecDecoder(V5).broken("(reset)")
    assert (how.end, how.code, how.certain) == (ExecEnd.LOST, None, False)
    assert how.message.endswith("(reset)")


@given(st.lists(st.binary(max_size=200)), st.sampled_from([V5, V4, ""]))
def test_no_message_breaks_the_decoder(messages: list[bytes], protocol: str) -> None:
    decoder = ExecDecoder(protocol)
    for message in messages:
        meaning = decoder.decode(message)
        assert not isinstance(meaning, ExecOutput) or meaning.data
    assert decoder.broken().end in ExecEnd


@given(st.binary(max_size=3 * MESSAGE))
def test_stdin_goes_in_order_and_in_bounded_messages(data: bytes) -> None:
    messages = stdin_messages(data)
    assert b"".join(message[1:] for message in messages) == data
    assert all(message[0] == 0 and len(message) <= MESSAGE + 1 for message in messages)


def test_control_messages_are_as_recorded() -> None:
    recorded = [
        frame["text"]
        for exchange in recording("exec").values()
        for frame in exchange["frames"]
        if frame["dir"] == "send" and frame.get("channel") == 4
    ]
    assert '{"Width":120,"Height":40}' in recorded
    assert resize_message(120, 40) == b'\x04{"Width":120,"Height":40}'
    assert half_close_message(V5) == b"\xff\x00"
    assert half_close_message(V4) is None


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), st.booleans(), st.booleans())
def test_any_command_arrives_as_it_was_given(command: list[str], tty: bool, stdin: bool) -> None:
    query = exec_query(command, tty=tty, stdin=stdin, container="shell")
    asked = parse_qsl(query, keep_blank_values=True)
    assert [value for key, value in asked if key == "command"] == command
    assert (("stdin", "true") in asked) is stdin
    assert (("tty", "true") in asked) is tty
    assert (("stderr", "true") in asked) is not tty


def test_a_command_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidError, match="not text"):
        exec_query(["cmd", b"\xff".decode("utf-8", "surrogateescape")])
