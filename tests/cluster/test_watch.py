"""Watching nodes: first the list, then changes, over everything that can break a watch."""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hptui.cluster.model import Live, NodesChanged, NodeUpdate, Stale
from hptui.cluster.port import Stream
from hptui.errors import CredentialsError, ForbiddenError
from tests.cluster.conftest import Connector, until
from tests.cluster.replay import Line, ReplayServer, Request, exchange, lines, plain, status, streamed

NODES = "/api/v1/nodes"


class Seen:
    """A screen's view of the nodes: what a consumer of the stream holds after each update."""

    def __init__(self, stream: Stream[NodeUpdate]) -> None:
        self.stream = stream
        self.updates: list[NodeUpdate] = []
        self.versions: dict[str, str] = {}
        self.complete = False
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for update in self.stream:
            self.updates.append(update)
            if isinstance(update, NodesChanged):
                self.complete = update.complete
                for node in update.changed:
                    self.versions[node.name] = node.resource_version
                for name in update.removed:
                    del self.versions[name]

    @property
    def states(self) -> list[Live | Stale]:
        return [update for update in self.updates if not isinstance(update, NodesChanged)]

    async def until(self, condition: Any, what: str) -> None:
        await until(lambda: self.task.done() or condition(), what)
        if self.task.done():
            self.task.result()
            assert condition(), what

    async def close(self) -> None:
        self.stream.close()
        await self.task


@pytest.fixture
async def seen_by(server: ReplayServer, connect_to: Connector) -> AsyncIterator[Any]:
    opened: list[Seen] = []

    async def watch() -> Seen:
        cluster = await connect_to(server)
        opened.append(Seen(cluster.watch_nodes()))
        return opened[-1]

    yield watch
    for one in opened:
        one.stream.close()
        await asyncio.gather(one.task, return_exceptions=True)


def watching(server: ReplayServer) -> list[Request]:
    return [one for one in server.asked("GET", NODES) if one.asked("watch")]


def listing(server: ReplayServer) -> list[Request]:
    return [one for one in server.asked("GET", NODES) if not one.asked("watch")]


def node_list(version: str, *items: Any) -> Any:
    body = {"kind": "NodeList", "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": items}
    return status(200, body)


def node(name: str, version: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "resourceVersion": version},
        "spec": {},
        "status": {},
    }


async def test_the_list_comes_first_then_changes_and_the_state_is_live(
    server: ReplayServer, seen_by: Any
) -> None:
    server.replay("nodes", "nodes-windows")
    recorded = exchange("node-watch", "node-watch-changes")
    server.on("GET", NODES, streamed(recorded, end="client"), watch="true")
    seen = await seen_by()
    objects = [c["data"]["object"]["metadata"] for c in recorded["chunks"] if c["data"]["type"] != "BOOKMARK"]
    last = {one["name"]: one["resourceVersion"] for one in objects}
    await seen.until(lambda: last.items() <= seen.versions.items(), "the newest change")
    listed = exchange("nodes", "nodes-windows")["response"]["body"]
    assert seen.versions.keys() == {item["metadata"]["name"] for item in listed["items"]}
    assert seen.complete
    assert [type(state) for state in seen.states] == [Live]
    (asked,) = watching(server)
    assert asked.asked("resourceVersion") == listed["metadata"]["resourceVersion"]
    assert asked.asked("allowWatchBookmarks") == "true"
    assert 96 <= int(asked.asked("timeoutSeconds") or 0) <= 120
    assert asked.asked("labelSelector") == "kubernetes.io/os=windows"


async def test_a_watch_that_ends_in_good_order_goes_on_from_its_last_bookmark(
    server: ReplayServer, seen_by: Any
) -> None:
    server.replay("nodes", "nodes-windows")
    recorded = exchange("node-watch", "node-watch-changes")
    server.on("GET", NODES, streamed(recorded), lines(), watch="true")
    seen = await seen_by()
    await seen.until(lambda: len(watching(server)) == 2, "the second watch")
    bookmark = [c["data"] for c in recorded["chunks"] if c["data"]["type"] == "BOOKMARK"][-1]
    assert watching(server)[1].asked("resourceVersion") == bookmark["object"]["metadata"]["resourceVersion"]
    assert len(listing(server)) == 1
    assert all(isinstance(state, Live) for state in seen.states)  # nothing was ever missed


async def test_an_api_server_that_restarts_is_lived_through(server: ReplayServer, seen_by: Any) -> None:
    """The watch is cut in the middle, its version is too old afterwards, and the list shows what was missed."""
    server.on(
        "GET",
        NODES,
        node_list("1163", node("win-2022-08", "1160"), node("win-gone", "1000"), node("win-same", "1001")),
        node_list("1183", node("win-2022-08", "1180"), node("win-new", "1181"), node("win-same", "1001")),
    )
    cut = exchange("expired", "watch-api-server-restarts")
    assert cut["ended_by"].startswith("broken")
    server.on(
        "GET", NODES, streamed(cut), streamed(exchange("expired", "watch-too-old")), lines(), watch="true"
    )
    seen = await seen_by()
    await seen.until(lambda: "win-new" in seen.versions, "the list after the restart")
    await seen.until(lambda: len(watching(server)) == 3, "the watch after the restart")
    assert seen.versions == {"win-2022-08": "1180", "win-new": "1181", "win-same": "1001"}
    live, stale, again = seen.states[:3]
    assert isinstance(live, Live)
    assert isinstance(again, Live)
    assert isinstance(stale, Stale)
    assert "cut" in stale.reason
    assert stale.retry_at is not None
    assert stale.retry_at >= stale.since
    newest = cut["chunks"][-1]["data"]["object"]["metadata"]["resourceVersion"]
    assert [one.asked("resourceVersion") for one in watching(server)] == ["1163", newest, "1183"]
    changed = [u for u in seen.updates if isinstance(u, NodesChanged)]
    assert sum(one.name == "win-same" for update in changed for one in update.changed) == 1


async def test_a_list_that_expires_between_its_pages_starts_again(server: ReplayServer, seen_by: Any) -> None:
    first = copy.deepcopy(exchange("expired", "continue-inconsistent")["response"]["body"])
    first["items"] = [node("a", "1"), node("b", "2")]
    server.on("GET", NODES, node_list("9", node("a", "1"), node("c", "3")))
    server.on("GET", NODES, status(200, first), limit="100")
    server.on("GET", NODES, plain(exchange("expired", "continue-too-old")), limit="250")
    server.on("GET", NODES, lines(), watch="true")
    seen = await seen_by()
    await seen.until(lambda: seen.complete, "the whole list")
    assert seen.versions == {"a": "1", "c": "3"}


async def test_objects_that_cannot_be_decoded_are_left_out_and_logged(
    server: ReplayServer, seen_by: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bad = node("bad", "2")
    bad["status"] = {"conditions": "none"}
    server.on("GET", NODES, node_list("5", node("good", "1"), bad))
    server.on(
        "GET",
        NODES,
        lines(
            {"type": "ADDED", "object": {**bad, "metadata": {**bad["metadata"], "resourceVersion": "6"}}},
            "this is not JSON\n",
            {"type": "ADDED", "object": node("later", "7")},
            end="server",
        ),
        lines(),
        watch="true",
    )
    with caplog.at_level(logging.WARNING, logger="hptui.cluster.reflector"):
        seen = await seen_by()
        await seen.until(lambda: "later" in seen.versions, "what comes after the bad one")
    assert seen.versions == {"good": "1", "later": "7"}
    assert len(caplog.records) == 3
    assert "left out" in caplog.text


async def test_a_server_that_is_down_is_stale_and_tried_again(server: ReplayServer, seen_by: Any) -> None:
    server.on(
        "GET", NODES, status(503, "down"), status(503, "down"), status(503, "down"), status(503, "down")
    )
    seen = await seen_by()
    await seen.until(lambda: len(seen.states) >= 1, "the first failure")
    assert isinstance(seen.states[0], Stale)
    assert seen.states[0].reason == "down"
    server.on("GET", NODES, node_list("1", node("a", "1")))
    server.on("GET", NODES, lines(), watch="true")
    await seen.until(lambda: seen.states and isinstance(seen.states[-1], Live), "the server to be back")
    assert seen.versions == {"a": "1"}


async def test_a_watch_that_always_ends_at_once_does_not_spin(server: ReplayServer, seen_by: Any) -> None:
    server.on("GET", NODES, node_list("1"))
    server.on("GET", NODES, lines(end="server"), watch="true")
    seen = await seen_by()
    await seen.until(lambda: len(watching(server)) >= 3, "a few watches")
    before = len(watching(server))
    await asyncio.sleep(0.3)  # long against a hot loop, which makes hundreds in this time
    assert len(watching(server)) - before < 10


async def test_a_missing_right_ends_the_stream_with_the_verb_and_the_resource(
    server: ReplayServer, seen_by: Any
) -> None:
    server.on(
        "GET", NODES, status(403, exchange("node-watch", "viewer-watch-forbidden")["chunks"][0]["data"])
    )
    seen = await seen_by()
    with pytest.raises(ForbiddenError, match='cannot watch resource "nodes"') as caught:
        await seen.task
    assert "watch nodes" in caught.value.hint


async def test_an_unknown_token_ends_the_stream(server: ReplayServer, seen_by: Any) -> None:
    server.on("GET", NODES, plain(exchange("authz", "expired-token")))
    seen = await seen_by()
    with pytest.raises(CredentialsError):
        await seen.task
    assert len(server.asked("GET", NODES)) == 2  # once more with renewed credentials


async def test_a_refusal_while_a_server_restarts_is_waited_out(server: ReplayServer, seen_by: Any) -> None:
    """A starting API server has not read its roles yet: what was live stays, stale, until it has."""
    forbidden = exchange("node-watch", "viewer-watch-forbidden")["chunks"][0]["data"]
    server.on("GET", NODES, node_list("1", node("a", "1")))
    server.on(
        "GET",
        NODES,
        lines(end="cut"),
        status(403, forbidden),
        status(403, forbidden),
        lines({"type": "MODIFIED", "object": node("a", "2")}),
        watch="true",
    )
    seen = await seen_by()
    await seen.until(lambda: seen.versions == {"a": "2"}, "the change after the restart")


async def test_a_server_that_takes_a_watch_and_says_nothing_is_stale_soon(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", NODES, node_list("1", node("a", "1")))
    server.on("GET", NODES, lambda line, request: line.wait_gone(), lines(), watch="true")
    seen = Seen((await connect_to(server, request_timeout=0.3)).watch_nodes())
    await seen.until(lambda: len(seen.states) == 2, "the second try")
    assert [type(state) for state in seen.states] == [Stale, Live]
    await seen.close()


async def test_a_storm_of_changes_comes_in_few_batches(server: ReplayServer, seen_by: Any) -> None:
    server.on("GET", NODES, node_list("1"))
    storm = [{"type": "MODIFIED", "object": node(f"n{i % 100}", str(i))} for i in range(5000)]
    server.on("GET", NODES, lines(*storm), watch="true")
    seen = await seen_by()
    await seen.until(lambda: seen.versions.get("n99") == "4999", "the end of the storm")
    batches = [update for update in seen.updates if isinstance(update, NodesChanged)]
    assert len(batches) < 100
    assert all(len({one.name for one in update.changed}) == len(update.changed) for update in batches)


async def test_a_stream_is_closed_at_once_even_while_it_waits_for_the_server(
    server: ReplayServer, connect_to: Connector
) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def silent(line: Line, request: Request) -> None:
        loop.call_soon_threadsafe(asked.set)
        line.wait_gone()

    server.on("GET", NODES, silent)
    cluster = await connect_to(server)
    seen = Seen(cluster.watch_nodes())
    await asked.wait()
    await seen.close()
    assert seen.updates == []
    await cluster.close()  # connect_to sees that the thread ends, although the server never answers


async def test_a_closed_stream_gives_nothing_more(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", NODES, node_list("1", node("a", "1")))
    server.on("GET", NODES, lines(), watch="true")
    stream = (await connect_to(server)).watch_nodes()
    async for _ in stream:
        stream.close()
        stream.close()
    assert [update async for update in stream] == []


async def test_a_program_that_ends_with_streams_open_ends_at_once(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    """Nothing joins our threads: not asyncio at its end, and not the interpreter."""
    server.on("GET", NODES, node_list("1", node("a", "1")))
    server.on("GET", NODES, lines(), watch="true")
    server.on("GET", "/api/v1/nodes/slow", lambda line, request: line.wait_gone())
    await connect_to(server)
    script = f"""
import asyncio
from hptui.cluster.connect import ConnectOptions, connect

async def main():
    cluster = await connect(ConnectOptions(kubeconfig={str(tmp_path / "config")!r}, request_timeout=600))
    asking = asyncio.create_task(cluster.get_node("slow"))
    async for update in cluster.watch_nodes():
        print(type(update).__name__, flush=True)
        if type(update).__name__ == "Live":
            break

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert out.split() == [b"NodesChanged", b"Live"]
    assert (process.returncode, err) == (0, b"")
