"""The kinds that the simulated API server knows, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Subresource:
    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""  # of the kind, where it differs from the resource's
    version: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of one version of one group, as discovery tells of it."""

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...] = ALL_VERBS
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[Subresource, ...] = ()

    @property
    def group_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def subresource(self, name: str) -> Subresource | None:
        return next((sub for sub in self.subresources if sub.name == name), None)


_STATUS_VERBS = ("get", "patch", "update")
_STREAM_VERBS = ("create", "get")


def _status(kind: str) -> Subresource:
    return Subresource("status", kind, _STATUS_VERBS)


PODS = Resource(
    "",
    "v1",
    "pods",
    "pod",
    "Pod",
    True,
    short_names=("po",),
    categories=("all",),
    subresources=(
        Subresource("attach", "PodAttachOptions", _STREAM_VERBS),
        Subresource("exec", "PodExecOptions", _STREAM_VERBS),
        Subresource("log", "Pod", ("get",)),
        _status("Pod"),
    ),
)
NODES = Resource(
    "",
    "v1",
    "nodes",
    "node",
    "Node",
    False,
    short_names=("no",),
    subresources=(
        Subresource("proxy", "NodeProxyOptions", ("create", "delete", "get", "patch", "update")),
        _status("Node"),
    ),
)
NAMESPACES = Resource(
    "",
    "v1",
    "namespaces",
    "namespace",
    "Namespace",
    False,
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
    short_names=("ns",),
    subresources=(_status("Namespace"),),
)
EVENTS = Resource("", "v1", "events", "event", "Event", True, short_names=("ev",))
SERVICE_ACCOUNTS = Resource(
    "", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", True, short_names=("sa",)
)
SECRETS = Resource("", "v1", "secrets", "secret", "Secret", True)
CONFIG_MAPS = Resource("", "v1", "configmaps", "configmap", "ConfigMap", True, short_names=("cm",))
RESOURCE_QUOTAS = Resource(
    "",
    "v1",
    "resourcequotas",
    "resourcequota",
    "ResourceQuota",
    True,
    short_names=("quota",),
    subresources=(_status("ResourceQuota"),),
)
LIMIT_RANGES = Resource("", "v1", "limitranges", "limitrange", "LimitRange", True, short_names=("limits",))
DAEMON_SETS = Resource(
    "apps",
    "v1",
    "daemonsets",
    "daemonset",
    "DaemonSet",
    True,
    short_names=("ds",),
    categories=("all",),
    subresources=(_status("DaemonSet"),),
)
JOBS = Resource(
    "batch",
    "v1",
    "jobs",
    "job",
    "Job",
    True,
    categories=("all",),
    subresources=(_status("Job"),),
)
EVENTS_V1 = Resource("events.k8s.io", "v1", "events", "event", "Event", True, short_names=("ev",))
LEASES = Resource("coordination.k8s.io", "v1", "leases", "lease", "Lease", True)
PRIORITY_CLASSES = Resource(
    "scheduling.k8s.io", "v1", "priorityclasses", "priorityclass", "PriorityClass", False, short_names=("pc",)
)
API_SERVICES = Resource("apiregistration.k8s.io", "v1", "apiservices", "apiservice", "APIService", False)
ACCESS_REVIEWS = Resource(
    "authorization.k8s.io",
    "v1",
    "selfsubjectaccessreviews",
    "selfsubjectaccessreview",
    "SelfSubjectAccessReview",
    False,
    verbs=("create",),
)
RULES_REVIEWS = Resource(
    "authorization.k8s.io",
    "v1",
    "selfsubjectrulesreviews",
    "selfsubjectrulesreview",
    "SelfSubjectRulesReview",
    False,
    verbs=("create",),
)
SUBJECT_REVIEWS = Resource(
    "authentication.k8s.io",
    "v1",
    "selfsubjectreviews",
    "selfsubjectreview",
    "SelfSubjectReview",
    False,
    verbs=("create",),
)
NODE_METRICS = Resource("metrics.k8s.io", "v1beta1", "nodes", "", "NodeMetrics", False, verbs=("get", "list"))
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "", "PodMetrics", True, verbs=("get", "list"))

RESOURCES = (
    CONFIG_MAPS,
    EVENTS,
    LIMIT_RANGES,
    NAMESPACES,
    NODES,
    PODS,
    RESOURCE_QUOTAS,
    SECRETS,
    SERVICE_ACCOUNTS,
    API_SERVICES,
    DAEMON_SETS,
    EVENTS_V1,
    JOBS,
    SUBJECT_REVIEWS,
    ACCESS_REVIEWS,
    RULES_REVIEWS,
    PRIORITY_CLASSES,
    LEASES,
    NODE_METRICS,
    POD_METRICS,
)
"""In the order in which discovery lists their groups."""

_BY_PATH = {(r.group, r.version, r.plural): r for r in RESOURCES}
_BY_KIND = {(r.group_version, r.kind): r for r in RESOURCES}


def find(group: str, version: str, plural: str) -> Resource | None:
    return _BY_PATH.get((group, version, plural))


def by_kind(api_version: str, kind: str) -> Resource | None:
    return _BY_KIND.get((api_version, kind))


def groups() -> dict[str, list[Resource]]:
    """Resources by group/version, the core group under "v1"."""
    found: dict[str, list[Resource]] = {}
    for resource in RESOURCES:
        found.setdefault(resource.group_version, []).append(resource)
    return found
