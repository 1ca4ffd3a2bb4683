"""Who may live in a namespace: its existence, service accounts, priorities, Pod Security and quota."""

from __future__ import annotations

from collections.abc import Iterator

from hptui.demo.objects.plain import Json, dig, labels_of, name_of, namespace_of
from hptui.demo.objects.refusals import forbidden, not_found
from hptui.demo.objects.resources import NAMESPACES, PODS, PRIORITY_CLASSES, RESOURCE_QUOTAS, SERVICE_ACCOUNTS
from hptui.demo.objects.store import Store

_LEVEL = "pod-security.kubernetes.io/"


def admit_namespace(store: Store, namespace: str) -> None:
    """Raises Refusal when the namespace doesn't exist."""
    if namespace and store.get(NAMESPACES, "", namespace) is None:
        raise not_found("", "namespaces", namespace)


def admit_references(store: Store, pod: Json) -> None:
    """The service account and the priority class must be there."""
    namespace, name = namespace_of(pod), name_of(pod)
    account = pod["spec"].get("serviceAccountName", "default")
    if store.get(SERVICE_ACCOUNTS, namespace, account) is None:
        where = f"{namespace}/{account}"
        why = f'error looking up service account {where}: serviceaccount "{account}" not found'
        raise forbidden("", "pods", name, why)
    priority = pod["spec"].get("priorityClassName")
    if priority:
        found = store.get(PRIORITY_CLASSES, "", priority)
        if found is None:
            raise forbidden("", "pods", name, f"no PriorityClass with name {priority} was found")
        pod["spec"]["priority"] = found["value"]


def admit_security(store: Store, pod: Json) -> list[str]:
    """Raises Refusal when the namespace's level forbids the pod; gives the warnings of its warn level."""
    namespace = store.get(NAMESPACES, "", namespace_of(pod))
    labels = labels_of(namespace) if namespace else {}
    enforce = labels.get(f"{_LEVEL}enforce", "privileged")
    if violations := list(_violations(pod["spec"], enforce)):
        version = labels.get(f"{_LEVEL}enforce-version", "latest")
        why = f'violates PodSecurity "{enforce}:{version}": {", ".join(violations)}'
        raise forbidden("", "pods", name_of(pod), why)
    warn = labels.get(f"{_LEVEL}warn", "privileged")
    if violations := list(_violations(pod["spec"], warn)):
        version = labels.get(f"{_LEVEL}warn-version", "latest")
        return [f'would violate PodSecurity "{warn}:{version}": {", ".join(violations)}']
    return []


def template_warnings(store: Store, namespace: str, template: Json) -> list[str]:
    """A workload's template is never forbidden, only warned about."""
    found = store.get(NAMESPACES, "", namespace)
    labels = labels_of(found) if found else {}
    for mode in ("enforce", "warn"):
        level = labels.get(f"{_LEVEL}{mode}", "privileged")
        if violations := list(_violations(template["spec"], level)):
            return [f'would violate PodSecurity "{level}:latest": {", ".join(violations)}']
    return []


def admit_quota(store: Store, pod: Json) -> None:
    """Only the number of pods is counted."""
    namespace = namespace_of(pod)
    for stored in store.all(RESOURCE_QUOTAS, namespace):
        quota = stored.data
        hard = dig(quota, "spec", "hard") or {}
        for resource in ("pods", "count/pods"):
            if resource not in hard:
                continue
            used = pods_used(store, namespace)
            if used + 1 > int(hard[resource]):
                why = (
                    f"exceeded quota: {name_of(quota)}, requested: {resource}=1, used: {resource}={used}, "
                    f"limited: {resource}={hard[resource]}"
                )
                raise forbidden("", "pods", name_of(pod), why)


def pods_used(store: Store, namespace: str) -> int:
    """Pods that have ended don't count."""
    ended = ("Succeeded", "Failed")
    return sum(dig(s.data, "status", "phase") not in ended for s in store.all(PODS, namespace))


def _violations(spec: Json, level: str) -> Iterator[str]:
    """The checks of Pod Security that matter here, in its order and words."""
    if level not in ("baseline", "restricted"):
        return
    restricted = level == "restricted"
    windows = dig(spec, "os", "name") == "windows"
    if restricted and not windows:
        yield from _escalation(spec)
        yield from _capabilities(spec)
    host = [f"{field}=true" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    if host:
        yield f"host namespaces ({', '.join(host)})"
    yield from _host_process(spec)
    yield from _privileged(spec)
    if restricted:
        yield from _root(spec)
        if not windows:
            yield from _seccomp(spec)


def _named(containers: list[Json]) -> str:
    names = ", ".join(f'"{c["name"]}"' for c in containers)
    return f"container {names}" if len(containers) == 1 else f"containers {names}"


def _lacking(spec: Json, *path: str, wanted: object) -> list[Json]:
    return [c for c in spec.get("containers") or [] if dig(c, "securityContext", *path) != wanted]


def _escalation(spec: Json) -> Iterator[str]:
    if found := _lacking(spec, "allowPrivilegeEscalation", wanted=False):
        yield (
            f"allowPrivilegeEscalation != false ({_named(found)} must set "
            "securityContext.allowPrivilegeEscalation=false)"
        )


def _capabilities(spec: Json) -> Iterator[str]:
    if found := _lacking(spec, "capabilities", "drop", wanted=["ALL"]):
        yield f'unrestricted capabilities ({_named(found)} must set securityContext.capabilities.drop=["ALL"])'


def _host_process(spec: Json) -> Iterator[str]:
    who: list[str] = []
    if dig(spec, "securityContext", "windowsOptions", "hostProcess"):
        who.append("pod")
    containers = [
        c for c in spec.get("containers") or [] if dig(c, "securityContext", "windowsOptions", "hostProcess")
    ]
    if containers:
        who.append(_named(containers))
    if who:
        yield f"hostProcess ({' and '.join(who)} must not set securityContext.windowsOptions.hostProcess=true)"


def _privileged(spec: Json) -> Iterator[str]:
    containers = spec.get("containers") or []
    if found := [c for c in containers if dig(c, "securityContext", "privileged")]:
        yield f"privileged ({_named(found)} must not set securityContext.privileged=true)"


def _root(spec: Json) -> Iterator[str]:
    if dig(spec, "securityContext", "runAsNonRoot") is True:
        return
    if found := _lacking(spec, "runAsNonRoot", wanted=True):
        yield f"runAsNonRoot != true (pod or {_named(found)} must set securityContext.runAsNonRoot=true)"


def _seccomp(spec: Json) -> Iterator[str]:
    fine = ("RuntimeDefault", "Localhost")
    if dig(spec, "securityContext", "seccompProfile", "type") in fine:
        return
    containers = spec.get("containers") or []
    if found := [c for c in containers if dig(c, "securityContext", "seccompProfile", "type") not in fine]:
        yield (
            f"seccompProfile (pod or {_named(found)} must set securityContext.seccompProfile.type to "
            '"RuntimeDefault" or "Localhost")'
        )
