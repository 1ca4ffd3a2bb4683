"""Pods: the dry run and its refusals, creation, watching one to its end, deletion seen through."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hptui.cluster.model import ContainerPhase, PodGone, PodsChanged, PodSeen, PodUpdate
from hptui.cluster.port import Cluster
from hptui.errors import (
    AdmissionError,
    ClusterError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PodSecurityError,
    QuotaError,
    ServerError,
    UnreachableError,
)
from tests.cluster.conftest import Connector, until
from tests.cluster.replay import Line, ReplayServer, Request, exchange, lines, plain, status, streamed

PODS = "/api/v1/namespaces/hptui/pods"

REFUSED: dict[str, type[ClusterError]] = {
    "podsecurity-restricted": PodSecurityError,
    "podsecurity-baseline": PodSecurityError,
    "quota": QuotaError,
    "already-exists": QuotaError,
    "already-exists-409": ConflictError,
    "invalid-hostnetwork-false": InvalidError,
    "invalid-several": InvalidError,
    "invalid-unknown-field-strict": InvalidError,
    "invalid-service-account": InvalidError,
    "invalid-priority-class": InvalidError,
    "unknown-namespace": NotFoundError,
    "broken-json": InvalidError,
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_dry_run_says_why_not(server: ReplayServer, connect_to: Connector, name: str) -> None:
    recorded = exchange("dry-run", name)
    server.on("POST", PODS, plain(recorded))
    with pytest.raises(ClusterError) as caught:
        await (await connect_to(server)).dry_run_pod("hptui", {"kind": "Pod"})
    assert type(caught.value) is REFUSED[name]
    assert caught.value.message == recorded["response"]["body"]["message"]
    assert caught.value.status == recorded["response"]["status"]
    assert len(server.asked("POST", PODS)) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (403, 'admission webhook "validation.gatekeeper.sh" denied the request: [no-host] no host network'),
        (400, 'admission webhook "policy.example" denied the request: wrong registry'),
        (
            422,
            "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'no-host' with binding 'b' denied request: no",
        ),
    ],
)
async def test_a_policys_refusal_is_told_apart(
    server: ReplayServer, connect_to: Connector, code: int, message: str
) -> None:
    body = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": message, "code": code}
    server.on("POST", PODS, status(code, body))
    with pytest.raises(AdmissionError, match="denied"):
        await (await connect_to(server)).dry_run_pod("hptui", {"kind": "Pod"})


async def test_a_dry_run_that_passes_tells_the_warnings(server: ReplayServer, connect_to: Connector) -> None:
    server.on("POST", PODS, plain(exchange("dry-run", "warning-header")))
    dry_run = await (await connect_to(server)).dry_run_pod(
        "hptui", {"kind": "Pod", "metadata": {"name": "t1"}}
    )
    (warning,) = dry_run.warnings
    assert warning.startswith('would violate PodSecurity "restricted:latest": allowPrivilegeEscalation')
    (asked,) = server.asked("POST", PODS)
    assert asked.asked("dryRun") == "All"
    assert b'"name": "t1"' in asked.body


async def test_several_warnings_come_each_once(server: ReplayServer, connect_to: Connector) -> None:
    recorded = exchange("dry-run", "ok")
    headers = {"Content-Type": "application/json", "Warning": ['299 - "a \\"b\\""', '299 - "c"', '299 - "c"']}
    server.on("POST", PODS, plain({"response": {**recorded["response"], "headers": headers}}))
    assert (await (await connect_to(server)).dry_run_pod("hptui", {})).warnings == ('a "b"', "c")


async def test_a_created_pod_is_given_back(server: ReplayServer, connect_to: Connector) -> None:
    recorded = exchange("pod-life", "create")
    server.replay("pod-life", "create")
    created = await (await connect_to(server)).create_pod("hptui", recorded["request"]["body"])
    assert created.pod.name == "life"
    assert created.pod.uid == recorded["response"]["body"]["metadata"]["uid"]
    assert created.pod.phase == "Pending"
    assert created.pod.host_process
    assert server.asked("POST", PODS)[0].asked("dryRun") is None


async def test_a_missing_right_names_the_verb_and_the_resource(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.replay("authz", "viewer-create-pod")
    with pytest.raises(ForbiddenError, match='cannot create resource "pods"') as caught:
        await (await connect_to(server)).create_pod("hptui", {})
    assert "create pods in namespace hptui" in caught.value.hint


async def test_pods_of_all_namespaces_by_label(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("pods-across-namespaces", "by-label-all-namespaces")
    pods = await (await connect_to(server)).list_pods(labels="app in (hpc,privileged-daemonset)")
    assert len({pod.namespace for pod in pods}) > 1
    (asked,) = server.asked("GET", "/api/v1/pods")
    assert asked.asked("labelSelector") == "app in (hpc,privileged-daemonset)"


async def watched(cluster: Cluster, name: str) -> list[PodUpdate]:
    async with asyncio.timeout(20):
        return [update async for update in cluster.watch_pod("hptui", name)]


def pod_list(*pods: Any, version: str = "1") -> Any:
    return status(200, {"kind": "PodList", "metadata": {"resourceVersion": version}, "items": list(pods)})


def first_of(recorded: dict[str, Any]) -> Any:
    return recorded["chunks"][0]["data"]["object"]


async def test_a_pod_is_watched_from_its_creation_to_its_end(
    server: ReplayServer, connect_to: Connector
) -> None:
    life = exchange("pod-life", "watch-until-running")
    gone = exchange("pod-life", "watch-delete-grace-0")
    server.on("GET", PODS, pod_list(first_of(life)))
    server.on("GET", PODS, streamed(life, first=1, end="server"), streamed(gone), watch="true")
    updates = await watched(await connect_to(server), "life")
    pods = [update.pod for update in updates if isinstance(update, PodSeen)]
    assert pods[0].phase == "Pending"
    assert any(pod.phase == "Running" and pod.container and pod.container.started for pod in pods)
    assert isinstance(updates[-1], PodGone)
    assert updates[-1].last is not None
    assert updates[-1].last.deleting is not None
    assert sum(isinstance(update, PodGone) for update in updates) == 1
    assert server.asked("GET", PODS)[0].asked("fieldSelector") == "metadata.name=life"


async def test_a_pod_that_is_not_there_is_gone(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", PODS, pod_list())
    assert await watched(await connect_to(server), "nosuch") == [PodGone(None)]


async def test_another_pod_of_the_same_name_is_not_ours(server: ReplayServer, connect_to: Connector) -> None:
    ours = first_of(exchange("pod-life", "watch-until-running"))
    other = {**ours, "metadata": {**ours["metadata"], "uid": "another", "resourceVersion": "99999"}}
    server.on("GET", PODS, pod_list(ours), pod_list(other))
    server.on("GET", PODS, streamed(exchange("expired", "watch-pods-too-old")), watch="true")
    updates = await watched(await connect_to(server), "life")
    assert [update.pod.uid for update in updates if isinstance(update, PodSeen)] == [ours["metadata"]["uid"]]
    assert isinstance(updates[-1], PodGone)


@pytest.mark.parametrize(
    ("name", "phase", "reason", "code"),
    [
        ("bad-account", ContainerPhase.TERMINATED, "StartError", 128),
        ("crash-c0000005", ContainerPhase.TERMINATED, "Error", -1073741819),
        ("exit-1", ContainerPhase.TERMINATED, "Error", 1),
    ],
)
async def test_how_a_container_failed_is_read(
    server: ReplayServer, connect_to: Connector, name: str, phase: ContainerPhase, reason: str, code: int
) -> None:
    recorded = exchange("pod-failures", name)
    server.on("GET", PODS, pod_list(first_of(recorded)))
    server.on("GET", PODS, streamed(recorded, first=1), watch="true")
    stream = (await connect_to(server)).watch_pod("hptui", "x")
    async for update in stream:
        container = update.pod.container if isinstance(update, PodSeen) else None
        if container is not None and container.phase is phase:
            assert (container.reason, container.exit_code) == (reason, code)
            stream.close()
            return
    raise AssertionError("the container's end was not seen")


async def test_a_node_that_is_lost_shows_on_its_pod(server: ReplayServer, connect_to: Connector) -> None:
    recorded = exchange("node-down", "pod-watch-tolerating")
    server.on("GET", PODS, pod_list(first_of(recorded)))
    server.on("GET", PODS, streamed(recorded, first=1), watch="true")
    updates = await watched(await connect_to(server), "down2")
    unready = [
        u.pod
        for u in updates
        if isinstance(u, PodSeen) and (c := u.pod.condition("Ready")) and c.status != "True"
    ]
    assert unready
    assert unready[0].phase == "Running"
    assert isinstance(updates[-1], PodGone)


async def test_the_pods_of_a_selector_are_watched(server: ReplayServer, connect_to: Connector) -> None:
    life = exchange("pod-life", "watch-until-running")
    gone = exchange("pod-life", "watch-delete-grace-0")
    server.on("GET", "/api/v1/pods", pod_list())
    server.on("GET", "/api/v1/pods", streamed(life, end="server"), streamed(gone), watch="true")
    stream = (await connect_to(server)).watch_pods(labels="app=hpc")
    held: dict[str, str] = {}
    most = 0
    async for update in stream:
        if isinstance(update, PodsChanged):
            held.update({pod.uid: pod.phase for pod in update.changed})
            most = max(most, len(held))
            for uid in update.removed:
                del held[uid]
            if most and not held:
                stream.close()
    assert most == 1


# Deleting


def one_pod(uid: str = "u1", version: str = "5", **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "life", "namespace": "hptui", "uid": uid, "resourceVersion": version, **metadata}
    }


LIFE = f"{PODS}/life"


async def test_a_deleted_pod_is_seen_gone_by_a_watch(server: ReplayServer, connect_to: Connector) -> None:
    deleted = exchange("pod-life", "delete-grace-0")["response"]["body"]
    uid = deleted["metadata"]["uid"]
    server.replay("pod-life", "delete-grace-0")
    server.on("GET", PODS, pod_list(deleted))
    server.on("GET", PODS, streamed(exchange("pod-life", "watch-delete-grace-0")), watch="true")
    assert await (await connect_to(server)).delete_pod("hptui", "life", uid=uid)
    (asked,) = server.asked("DELETE", LIFE)
    assert b'"gracePeriodSeconds": 0' in asked.body
    assert uid.encode() in asked.body


async def test_a_pod_that_is_gone_already_is_gone(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("pod-life", "delete-deleted")
    assert await (await connect_to(server)).delete_pod("hptui", "life")


async def test_a_pod_of_the_same_name_is_never_deleted(server: ReplayServer, connect_to: Connector) -> None:
    server.replay("pod-life", "delete-wrong-uid")
    assert await (await connect_to(server)).delete_pod("hptui", "pre", uid="ours")


async def test_a_pod_that_stays_is_reported_after_the_limit(
    server: ReplayServer, connect_to: Connector
) -> None:
    """As on a lost node: the DELETE is accepted, but nobody confirms it."""
    server.on("DELETE", LIFE, status(200, one_pod()))
    server.on("GET", PODS, pod_list(one_pod()))
    server.on("GET", PODS, lines(), watch="true")
    assert await (await connect_to(server)).delete_pod("hptui", "life", limit=0.5) is False


async def test_a_delete_is_sent_again_until_it_is_heard(server: ReplayServer, connect_to: Connector) -> None:
    def drop(line: Line, request: Request) -> None:
        line.drop()

    server.on("DELETE", LIFE, status(503, "starting"), drop, status(429, "busy"), status(200, one_pod()))
    server.on("GET", PODS, status(500, "oops"), pod_list(one_pod(uid="another")))
    assert await (await connect_to(server)).delete_pod("hptui", "life", uid="u1")
    assert len(server.asked("DELETE", LIFE)) == 4


async def test_a_watch_that_breaks_does_not_lose_the_end(server: ReplayServer, connect_to: Connector) -> None:
    server.on("DELETE", LIFE, status(200, one_pod()))
    server.on("GET", PODS, pod_list(one_pod()), pod_list(one_pod()), pod_list())
    server.on("GET", PODS, lines(end="cut"), watch="true")
    assert await (await connect_to(server)).delete_pod("hptui", "life")


async def test_a_delete_without_the_right_says_so(server: ReplayServer, connect_to: Connector) -> None:
    server.on("DELETE", LIFE, plain(exchange("authz", "viewer-delete-pod")))
    with pytest.raises(ForbiddenError, match='cannot delete resource "pods"'):
        await (await connect_to(server)).delete_pod("hptui", "life")


async def test_a_delete_that_nobody_hears_raises_after_the_limit(
    server: ReplayServer, connect_to: Connector
) -> None:
    cluster = await connect_to(server)
    server.stop()
    with pytest.raises(UnreachableError):
        await cluster.delete_pod("hptui", "life", limit=0.3)


# Short requests on a bad day


async def test_a_busy_server_is_asked_again_after_its_retry_after(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on(
        "GET", LIFE, status(429, "slow down", Retry_After="0"), status(503, "no"), status(200, one_pod())
    )
    assert (await (await connect_to(server)).get_pod("hptui", "life")).uid == "u1"
    assert len(server.asked("GET", LIFE)) == 3


async def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", LIFE, status(429, "come back tomorrow", Retry_After="86400"))
    with pytest.raises(ServerError) as caught:
        await (await connect_to(server)).get_pod("hptui", "life")
    assert caught.value.retry_after == 86400


async def test_creating_is_never_tried_twice(server: ReplayServer, connect_to: Connector) -> None:
    server.on("POST", PODS, status(500, "who knows"))
    with pytest.raises(ServerError, match="who knows"):
        await (await connect_to(server)).create_pod("hptui", {})
    assert len(server.asked("POST", PODS)) == 1


async def test_creating_waits_for_a_server_that_is_too_busy_to_look(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("POST", PODS, status(429, "later", Retry_After="0"), plain(exchange("pod-life", "create")))
    assert (await (await connect_to(server)).create_pod("hptui", {})).pod.name == "life"


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_never_reaches_another_path(
    server: ReplayServer, connect_to: Connector, name: str
) -> None:
    cluster = await connect_to(server)
    with pytest.raises(InvalidError, match="not a name"):
        await cluster.get_pod("hptui", name)
    with pytest.raises(InvalidError, match="not a name"):
        await cluster.exec("hptui", name, ["x"])


async def test_odd_names_are_quoted(server: ReplayServer, connect_to: Connector) -> None:
    with pytest.raises(ClusterError):
        await (await connect_to(server)).get_pod("hptui", "../secrets?x=1#y")
    assert server.requests[0].path == f"{PODS}/../secrets?x=1#y"  # one segment, decoded by the server


async def test_a_silent_server_is_given_up(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", LIFE, lambda line, request: line.wait_gone())
    with pytest.raises(UnreachableError, match="did not answer in time") as caught:
        await (await connect_to(server, request_timeout=0.2)).get_pod("hptui", "life")
    assert "context 'it'" in caught.value.message


async def test_a_login_page_is_not_taken_for_an_api(server: ReplayServer, connect_to: Connector) -> None:
    page = {
        "response": {
            "status": 502,
            "reason": "No",
            "headers": {"Content-Type": "text/html"},
            "body": "<html>",
        }
    }
    server.on("GET", LIFE, plain(page))
    with pytest.raises(UnreachableError, match="web page"):
        await (await connect_to(server)).get_pod("hptui", "life")


async def test_a_redirect_is_not_followed(server: ReplayServer, connect_to: Connector) -> None:
    server.on("GET", LIFE, status(302, "", Location=f"{server.url}/login"))
    with pytest.raises(UnreachableError, match="elsewhere"):
        await (await connect_to(server)).get_pod("hptui", "life")
    assert len(server.requests) == 1


async def test_an_object_is_read_without_its_managed_fields(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", LIFE, status(200, one_pod(managedFields=[{"manager": "x"}])))
    cluster = await connect_to(server)
    assert await cluster.read_object(LIFE) == one_pod()
    with pytest.raises(InvalidError):
        await cluster.read_object("/metrics")


async def test_a_closed_cluster_answers_nothing_and_waits_for_nothing(
    server: ReplayServer, connect_to: Connector
) -> None:
    server.on("GET", LIFE, lambda line, request: line.wait_gone())
    cluster = await connect_to(server)
    asking = asyncio.create_task(cluster.get_pod("hptui", "life"))
    await until(lambda: server.asked("GET", LIFE), "the request")
    await cluster.close()
    await cluster.close()
    with pytest.raises(ClusterError):
        await asking
    with pytest.raises(ClusterError):
        await cluster.get_pod("hptui", "life")
    assert [update async for update in cluster.watch_pod("hptui", "life")] == []
