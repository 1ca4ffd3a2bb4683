"""The doctor's questions about where a session's pod would live: namespace, quota, nodes, image, usage, and the dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from hptui.cluster.model import Event, NodeImage
from hptui.cluster.quantity import size
from hptui.errors import (
    ClusterError,
    ForbiddenError,
    NotFoundError,
    PodSecurityError,
    QuotaError,
    UnavailableError,
    UsageError,
)
from hptui.hostprocess.doctor.case import ANY_NODE, Case
from hptui.hostprocess.doctor.check import Check, Health
from hptui.hostprocess.images import ImageChoice, choose_image
from hptui.hostprocess.manifest import pod_manifest
from hptui.hostprocess.rights import NODE_USAGE, PODS

_LEVEL = "pod-security.kubernetes.io/enforce"
_METRICS_SERVER = "kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml"


def allow_host_process(namespace: str) -> str:
    """The command that lets a namespace have HostProcess pods."""
    return f"kubectl label namespace {quote(namespace)} {_LEVEL}=privileged --overwrite"


def make_namespace(namespace: str) -> str:
    return f"kubectl create namespace {quote(namespace)}\n{allow_host_process(namespace)}"


async def namespace(case: Case) -> tuple[Check, ...]:
    id_, name = "namespace.level", f"namespace {case.namespace}"
    try:
        found = await case.cluster.read_object(f"/api/v1/namespaces/{case.namespace}")
    except NotFoundError:
        return (Check(id_, name, Health.BAD, "It does not exist.", make_namespace(case.namespace)),)
    except ForbiddenError:
        words = "It may not be read, so its pod security level is not known; the dry run tells what counts."
        return (Check(id_, name, Health.UNKNOWN, words),)
    level = _mapping(_mapping(found.get("metadata")).get("labels")).get(_LEVEL)
    if level is None:
        words = "It sets no pod security level, so the cluster's default counts; the dry run tells."
        return (Check(id_, name, Health.OK, words),)
    if level == "privileged":
        return (Check(id_, name, Health.OK, "Its pod security level is privileged, as HostProcess needs."),)
    words = f"Its pod security level is {level}, which forbids HostProcess."
    return (Check(id_, name, Health.BAD, words, allow_host_process(case.namespace)),)


async def quota(case: Case) -> tuple[Check, ...]:
    id_, name = "namespace.quota", "quota"
    try:
        listed = await case.cluster.read_object(f"/api/v1/namespaces/{case.namespace}/resourcequotas")
    except ForbiddenError:
        words = "The quotas may not be read; the dry run tells whether one is used up."
        return (Check(id_, name, Health.UNKNOWN, words),)
    items = listed.get("items")
    counts = [_pods_of(_mapping(item)) for item in items] if isinstance(items, list) else []
    limits = [count for count in counts if count is not None]
    if not counts:
        return (Check(id_, name, Health.OK, f"Namespace {case.namespace} has none."),)
    if not limits:
        return (Check(id_, name, Health.OK, "No quota limits the number of pods."),)
    used, hard = min(limits, key=lambda count: count[1] - count[0])
    words = f"{used} of {hard} pods are used."
    if used < hard:
        return (Check(id_, name, Health.OK, words),)
    return (Check(id_, name, Health.BAD, words, f"kubectl describe quota -n {quote(case.namespace)}"),)


def _pods_of(item: Mapping[str, Any]) -> tuple[int, int] | None:
    """Used and allowed pods of one quota."""
    status = _mapping(item.get("status"))
    hard, used = _mapping(status.get("hard")), _mapping(status.get("used"))
    for key in ("pods", "count/pods"):
        if key in hard:
            return int(size(str(used.get(key, "0")))), int(size(str(hard[key])))
    return None


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


async def nodes(case: Case) -> tuple[Check, ...]:
    """One line for each kind of verdict."""
    id_, name = "nodes", "Windows nodes"
    try:
        found = await case.nodes()
    except NotFoundError:
        return (Check(id_, name, Health.BAD, f"There is no node {case.named}.", "hptui nodes"),)
    if not found:
        words = "This cluster has no Windows node (label kubernetes.io/os=windows)."
        mend = (
            "kubectl get nodes -L kubernetes.io/os   # add a Windows node pool: HostProcess runs nowhere else"
        )
        return (Check(id_, name, Health.BAD, words, mend),)
    verdicts = [case.verdict(node) for node in found]
    none_fits = not any(verdict.eligible for verdict in verdicts)
    kinds = Counter(verdict.word for verdict in verdicts)
    checks = []
    for word, count in sorted(kinds.items(), key=lambda kind: (not kind[0].startswith("yes"), kind[0])):
        alike = next(verdict for verdict in verdicts if verdict.word == word)
        which = alike.node if count == 1 else f"{count} nodes, {alike.node} among them"
        reasons = " ".join(reason.fact for reason in alike.blocking or alike.notes)
        found_words = f"{which}: {word}. {reasons}".rstrip()
        if alike.eligible:
            checks.append(Check(id_, name, Health.OK, found_words))
            continue
        ways = dict.fromkeys(reason.way_out for reason in alike.blocking if reason.way_out)
        mend = "\n".join((*ways, f"kubectl describe node {quote(alike.node)}"))
        checks.append(Check(id_, name, Health.BAD if none_fits else Health.WARN, found_words, mend))
    return tuple(checks)


async def dry_run(case: Case) -> tuple[Check, ...]:
    """The API server's own verdict on a session's pod; nothing is created."""
    id_, name = "namespace.dry-run", "dry run"
    subject = await case.subject()
    node = subject.name if subject else case.named or ANY_NODE
    try:
        answer = await case.cluster.dry_run_pod(case.namespace, pod_manifest(case.spec(node)))
    except ClusterError as error:
        words = f"{error.heading}: {error.message}"
        return (Check(id_, name, Health.BAD, words, _mend_refusal(case, error)),)
    place = f"in namespace {case.namespace} as {case.account.label}"
    if answer.warnings:
        words = f"A session's pod is accepted {place}, with warnings: {'; '.join(answer.warnings)}"
        return (
            Check(
                id_, name, Health.WARN, words, "The warnings say what the cluster's rules would rather have."
            ),
        )
    return (Check(id_, name, Health.OK, f"A session's pod is accepted {place}."),)


def _mend_refusal(case: Case, error: ClusterError) -> str:
    if isinstance(error, PodSecurityError):
        return allow_host_process(case.namespace)
    if isinstance(error, QuotaError):
        return f"kubectl describe quota -n {quote(case.namespace)}"
    if isinstance(error, NotFoundError):
        return make_namespace(case.namespace)
    if type(error) is ForbiddenError:
        return PODS.grant(("create",), case.namespace, case.cluster.info.user)
    again = f"hptui manifest {quote(case.named or ANY_NODE)} -n {quote(case.namespace)} | kubectl apply --dry-run=server -f -"
    return f"{error.hint or error.default_hint}\n{again}"


async def image(case: Case) -> tuple[Check, ...]:
    """Which image, and whether a node has it or has pulled it lately: nobody but a node can say whether it can be pulled."""
    id_, name = "image", "image"
    subject = await case.subject()
    has: Sequence[NodeImage] = ()
    if subject is not None:
        has = await case.cluster.node_images(subject.name)
    try:
        choice = choose_image(case.settings.image, subject.kernel_version if subject else "", has)
    except UsageError as error:
        return (Check(id_, name, Health.BAD, error.message, f"hptui --set image=base\n{error.hint}"),)
    if subject is not None and any(choice.reference in one.names for one in has):
        return (Check(id_, name, Health.OK, f"{choice.reference}: {subject.name} has it already."),)
    try:
        events = await case.cluster.list_events(case.namespace, kind="Pod")
    except ForbiddenError:
        events = ()
    return (pulled(choice, events),)


def pulled(choice: ImageChoice, events: Sequence[Event]) -> Check:
    """What past pulls say about an image."""
    id_, name, reference = "image", "image", choice.reference
    about = [event for event in events if reference in event.message]
    if any(event.reason == "Pulled" for event in about):
        return Check(id_, name, Health.OK, f"{reference}: a node has pulled it lately.")
    host = reference.partition("/")[0]
    mend = "hptui --set image=node   # an image that the node has already"
    failed = next((event for event in reversed(about) if event.reason == "Failed"), None)
    if failed is not None:
        return Check(id_, name, Health.WARN, f"{reference}: {failed.message}", mend)
    words = f"{reference}: no pull of it is known here; the nodes must be able to reach {host}."
    return Check(id_, name, Health.UNKNOWN, words, mend)


async def metrics(case: Case) -> tuple[Check, ...]:
    id_, name = "metrics", "usage"
    try:
        usage = await case.cluster.node_usage()
    except ForbiddenError as error:
        mend = NODE_USAGE.grant(("list",), case.namespace, case.cluster.info.user)
        return (Check(id_, name, Health.WARN, error.message, mend),)
    except UnavailableError as error:
        down = error.status == 503
        mend = "kubectl get apiservice v1beta1.metrics.k8s.io" if down else _METRICS_SERVER
        return (Check(id_, name, Health.WARN, error.message, mend),)
    return (Check(id_, name, Health.OK, f"metrics.k8s.io has figures of {len(usage)} nodes."),)
