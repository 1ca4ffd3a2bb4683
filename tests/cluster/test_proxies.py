"""Proxies that are reached by TLS or speak SOCKS: requests and execs alike go through them, to the whole journey's end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hptui.cluster.model import ExecEnd
from hptui.errors import UnreachableError
from tests.cluster.conftest import Authority, Connector
from tests.cluster.loop_proxy import socks_proxy, tls_proxy
from tests.cluster.replay import ReplayServer, exchange, plain, websocket

NODE = "/api/v1/nodes/win-2022-01"
EXEC = "/api/v1/namespaces/hptui/pods/hpc/exec"


async def asked_and_answered(server: ReplayServer, connect_to: Connector, proxy: str) -> None:
    server.on("GET", NODE, plain(exchange("nodes", "node-get-full")))
    server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(f"https://api.example:{server.port}", cluster={"proxy-url": proxy})
    assert (await cluster.get_node("win-2022-01")).name
    channel = await cluster.exec("hptui", "hpc", ["x"])
    end = await channel.wait()
    assert (end.end, end.code) == (ExecEnd.EXITED, 3)


async def test_a_proxy_with_tls_serves_requests_and_execs(
    server: ReplayServer, connect_to: Connector, authority: Authority
) -> None:
    async with tls_proxy(authority.server_context()) as proxy:
        await asked_and_answered(server, connect_to, f"https://localhost:{proxy.port}")
        assert proxy.targets == [f"api.example:{server.port}"] * 2


async def test_a_proxy_with_tls_that_nobody_vouches_for_is_not_trusted(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    async with tls_proxy(Authority(tmp_path).server_context()) as proxy:
        cluster = await connect_to(
            f"https://api.example:{server.port}", cluster={"proxy-url": f"https://localhost:{proxy.port}"}
        )
        with pytest.raises(UnreachableError):
            await cluster.exec("hptui", "hpc", ["x"])
        with pytest.raises(UnreachableError):
            await cluster.get_node("win-2022-01")


async def test_a_proxy_with_tls_that_refuses_is_named(connect_to: Connector, authority: Authority) -> None:
    async with tls_proxy(authority.server_context()) as proxy:
        cluster = await connect_to(
            "https://refused.example:1", cluster={"proxy-url": f"https://localhost:{proxy.port}"}
        )
        with pytest.raises(UnreachableError, match="403"):
            await cluster.exec("hptui", "hpc", ["x"])


@pytest.mark.parametrize(("scheme", "host"), [("socks5", "127.0.0.1"), ("socks5h", "api.example")])
async def test_a_socks_proxy_serves_requests_and_execs(
    server: ReplayServer, connect_to: Connector, scheme: str, host: str
) -> None:
    async with socks_proxy() as proxy:
        if scheme == "socks5h":
            await asked_and_answered(server, connect_to, f"{scheme}://127.0.0.1:{proxy.port}")
        else:
            server.on("GET", NODE, plain(exchange("nodes", "node-get-full")))
            cluster = await connect_to(server, cluster={"proxy-url": f"{scheme}://127.0.0.1:{proxy.port}"})
            await cluster.get_node("win-2022-01")
        assert {target.rpartition(":")[0] for target in proxy.targets} == {host}
