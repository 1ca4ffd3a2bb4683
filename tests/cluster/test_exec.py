"""Exec, on recorded exchanges of a real API server: exit codes, half-close, refusals, streams cut in many places."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hptui.cluster.model import ExecEnd, ExecExit, ExecStream
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import (
    ClusterError,
    CredentialsError,
    ExecError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from tests.cluster.conftest import Connector, until
from tests.cluster.replay import (
    Line,
    ReplayServer,
    Request,
    Spoken,
    exchange,
    plain,
    recording,
    status,
    upgrade,
    websocket,
)

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
POD = "/api/v1/namespaces/hptui/pods/hpc/exec"


async def start(cluster: Cluster, recorded: dict[str, Any]) -> ExecChannel:
    """The exec that was recorded, asked for through the door."""
    parts = urlsplit(recorded["request"]["path"])
    query = parse_qsl(parts.query)
    asked = dict(query)
    return await cluster.exec(
        "hptui",
        parts.path.split("/")[6],
        [value for key, value in query if key == "command"],
        container=asked.get("container", ""),
        tty="tty" in asked,
        stdin="stdin" in asked,
    )


async def read_all(channel: ExecChannel) -> dict[ExecStream, bytes]:
    output = {ExecStream.STDOUT: b"", ExecStream.STDERR: b""}
    while pieces := await channel.read():
        for piece in pieces:
            assert piece.data
            output[piece.stream] += piece.data
    return output


def said(recorded: dict[str, Any], channel: int) -> bytes:
    """What the recording's server said on a channel."""
    import base64

    frames = (one for one in recorded["frames"] if one["dir"] == "recv" and one.get("channel") == channel)
    return b"".join(base64.b64decode(one["data_b64"]) for one in frames)


async def replayed(
    server: ReplayServer, connect_to: Connector, file: str, name: str
) -> tuple[ExecExit, dict[ExecStream, bytes]]:
    recorded = exchange(file, name)
    path = urlsplit(recorded["request"]["path"]).path
    spoken = Spoken()
    server.on("GET", path, websocket(recorded, spoken))
    channel = await start(await connect_to(server), recorded)
    for frame in recorded["frames"]:
        if frame["dir"] == "send" and frame.get("channel") == 0:
            channel.write(frame["text"].encode() if "text" in frame else b"?")
        elif frame["dir"] == "send" and frame.get("channel") == 4:
            channel.resize(80, 25)
        elif frame["dir"] == "send" and frame.get("channel") == 255:
            channel.close_stdin()
    output = await read_all(channel)
    return await channel.wait(), output


EXITS = {
    "v5-exit-0": (0, False),
    "v5-exit-3": (3, True),
    "v5-exit-255": (255, True),
    "v5-exit-3010": (3010, True),
    "v5-exit-3010-old-kubelet": (3010, True),
    "v5-exit-minus-1": (4294967295, True),
    "v4-exit-3010": (3010, True),
    "v4-exit-minus-1": (4294967295, True),
    "v4-stdout-stderr-apart": (1, True),
    "v4-error-output": (1, True),
    "v5-tty-exit-3": (3, True),
    "v5-tty-session": (0, False),
    "v4-tty-session": (0, True),
    "v5-stdin-half-close": (0, False),
}


@pytest.mark.parametrize("name", EXITS)
async def test_an_exit_code_is_the_hosts(server: ReplayServer, connect_to: Connector, name: str) -> None:
    code, certain = EXITS[name]
    how, output = await replayed(server, connect_to, "exec", name)
    assert (how.end, how.code, how.certain) == (ExecEnd.EXITED, code, certain)
    assert output[ExecStream.STDOUT] == said(exchange("exec", name), 1)
    assert output[ExecStream.STDERR] == said(exchange("exec", name), 2)


@pytest.mark.parametrize(
    "name", [n for n in recording("exec-broken") if "killed" in n or n == "v5-node-goes-down"]
)
async def test_a_cut_stream_is_never_a_certain_success(
    server: ReplayServer, connect_to: Connector, name: str
) -> None:
    recorded = exchange("exec-broken", name)
    how, _ = await replayed(server, connect_to, "exec-broken", name)
    assert not how.certain
    if (recorded["end"] or {}).get("without_close_frame"):
        assert how.end is ExecEnd.LOST
        assert how.code is None
        assert "may still run" in how.message


@pytest.mark.parametrize(
    "name", ["v5-container-exits", "v5-pod-deleted", "v4-pod-deleted", "v5-pod-force-deleted"]
)
async def test_the_end_of_the_container_is_told_apart(
    server: ReplayServer, connect_to: Connector, name: str
) -> None:
    how, _ = await replayed(server, connect_to, "exec-broken", name)
    assert (how.end, how.code) == (ExecEnd.KILLED, 0xC000013A)


REFUSALS: list[tuple[str, str, type[ClusterError], str]] = [
    ("exec-errors", "exec-pod-not-scheduled", InvalidError, "does not have a host assigned"),
    ("exec-errors", "exec-pod-finished", ExecError, 'container not found ("shell")'),
    ("exec-errors", "v5-container-unknown", InvalidError, "container nosuch is not valid for pod hpc"),
    ("exec-errors", "v5-pod-unknown", NotFoundError, "not found"),
    ("exec-errors", "v5-no-streams", InvalidError, "you must specify at least 1 of stdin, stdout, stderr"),
    ("exec-errors", "v5-forbidden", ForbiddenError, 'cannot get resource "pods/exec"'),
    ("exec-errors", "v4-forbidden", ForbiddenError, 'cannot get resource "pods/exec"'),
    ("exec-errors", "v5-expired-token", CredentialsError, "Unauthorized"),
    ("exec-errors", "only-get-on-pods-exec", ForbiddenError, "the verb create on pods/exec is missing"),
    ("exec-errors", "only-create-on-pods-exec", ForbiddenError, 'cannot get resource "pods/exec"'),
    ("exec-errors", "v5-url-over-1-mb", InvalidError, "431"),
    ("exec-broken", "v5-exec-node-down", ExecError, "error dialing backend"),
    ("exec-negotiation", "unknown-offered", ExecError, "none of the exec subprotocols"),
    ("exec-negotiation", "v3", ExecError, "none of the exec subprotocols"),
    ("exec-negotiation", "plain-get", ExecError, "did not see a WebSocket"),
    ("pod-failures", "pull-failure-exec", ExecError, "container not found"),
]


@pytest.mark.parametrize(("file", "name", "kind", "words"), REFUSALS, ids=[r[1] for r in REFUSALS])
async def test_a_refusal_keeps_the_servers_words(
    server: ReplayServer, connect_to: Connector, file: str, name: str, kind: type[ClusterError], words: str
) -> None:
    server.on("GET", POD, plain(exchange(file, name)))
    with pytest.raises(kind) as caught:
        await (await connect_to(server)).exec("hptui", "hpc", ["whoami"])
    assert words in caught.value.message
    assert caught.value.hint or kind in (InvalidError, NotFoundError)


async def test_the_command_and_the_streams_are_asked_for(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", POD, websocket(exchange("exec", "v5-exit-0")))
    cluster = await connect_to(server, as_user="ann", as_groups=("a", "b"))
    channel = await cluster.exec("hptui", "hpc", ["cmd", "/c", 'echo "ä & b"'], container="shell")
    assert channel.protocol == V5
    await channel.wait()
    (asked,) = server.asked("GET", POD)
    assert [value for key, value in asked.query if key == "command"] == ["cmd", "/c", 'echo "ä & b"']
    assert (asked.asked("stdout"), asked.asked("stderr"), asked.asked("container")) == (
        "true",
        "true",
        "shell",
    )
    assert (asked.asked("tty"), asked.asked("stdin")) == (None, None)
    assert asked.header("Authorization") == "Bearer secret"
    assert asked.header("Impersonate-User") == "ann"
    assert asked.header_values("Impersonate-Group") == ["a", "b"]
    assert asked.header("Origin") is None


async def test_with_a_tty_the_size_goes_first_and_stderr_is_not_asked_for(
    server: ReplayServer, connect_to: Connector
) -> None:
    spoken = Spoken()
    server.on("GET", POD, websocket(exchange("exec", "v5-tty-session"), spoken))
    channel = await (await connect_to(server)).exec(
        "hptui", "hpc", ["powershell.exe"], tty=True, stdin=True, size=(120, 40)
    )
    channel.write(b"whoami\r")
    channel.resize(100, 30)
    channel.write(b"size\r")
    channel.write(b"exit 0\r")
    await channel.wait()
    assert spoken.messages == [
        b'\x04{"Width":120,"Height":40}',
        b"\0whoami\r",
        b'\x04{"Width":100,"Height":30}',
        b"\0size\r",
        b"\0exit 0\r",
    ]
    assert server.asked("GET", POD)[0].asked("stderr") is None


async def test_nothing_is_sent_that_a_server_does_not_bear(
    server: ReplayServer, connect_to: Connector
) -> None:
    """A resize without a tty blocks the connection; v4 knows no half-close."""
    spoken = Spoken()

    def answer(line: Line, request: Request) -> None:
        upgrade(line, request, V4)
        spoken.messages.append(line.next_frame()[1])
        line.frame(2, b'\x03{"status":"Success"}')
        line.frame(8, b"\x03\xe8")

    server.on("GET", POD, answer)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["cat"], stdin=True)
    channel.resize(80, 25)
    channel.close_stdin()
    channel.write(b"last")
    assert await channel.wait() == ExecExit(ExecEnd.EXITED, 0)
    assert spoken.messages == [b"\0last"]


async def test_a_flood_waits_in_the_network_and_stays_in_order(
    server: ReplayServer, connect_to: Connector
) -> None:
    piece, pieces = bytes(range(256)) * 128, 640  # 20 MB

    sent = 0

    def answer(line: Line, request: Request) -> None:
        nonlocal sent
        upgrade(line, request, V5)
        for _ in range(pieces):
            line.frame(2, b"\x01" + piece)
            sent += len(piece)
        line.frame(2, b'\x03{"metadata":{},"status":"Success"}')
        line.frame(8, b"\x03\xe8")

    server.on("GET", POD, answer)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["flood"])
    first = await channel.read()
    assert sum(len(one.data) for one in first) <= 2 * 64 * 1024
    before = -1
    while before != sent:  # until the sender is held back
        before = sent
        await asyncio.sleep(0.2)
    assert sent < 14 * 1024 * 1024
    dropped = channel.discard_queued()
    assert 0 < dropped <= 4 * (64 + 32) * 1024
    rest = await read_all(channel)
    total = sum(len(one.data) for one in first) + dropped + len(rest[ExecStream.STDOUT])
    assert total == len(piece) * pieces
    assert rest[ExecStream.STDOUT][-256:] == bytes(range(256))
    assert (await channel.wait()).code == 0


async def test_a_process_that_answers_while_it_is_written_to_locks_nothing(
    server: ReplayServer, connect_to: Connector
) -> None:
    """`cat` with more than the buffers hold: an end that only writes until it has written would wait for ever."""

    def echo(line: Line, request: Request) -> None:
        upgrade(line, request, V5)
        received = 0
        while received < size:
            opcode, message = line.next_frame()
            if opcode == 2:
                received += len(message) - 1
                line.frame(2, b"\x01" + message[1:])
        line.frame(2, b'\x03{"metadata":{},"status":"Success"}')
        line.frame(8, b"\x03\xe8")

    size = 3 * 1024 * 1024
    server.on("GET", POD, echo)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["cat"], stdin=True)
    channel.write(bytes(size))
    output, _ = await asyncio.gather(read_all(channel), channel.drain())
    assert len(output[ExecStream.STDOUT]) == size
    assert channel.unsent == 0


async def test_what_a_process_does_not_read_is_unsent(server: ReplayServer, connect_to: Connector) -> None:
    may_end = threading.Event()

    def deaf(line: Line, request: Request) -> None:
        upgrade(line, request, V5)
        may_end.wait(30)

    server.on("GET", POD, deaf)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["cat"], stdin=True)
    try:
        assert channel.unsent == 0
        channel.write(bytes(32 << 20))  # more than the buffers on the way hold
        assert channel.unsent > 64 << 10
        channel.close()
        assert channel.unsent == 0
    finally:
        may_end.set()


async def test_a_channel_is_closed_at_once(server: ReplayServer, connect_to: Connector) -> None:
    gone = Spoken()

    def silent(line: Line, request: Request) -> None:
        upgrade(line, request, V5)
        while True:
            opcode, _ = line.next_frame()
            if opcode == 8:
                gone.closed.set()
                return

    server.on("GET", POD, silent)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["cat"], stdin=True)
    reading = asyncio.create_task(read_all(channel))
    channel.close()
    channel.close()
    assert await reading == {ExecStream.STDOUT: b"", ExecStream.STDERR: b""}
    assert (await channel.wait()).end is ExecEnd.CLOSED
    channel.write(b"ignored")
    await until(gone.closed.is_set, "the close frame")


async def test_closing_in_the_middle_of_a_flood_ends_the_thread(
    server: ReplayServer, connect_to: Connector
) -> None:
    def flood(line: Line, request: Request) -> None:
        upgrade(line, request, V5)
        while True:
            line.frame(2, b"\x01" + bytes(32768))

    server.on("GET", POD, flood)
    cluster = await connect_to(server)
    channel = await cluster.exec("hptui", "hpc", ["flood"])
    await channel.read()
    await cluster.close()  # connect_to waits for the threads to end
    assert (await channel.wait()).end is ExecEnd.CLOSED


async def test_an_idle_channel_is_kept_alive_by_pings(server: ReplayServer, connect_to: Connector) -> None:
    pings = 0

    def answer(line: Line, request: Request) -> None:
        nonlocal pings
        upgrade(line, request, V5)
        line.frame(9, b"are you there")
        while pings < 5:
            opcode, data = line.next_frame()
            if opcode == 9:
                pings += 1
                line.frame(10, data)
            else:
                assert (opcode, data) == (10, b"are you there")
        line.frame(2, b'\x03{"status":"Success"}')
        line.frame(8, b"\x03\xe8")

    server.on("GET", POD, answer)
    channel = await (await connect_to(server, ping_interval=0.05)).exec("hptui", "hpc", ["x"])
    assert (await channel.wait()).end is ExecEnd.EXITED


@pytest.mark.parametrize("protocol", [V5, V4])
async def test_a_link_that_says_nothing_more_is_lost(
    server: ReplayServer, connect_to: Connector, protocol: str
) -> None:
    def answer(line: Line, request: Request) -> None:
        upgrade(line, request, protocol)
        line.wait_gone()

    server.on("GET", POD, answer)
    channel = await (await connect_to(server, ping_interval=0.05)).exec("hptui", "hpc", ["x"], stdin=True)
    how = await channel.wait()
    assert how.end is ExecEnd.LOST
    assert "nothing was heard" in how.message


async def test_on_v4_unread_stdin_may_silence_the_pongs(server: ReplayServer, connect_to: Connector) -> None:
    seen = 0

    def answer(line: Line, request: Request) -> None:
        nonlocal seen
        upgrade(line, request, V4)
        while seen < 12:  # several times what would be a dead link
            opcode, _ = line.next_frame()
            seen += opcode == 9
        line.frame(2, b'\x03{"status":"Success"}')
        line.frame(8, b"\x03\xe8")

    server.on("GET", POD, answer)
    channel = await (await connect_to(server, ping_interval=0.05)).exec("hptui", "hpc", ["x"], stdin=True)
    channel.write(b"nobody reads this")
    assert (await channel.wait()).end is ExecEnd.EXITED


async def test_output_that_comes_with_the_upgrade_is_not_left_lying(
    server: ReplayServer, connect_to: Connector
) -> None:
    """In one TLS record with the 101, so that the socket itself has nothing more to tell."""

    def answer(line: Line, request: Request) -> None:
        held: list[bytes] = []
        really, line.send = line.send, held.append  # type: ignore[method-assign,assignment]
        upgrade(line, request, V5)
        line.frame(2, b"\x01early")
        really(b"".join(held))
        line.wait_gone()

    server.on("GET", POD, answer)
    channel = await (await connect_to(server, ping_interval=0)).exec("hptui", "hpc", ["x"])
    async with asyncio.timeout(10):
        (piece,) = await channel.read()
    assert piece.data == b"early"


async def test_a_message_may_come_in_fragments(server: ReplayServer, connect_to: Connector) -> None:
    def answer(line: Line, request: Request) -> None:
        upgrade(line, request, V5)
        line.send(bytes([0x02, 4]) + b"\x01one")
        line.send(bytes([0x00, 3]) + b"two")
        line.send(bytes([0x80, 5]) + b"three")
        line.drop()

    server.on("GET", POD, answer)
    channel = await (await connect_to(server)).exec("hptui", "hpc", ["x"])
    assert (await read_all(channel))[ExecStream.STDOUT] == b"onetwothree"


async def test_a_401_is_answered_with_fresh_credentials(
    server: ReplayServer, connect_to: Connector, tmp_path: Any
) -> None:
    token = tmp_path / "token"
    token.write_text("old")

    def answer(line: Line, request: Request) -> None:
        if request.header("Authorization") == "Bearer new":
            websocket(exchange("exec", "v5-exit-3"))(line, request)
        else:
            token.write_text("new")
            status(401, exchange("exec-errors", "v5-expired-token")["response"]["body"])(line, request)

    server.on("GET", POD, answer)
    cluster = await connect_to(server, user={"tokenFile": str(token)})
    channel = await cluster.exec("hptui", "hpc", ["x"])
    assert (await channel.wait()).code == 3


async def test_a_cancelled_exec_leaves_nothing_behind(server: ReplayServer, connect_to: Connector) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def silent(line: Line, request: Request) -> None:
        loop.call_soon_threadsafe(asked.set)
        line.wait_gone()

    server.on("GET", POD, silent)
    cluster = await connect_to(server)
    task = asyncio.create_task(cluster.exec("hptui", "hpc", ["x"]))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_proxy_that_swallows_the_upgrade_is_named(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", POD, status(200, "hello"))
    with pytest.raises(ExecError) as caught:
        await (await connect_to(server)).exec("hptui", "hpc", ["x"])
    assert "WebSockets" in caught.value.hint
