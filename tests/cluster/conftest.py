"""A replay server with TLS, and clusters connected to it the way a person would be: by a kubeconfig."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from tests.cluster.plugins import Plugin
from tests.cluster.replay import ReplayServer
from tests.demo.scripted import start_scripted

Connector = Callable[..., Awaitable[Cluster]]
Join = Callable[..., Awaitable[Cluster]]


class Authority:
    """A certificate authority of the tests, and the server certificate that it signed."""

    def __init__(self, directory: Path, *, days: float = 2) -> None:
        """Its certificates are good from yesterday on, for so many days from now; negative ones have expired."""
        self._until = datetime.timedelta(days=days)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hptui test authority")])
        self._certificate = self._sign(self._name, self._key.public_key(), authority=True)
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        self.server_pem = directory / "server.pem"
        self.server_pem.write_bytes(self.issue("127.0.0.1"))

    @property
    def data(self) -> str:
        return base64.b64encode(self.pem).decode()

    def issue(self, name: str) -> bytes:
        """A certificate with its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key.public_key(), authority=False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return certificate.public_bytes(serialization.Encoding.PEM) + private

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + self._until)
            # Like the authority of some clusters: no key usage, no identifiers, which a strict check refuses.
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=False)
        )
        if not authority:
            names = [
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                x509.DNSName("localhost"),
                x509.DNSName("api.example"),
            ]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_pem)
        return context

    def mutual_context(self) -> ssl.SSLContext:
        """For a server that takes no client without a certificate."""
        context = self.server_context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.pem.decode())
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[ReplayServer]:
    replay = ReplayServer(authority.server_context())
    yield replay
    replay.stop()


def kubeconfig(
    server: str, *, user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A kubeconfig with one context, `it`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "contexts": [
            {"name": "it", "context": {"cluster": "it", "user": "me", "namespace": "hptui", **more}}
        ],
        "clusters": [{"name": "it", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "me", "user": {"token": "secret"} if user is None else user}],
    }


@pytest.fixture
async def connect_to(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Connector]:
    """Connect by a kubeconfig file; what was connected is closed, and its threads must end."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    opened: list[Cluster] = []

    async def to(
        target: ReplayServer | str,
        *,
        user: dict[str, Any] | None = None,
        cluster: dict[str, Any] | None = None,
        **options: Any,
    ) -> Cluster:
        url = target if isinstance(target, str) else target.url
        entries = {"certificate-authority-data": authority.data} if url.startswith("https") else {}
        file = tmp_path / "config"
        file.write_text(yaml.safe_dump(kubeconfig(url, user=user, cluster={**entries, **(cluster or {})})))
        quick = {"retry_first": 0.02, "retry_longest": 0.1, "connect_timeout": 5.0, "request_timeout": 10.0}
        made = await connect(ConnectOptions(kubeconfig=str(file), **{**quick, **options}))
        opened.append(made)
        return made

    yield to
    for one in opened:
        await one.close()
    await until(lambda: not ours(), "the cluster's threads to end")


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk(), starter=start_scripted) as cluster:
        yield cluster


@pytest.fixture
async def join(simulated: SimulatedCluster, tmp_path: Path) -> AsyncIterator[Join]:
    """Connect to the simulated cluster as one of its users, directly or by a link's port."""
    opened: list[Cluster] = []

    async def to(user: str = "admin", *, port: int | None = None, **options: Any) -> Cluster:
        file = simulated.kubeconfig_for(user)
        if port is not None:
            document = yaml.safe_load(file.read_text())
            for one in document["clusters"]:
                one["cluster"]["server"] = f"https://127.0.0.1:{port}"
            file = tmp_path / f"kubeconfig-{user}-{port}"
            file.write_text(yaml.safe_dump(document))
        quick = {"retry_first": 0.02, "retry_longest": 0.1}
        made = await connect(ConnectOptions(kubeconfig=str(file), **{**quick, **options}))
        opened.append(made)
        return made

    yield to
    for one in opened:
        await one.close()
    await until(lambda: not ours(), "the cluster's threads to end")


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def ours() -> list[str]:
    """The names of this room's threads that still live."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("hptui-")]


async def until(condition: Callable[[], Any], what: str, limit: float = 20.0) -> None:
    """Wait for a condition, looked at often, with a limit in seconds."""
    import asyncio

    async with asyncio.timeout(limit):
        while not condition():  # noqa: ASYNC110 - the condition is about threads and servers, not tasks
            await asyncio.sleep(0.005)
    assert condition(), what
