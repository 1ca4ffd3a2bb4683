"""What the tests of the simulated API server share: a brisk cluster and an HTTP client that trusts it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from tests.demo.scripted import start_scripted

Json = dict[str, Any]


@dataclass(slots=True)
class Answer:
    """One HTTP answer, read whole."""

    status: int
    headers: Any
    text: str
    json: Json


@dataclass(slots=True)
class Client:
    """Asks as one of the cluster's users."""

    cluster: SimulatedCluster
    session: aiohttp.ClientSession
    tls: ssl.SSLContext

    def headers(self, user: str | None) -> dict[str, str]:
        if user is None:
            return {}
        return {"Authorization": f"Bearer {self.cluster.tokens.get(user, user)}"}

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        user: str | None = "admin",
        body: object = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {"Accept": "application/json", **self.headers(user), **(headers or {})}
        async with self.session.request(
            method,
            self.cluster.server + path,
            json=body if data is None else None,
            data=data,
            headers=sent,
            ssl=self.tls,
        ) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            found = await response.json(content_type=None) if is_json and text else {}
            return Answer(response.status, response.headers, text, found)

    def stream(self, path: str, *, user: str = "admin") -> Any:
        """A context manager with the response, for watches and followed logs."""
        return self.session.get(self.cluster.server + path, headers=self.headers(user), ssl=self.tls)

    def socket(self, path: str, *, user: str = "admin", protocols: tuple[str, ...] = ()) -> Any:
        return self.session.ws_connect(
            self.cluster.server + path,
            headers=self.headers(user),
            ssl=self.tls,
            protocols=protocols,
            autoping=False,
            max_msg_size=0,
        )


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk(), starter=start_scripted) as made:
        yield made


@asynccontextmanager
async def client_of(cluster: SimulatedCluster) -> AsyncIterator[Client]:
    tls = ssl.create_default_context(cadata=cluster.authority.decode())
    async with aiohttp.ClientSession() as session:
        yield Client(cluster, session, tls)


@pytest.fixture
async def client(cluster: SimulatedCluster) -> AsyncIterator[Client]:
    async with client_of(cluster) as made:
        yield made
