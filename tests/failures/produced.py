"""Each known failure, made to happen: by a recorded exchange, by a recorded story, or by what stands between."""

from __future__ import annotations

import base64
import json
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hptui.cli.own_terminal import need_terminal
from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster
from hptui.errors import HptuiError
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.diagnosis import diagnose, ending
from hptui.hostprocess.images import choose_image, own_image
from hptui.hostprocess.preflight import preflight
from hptui.settings import load
from tests.cluster.conftest import Authority, kubeconfig
from tests.cluster.replay import ReplayServer, exchange, plain, status
from tests.failures import sessions
from tests.failures.scene import NODE, PODS, Scene, last_of, launch, told
from tests.hostprocess.recordings import pods
from tests.hostprocess.scripted import SPEC

Produce = Callable[[Scene], Awaitable[HptuiError]]


def ask(cluster: Cluster) -> Awaitable[object]:
    return cluster.read_object(NODE)


# Before anything is asked


def by_doing(do: Callable[[], object]) -> Produce:
    """Something that fails at once."""

    async def produce(scene: Scene) -> HptuiError:
        async def at_once() -> object:
            return do()

        return await told(at_once())

    return produce


# On the way to the cluster


async def _by_file(file: Path, **options: Any) -> HptuiError:
    return await told(connect(ConnectOptions(kubeconfig=str(file), **options)))


async def no_kubeconfig(scene: Scene) -> HptuiError:
    scene.monkeypatch.setenv("KUBECONFIG", str(scene.folder / "nosuch"))
    scene.monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    return await told(connect(ConnectOptions()))


async def unknown_context(scene: Scene) -> HptuiError:
    file = scene.folder / "one"
    file.write_text(yaml.safe_dump(kubeconfig(scene.server.url)))
    return await _by_file(file, context="nosuch")


async def broken_kubeconfig(scene: Scene) -> HptuiError:
    file = scene.folder / "broken"
    file.write_text("clusters:\n\t- name: it\n")
    return await _by_file(file)


async def unreachable(scene: Scene) -> HptuiError:
    return await scene.asking(ask, at="https://127.0.0.1:1")


async def unresolved(scene: Scene) -> HptuiError:
    def nobody(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    cluster = await scene.connect_to("https://private.example:6443")
    with scene.monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", nobody)
        return await told(ask(cluster))


async def late(scene: Scene) -> HptuiError:
    return await scene.read(lambda line, _: line.wait_gone(), request_timeout=0.2)


async def proxy(scene: Scene) -> HptuiError:
    for name in ("NO_PROXY", "no_proxy"):
        scene.monkeypatch.setenv(name, "")
    return await scene.asking(ask, cluster={"proxy-url": "http://127.0.0.1:2"})


async def login_page(scene: Scene) -> HptuiError:
    return await scene.read(status(403, "<!DOCTYPE html><html>Sign in</html>", Content_Type="text/html"))


async def untrusted(scene: Scene) -> HptuiError:
    other = base64.b64encode(Authority(scene.folder).pem).decode()
    return await scene.asking(ask, cluster={"certificate-authority-data": other})


async def wrong_name(scene: Scene) -> HptuiError:
    return await scene.asking(ask, cluster={"tls-server-name": "other.example"})


async def out_of_time(scene: Scene) -> HptuiError:
    authority = Authority(scene.folder, days=-0.5)
    server = ReplayServer(authority.server_context())
    try:
        return await scene.asking(ask, at=server.url, cluster={"certificate-authority-data": authority.data})
    finally:
        server.stop()


async def not_logged_in(scene: Scene) -> HptuiError:
    return await scene.read(plain(exchange("authz", "expired-token")))


async def anonymous(scene: Scene) -> HptuiError:
    return await scene.read(plain(exchange("authz", "no-credentials")))


def _plugin(*arguments: str, command: str = sys.executable) -> dict[str, Any]:
    spec = {"apiVersion": "client.authentication.k8s.io/v1", "command": command, "args": list(arguments)}
    return {"exec": {**spec, "interactiveMode": "Never"}}


async def plugin_missing(scene: Scene) -> HptuiError:
    return await scene.asking(ask, user=_plugin(command="no-such-plugin"))


async def plugin_failed(scene: Scene) -> HptuiError:
    return await scene.asking(ask, user=_plugin("-c", "import sys; sys.exit('refresh token expired')"))


async def plugin_silent(scene: Scene) -> HptuiError:
    return await scene.asking(ask, user=_plugin("-c", "import time; time.sleep(600)"), plugin_timeout=0.2)


# The cluster says no


def by_dry_run(file: str, name: str) -> Produce:
    return lambda scene: scene.recorded_refusal(file, name)


async def policy(scene: Scene) -> HptuiError:
    words = 'admission webhook "validation.gatekeeper.sh" denied the request: [no-host] no host network'
    return await scene.refused(status(403, _status(403, "Forbidden", words)))


def _status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}


async def too_long(scene: Scene) -> HptuiError:
    return await scene.refused(status(413, "Request entity too large"))


async def expired(scene: Scene) -> HptuiError:
    return await scene.read(plain(exchange("expired", "list-exact-too-old")))


async def server_problem(scene: Scene) -> HptuiError:
    words = "apiserver is shutting down"
    return await scene.read(status(503, _status(503, "ServiceUnavailable", words), Retry_After="0"))


async def no_usage_yet(scene: Scene) -> HptuiError:
    scene.server.replay("metrics", "pod-too-young")
    return await scene.asking(lambda cluster: cluster.pod_usage("hptui", "met"))


async def unknown(scene: Scene) -> HptuiError:
    return await scene.read(status(418))


# Starting a session


async def _preflight(scene: Scene, node: dict[str, Any]) -> HptuiError:
    scene.server.on("POST", PODS, plain(exchange("dry-run", "ok")))
    scene.server.on("GET", f"/api/v1/nodes/{SPEC.node}", plain(node))
    return await scene.asking(lambda cluster: preflight(cluster, SPEC))


async def no_such_node(scene: Scene) -> HptuiError:
    return await _preflight(scene, exchange("nodes", "node-not-found"))


async def node_unfit(scene: Scene) -> HptuiError:
    linux = json.loads(json.dumps(exchange("nodes", "node-get-full")))
    linux["response"]["body"]["status"]["nodeInfo"]["operatingSystem"] = "linux"
    return await _preflight(scene, linux)


def by_launch(name: str, *, said: str = "", reason: str = "") -> Produce:
    async def produce(scene: Scene) -> HptuiError:
        return launch(name, said=said, reason=reason)

    return produce


async def deadline_at_start(scene: Scene) -> HptuiError:
    return _there(diagnose(last_of("deadline-exceeded"), ()))


# During a session


async def being_deleted(scene: Scene) -> HptuiError:
    return _there(ending(pods("pod-life", "watch-delete-grace-5")[1]))


async def node_ended(scene: Scene) -> HptuiError:
    words = "The node was low on resource: memory."
    running = pods("pod-life", "watch-delete-grace-5")[0]
    return _there(ending(replace(running, phase="Failed", reason="Evicted", message=words)))


async def pod_ended(scene: Scene) -> HptuiError:
    return _there(ending(last_of("exit-1")))


def by_exec(file: str, name: str) -> Produce:
    return lambda scene: scene.exec(file, name)


def by_usage(name: str) -> Produce:
    return lambda scene: scene.usage(name)


def _there(error: HptuiError | None) -> HptuiError:
    assert error is not None
    return error


_PULL, _ACCOUNT = "pull-failure-then-fixed", "bad-account"

PRODUCED: dict[str, Produce] = {
    "account-name": by_doing(lambda: parse_account("CORP\\anna")),
    "account-managed": by_doing(lambda: parse_account("CORP\\web$")),
    "image-reference": by_doing(lambda: own_image("https://registry.example.com/a b")),
    "image-vendor": by_doing(lambda: choose_image("vendor", "10.0.26100.1")),
    "setting-unknown": by_doing(lambda: load({"namespce": "x"}, environment={})),
    "no-terminal": by_doing(lambda: need_terminal("`hptui nodes` needs none.")),
    "kubeconfig-missing": no_kubeconfig,
    "kubeconfig-context": unknown_context,
    "kubeconfig-broken": broken_kubeconfig,
    "server-unreachable": unreachable,
    "server-name": unresolved,
    "server-late": late,
    "proxy": proxy,
    "login-page": login_page,
    "certificate-authority": untrusted,
    "certificate-name": wrong_name,
    "certificate-time": out_of_time,
    "credentials-refused": not_logged_in,
    "credentials-missing": anonymous,
    "plugin-missing": plugin_missing,
    "plugin-failed": plugin_failed,
    "plugin-silent": plugin_silent,
    "right-missing": by_dry_run("authz", "viewer-create-pod"),
    "right-exec-create": by_exec("exec-errors", "only-get-on-pods-exec"),
    "pod-security": by_dry_run("dry-run", "podsecurity-restricted"),
    "policy": policy,
    "quota": by_dry_run("dry-run", "quota"),
    "namespace-missing": by_dry_run("dry-run", "unknown-namespace"),
    "named-absent": by_dry_run("dry-run", "invalid-service-account"),
    "invalid": by_dry_run("dry-run", "invalid-hostnetwork-false"),
    "conflict": by_dry_run("dry-run", "already-exists-409"),
    "too-long": too_long,
    "expired": expired,
    "server-problem": server_problem,
    "metrics-absent": by_usage("group-absent"),
    "metrics-down": by_usage("backend-503"),
    "metrics-young": no_usage_yet,
    "unknown": unknown,
    "node-missing": no_such_node,
    "node-unfit": node_unfit,
    "rights-lacking": sessions.rights_lacking,
    "image-build": by_launch("wrong-image-for-build"),
    "registry-refused": by_launch(_PULL, said="failed to authorize: 401 Unauthorized"),
    "registry-unreachable": by_launch(_PULL, said="dial tcp: lookup registry.invalid: no such host"),
    "image-pull": by_launch(_PULL, said="registry.example.com/tool:ltsc2022: not found"),
    "image-unusable": by_launch(_PULL, said="the image is not present", reason="ErrImageNeverPull"),
    "account": by_launch(_ACCOUNT),
    "account-policy": by_launch(_ACCOUNT, said="failed to logon user: logon failure (error 1385)"),
    "account-runtime": by_launch(_ACCOUNT, said="failed to logon user: Access is denied."),
    "no-powershell": by_launch("command-not-found-on-2019"),
    "first-process-start": by_launch(_ACCOUNT, said="hcs::System::Start: an unexpected error"),
    "first-process-ended": by_launch("exit-1"),
    "sandbox": by_launch("sandbox-failure-containerd-1.5"),
    "unschedulable": by_launch("unschedulable"),
    "node-refused": by_launch("os-mismatch-admission"),
    "deadline-at-start": deadline_at_start,
    "deleted-at-start": sessions.deleted_at_start,
    "node-gone": sessions.node_gone,
    "deadline": sessions.deadline,
    "being-deleted": being_deleted,
    "node-ended": node_ended,
    "pod-ended": pod_ended,
    "pod-gone": sessions.pod_gone,
    "shell-lost": sessions.shell_lost,
    "kubelet-unreachable": by_exec("node-down", "exec-node-just-down"),
    "container-not-running": by_exec("exec-errors", "exec-pod-finished"),
    "command-too-long": by_exec("exec-errors", "v5-url-over-1-mb"),
    "exec-subprotocol": by_exec("exec-negotiation", "v3"),
    "exec-websocket": by_exec("exec-negotiation", "plain-get"),
}
