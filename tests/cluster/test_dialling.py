"""No name server, no address and no trickle holds a request for longer than its limit."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hptui.cluster.dialling import NameNotInTime, dial, within
from hptui.errors import UnreachableError
from tests.cluster.conftest import Connector, until
from tests.cluster.replay import Line, ReplayServer, Request

UNREAL = "https://api.example:6443"


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """It answers nothing until the test is over."""
    over = threading.Event()

    def wait(*_: object, **__: object) -> object:
        over.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    yield over
    over.set()


async def test_a_name_server_that_does_not_answer(
    silent_name_server: threading.Event, connect_to: Connector
) -> None:
    cluster = await connect_to(UNREAL, connect_timeout=0.1)
    async with asyncio.timeout(20):
        with pytest.raises(UnreachableError, match="cannot be resolved: no name server has answered in time"):
            await cluster.get_node("win-2022-01")
        with pytest.raises(UnreachableError, match="no name server"):
            await cluster.exec("hptui", "hpc", ["x"])


async def test_a_name_server_that_does_not_answer_for_a_socks_proxy(
    silent_name_server: threading.Event, connect_to: Connector
) -> None:
    cluster = await connect_to(
        UNREAL, connect_timeout=0.1, cluster={"proxy-url": "socks5://proxy.example:1080"}
    )
    async with asyncio.timeout(20):
        with pytest.raises(UnreachableError, match="in time"):
            await cluster.get_node("win-2022-01")


async def test_the_beginning_of_an_answer_that_trickles_has_a_limit(
    server: ReplayServer, connect_to: Connector
) -> None:
    """Every byte of its headers comes long before the limit of silence."""

    def trickle(line: Line, request: Request) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            line.send(b"x")
            time.sleep(0.02)

    path = "/api/v1/nodes/win-2022-01"
    server.on("GET", path, trickle)
    server.on("GET", "/api/v1/namespaces/hptui/pods/hpc/exec", trickle)
    cluster = await connect_to(server, request_timeout=0.2)
    async with asyncio.timeout(20):
        with pytest.raises(UnreachableError, match="in time"):
            await cluster.get_node("win-2022-01")
        with pytest.raises(UnreachableError):
            await cluster.exec("hptui", "hpc", ["x"])


def test_the_next_address_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.MonkeyPatch.context() as patch:
        port = listening.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            unused = closed.getsockname()[1]
        stream = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        found = [(*stream, ("127.0.0.1", unused)), (*stream, ("127.0.0.1", port))]
        patch.setattr(socket, "getaddrinfo", lambda *_: found)
        with dial("api.example", port, 5.0, [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]) as connected:
            assert connected.getpeername()[1] == port
            assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_name_that_is_none() -> None:
    with pytest.raises(socket.gaierror):
        dial("a..b", 1, 5.0, ())


def test_late_is_told_from_unknown(silent_name_server: threading.Event) -> None:
    with pytest.raises(NameNotInTime):
        dial("api.example", 1, 0.05, ())


async def test_what_comes_too_late_is_disposed_of() -> None:
    over = threading.Event()
    disposed: list[Any] = []

    def slow() -> str:
        over.wait(20)
        return "late"

    with pytest.raises(TimeoutError):
        within(0.05, slow, late=disposed.append)
    over.set()
    await until(lambda: disposed == ["late"], "the late result")


def test_what_goes_wrong_in_time_is_told() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(5.0, fail)
