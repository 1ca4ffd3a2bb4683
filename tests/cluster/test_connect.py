"""Reaching the API server: TLS, credentials of every kind, plugins that misbehave, proxies, and what is said when it fails."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.cluster import transport
from hptui.cluster.answers import mapped
from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.connections import chosen_proxy
from hptui.cluster.kubeconfig import Target
from hptui.cluster.model import ExecEnd
from hptui.cluster.tls import make_context
from hptui.errors import CredentialsError, KubeconfigError, UnreachableError
from tests.cluster.conftest import Authority, Connector, until
from tests.cluster.plugins import API, Plugin, in_seconds, jwt
from tests.cluster.proxy import Proxy
from tests.cluster.replay import Answer, Line, ReplayServer, Request, exchange, plain, status, websocket

NODE = "/api/v1/nodes/win-2022-01"
EXEC = "/api/v1/namespaces/hptui/pods/hpc/exec"
GOT = plain(exchange("nodes", "node-get-full"))


def only(token: str, then: Answer = GOT) -> Answer:
    """Answers only who comes with this token."""

    def answer(line: Line, request: Request) -> None:
        if request.header("Authorization") == f"Bearer {token}":
            then(line, request)
        else:
            plain(exchange("authz", "expired-token"))(line, request)

    return answer


async def test_importing_the_door_imports_no_client() -> None:
    code = (
        "import sys, hptui.cluster.connect, hptui.cluster.port; "
        "print([m for m in ('kubernetes', 'urllib3', 'websocket', 'yaml', 'msgspec') if m in sys.modules])"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


async def test_connecting_says_which_cluster_and_as_whom(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("discovery", "version")
    server.replay("authz", "whoami")
    cluster = await connect_to(server)
    info = cluster.info
    assert (info.context, info.server, info.namespace, info.user) == ("it", server.url, "hptui", "me")
    assert info.source.endswith("config")
    info = await cluster.identify()
    assert info.version == "v1.36.2"
    assert info.user == "operator"
    assert cluster.info == info


async def test_an_older_server_may_not_say_who_we_are(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("discovery", "version")
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    server.on("POST", path, status(404, "404 page not found"))
    assert (await (await connect_to(server)).identify()).user == "me"


async def test_a_missing_kubeconfig_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="does not exist"):
        await connect(ConnectOptions(kubeconfig=str(tmp_path / "nosuch")))


# TLS


async def test_an_authority_that_a_strict_check_refuses_is_trusted(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", NODE, GOT)
    assert (await (await connect_to(server)).get_node("win-2022-01")).name == "win-2022-01"


async def test_an_unknown_authority_is_not_trusted(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    other = base64.b64encode(Authority(tmp_path).pem).decode()
    with pytest.raises(UnreachableError) as caught:
        await (await connect_to(server, cluster={"certificate-authority-data": other})).get_node("x")
    assert "not trusted" in caught.value.heading
    assert "context 'it'" in caught.value.message
    assert "certificate-authority" in caught.value.hint


@pytest.mark.parametrize(
    ("entry", "trusted"),
    [
        ({"insecure-skip-tls-verify": True, "certificate-authority-data": ""}, True),
        ({"tls-server-name": "api.example"}, True),
        ({"tls-server-name": "other.example"}, False),
    ],
)
async def test_how_the_certificate_is_checked(
    server: ReplayServer, connect_to: Connector, entry: dict[str, Any], trusted: bool
) -> None:
    server.on("GET", NODE, GOT)
    server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(server, cluster=entry)
    if trusted:
        await cluster.get_node("win-2022-01")
        assert (await (await cluster.exec("hptui", "hpc", ["x"])).wait()).code == 3
        return
    for asking in (cluster.get_node("win-2022-01"), cluster.exec("hptui", "hpc", ["x"])):
        with pytest.raises(UnreachableError) as caught:
            await asking
        assert "tls-server-name" in caught.value.hint


@pytest.fixture
def mutual(authority: Authority) -> Iterator[ReplayServer]:
    replay = ReplayServer(authority.mutual_context())
    yield replay
    replay.stop()


@pytest.mark.parametrize("form", ["data", "files"])
async def test_a_client_certificate_for_requests_and_for_execs(
    mutual: ReplayServer, connect_to: Connector, authority: Authority, tmp_path: Path, form: str
) -> None:
    pem = authority.issue("me")
    if form == "data":
        encoded = base64.b64encode(pem).decode()
        user = {"client-certificate-data": encoded, "client-key-data": encoded}
    else:
        (tmp_path / "me.pem").write_bytes(pem)
        user = {"client-certificate": "me.pem", "client-key": "me.pem"}
    mutual.on("GET", NODE, GOT)
    mutual.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(mutual, user=user)
    await cluster.get_node("win-2022-01")
    assert (await (await cluster.exec("hptui", "hpc", ["x"])).wait()).code == 3
    assert mutual.requests[0].header("Authorization") is None


def test_a_server_that_wants_a_certificate_is_about_credentials() -> None:
    """Tested apart: with TLS 1.3 the alert and the end of the connection race."""
    with pytest.raises(CredentialsError, match="client certificate"), mapped("https://x"):
        raise ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required")


async def test_a_certificate_without_its_key_is_refused_with_a_sentence(
    mutual: ReplayServer, connect_to: Connector, authority: Authority
) -> None:
    certificate = base64.b64encode(authority.pem).decode()
    with pytest.raises(CredentialsError, match="cannot be used"):
        await (await connect_to(mutual, user={"client-certificate-data": certificate})).get_node("x")


# Who asks


@pytest.mark.parametrize(
    ("user", "header"),
    [
        ({"token": "t"}, "Bearer t"),
        ({"username": "u", "password": "p"}, "Basic " + base64.b64encode(b"u:p").decode()),
        ({}, None),
    ],
)
async def test_credentials_from_the_file(
    server: ReplayServer, connect_to: Connector, user: dict[str, Any], header: str | None
) -> None:
    server.on("GET", NODE, GOT)
    await (await connect_to(server, user=user)).get_node("win-2022-01")
    assert server.requests[0].header("Authorization") == header
    assert (server.requests[0].header("User-Agent") or "").startswith("hptui/")


async def test_impersonation_on_every_request(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", NODE, GOT)
    server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(server, as_user="Łukasz", as_groups=("a", "b"))
    await cluster.get_node("win-2022-01")
    await (await cluster.exec("hptui", "hpc", ["x"])).wait()
    assert len(server.requests) == 2
    for request in server.requests:
        # As kubectl sends it, in UTF-8; what reads the headers here knows Latin-1 only.
        assert (request.header("Impersonate-User") or "").encode("latin-1").decode() == "Łukasz"
        assert request.header_values("Impersonate-Group") == ["a", "b"]
    assert cluster.info.impersonated == "Łukasz"


@pytest.mark.parametrize("name", ["ann\r\nImpersonate-Group: system:masters", "ann\0", "\udcff"])
async def test_a_name_that_no_header_can_carry_is_refused(
    server: ReplayServer, connect_to: Connector, name: str
) -> None:
    cluster = await connect_to(server, as_user=name)
    for asking in (cluster.get_node("x"), cluster.exec("hptui", "hpc", ["x"])):
        with pytest.raises(CredentialsError, match="Impersonate-User header"):
            await asking
    assert server.requests == []


async def test_a_token_file_beats_a_token_and_is_read_again_after_a_401(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first\n")
    cluster = await connect_to(server, user={"token": "x", "tokenFile": "token"})
    server.on("GET", NODE, only("first"))
    await cluster.get_node("win-2022-01")
    (tmp_path / "token").write_text("second\n")
    server.on("GET", NODE, only("second"))
    await cluster.get_node("win-2022-01")


async def test_a_kubeconfig_that_was_renewed_is_read_again_after_a_401(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    cluster = await connect_to(server, user={"token": "first"})
    server.on("GET", NODE, only("second"))
    file = tmp_path / "config"
    file.write_text(file.read_text().replace("first", "second"))
    await cluster.get_node("win-2022-01")
    assert len(server.requests) == 2


async def test_an_anonymous_request_is_told_from_a_missing_right(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", NODE, plain(exchange("authz", "no-credentials")))
    with pytest.raises(CredentialsError, match="anonymous"):
        await (await connect_to(server, user={})).get_node("win-2022-01")


async def test_the_old_oidc_entry_is_left_to_the_client_library(
    server: ReplayServer, connect_to: Connector
) -> None:
    token = jwt(exp=4102444800)
    user = {"auth-provider": {"name": "oidc", "config": {"id-token": token}}}
    server.on("GET", NODE, only(token))
    await (await connect_to(server, user=user)).get_node("win-2022-01")


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ({"name": "azure"}, "'azure' is not supported any more"),
        ({"name": "oidc", "config": {"id-token": "no token"}}, "gave no token"),
        ({"name": "oidc", "config": {}}, "gave no token"),
    ],
)
async def test_an_old_entry_that_gives_nothing_is_never_anonymity(
    server: ReplayServer, connect_to: Connector, provider: dict[str, Any], words: str
) -> None:
    server.on("GET", NODE, GOT)
    with pytest.raises(CredentialsError) as caught:
        await (await connect_to(server, user={"auth-provider": provider})).get_node("win-2022-01")
    assert words in caught.value.message
    assert server.requests == []


# Credential plugins


async def test_a_plugin_runs_once_for_many_requests(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    server.on("GET", NODE, only("t"))
    cluster = await connect_to(server, user=plugin.gives(token="t", expirationTimestamp=in_seconds(3600)))
    await asyncio.gather(*(cluster.get_node("win-2022-01") for _ in range(8)))
    assert plugin.runs == 1


async def test_a_plugin_runs_again_before_its_credentials_expire(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    server.on("GET", NODE, only("t"))
    cluster = await connect_to(server, user=plugin.gives(token="t", expirationTimestamp=in_seconds(-1)))
    await cluster.get_node("win-2022-01")
    await cluster.get_node("win-2022-01")
    assert plugin.runs == 2


async def test_a_plugin_runs_again_after_a_401_and_the_request_once_more(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    server.on("GET", NODE, only("first"))
    cluster = await connect_to(server, user=plugin.gives(token="first"))
    await cluster.get_node("win-2022-01")
    plugin.gives(token="second")
    server.on("GET", NODE, only("second"))
    await asyncio.gather(*(cluster.get_node("win-2022-01") for _ in range(6)))
    assert plugin.runs == 2
    server.on("GET", NODE, only("nobody has this"))
    before = len(server.requests)
    with pytest.raises(CredentialsError):
        await cluster.get_node("win-2022-01")
    assert len(server.requests) - before == 2


async def test_a_plugin_whose_token_is_never_accepted_is_not_run_for_every_request(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    """It may open a browser each time."""
    server.on("GET", NODE, only("nobody has this"))
    cluster = await connect_to(server, user=plugin.gives(token="t"))
    for _ in range(3):
        with pytest.raises(CredentialsError):
            await cluster.get_node("win-2022-01")
    assert plugin.runs == 1


async def test_closing_ends_a_plugin_that_runs(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    cluster = await connect_to(server, user=plugin.does("time.sleep(600)\n"))
    asking = asyncio.create_task(cluster.get_node("x"))
    await until(lambda: plugin.runs, "the plugin")
    await cluster.close()  # connect_to waits for the threads to end
    with pytest.raises(CredentialsError):
        await asking


async def test_another_current_context_does_not_change_who_we_are(
    server: ReplayServer, connect_to: Connector, tmp_path: Path
) -> None:
    cluster = await connect_to(server, user={"token": "first"})
    file = tmp_path / "config"
    document = yaml.safe_load(file.read_text())
    document["current-context"] = "other"
    document["contexts"].append({"name": "other", "context": {"cluster": "it", "user": "other"}})
    document["users"][0]["user"]["token"] = "second"
    document["users"].append({"name": "other", "user": {"token": "of another"}})
    file.write_text(yaml.safe_dump(document))
    server.on("GET", NODE, only("second"))
    await cluster.get_node("win-2022-01")
    assert [request.header("Authorization") for request in server.requests] == [
        "Bearer first",
        "Bearer second",
    ]


async def test_a_plugin_may_give_a_certificate(
    mutual: ReplayServer, connect_to: Connector, plugin: Plugin, authority: Authority
) -> None:
    certificate, _, key = authority.issue("me").decode().partition("-----BEGIN PRIVATE KEY-----")
    user = plugin.gives(clientCertificateData=certificate, clientKeyData="-----BEGIN PRIVATE KEY-----" + key)
    mutual.on("GET", NODE, GOT)
    await (await connect_to(mutual, user=user)).get_node("win-2022-01")


async def test_a_plugin_is_told_what_the_protocol_says(
    server: ReplayServer, connect_to: Connector, plugin: Plugin, tmp_path: Path
) -> None:
    user = plugin.does(
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        f"json.dump([info, os.environ['MINE']], open({str(tmp_path / 'info')!r}, 'w'))\n"
        "status = {'token': 't'}\n"
        "print(json.dumps({'apiVersion': info['apiVersion'], 'kind': info['kind'], 'status': status}))\n"
    )
    user["exec"] |= {"provideClusterInfo": True, "env": [{"name": "MINE", "value": "yes"}]}
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}
    server.on("GET", NODE, only("t"))
    await (await connect_to(server, user=user, cluster={"extensions": [extension]})).get_node("win-2022-01")
    info, mine = json.loads((tmp_path / "info").read_text())
    assert mine == "yes"
    assert info["spec"]["interactive"] is False
    assert info["spec"]["cluster"]["server"] == server.url
    assert info["spec"]["cluster"]["config"] == {"audience": "x"}


FAILING = {
    "exit code": ("sys.exit('please log in')", "exit code 1. It says: please log in"),
    "no JSON": ("print('hello'); print('oops', file=sys.stderr)", "gave no ExecCredential. It says: oops"),
    "no token": (f"print(json.dumps({{'apiVersion': '{API}', 'status': {{}}}}))", "neither a token nor"),
    "other version": ("print(json.dumps({'apiVersion': 'v9', 'status': {'token': 't'}}))", "answers as v9"),
    "keyboard": ("sys.exit('read %r' % sys.stdin.read())", "read ''"),
    "terminal": ("open('/dev/tty' if os.name == 'posix' else 'CONIN$')", "exit code 1"),
}


@pytest.mark.parametrize("fault", FAILING)
async def test_a_failing_plugin_is_an_error_with_its_words_and_never_anonymity(
    server: ReplayServer,
    connect_to: Connector,
    plugin: Plugin,
    capfd: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    body, words = FAILING[fault]
    server.on("GET", NODE, GOT)
    with pytest.raises(CredentialsError) as caught:
        await (await connect_to(server, user=plugin.does(body + "\n"))).get_node("win-2022-01")
    assert words in caught.value.message
    assert server.requests == []
    assert capfd.readouterr() == ("", "")


async def test_a_plugin_that_hangs_is_ended_with_its_children(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    body = (
        "import subprocess\n"
        "print('waiting for a browser', file=sys.stderr, flush=True)\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    )
    started = time.monotonic()
    cluster = await connect_to(server, user=plugin.does(body), plugin_timeout=1.0)
    with pytest.raises(CredentialsError, match="did not answer within 1 seconds") as caught:
        await cluster.get_node("win-2022-01")
    assert "waiting for a browser" in caught.value.message
    assert time.monotonic() - started < 60  # the child would have kept the pipe for ten minutes


@pytest.mark.skipif(os.name != "posix", reason="a session of its own is POSIX's")
async def test_a_child_that_a_plugin_has_let_go_of_holds_nobody_up(
    server: ReplayServer, connect_to: Connector, plugin: Plugin, tmp_path: Path
) -> None:
    """A browser that it has started, say, in a session of its own, with the plugin's pipes."""
    body = (
        "import subprocess\n"
        "print('waiting for a browser', file=sys.stderr, flush=True)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    cluster = await connect_to(server, user=plugin.does(body), plugin_timeout=1.0)
    try:
        async with asyncio.timeout(30):
            with pytest.raises(CredentialsError, match="did not answer within 1 seconds") as caught:
                await cluster.get_node("win-2022-01")
        assert "waiting for a browser" in caught.value.message
    finally:
        os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)


async def test_a_plugin_that_is_not_there_names_itself_and_how_to_get_it(
    server: ReplayServer, connect_to: Connector
) -> None:
    spec = {"apiVersion": API, "command": "no-such-plugin", "installHint": "brew install it"}
    with pytest.raises(CredentialsError, match="no-such-plugin is not installed") as caught:
        await (await connect_to(server, user={"exec": spec})).get_node("x")
    assert caught.value.hint == "brew install it"


async def test_an_exec_carries_a_plugins_token_too(
    server: ReplayServer, connect_to: Connector, plugin: Plugin
) -> None:
    server.on("GET", EXEC, only("t", websocket(exchange("exec", "v5-exit-3"))))
    channel = await (await connect_to(server, user=plugin.gives(token="t"))).exec("hptui", "hpc", ["x"])
    assert (await channel.wait()).code == 3


# Proxies


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    yield made
    made.stop()


@pytest.mark.parametrize("way", ["proxy-url", "HTTPS_PROXY"])
async def test_requests_and_execs_go_through_the_proxy(
    server: ReplayServer, connect_to: Connector, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    server.on("GET", NODE, GOT)
    server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    url = f"http://ann:secret@{proxy.address}"
    entry = {"proxy-url": url} if way == "proxy-url" else {}
    cluster = await connect_to(f"https://api.example:{server.port}", cluster=entry)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    if way == "HTTPS_PROXY":
        monkeypatch.setenv("HTTPS_PROXY", url)
    await cluster.get_node("win-2022-01")
    channel = await cluster.exec("hptui", "hpc", ["x"])
    assert (await channel.wait()).end is ExecEnd.EXITED
    assert len(proxy.heads) == 2
    for head in proxy.heads:
        assert head.startswith(f"CONNECT api.example:{server.port} ")
        assert "Basic " + base64.b64encode(b"ann:secret").decode() in head
    assert not any(request.header("Proxy-Authorization") for request in server.requests)


async def test_the_environments_proxy_is_not_for_this_machine_itself(
    server: ReplayServer, connect_to: Connector, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("GET", NODE, GOT)
    server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(server)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.delenv("no_proxy", raising=False)
    await cluster.get_node("win-2022-01")
    await (await cluster.exec("hptui", "hpc", ["x"])).wait()
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("server", "own", "no_proxy", "chosen"),
    [
        ("https://10.1.2.3", "", "", "http://of-environment"),
        ("https://10.1.2.3", "", "10.0.0.0/8", None),
        ("https://api.example:6443", "", "example", None),
        ("https://localhost:6443", "", "", None),
        ("https://127.8.8.8", "", "", None),
        ("https://[::1]:6443", "", "", None),
        ("https://10.1.2.3", "http://own", "*", "http://own"),
        ("https://127.0.0.1", "http://own", "127.0.0.0/8", "http://own"),
    ],
)
def test_which_proxy_is_used(server: str, own: str, no_proxy: str, chosen: str | None) -> None:
    """NO_PROXY speaks of the environment's proxy; what a kubeconfig says is meant."""
    target = Target("it", "default", "me", "file", {"server": server, "proxy-url": own}, {})
    assert chosen_proxy(target, "http://of-environment", no_proxy) == chosen
    assert chosen_proxy(target, None, no_proxy) == (own or None)


async def test_a_proxy_that_refuses_is_named(
    server: ReplayServer, connect_to: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Proxy(refuse=True)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    cluster = await connect_to(server, cluster={"proxy-url": f"http://{refusing.address}"})
    for asking in (cluster.get_node("x"), cluster.exec("hptui", "hpc", ["x"])):
        with pytest.raises(UnreachableError, match="407"):
            await asking
    refusing.stop()


async def test_a_proxy_that_is_not_there_is_named_as_the_proxy(
    server: ReplayServer, connect_to: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    cluster = await connect_to(server, cluster={"proxy-url": "http://127.0.0.1:2"})
    for asking in (cluster.get_node, lambda name: cluster.exec("hptui", name, ["x"])):
        with pytest.raises(UnreachableError, match="proxy on the way") as caught:
            await asking("x")
        assert "proxy-url" in caught.value.hint


async def test_without_socks_support_a_socks_proxy_says_what_is_missing(
    server: ReplayServer, connect_to: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "urllib3.contrib.socks", None)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(KubeconfigError, match="SOCKS") as caught:
        await (await connect_to(server, cluster={"proxy-url": "socks5://127.0.0.1:1080"})).get_node("x")
    assert "pysocks" in caught.value.hint.lower()


# Nobody there


async def test_a_server_that_is_not_there_is_named_with_its_context(connect_to: Connector) -> None:
    cluster = await connect_to("https://127.0.0.1:1")
    with pytest.raises(UnreachableError) as caught:
        await cluster.get_node("x")
    for word in ("https://127.0.0.1:1", "context 'it'", "config", "refused"):
        assert word in caught.value.message
    assert caught.value.hint
    with pytest.raises(UnreachableError):
        await cluster.exec("hptui", "hpc", ["x"])


async def test_an_answer_that_pours_without_an_end_has_a_limit(
    server: ReplayServer, connect_to: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed, it comes in a few kilobytes."""
    monkeypatch.setattr(transport, "LARGEST", 4 << 20)
    packed = gzip.compress(bytes(16 << 20))

    def pour(line: Line, request: Request) -> None:
        line.whole(200, "OK", {"Content-Encoding": "gzip", "Content-Type": "application/json"}, packed)

    server.on("GET", NODE, pour)
    cluster = await connect_to(server)
    with pytest.raises(UnreachableError, match="more than 4 MiB"):
        await cluster.get_node("win-2022-01")


async def test_an_answer_that_trickles_without_an_end_has_a_limit(
    server: ReplayServer, connect_to: Connector
) -> None:
    """Every byte comes long before the limit of silence."""

    def trickle(line: Line, request: Request) -> None:
        line.head(200, "OK", {}, chunked=True)
        while True:
            line.chunk(b" ")
            time.sleep(0.02)

    server.on("GET", NODE, trickle)
    cluster = await connect_to(server, request_timeout=0.2)
    async with asyncio.timeout(20):
        with pytest.raises(UnreachableError, match=r"did not finish its answer in 0\.8 s"):
            await cluster.get_node("win-2022-01")
    assert len(server.requests) == 1


async def test_a_name_that_does_not_resolve(connect_to: Connector) -> None:
    with pytest.raises(UnreachableError, match=r"cannot be resolved|cannot be reached|proxy"):
        await (await connect_to("https://no-such-host.invalid")).get_node("x")


async def test_a_server_that_speaks_no_tls(authority: Authority, connect_to: Connector) -> None:
    plain_server = ReplayServer()
    url = plain_server.url.replace("http", "https")
    with pytest.raises(UnreachableError):
        await (await connect_to(url, connect_timeout=0.5)).get_node("x")
    plain_server.stop()


async def test_plain_http_works_as_for_kubectl_proxy(connect_to: Connector) -> None:
    plain_server = ReplayServer()
    plain_server.on("GET", NODE, GOT)
    plain_server.on("GET", EXEC, websocket(exchange("exec", "v5-exit-3")))
    cluster = await connect_to(plain_server, user={})
    await cluster.get_node("win-2022-01")
    assert (await (await cluster.exec("hptui", "hpc", ["x"])).wait()).code == 3
    await cluster.close()
    plain_server.stop()


def test_the_strict_x509_check_is_off() -> None:
    context = make_context({})
    assert not context.verify_flags & getattr(ssl, "VERIFY_X509_STRICT", 0)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
