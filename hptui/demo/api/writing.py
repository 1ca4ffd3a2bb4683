"""POST, PUT, PATCH and DELETE: what is checked, filled in and stored, and how things are deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hptui.demo.api.decoding import decode
from hptui.demo.api.patches import apply_patch, read_applied
from hptui.demo.api.paths import Target
from hptui.demo.api.reading import get_one, selection
from hptui.demo.objects import seed
from hptui.demo.objects.plain import Json, copy, dig, meta, name_of, namespace_of, now, stamp, uid_of
from hptui.demo.objects.refusals import already_exists, bad_request, conflict, not_found
from hptui.demo.objects.resources import DAEMON_SETS, JOBS, NAMESPACES, PODS, Resource
from hptui.demo.rules import admission, defaults
from hptui.demo.rules.validation import validate, validate_pod_update
from hptui.demo.world import World

_ORPHANS = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or "
    "set propagationPolicy=Orphan to suppress this warning"
)
_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


@dataclass(slots=True)
class Written:
    """The answer to a write."""

    code: int
    obj: Json
    warnings: list[str] = field(default_factory=list)


def create(world: World, target: Target, query: Mapping[str, str], body: bytes, content_type: str) -> Written:
    """Raises Refusal."""
    resource = _resource(target)
    decoded = decode(body, resource, content_type)
    warnings = decoded.warnings(query.get("fieldValidation", "Warn"), resource)
    return _create(world, target, decoded.obj, _dry(query), warnings)


def _create(world: World, target: Target, obj: Json, dry: bool, warnings: list[str]) -> Written:
    resource, store = _resource(target), world.store
    namespace = target.namespace if resource.namespaced else ""
    if namespace and namespace_of(obj) not in ("", namespace):
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    admission.admit_namespace(store, namespace)
    defaults.fill_metadata(obj, namespace)
    match resource:
        case _ if resource is PODS:
            defaults.fill_pod(obj, store)
            admission.admit_references(store, obj)
            validate(resource, obj)
            warnings += admission.admit_security(store, obj)
            admission.admit_quota(store, obj)
        case _ if resource in (DAEMON_SETS, JOBS):
            (defaults.fill_job if resource is JOBS else defaults.fill_daemon_set)(obj)
            validate(resource, obj)
            warnings += admission.template_warnings(store, namespace, obj["spec"]["template"])
        case _:
            validate(resource, obj)
            if resource is NAMESPACES:
                obj.setdefault("spec", {"finalizers": ["kubernetes"]})
                obj["status"] = {"phase": "Active"}
    if store.get(resource, namespace, name_of(obj)) is not None:
        raise already_exists(resource.group, resource.plural, name_of(obj))
    obj = _ordered(obj)
    if not dry:
        obj = store.put(resource, obj)
        if resource is NAMESPACES:
            seed.add_service_account(store, name_of(obj))
        world.counts.pods_created += resource is PODS
    return Written(201, obj, warnings)


def update(world: World, target: Target, query: Mapping[str, str], body: bytes, content_type: str) -> Written:
    resource = _resource(target)
    decoded = decode(body, resource, content_type)
    warnings = decoded.warnings(query.get("fieldValidation", "Warn"), resource)
    current = get_one(world.store, target)
    return _replace(world, target, current, decoded.obj, _dry(query), warnings)


def patch(world: World, target: Target, query: Mapping[str, str], body: bytes, content_type: str) -> Written:
    resource = _resource(target)
    namespace = target.namespace if resource.namespaced else ""
    current = world.store.get(resource, namespace, target.name)
    applying = content_type.startswith("application/apply-patch")
    if current is None:
        if not applying:
            raise not_found(resource.group, resource.plural, target.name)
        return _create(world, target, read_applied(body), _dry(query), [])
    changed = apply_patch(current, body, content_type)
    if not applying and '"resourceVersion"' not in body.decode(errors="replace"):
        meta(changed)["resourceVersion"] = meta(current)["resourceVersion"]
    return _replace(world, target, current, changed, _dry(query), [])


def _replace(
    world: World, target: Target, current: Json, obj: Json, dry: bool, warnings: list[str]
) -> Written:
    resource = _resource(target)
    name = name_of(current)
    wanted = meta(obj).get("resourceVersion")
    if wanted and wanted != meta(current)["resourceVersion"]:
        raise conflict(resource.group, resource.plural, name, _MODIFIED)
    if uid_of(obj) not in ("", uid_of(current)):
        why = (
            f"Precondition failed: UID in precondition: {uid_of(obj)}, UID in object meta: {uid_of(current)}"
        )
        raise conflict(resource.group, resource.plural, name, why)
    kept = (
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    )
    obj["metadata"] = meta(obj) | {key: meta(current)[key] for key in kept if key in meta(current)}
    if target.subresource == "status":
        obj = {**current, "status": obj.get("status", {}), "metadata": meta(obj)}
    else:
        if "status" in current:
            obj["status"] = current["status"]
        if resource is PODS:
            defaults.fill_pod_spec(obj["spec"])
        validate(resource, obj)
        if resource is PODS:
            validate_pod_update(current, obj)
        if obj.get("spec") != current.get("spec") and "generation" in meta(current):
            meta(obj)["generation"] = meta(current)["generation"] + 1
    if _same(obj, current):
        return Written(200, current, warnings)
    return Written(200, obj if dry else world.store.put(resource, _ordered(obj)), warnings)


def _same(one: Json, other: Json) -> bool:
    def bare(obj: Json) -> Json:
        return {**obj, "metadata": {k: v for k, v in meta(obj).items() if k != "resourceVersion"}}

    return bare(one) == bare(other)


# Deletion


def delete(world: World, target: Target, query: Mapping[str, str], body: bytes) -> Written:
    """Raises Refusal. A pod answers with itself, everything else with a Status."""
    resource = _resource(target)
    current = get_one(world.store, target)
    options = _options(query, body)
    _check_preconditions(resource, current, options)
    if resource is PODS:
        return Written(200, delete_pod(world, current, options.get("gracePeriodSeconds"), _dry(query)))
    if resource is JOBS and "propagationPolicy" not in options:
        return _orphan(world, current, _dry(query))
    if not _dry(query):
        _delete_plain(world, resource, current, options)
    details: Json = {"name": name_of(current)}
    if resource.group:
        details["group"] = resource.group
    details |= {"kind": resource.plural, "uid": uid_of(current)}
    answer = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return Written(200, answer)


def delete_many(world: World, target: Target, query: Mapping[str, str], body: bytes) -> Written:
    """Deletes what the selectors choose, and answers with the list."""
    resource = _resource(target)
    chosen = selection(target, query)
    options = _options(query, body)
    items: list[Json] = []
    for stored in world.store.all(resource, target.namespace):
        if not chosen.match(stored.data):
            continue
        items.append(stored.data)
        if resource is PODS:
            delete_pod(world, stored.data, options.get("gracePeriodSeconds"), _dry(query))
        elif not _dry(query):
            _delete_plain(world, resource, stored.data, options)
    listed = {
        "kind": f"{resource.kind}List",
        "apiVersion": resource.group_version,
        "metadata": {"resourceVersion": str(world.store.version)},
        "items": items,
    }
    return Written(200, listed)


def _options(query: Mapping[str, str], body: bytes) -> Json:
    try:
        options: Any = json.loads(body) if body.strip() else {}
    except ValueError as wrong:
        raise bad_request(f"couldn't get version/kind; json parse error: {wrong}") from wrong
    if not isinstance(options, dict):
        raise bad_request("couldn't get version/kind; json parse error: not an object")
    for key in ("gracePeriodSeconds", "propagationPolicy"):
        if key in query:
            options[key] = int(query[key]) if key == "gracePeriodSeconds" else query[key]
    return options


def _check_preconditions(resource: Resource, current: Json, options: Json) -> None:
    wanted = dig(options, "preconditions", "uid")
    if wanted and wanted != uid_of(current):
        why = (
            f"the UID in the precondition ({wanted}) does not match the UID in record ({uid_of(current)}). "
            "The object might have been deleted and then recreated"
        )
        raise conflict("", resource.kind, name_of(current), why)
    version = dig(options, "preconditions", "resourceVersion")
    if version and version != meta(current)["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record "
            f"({meta(current)['resourceVersion']}). The object might have been modified"
        )
        raise conflict("", resource.kind, name_of(current), why)


def delete_pod(world: World, pod: Json, asked: int | None, dry: bool) -> Json:
    """`asked`: a grace period in seconds. Mark it; without grace it is gone at once, else when its kubelet has ended it."""
    own = dig(pod, "spec", "terminationGracePeriodSeconds")
    grace = asked if asked is not None else own if own is not None else 30
    if dig(pod, "status", "phase") in ("Succeeded", "Failed") or not dig(pod, "spec", "nodeName"):
        grace = 0
    grace = max(0, grace)
    already = meta(pod).get("deletionTimestamp")
    if already and grace >= int(meta(pod).get("deletionGracePeriodSeconds", grace)) and grace:
        return pod
    marked = copy(pod)
    found = meta(marked)
    found["deletionTimestamp"] = stamp(time.time() + grace) if grace else now()
    found["deletionGracePeriodSeconds"] = grace
    if not already:
        found["generation"] = found.get("generation", 1) + 1
    if dry:
        return marked
    stored = world.store.put(PODS, marked)
    if grace or world.faults.delete == "stuck":
        return stored
    last = world.store.remove(PODS, namespace_of(pod), name_of(pod))
    world.counts.pods_deleted += 1
    return last or stored


def _delete_plain(world: World, resource: Resource, obj: Json, options: Json) -> None:
    if resource is NAMESPACES:
        _empty_namespace(world, name_of(obj))
    world.store.remove(resource, namespace_of(obj), name_of(obj))
    if options.get("propagationPolicy") != "Orphan":
        for stored in world.store.all(PODS, namespace_of(obj)):
            owners = meta(stored.data).get("ownerReferences") or ()
            if any(owner.get("uid") == uid_of(obj) for owner in owners):
                delete_pod(world, stored.data, None, False)


def _orphan(world: World, job: Json, dry: bool) -> Written:
    """Jobs leave their pods behind unless told otherwise, and warn of it."""
    marked = copy(job)
    meta(marked)["generation"] = meta(marked).get("generation", 1) + 1
    marked["metadata"] |= {
        "deletionTimestamp": now(),
        "deletionGracePeriodSeconds": 0,
        "finalizers": ["orphan"],
    }
    if not dry:
        world.store.put(JOBS, marked)
        world.store.remove(JOBS, namespace_of(job), name_of(job))
        for stored in world.store.all(PODS, namespace_of(job)):
            owners = meta(stored.data).get("ownerReferences") or []
            kept = [owner for owner in owners if owner.get("uid") != uid_of(job)]
            if kept != owners:
                world.store.put(
                    PODS, {**stored.data, "metadata": {**meta(stored.data), "ownerReferences": kept}}
                )
    return Written(200, marked, [_ORPHANS])


def _empty_namespace(world: World, namespace: str) -> None:
    for stored in world.store.all(PODS, namespace):
        delete_pod(world, stored.data, 0, False)


def _dry(query: Mapping[str, str]) -> bool:
    return query.get("dryRun") == "All"


def _resource(target: Target) -> Resource:
    assert target.resource is not None
    return target.resource


def _ordered(obj: Json) -> Json:
    """Kind and apiVersion first, as the API server writes them."""
    head = {key: obj[key] for key in ("kind", "apiVersion", "metadata") if key in obj}
    return head | {key: value for key, value in obj.items() if key not in head}
