"""PATCH: JSON patch, merge patch, strategic merge and server-side apply as far as kubectl needs them."""

from __future__ import annotations

import json
from typing import Any

from hptui.demo.objects.plain import Json, copy
from hptui.demo.objects.refusals import Refusal, bad_request, status

# By which key the lists of built-in types are merged; lists not named here are replaced.
_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "env": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "conditions": "type",
    "taints": "key",
    "imagePullSecrets": "name",
    "ownerReferences": "uid",
    "hostIPs": "ip",
    "podIPs": "ip",
}


def apply_patch(current: Json, body: bytes, content_type: str) -> Json:
    """The patched object. Raises Refusal for what can't be read or isn't known."""
    media = content_type.partition(";")[0].strip()
    if media == "application/apply-patch+yaml":
        return merge(copy(current), _read_yaml(body), strategic=True)
    try:
        patch: Any = json.loads(body)
    except ValueError as wrong:
        raise bad_request(f"error decoding patch: {wrong}") from wrong
    match media:
        case "application/json-patch+json":
            return _json_patch(copy(current), patch)
        case "application/merge-patch+json":
            return merge(copy(current), patch, strategic=False)
        case "application/strategic-merge-patch+json":
            return merge(copy(current), patch, strategic=True)
    message = (
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, "
        "application/strategic-merge-patch+json"
    )
    raise Refusal(415, status(415, message, "UnsupportedMediaType", {}))


def read_applied(body: bytes) -> Json:
    """The object of a server-side apply."""
    return _read_yaml(body)


def _read_yaml(body: bytes) -> Json:
    import yaml

    try:
        found: Any = yaml.safe_load(body)
    except yaml.YAMLError as wrong:
        raise bad_request(f"error decoding YAML: {wrong}") from wrong
    if not isinstance(found, dict):
        raise bad_request("error decoding YAML: not an object")
    return found


def merge(target: Json, patch: Json, *, strategic: bool) -> Json:
    """RFC 7396, or Kubernetes' strategic variant of it; changes and returns `target`."""
    for key, value in patch.items():
        if strategic and key.startswith("$"):
            continue
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            if strategic and value.get("$patch") == "replace":
                target[key] = {k: v for k, v in value.items() if k != "$patch"}
                continue
            old = target.get(key)
            target[key] = merge(old if isinstance(old, dict) else {}, value, strategic=strategic)
        elif strategic and isinstance(value, list) and key in _MERGE_KEYS and _keyed(value, key):
            target[key] = _merge_list(target.get(key) or [], value, _MERGE_KEYS[key])
        else:
            target[key] = value
    return target


def _keyed(items: list[Any], key: str) -> bool:
    return all(isinstance(item, dict) and (_MERGE_KEYS[key] in item or "$patch" in item) for item in items)


def _merge_list(old: list[Json], patch: list[Json], key: str) -> list[Json]:
    if any(item.get("$patch") == "replace" for item in patch):
        return [item for item in patch if "$patch" not in item]
    merged = {item.get(key): item for item in old}
    for item in patch:
        if item.get("$patch") == "delete":
            merged.pop(item.get(key), None)
        else:
            merged[item[key]] = merge(merged.get(item[key], {}), item, strategic=True)
    return list(merged.values())


def _json_patch(target: Json, operations: list[Json]) -> Json:
    for operation in operations:
        path = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        parent: Any = target
        try:
            for part in path[:-1]:
                parent = parent[int(part)] if isinstance(parent, list) else parent[part]
            _operate(parent, path[-1], operation)
        except (KeyError, IndexError, ValueError, TypeError) as wrong:
            words = f"the server rejected our request due to an error in our request: {operation['path']}"
            raise Refusal(422, status(422, words, "Invalid", {})) from wrong
    return target


def _operate(parent: Any, key: str, operation: Json) -> None:
    match operation["op"]:
        case "test":
            current = parent[int(key)] if isinstance(parent, list) else parent[key]
            if current != operation["value"]:
                raise ValueError(operation["path"])
        case "remove":
            del parent[int(key) if isinstance(parent, list) else key]
        case "replace":
            parent[int(key) if isinstance(parent, list) else key] = operation["value"]
        case "add" if isinstance(parent, list):
            parent.insert(len(parent) if key == "-" else int(key), operation["value"])
        case "add":
            parent[key] = operation["value"]
        case unknown:
            raise ValueError(unknown)
