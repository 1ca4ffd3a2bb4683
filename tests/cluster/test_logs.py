"""Logs: followed over cuts without losing or repeating a line, waited for, and ended when the container ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.cluster.model import Live, LogEnded, LogLine, LogLines, LogUpdate, Stale
from hptui.cluster.port import Cluster
from hptui.cluster.resume import ResumableLog
from hptui.errors import ClusterError, ForbiddenError, InvalidError, NotFoundError
from tests.cluster.conftest import Connector
from tests.cluster.replay import Answer, Line, ReplayServer, Request, exchange, plain, status, streamed

PODS = "/api/v1/namespaces/hptui/pods"
LOG = f"{PODS}/logs/log"


def log(*pieces: str, end: str = "server") -> Answer:
    made = {
        "response": {"status": 200, "reason": "OK", "headers": {"Content-Type": "text/plain"}},
        "chunks": [{"data": piece} for piece in pieces],
        "ended_by": end,
    }
    return streamed(made)


def stamped(second: int, fraction: int, text: str) -> str:
    return f"2026-11-23T05:48:{second:02}.{fraction:09}Z {text}\n"


def pod(state: dict[str, Any], *, phase: str = "Running", version: str = "1") -> dict[str, Any]:
    container = {"name": "shell", "image": "i", "ready": True, "restartCount": 0, "state": state}
    return {
        "metadata": {"name": "logs", "namespace": "hptui", "uid": "u", "resourceVersion": version},
        "status": {"phase": phase, "containerStatuses": [container]},
    }


RUNNING = {"running": {"startedAt": "2026-11-23T05:40:00Z"}}
WAITING = {"waiting": {"reason": "ContainerCreating"}}
ENDED = {"terminated": {"exitCode": 3, "reason": "Error"}}


def pods(*items: Any) -> Answer:
    return status(200, {"kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": list(items)})


def changed(item: dict[str, Any], *, kind: str = "MODIFIED") -> Answer:
    return streamed(
        {
            "response": {"status": 200, "reason": "OK", "headers": {}},
            "chunks": [{"data": json.dumps({"type": kind, "object": item}) + "\n"}],
            "ended_by": "client",
        }
    )


def ends(server: ReplayServer, state: dict[str, Any] = ENDED) -> None:
    server.on("GET", PODS, pods(pod(state)))


async def followed(cluster: Cluster, **options: Any) -> tuple[list[LogLine], list[LogUpdate]]:
    """All lines, and the updates that are not lines."""
    found: list[LogLine] = []
    rest: list[LogUpdate] = []
    async with asyncio.timeout(20):
        async for update in cluster.follow_log("hptui", "logs", **options):
            if isinstance(update, LogLines):
                found.extend(update.lines)
            else:
                rest.append(update)
    return found, rest


async def test_a_log_is_followed_until_its_container_ends(
    server: ReplayServer, connect_to: Connector
) -> None:
    recorded = exchange("logs", "follow-timestamps")
    server.on("GET", LOG, streamed(recorded, end="server"))
    ends(server)
    found, rest = await followed(await connect_to(server), container="shell", tail=3)
    text = "".join(chunk["data"] for chunk in recorded["chunks"])
    assert [line.text for line in found] == [line.partition(" ")[2] for line in text.splitlines()]
    assert all(line.at is not None and line.at.tzinfo is not None for line in found)
    assert [type(one) for one in rest] == [Live, LogEnded]
    assert rest[-1] == LogEnded("The container ended with exit code 3.")
    (asked,) = server.asked("GET", LOG)
    wanted = {"follow": "true", "timestamps": "true", "tailLines": "3", "container": "shell"}
    assert dict(asked.query) == wanted


async def test_a_cut_log_goes_on_without_a_loss_or_a_repeat(
    server: ReplayServer, connect_to: Connector
) -> None:
    """Equal timestamps, equal lines, a line cut in half, and lines that stand out of order."""
    one = (
        stamped(5, 100, "one") + stamped(5, 200, "same") + stamped(5, 200, "same") + stamped(5, 200, "other")
    )
    two = stamped(5, 150, "late from stderr") + stamped(6, 1, "two\r") + stamped(6, 2, "same")
    server.on(
        "GET",
        LOG,
        log(one, stamped(6, 1, "two\r")[:33], end="cut"),
        log(one, two[:-1], end="cut"),
        log(one, two, stamped(6, 2, "same"), stamped(7, 0, "last")),
    )
    ends(server)
    found, rest = await followed(await connect_to(server))
    assert [line.text for line in found] == [
        "one", "same", "same", "other", "late from stderr", "two", "same", "same", "last",
    ]  # fmt: skip
    asked = [request.asked("sinceTime") for request in server.asked("GET", LOG)]
    assert asked == [None, "2026-11-23T05:48:04Z", "2026-11-23T05:48:05Z"]
    states = [type(update) for update in rest]
    assert states == [Live, Stale, Live, Stale, Live, LogEnded]


async def test_the_tail_is_asked_for_only_once(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", LOG, log(stamped(1, 0, "a"), end="cut"), log(stamped(1, 0, "a"), stamped(2, 0, "b")))
    ends(server)
    found, _ = await followed(await connect_to(server), tail=10)
    assert [line.text for line in found] == ["a", "b"]
    first, second = server.asked("GET", LOG)
    assert (first.asked("tailLines"), second.asked("tailLines")) == ("10", None)


async def test_what_the_tail_left_out_does_not_come_with_a_resumed_log(
    server: ReplayServer, connect_to: Connector
) -> None:
    """The whole burst lies in the second at which the log is taken up again."""
    left_out = stamped(1, 100_000, "a") + stamped(1, 200_000, "b")
    tail = stamped(1, 300_000, "c") + stamped(1, 400_000, "d")
    server.on("GET", LOG, log(tail, end="cut"), log(left_out, tail, stamped(1, 500_000, "e")))
    ends(server)
    found, _ = await followed(await connect_to(server), tail=2)
    assert [line.text for line in found] == ["c", "d", "e"]


async def test_a_clean_end_while_the_container_runs_is_not_the_end(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", LOG, log(stamped(1, 0, "a")), log(stamped(1, 0, "a"), stamped(2, 0, "b")))
    server.on("GET", PODS, pods(pod(RUNNING)), pods(pod(ENDED)))
    server.on("GET", PODS, log(end="client"), watch="true")
    found, rest = await followed(await connect_to(server))
    assert [line.text for line in found] == ["a", "b"]
    assert isinstance(rest[-1], LogEnded)


@pytest.mark.parametrize("name", ["container-creating-follow", "log-image-pull-backoff", "pod-not-scheduled"])
async def test_a_waiting_container_is_waited_for_by_a_watch(
    server: ReplayServer, connect_to: Connector, name: str
) -> None:
    server.on("GET", LOG, plain(exchange("logs", name)), log(stamped(1, 0, "started")))
    server.on("GET", PODS, pods(pod(WAITING, phase="Pending")), pods(pod(ENDED)))
    server.on("GET", PODS, changed(pod(RUNNING, version="2")), watch="true")
    found, rest = await followed(await connect_to(server))
    assert [line.text for line in found] == ["started"]
    assert not any(isinstance(update, Stale) for update in rest)
    assert len(server.asked("GET", LOG)) == 2


async def test_a_pod_that_goes_ends_its_log(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", LOG, log(stamped(1, 0, "a")))
    server.on("GET", PODS, pods(pod(RUNNING)))
    server.on("GET", PODS, changed(pod(RUNNING), kind="DELETED"), watch="true")
    _, rest = await followed(await connect_to(server))
    assert rest[-1] == LogEnded("The pod is gone.")


async def test_the_log_of_a_pod_that_fails_before_it_starts_ends(
    server: ReplayServer, connect_to: Connector
) -> None:
    failed = {**pod(WAITING), "status": {"phase": "Failed", "reason": "DeadlineExceeded"}}
    server.on("GET", LOG, plain(exchange("logs", "container-creating-follow")))
    server.on("GET", PODS, pods(pod(WAITING, phase="Pending")))
    server.on("GET", PODS, changed(failed), watch="true")
    _, rest = await followed(await connect_to(server))
    assert rest == [LogEnded("The pod ended before its container started: DeadlineExceeded.")]


async def test_another_instance_of_the_container_is_another_log(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", LOG, log(stamped(1, 0, "a")))
    ends(server, {"running": {"startedAt": "2026-11-23T05:50:00Z"}})
    _, rest = await followed(await connect_to(server))
    assert rest[-1] == LogEnded("The container ended; another instance takes its place.")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pod-unknown", NotFoundError),
        ("forbidden", ForbiddenError),
        ("container-unknown", InvalidError),
        ("bad-parameter", InvalidError),
    ],
)
async def test_what_waiting_cannot_mend_is_raised(
    server: ReplayServer, connect_to: Connector, name: str, kind: type[ClusterError]
) -> None:
    server.on("GET", LOG, plain(exchange("logs", name)))
    with pytest.raises(kind):
        await followed(await connect_to(server))


async def test_a_node_that_is_down_makes_the_log_stale(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", LOG, plain(exchange("node-down", "log-node-just-down")), log(stamped(1, 0, "back")))
    ends(server)
    found, rest = await followed(await connect_to(server))
    assert [line.text for line in found] == ["back"]
    assert isinstance(rest[0], Stale)
    assert "connection refused" in rest[0].reason
    assert "kubelet" in rest[0].hint


async def test_what_is_no_line_with_a_time_is_shown_as_it_is(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on(
        "GET", LOG, log("unable to retrieve container logs for containerd://1\n", "no break at the end")
    )
    ends(server)
    found, _ = await followed(await connect_to(server))
    assert found == [
        LogLine(None, "unable to retrieve container logs for containerd://1"),
        LogLine(None, "no break at the end"),
    ]


async def test_a_flood_of_lines_comes_whole_and_in_few_batches(
    server: ReplayServer, connect_to: Connector
) -> None:
    text = "".join(stamped(i // 10000, i % 10000, f"line {i}") for i in range(50000))
    pieces = [text[start : start + 30011] for start in range(0, len(text), 30011)]
    server.on("GET", LOG, log(*pieces))
    ends(server)
    batches = 0
    found: list[str] = []
    async for update in (await connect_to(server)).follow_log("hptui", "logs"):
        if isinstance(update, LogLines):
            batches += 1
            found.extend(line.text for line in update.lines)
    assert found == [f"line {i}" for i in range(50000)]
    assert batches < 100


async def test_a_reader_that_stops_holds_the_server_back(server: ReplayServer, connect_to: Connector) -> None:
    sent = 0

    def flood(line: Line, request: Request) -> None:
        nonlocal sent
        line.head(200, "OK", {}, chunked=True)
        data = stamped(1, 0, "x" * 1000).encode() * 60
        while True:
            line.chunk(data)
            sent += len(data)

    server.on("GET", LOG, flood)
    stream = (await connect_to(server)).follow_log("hptui", "logs")
    async for update in stream:
        if isinstance(update, LogLines):
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.2)
            assert sent < 20 * 1024 * 1024
            stream.close()


lines_and_cuts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from(["a", "b"])), max_size=30
)


@given(lines_and_cuts, st.lists(st.integers(0, 30), max_size=4))
def test_any_log_cut_anywhere_comes_once(raw: list[tuple[int, int, str]], cuts: list[int]) -> None:
    """Lines at most a second out of order, cut after any of them, come out as they were written."""
    second = 0
    written: list[bytes] = []
    for step, fraction, text in raw:
        second = min(second + (step == 3), 59)
        disordered = max(0, second - (step == 0))
        written.append(stamped(disordered, fraction, text).strip().encode())
    taker = ResumableLog()
    out: list[LogLine] = []
    done = 0
    for cut in [*sorted(cuts), len(written)]:
        start = taker.since
        if start:
            taker.resume()
        until = max(done, min(cut, len(written)))
        for line in written[:until]:
            if not start or line[:19] >= start.removesuffix("Z").encode():
                taken = taker.take(line)
                if taken is not None:
                    out.append(taken)
        done = until if taker.since else 0
    expected = [line.partition(b" ")[2].decode() for line in written]
    assert [line.text for line in out] == expected
