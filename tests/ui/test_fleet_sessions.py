"""The node's detail pane tells of sessions on it, other people's too: whose they are, from where, and when each ends."""

from __future__ import annotations

from typing import Any

from hptui.cluster.connect import ConnectOptions, connect
from hptui.demo.cluster import SimulatedCluster
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.origin import new_session_id
from tests.ui.stage import NODE, on_stage

BOB: dict[str, Any] = {"who": "bob@example.com", "where_from": "bob@desk", "deadline": 5000}


async def someone_works(cluster: SimulatedCluster, namespace: str = "hptui") -> SessionSpec:
    client = await connect(ConnectOptions(kubeconfig=str(cluster.kubeconfig)))
    spec = SessionSpec(node=NODE, namespace=namespace, session_id=new_session_id(), **BOB)
    try:
        await client.create_pod(namespace, pod_manifest(spec))
    finally:
        await client.close()
    return spec


async def test_another_persons_session_appears_with_its_owner_and_its_end() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.sees("No hptui session is open here.")
        await someone_works(stage.cluster)
        await stage.sees("Open sessions: 1", "bob@example.com as NT", "from bob@desk", "ends in 1 h 23 min")


async def test_it_goes_when_the_session_goes() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        spec = await someone_works(stage.cluster)
        await stage.sees("bob@example.com")
        assert stage.app.cluster is not None
        await stage.app.cluster.delete_pod("hptui", spec.pod_name)
        await stage.sees("No hptui session is open here.")


async def test_with_rights_in_one_namespace_only_what_is_there_is_told_and_that_it_is_not_all() -> None:
    async with on_stage(user="operator") as stage:
        await someone_works(stage.cluster, "kube-system")
        await someone_works(stage.cluster)
        await stage.choose(NODE)
        await stage.sees("Only the namespace hptui", "Open sessions: 1", "bob@example.com")
