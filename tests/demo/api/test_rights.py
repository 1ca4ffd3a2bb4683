"""Rights: RBAC objects bound to a user, impersonation, and the exact words of refusals."""

from __future__ import annotations

import yaml

from tests.demo.conftest import Client
from tests.demo.rig import pod

_PODS = "/api/v1/namespaces/hptui/pods"
_LEAST = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: look}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: work, namespace: hptui}
rules:
- {apiGroups: [""], resources: [pods], verbs: [create, get]}
- {apiGroups: [""], resources: [pods], resourceNames: [mine], verbs: [delete]}
"""
_BOUND = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: work}
rules:
- {apiGroups: [""], resources: [pods], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: work-here, namespace: hptui}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: work}
subjects: [{kind: User, name: somebody-else}]
"""


async def test_a_user_may_what_the_given_roles_say_and_no_more(client: Client) -> None:
    client.cluster.add_user("least", manifests=list(yaml.safe_load_all(_LEAST)))
    assert (await client.ask("/api/v1/nodes", user="least")).status == 200
    assert (await client.ask(_PODS, method="POST", body=pod("mine"), user="least")).status == 201
    assert (await client.ask(_PODS, user="least")).status == 403
    elsewhere = await client.ask("/api/v1/namespaces/default/pods/x", user="least")
    assert (elsewhere.status, elsewhere.json["details"]) == (403, {"name": "x", "kind": "pods"})
    assert (await client.ask(f"{_PODS}/other", method="DELETE", user="least")).status == 403
    assert (await client.ask(f"{_PODS}/mine", method="DELETE", user="least")).status == 200


async def test_a_role_binding_keeps_a_cluster_role_in_its_namespace(client: Client) -> None:
    client.cluster.add_user("bound", manifests=list(yaml.safe_load_all(_BOUND)))
    assert (await client.ask(_PODS, user="bound")).status == 200
    assert (await client.ask("/api/v1/pods", user="bound")).status == 403
    review = {"spec": {"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "hptui"}}}
    answer = await client.ask(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", method="POST", body=review, user="bound"
    )
    assert answer.json["status"]["reason"] == (
        'RBAC: allowed by RoleBinding "work-here/hptui" of ClusterRole "work" to User "bound"'
    )


async def test_the_admin_may_act_as_others(client: Client) -> None:
    headers = {"Impersonate-User": "viewer"}
    assert (await client.ask("/api/v1/nodes", headers=headers)).status == 200
    denied = await client.ask(_PODS, method="POST", body=pod("x"), headers=headers)
    assert 'User "viewer" cannot create resource "pods"' in denied.json["message"]
    whoami = await client.ask(
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        method="POST",
        body={},
        headers={"Impersonate-User": "jane", "Impersonate-Group": "devs"},
    )
    assert whoami.json["status"]["userInfo"] == {
        "username": "jane",
        "groups": ["devs", "system:authenticated"],
    }


async def test_others_may_not(client: Client) -> None:
    answer = await client.ask("/api/v1/nodes", user="operator", headers={"Impersonate-User": "admin"})
    assert answer.status == 403
    assert answer.json["message"] == (
        'users "admin" is forbidden: User "operator" cannot impersonate resource "users" in API group "" '
        "at the cluster scope"
    )


async def test_what_is_not_there_is_told_apart_from_what_is_forbidden(client: Client) -> None:
    assert (await client.ask("/api/v1/nosuchthings")).json["message"] == (
        "the server could not find the requested resource"
    )
    assert (await client.ask("/apis/nosuch.example/v1")).text == "404 page not found\n"
    assert (await client.ask("/metrics", user="nobody")).json["message"] == (
        'forbidden: User "nobody" cannot get path "/metrics"'
    )
