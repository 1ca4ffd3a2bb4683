"""Questions about oneself: may I, what may I, who am I."""

from __future__ import annotations

import json
from typing import Any

from hptui.demo.access.rights import Attributes, Rights, User
from hptui.demo.api.protobuf import is_protobuf, read_review
from hptui.demo.objects.plain import Json, now
from hptui.demo.objects.refusals import bad_request
from hptui.demo.objects.resources import ACCESS_REVIEWS, RULES_REVIEWS, SUBJECT_REVIEWS, Resource

_REVIEWS = (ACCESS_REVIEWS, RULES_REVIEWS, SUBJECT_REVIEWS)


def is_review(resource: Resource) -> bool:
    return resource in _REVIEWS


def review(rights: Rights, user: User, resource: Resource, body: bytes) -> Json:
    """Raises Refusal."""
    try:
        asked: Any = read_review(body, resource.kind) if is_protobuf(body) else json.loads(body)
    except ValueError as wrong:
        raise bad_request(f"couldn't get version/kind; json parse error: {wrong}") from wrong
    spec = asked.get("spec") or {}
    if resource is ACCESS_REVIEWS:
        return _answer(resource, spec, _access(rights, user, spec))
    if resource is RULES_REVIEWS:
        if not spec.get("namespace"):
            raise bad_request("no namespace on request")
        return _answer(resource, {}, _rules(rights, user, spec["namespace"]))
    answer = _answer(resource, None, {"userInfo": {"username": user.name, "groups": list(user.groups)}})
    answer["metadata"] = {"creationTimestamp": now()}
    return answer


def _answer(resource: Resource, spec: Json | None, status: Json) -> Json:
    head: Json = {"kind": resource.kind, "apiVersion": resource.group_version, "metadata": {}}
    return head | ({"spec": spec} if spec is not None else {}) | {"status": status}


def _access(rights: Rights, user: User, spec: Json) -> Json:
    if other := spec.get("nonResourceAttributes"):
        asked = Attributes(other.get("verb", ""), path=other.get("path", ""))
    else:
        wanted = spec.get("resourceAttributes") or {}
        resource = wanted.get("resource", "")
        if wanted.get("subresource"):
            resource = f"{resource}/{wanted['subresource']}"
        asked = Attributes(
            wanted.get("verb", ""),
            wanted.get("group", ""),
            resource,
            wanted.get("namespace", ""),
            wanted.get("name", ""),
        )
    reason = rights.allowed(user, asked)
    return {"allowed": True, "reason": reason} if reason else {"allowed": False}


def _rules(rights: Rights, user: User, namespace: str) -> Json:
    found = rights.rules(user, namespace)
    return {
        "resourceRules": [rule.to_json() for rule in found if not rule.paths],
        "nonResourceRules": [rule.to_json() for rule in found if rule.paths],
        "incomplete": False,
    }
