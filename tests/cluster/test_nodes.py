"""Nodes, listed and read: from a real API server's JSON to our facts."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from hptui.errors import InvalidError, NotFoundError
from tests.cluster.conftest import Connector
from tests.cluster.replay import ReplayServer, exchange, plain


async def test_a_node_carries_what_the_screen_shows(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("nodes", "node-get-full")
    node = await (await connect_to(server)).get_node("win-2022-01")
    assert (node.name, node.operating_system, node.kernel_version) == (
        "win-2022-01",
        "windows",
        "10.0.20348.2700",
    )
    assert node.is_ready
    assert node.ready is not None
    assert isinstance(node.ready.heartbeat, datetime)
    assert node.ready.heartbeat.tzinfo is UTC
    assert node.cpu_capacity == 4
    assert node.memory_capacity == 16 * 1024**3
    assert node.labels["kubernetes.io/os"] == "windows"


async def test_nodes_are_listed_in_pages_of_any_size(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("nodes", "nodes-windows-page-1", "nodes-windows-page-2", "nodes-windows-page-3")
    nodes = await (await connect_to(server)).list_nodes()
    expected = exchange("nodes", "nodes-windows")["response"]["body"]["items"]
    assert [node.name for node in nodes] == [item["metadata"]["name"] for item in expected]
    first, second, _ = server.asked("GET", "/api/v1/nodes")
    assert first.asked("resourceVersion") is None  # 0 would ignore the limit
    assert (first.asked("limit"), second.asked("limit")) == ("100", "250")
    assert second.asked("continue")


async def test_lists_may_come_compressed(server: ReplayServer, connect_to: Connector) -> None:
    body = gzip.compress(json.dumps(exchange("nodes", "nodes-windows")["response"]["body"]).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    server.on("GET", "/api/v1/nodes", lambda line, request: line.whole(200, "OK", headers, body))
    assert len(await (await connect_to(server)).list_nodes()) > 3
    assert server.requests[0].header("Accept-Encoding") == "gzip"


async def test_a_nodes_images_are_asked_for_apart(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("nodes", "node-get-full")
    images = await (await connect_to(server)).node_images("win-2022-01")
    recorded = exchange("nodes", "node-get-full")["response"]["body"]["status"]["images"]
    assert [list(image.names) for image in images] == [one["names"] for one in recorded]
    assert all(image.size > 0 for image in images)


async def test_an_unknown_node_is_not_found(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("nodes", "node-not-found")
    with pytest.raises(NotFoundError, match='nodes "nosuchnode" not found'):
        await (await connect_to(server)).get_node("nosuchnode")


async def test_a_bad_selector_is_refused_with_the_servers_words(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", "/api/v1/nodes", plain(exchange("nodes", "nodes-bad-selector")))
    with pytest.raises(InvalidError):
        await (await connect_to(server)).list_nodes("==")
