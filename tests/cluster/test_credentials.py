"""Credentials that end while they are used: renewed where that can be, and told in time where it can't."""

from __future__ import annotations

import asyncio
import base64
import datetime
import threading
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.cluster import credentials, plugin_answers
from hptui.cluster.expiry import certificate_end, login_by_plugin, login_by_token, token_end
from hptui.cluster.model import CredentialKind, Live, Stale
from hptui.cluster.port import Cluster
from hptui.errors import CredentialsError
from tests.cluster.conftest import Authority, Connector, until
from tests.cluster.plugins import Plugin, in_seconds, jwt
from tests.cluster.replay import ReplayServer, exchange, lines, plain
from tests.cluster.test_watch import node, node_list

NODE = "/api/v1/nodes/win-2022-01"
NODES = "/api/v1/nodes"
GOT = plain(exchange("nodes", "node-get-full"))
LATER = 4102444800  # 2100-01-01


async def told(cluster: Cluster) -> Any:
    await cluster.get_node("win-2022-01")
    return cluster.credential


@pytest.mark.parametrize(
    ("user", "kind", "ends", "renews"),
    [
        ({"token": "opaque"}, CredentialKind.TOKEN, False, False),
        ({"token": jwt(exp=LATER)}, CredentialKind.TOKEN, True, False),
        ({"username": "u", "password": "p"}, CredentialKind.PASSWORD, False, False),
        ({}, CredentialKind.NONE, False, False),
        (
            {"auth-provider": {"name": "oidc", "config": {"id-token": jwt(exp=LATER)}}},
            CredentialKind.PROVIDER,
            True,
            False,
        ),
        (
            {"auth-provider": {"name": "oidc", "config": {"id-token": jwt(exp=LATER), "refresh-token": "r"}}},
            CredentialKind.PROVIDER,
            True,
            True,
        ),
    ],
    ids=["opaque token", "token", "password", "none", "oidc", "oidc with a refresh token"],
)
async def test_what_lets_us_in_and_until_when(
    server: ReplayServer,
    connect_to: Connector,
    user: dict[str, Any],
    kind: CredentialKind,
    ends: bool,
    renews: bool,
) -> None:
    server.on("GET", NODE, GOT)
    cluster = await connect_to(server, user=user)
    assert cluster.credential is None
    fact = await told(cluster)
    assert (fact.kind, fact.renews) == (kind, renews)
    assert fact.expires == (datetime.datetime(2100, 1, 1, tzinfo=UTC) if ends else None)
    assert "opaque" not in repr(fact)


async def test_a_client_certificate_says_its_end(
    server: ReplayServer, connect_to: Connector, authority: Authority
) -> None:
    server.on("GET", NODE, GOT)
    pem = base64.b64encode(authority.issue("me")).decode()
    fact = await told(await connect_to(server, user={"client-certificate-data": pem, "client-key-data": pem}))
    assert fact.kind is CredentialKind.CERTIFICATE
    assert timedelta(days=1) < fact.expires - datetime.datetime.now(UTC) < timedelta(days=3)
    assert certificate_end(b"no certificate") is None


async def test_a_token_file_that_nobody_renews_is_told(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    server.on("GET", NODE, GOT)
    file = tmp_path / "token"
    soon = datetime.datetime.now(UTC) + timedelta(minutes=2)
    file.write_text(jwt(exp=soon.timestamp()))
    cluster = await connect_to(server, user={"tokenFile": str(file)})
    fact = await told(cluster)
    assert (fact.kind, fact.renews, fact.name) == (CredentialKind.TOKEN_FILE, False, str(file))


async def test_a_token_that_is_near_its_end_is_looked_for_anew_in_the_kubeconfig(
    server: ReplayServer, connect_to: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has logged in again after a warning: no 401 has to come first."""
    monkeypatch.setattr(credentials, "LOOK_EVERY", timedelta(0))
    server.on("GET", NODE, GOT)
    soon = datetime.datetime.now(UTC) + timedelta(minutes=2)
    cluster = await connect_to(server, user={"token": jwt(exp=soon.timestamp())})
    assert (await told(cluster)).expires < datetime.datetime.now(UTC) + timedelta(minutes=3)
    file = tmp_path / "config"
    document = yaml.safe_load(file.read_text())
    document["users"][0]["user"]["token"] = jwt(exp=LATER)
    file.write_text(yaml.safe_dump(document))
    assert (await told(cluster)).expires.year == 2100
    assert server.requests[-1].header("Authorization") == f"Bearer {jwt(exp=LATER)}"


# Plugins


async def test_while_a_plugins_token_is_good_nobody_waits_for_the_next(
    server: ReplayServer, connect_to: Connector, plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_answers, "EARLY", timedelta(hours=1))
    server.on("GET", NODE, GOT)
    cluster = await connect_to(server, user=plugin.gives(token="first", expirationTimestamp=in_seconds(600)))
    now = datetime.datetime.now(UTC)
    await told(cluster)
    monkeypatch.setattr(plugin_answers, "datetime", Clock(now + timedelta(minutes=9)))
    plugin.does("time.sleep(600)\n")  # a login in a browser
    async with asyncio.timeout(10):
        await told(cluster)
    await until(lambda: plugin.runs == 2, "the renewal, aside")
    await told(cluster)
    assert {request.header("Authorization") for request in server.requests} == {"Bearer first"}
    await cluster.close()  # connect_to sees that the renewal's thread ends with it


async def test_a_plugin_that_cannot_renew_is_told_while_its_token_is_still_good(
    server: ReplayServer, connect_to: Connector, plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("GET", NODE, GOT)
    cluster = await connect_to(server, user=plugin.gives(token="first", expirationTimestamp=in_seconds(600)))
    await told(cluster)
    assert cluster.credential is not None
    assert cluster.credential.renews
    monkeypatch.setattr(plugin_answers, "datetime", Clock(datetime.datetime.now(UTC) + timedelta(minutes=9)))
    plugin.does("sys.exit('AADSTS70043: log in again')\n")
    await told(cluster)
    await until(lambda: plugin.runs == 2, "the renewal")
    await until(lambda: "hptui-renewal" not in [thread.name for thread in threading.enumerate()], "its end")
    fact = await told(cluster)
    assert "AADSTS70043" in fact.trouble
    assert fact.expires is not None
    assert plugin.runs == 2, "it is left alone for a while"
    plugin.gives(token="second", expirationTimestamp=in_seconds(3600))
    cluster.ask_anew()
    await told(cluster)
    await until(lambda: plugin.runs == 3, "the renewal")
    await until(lambda: "hptui-renewal" not in [thread.name for thread in threading.enumerate()], "its end")
    assert (await told(cluster)).trouble == ""
    assert server.requests[-1].header("Authorization") == "Bearer second"


async def test_a_plugin_that_fails_is_run_once_for_all_who_wait(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    cluster = await connect_to(server, user=plugin.does("time.sleep(0.3)\nsys.exit('log in')\n"))
    results = await asyncio.gather(
        *(cluster.get_node("win-2022-01") for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(one, CredentialsError) and "log in" in one.message for one in results)
    assert plugin.runs == 1
    assert server.requests == []


async def test_what_a_person_asks_for_does_not_wait_for_a_plugins_rest(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    """Who has just logged in again wants to delete now."""
    server.replay("pod-life", "delete-deleted")
    cluster = await connect_to(server, user=plugin.does("sys.exit('log in')\n"))
    for _ in range(3):
        with pytest.raises(CredentialsError):
            await cluster.get_node("win-2022-01")
    assert plugin.runs == 1
    plugin.gives(token="t")
    with pytest.raises(CredentialsError):
        await cluster.get_node("win-2022-01")
    assert await cluster.delete_pod("hptui", "life")
    assert plugin.runs == 2


# Streams


async def test_a_watch_outlives_its_credentials_until_somebody_logs_in(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    server.on("GET", NODES, node_list("1", node("a", "1")))
    refused = plain(exchange("authz", "expired-token"))
    server.on("GET", NODES, lines(end="cut"), *[refused] * 40, watch="true")
    cluster = await connect_to(server, retry_longest=0.02)
    stream = cluster.watch_nodes()
    states: list[Live | Stale] = []

    async def see() -> None:
        async for update in stream:
            if isinstance(update, Live | Stale):
                states.append(update)

    task = asyncio.create_task(see())
    await until(lambda: sum(isinstance(state, Stale) for state in states) > 12, "many refusals")
    assert not task.done()
    server.on("GET", NODES, lines(), watch="true")
    await until(lambda: isinstance(states[-1], Live), "the watch to be live again")
    stream.close()
    await task


# What is read


class Clock:
    """The module's datetime, at a time that stands still."""

    def __init__(self, now: datetime.datetime) -> None:
        self._now = now

    def now(self, zone: datetime.tzinfo) -> datetime.datetime:
        return self._now.astimezone(zone)


@pytest.mark.parametrize(
    "token",
    ["", "opaque", "a.b.c", "a.e30.c", jwt(), jwt(exp="soon"), jwt(exp=10**30), jwt(exp=None), "a.W10.c"],
)
def test_a_token_without_an_end(token: str) -> None:
    assert token_end(token) is None


@pytest.mark.parametrize(
    ("spec", "login"),
    [
        ({"command": "kubelogin", "args": ["get-token", "--login", "azurecli"]}, "az login"),
        ({"command": "/opt/kubelogin", "args": ["get-token", "-l=azurecli"]}, "az login"),
        ({"command": "kubelogin", "args": ["get-token", "--login", "devicecode"]}, ""),
        ({"command": "aws", "args": ["eks", "get-token"]}, "aws sso login"),
        ({"command": "aws", "args": ["--profile", "my prod"]}, "aws sso login --profile 'my prod'"),
        (
            {"command": "aws", "env": [{"name": "AWS_PROFILE", "value": "prod"}]},
            "aws sso login --profile prod",
        ),
        ({"command": "gke-gcloud-auth-plugin.exe"}, "gcloud auth login"),
        ({"command": "my-own"}, ""),
    ],
)
def test_how_to_log_in_again_by_a_plugin(spec: dict[str, Any], login: str) -> None:
    assert login_by_plugin(spec) == login


@pytest.mark.parametrize(
    ("token", "login"),
    [
        ("sha256~abc", "oc login https://api.example:6443"),
        (
            jwt(sub="system:serviceaccount:ops:robot"),
            'kubectl config set-credentials me --token="$(kubectl create token -n ops robot)"',
        ),
        (jwt(sub="somebody"), ""),
    ],
)
def test_how_to_get_another_token(token: str, login: str) -> None:
    assert login_by_token(token, "https://api.example:6443", "me") == login


async def test_a_refusal_says_how_to_log_in_again(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", NODE, plain(exchange("authz", "expired-token")))
    with pytest.raises(CredentialsError) as caught:
        await (await connect_to(server, user={"token": "sha256~abc"})).get_node("win-2022-01")
    assert f"oc login {server.url}" in caught.value.hint


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
async def test_a_refresh_token_goes_to_nobody_who_is_not_trusted(
    server: ReplayServer, connect_to: Connector
) -> None:
    """The test's authority is no public one, and the entry names none of its own."""
    settings = {
        "id-token": jwt(exp=1),
        "refresh-token": "secret",
        "idp-issuer-url": server.url,
        "client-id": "me",
        "client-secret": "secret",
    }
    cluster = await connect_to(server, user={"auth-provider": {"name": "oidc", "config": settings}})
    with pytest.raises(CredentialsError, match="gave no token") as caught:
        await cluster.get_node("win-2022-01")
    assert "secret" not in caught.value.message
    assert server.requests == []
