"""What comes on an exec's channel: messages, frames and bytes of the connection, cut, forged and broken."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cluster.exec_protocol import STDERR, STDOUT, V4, V5, Ended, ExecDecoder, exit_from, stdin_messages
from hptui.cluster.exec_socket import ExecSocket
from hptui.cluster.model import ExecEnd, ExecExit, ExecOutput
from hptui.errors import HptuiError
from hptui.terminal.plain import plain
from tests.fuzz.nasty import assert_harmless, assert_told, cuts, json_values, raw
from tests.fuzz.server import Server

LIMIT = 20.0  # seconds

statuses = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(("Success", "Failure")) | json_values,
        "message": st.sampled_from(
            ('invalid exit code value "3221225786"', 'invalid exit code value "-1"', "exit code 1")
        )
        | json_values,
        "reason": st.sampled_from(("NonZeroExitCode", "InternalError")) | json_values,
        "details": st.builds(
            lambda causes: {"causes": causes},
            st.lists(
                st.fixed_dictionaries({"reason": st.sampled_from(("ExitCode", "x")), "message": json_values}),
                max_size=3,
            )
            | json_values,
        )
        | json_values,
    },
)
ends = st.one_of(
    statuses.map(lambda status: json.dumps(status).encode()),
    json_values.map(lambda value: json.dumps(value).encode()),
    raw,
    st.integers(0, 40).map(lambda at: b'{"status":"Failure","message":"\xe4\xbd\xa0","reason":"x"}'[:at]),
)
messages = st.builds(
    lambda channel, body: bytes([channel]) + body,
    st.sampled_from((0, 1, 1, 2, 2, 3, 4, 5, 255, 49)),
    ends | raw,
) | st.just(b"")


def checked_exit(how: ExecExit) -> None:
    assert how.end in ExecEnd
    assert how.code is None or 0 <= how.code <= 0xFFFFFFFF
    assert (how.code is not None) == (how.end in (ExecEnd.EXITED, ExecEnd.KILLED))
    assert_harmless(plain(how.message))


@pytest.mark.cases(300)
@given(ends, st.sampled_from((V5, V4, "", "other")))
@example(b"[" * 100_000, V5)
@example(
    b'{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"'
    + b"9" * 5000
    + b'"}]}}',
    V4,
)
@example(b'{"message":"invalid exit code value \\"' + b"9" * 5000 + b'\\""}', V5)
@example(b"exit code " + b"1" * 5000, "")
def test_every_end_is_one_that_can_be_told(body: bytes, protocol: str) -> None:
    how = exit_from(body, protocol)
    checked_exit(how)
    assert how.certain is False or not (
        protocol == V5 and how.end is ExecEnd.EXITED and how.code == 0 and b"Success" in body
    )


@pytest.mark.cases(120)
@given(st.lists(messages, max_size=8), st.sampled_from((V5, V4, "")))
def test_the_decoder_gives_what_stands_there_and_one_end(said: list[bytes], protocol: str) -> None:
    decoder = ExecDecoder(protocol)
    meanings = [decoder.decode(message) for message in said]
    for stream, channel in (("stdout", STDOUT), ("stderr", STDERR)):
        output = b"".join(m.data for m in meanings if isinstance(m, ExecOutput) and m.stream.value == stream)
        assert output == b"".join(message[1:] for message in said if message[:1] == bytes([channel]))
    ended = [m for m in meanings if isinstance(m, Ended)]
    assert len(ended) <= 1
    checked_exit(decoder.broken("x"))
    if ended:
        assert decoder.broken() == ended[0].exit


@pytest.mark.cases(100)
@given(st.lists(raw, max_size=4))
def test_what_is_typed_goes_on_stdin_and_on_nothing_else(typed: list[bytes]) -> None:
    sent = [message for data in typed for message in stdin_messages(data)]
    assert b"".join(message[1:] for message in sent) == b"".join(typed)
    assert {message[0] for message in sent} <= {0}


# The connection


class Heard:
    """A listener that keeps everything."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.ends: list[ExecExit] = []
        self.errors: list[BaseException] = []
        self.done = threading.Event()
        self.socket: ExecSocket | None = None

    def opened(self, protocol: str) -> None: ...

    def failed(self, error: BaseException) -> None:
        self.errors.append(error)

    def output(self, pieces: Sequence[ExecOutput]) -> None:
        self.said.extend(piece.data for piece in pieces)
        assert self.socket is not None
        self.socket.take_back()

    def exited(self, how: ExecExit) -> None:
        self.ends.append(how)

    def sent(self, unsent: int) -> None: ...

    def over(self) -> None:
        self.done.set()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def frame(opcode: int, data: bytes, *, fin: bool = True, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        return head + bytes([size]) + data
    return (
        head
        + (b"\x7e" + struct.pack("!H", size) if size < 65536 else b"\x7f" + struct.pack("!Q", size))
        + data
    )


def play(server: Server, answer: Sequence[bytes]) -> Heard:
    server.answer = answer
    heard = Heard()
    transport = server.transport()
    heard.socket = ExecSocket(transport, "/exec", heard, ping=0)
    heard.socket.start()
    assert heard.done.wait(LIMIT)
    transport.close()
    for error in heard.errors:
        assert isinstance(error, HptuiError)
        assert_told(error)
    assert len(heard.errors) + len(heard.ends) == 1
    for how in heard.ends:
        checked_exit(how)
    return heard


good_frames = st.lists(
    st.one_of(
        st.builds(lambda body: [(2, b"\x01" + body, True)], raw),
        st.builds(lambda a, b: [(2, b"\x01" + a, False), (0, b, True)], raw, raw),
        st.builds(lambda a, b: [(2, b"\x01" + a, False), (9, b"x", True), (0, b, True)], raw, raw),
        st.just([(9, b"ping", True)]),
    ),
    max_size=6,
)


@pytest.mark.cases(15)
@given(data=st.data(), frames=good_frames)
def test_output_is_the_same_however_the_connection_cuts_it(
    server: Server, data: st.DataObject, frames: list[list[tuple[int, bytes, bool]]]
) -> None:
    said = b"".join(frame(opcode, body, fin=fin) for group in frames for opcode, body, fin in group)
    wanted = b"".join(b"".join(body for opcode, body, _ in group if opcode != 9)[1:] for group in frames)
    heard = play(server, data.draw(cuts(said)))
    assert b"".join(heard.said) == wanted


bad_bytes = st.one_of(
    raw,
    st.builds(
        frame,
        st.integers(0, 15),
        raw,
        fin=st.booleans(),
        length=st.none() | st.sampled_from((0, 125, 65535, 65536, 2**31, 2**40, 2**62, 2**64 - 1)),
    ),
)


@pytest.mark.cases(15)
@given(data=st.data(), parts=st.lists(bad_bytes, max_size=5))
def test_no_bytes_end_the_thread_in_a_traceback(
    server: Server, data: st.DataObject, parts: list[bytes]
) -> None:
    play(server, data.draw(cuts(b"".join(parts))))


def test_a_message_larger_than_any_is_an_end_not_memory(server: Server) -> None:
    endless = [frame(2, b"\x01" + b"x" * (1 << 20), length=1 << 40), *[b"y" * (1 << 20)] * 63]
    heard = play(server, endless)
    assert not heard.said
    assert "larger" in heard.ends[0].message


def test_nor_one_in_many_pieces(server: Server) -> None:
    heard = play(server, [frame(2, b"\x01", fin=False), *[frame(0, b"y" * (1 << 20), fin=False)] * 64])
    assert "larger" in heard.ends[0].message
