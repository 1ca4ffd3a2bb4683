"""POST, PUT and PATCH: what is checked, filled in and stored."""

from __future__ import annotations

from collections.abc import Mapping

from hptui.demo.api.decoding import decode
from hptui.demo.api.patches import apply_patch, read_applied
from hptui.demo.api.paths import Target
from hptui.demo.api.reading import get_one
from hptui.demo.api.written import Written, dry_run
from hptui.demo.objects import seed
from hptui.demo.objects.plain import Json, meta, name_of, namespace_of, uid_of
from hptui.demo.objects.refusals import already_exists, bad_request, conflict, not_found
from hptui.demo.objects.resources import DAEMON_SETS, JOBS, NAMESPACES, PODS
from hptui.demo.rules import admission, defaults
from hptui.demo.rules.validation import validate, validate_pod_update
from hptui.demo.world import World

_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def create(world: World, target: Target, query: Mapping[str, str], body: bytes, content_type: str) -> Written:
    """Raises Refusal."""
    resource = target.known
    decoded = decode(body, resource, content_type)
    warnings = decoded.warnings(query.get("fieldValidation", "Warn"), resource)
    return _create(world, target, decoded.obj, dry_run(query), warnings)


def _create(world: World, target: Target, obj: Json, dry: bool, warnings: list[str]) -> Written:
    resource, store = target.known, world.store
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
    resource = target.known
    decoded = decode(body, resource, content_type)
    warnings = decoded.warnings(query.get("fieldValidation", "Warn"), resource)
    current = get_one(world.store, target)
    return _replace(world, target, current, decoded.obj, dry_run(query), warnings)


def patch(world: World, target: Target, query: Mapping[str, str], body: bytes, content_type: str) -> Written:
    resource = target.known
    namespace = target.namespace if resource.namespaced else ""
    current = world.store.get(resource, namespace, target.name)
    applying = content_type.startswith("application/apply-patch")
    if current is None:
        if not applying:
            raise not_found(resource.group, resource.plural, target.name)
        return _create(world, target, read_applied(body), dry_run(query), [])
    changed = apply_patch(current, body, content_type)
    if not applying and '"resourceVersion"' not in body.decode(errors="replace"):
        meta(changed)["resourceVersion"] = meta(current)["resourceVersion"]
    return _replace(world, target, current, changed, dry_run(query), [])


def _replace(
    world: World, target: Target, current: Json, obj: Json, dry: bool, warnings: list[str]
) -> Written:
    resource = target.known
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


def _ordered(obj: Json) -> Json:
    """Kind and apiVersion first, as the API server writes them."""
    head = {key: obj[key] for key in ("kind", "apiVersion", "metadata") if key in obj}
    return head | {key: value for key, value in obj.items() if key not in head}
