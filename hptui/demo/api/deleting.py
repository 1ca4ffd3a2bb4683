"""DELETE: at once or with grace, one or many, with what an object owns."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from hptui.demo.api.paths import Target
from hptui.demo.api.reading import get_one, selection
from hptui.demo.api.written import Written, dry_run
from hptui.demo.objects.plain import (
    Json,
    copy,
    dig,
    is_owned,
    meta,
    name_of,
    namespace_of,
    now,
    stamp,
    uid_of,
)
from hptui.demo.objects.refusals import bad_request, conflict
from hptui.demo.objects.resources import JOBS, NAMESPACES, PODS, Resource
from hptui.demo.world import World

_ORPHANS = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or "
    "set propagationPolicy=Orphan to suppress this warning"
)


def delete(world: World, target: Target, query: Mapping[str, str], body: bytes) -> Written:
    """Raises Refusal. A pod answers with itself, everything else with a Status."""
    resource = target.known
    current = get_one(world.store, target)
    options = _options(query, body)
    _check_preconditions(resource, current, options)
    if resource is PODS:
        return Written(200, delete_pod(world, current, options.get("gracePeriodSeconds"), dry_run(query)))
    if resource is JOBS and "propagationPolicy" not in options:
        return _orphan(world, current, dry_run(query))
    if not dry_run(query):
        _delete_plain(world, resource, current, options)
    details: Json = {"name": name_of(current)}
    if resource.group:
        details["group"] = resource.group
    details |= {"kind": resource.plural, "uid": uid_of(current)}
    answer = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return Written(200, answer)


def delete_many(world: World, target: Target, query: Mapping[str, str], body: bytes) -> Written:
    """Deletes what the selectors choose, and answers with the list."""
    resource = target.known
    chosen = selection(target, query)
    options = _options(query, body)
    items: list[Json] = []
    for stored in world.store.all(resource, target.namespace):
        if not chosen.match(stored.data):
            continue
        items.append(stored.data)
        if resource is PODS:
            delete_pod(world, stored.data, options.get("gracePeriodSeconds"), dry_run(query))
        elif not dry_run(query):
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
            if is_owned(stored.data, obj):
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
