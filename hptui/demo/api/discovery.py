"""What kinds there are: /version, /api and /apis, plain and aggregated, and as much OpenAPI as kubectl asks for."""

from __future__ import annotations

import hashlib

from hptui.demo.objects.plain import Json, encode
from hptui.demo.objects.resources import Resource, Subresource, groups

VERSION: Json = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "hptui-demo",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "go1.27.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def wants_aggregated(accept: str) -> bool:
    return "apidiscovery.k8s.io" in accept and "v=v2;" in accept.replace(" ", "") + ";"


def aggregated_type() -> str:
    return _AGGREGATED


def versions(address: str) -> Json:
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def _shown(metrics: str) -> dict[str, list[Resource]]:
    """The groups that are there; metrics.k8s.io may be missing."""
    return {
        version: found
        for version, found in groups().items()
        if found[0].group != "metrics.k8s.io" or metrics != "absent"
    }


def group_list(metrics: str) -> Json:
    found = [_group(resources[0]) for resources in _shown(metrics).values() if resources[0].group]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def _group(resource: Resource) -> Json:
    version = {"groupVersion": resource.group_version, "version": resource.version}
    return {"name": resource.group, "versions": [version], "preferredVersion": version}


def one_group(name: str, metrics: str) -> Json | None:
    for resources in _shown(metrics).values():
        if resources[0].group == name:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(resources[0])}
    return None


def resource_list(group_version: str, metrics: str) -> Json | None:
    resources = _shown(metrics).get(group_version)
    if resources is None:
        return None
    entries: list[Json] = []
    for resource in resources:
        entries.append(_entry(resource))
        entries += [_sub_entry(resource, sub) for sub in resource.subresources]
    head: Json = {"kind": "APIResourceList"}
    if "/" in group_version:
        head["apiVersion"] = "v1"
    return head | {"groupVersion": group_version, "resources": entries}


def _entry(resource: Resource) -> Json:
    return {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
        **_nicknames(resource),
    }


def _nicknames(resource: Resource) -> Json:
    """What else it may be called, alone and with others."""
    names = {"shortNames": resource.short_names, "categories": resource.categories}
    return {key: list(found) for key, found in names.items() if found}


def _sub_entry(resource: Resource, sub: Subresource) -> Json:
    return {
        "name": f"{resource.plural}/{sub.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": sub.kind,
        "verbs": list(sub.verbs),
    }


def aggregated(core: bool, metrics: str) -> Json:
    items: list[Json] = []
    for resources in _shown(metrics).values():
        first = resources[0]
        if (first.group == "") is not core:
            continue
        version: Json = {"version": first.version, "freshness": "Current"}
        if first.group == "metrics.k8s.io" and metrics == "gone":
            version = {"version": first.version, "freshness": "Stale"}
        else:
            version["resources"] = [_aggregated_entry(resource) for resource in resources]
        items.append({"metadata": {"name": first.group} if first.group else {}, "versions": [version]})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _aggregated_entry(resource: Resource) -> Json:
    found: Json = {
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **_nicknames(resource),
    }
    if resource.subresources:
        found["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": {"group": sub.group, "version": sub.version, "kind": sub.kind},
                "verbs": list(sub.verbs),
            }
            for sub in resource.subresources
        ]
    return found


# OpenAPI: kubectl looks here whether the server validates fields itself, and leaves the checking to it if so.


def openapi_index() -> Json:
    paths: Json = {}
    for version in groups():
        document = openapi_document(version)
        digest = hashlib.sha256(encode(document)).hexdigest()[:32].upper()
        path = _openapi_path(version)
        paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
    return {"paths": paths}


def _openapi_path(group_version: str) -> str:
    return f"apis/{group_version}" if "/" in group_version else f"api/{group_version}"


def openapi_document(group_version: str) -> Json | None:
    resources = groups().get(group_version)
    if resources is None:
        return None
    paths: Json = {}
    for resource in resources:
        scope = "namespaces/{namespace}/" if resource.namespaced else ""
        base = f"/{_openapi_path(group_version)}/{scope}{resource.plural}"
        if "create" in resource.verbs:
            paths[base] = {"post": _operation(resource, "post")}
        if "patch" in resource.verbs:
            paths[base + "/{name}"] = {
                "put": _operation(resource, "put"),
                "patch": _operation(resource, "patch"),
            }
    return {
        "openapi": "3.0.0",
        "info": {"title": "hptui demo", "version": str(VERSION["gitVersion"])},
        "paths": paths,
        "components": {"schemas": {}},
    }


def _operation(resource: Resource, action: str) -> Json:
    def parameter(name: str) -> Json:
        return {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}

    return {
        "tags": [resource.group or "core"],
        "operationId": f"{action}{resource.kind}",
        "parameters": [parameter(name) for name in ("dryRun", "fieldManager", "fieldValidation")],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {
            "group": resource.group,
            "version": resource.version,
            "kind": resource.kind,
        },
    }
