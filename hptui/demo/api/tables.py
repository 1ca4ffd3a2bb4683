"""Server-side tables: the columns and cells that `kubectl get` prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hptui.demo.objects.plain import Json, dig, name_of, parse_time

_NONE = "<none>"
_UNKNOWN = "<unknown>"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    description: str
    wide: bool = False
    type: str = "string"
    format: str = ""

    def to_json(self) -> Json:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": 1 if self.wide else 0,
        }


@dataclass(frozen=True, slots=True)
class Layout:
    columns: tuple[Column, ...]
    cells: Callable[[Json], list[object]]


def layout_for(plural: str) -> Layout:
    return _LAYOUTS.get(plural, _PLAIN)


def duration(seconds: float) -> str:
    """As apimachinery's HumanDuration: the two largest units, fewer as the time grows."""
    seconds = int(seconds)
    if seconds < 0:
        return "0s" if seconds >= -2 else "<invalid>"
    if seconds < 120:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 10:
        rest = seconds % 60
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 8:
        rest = minutes % 60
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if days < 8 and hours % 24:
        return f"{days}d{hours % 24}h"
    if days < 730:
        return f"{days}d"
    return f"{days // 365}y"


def age(timestamp: object) -> str:
    if not isinstance(timestamp, str) or not timestamp:
        return _UNKNOWN
    return duration(time.time() - parse_time(timestamp))


_NAME = Column(
    "Name",
    "Name must be unique within a namespace.",
    format="name",
)
_AGE = Column("Age", "The time since this object was created.")


def _created(obj: Json) -> str:
    return age(dig(obj, "metadata", "creationTimestamp"))


# Nodes


def _node_cells(node: Json) -> list[object]:
    info = dig(node, "status", "nodeInfo") or {}
    addresses = {a["type"]: a["address"] for a in dig(node, "status", "addresses") or []}
    kernel = info.get("kernelVersion", "")
    if kernel and info.get("operatingSystem") == "windows":
        kernel = f"{kernel} ({info.get('architecture', '')})"
    return [
        name_of(node),
        _node_status(node),
        _node_roles(node),
        _created(node),
        info.get("kubeletVersion", ""),
        addresses.get("InternalIP", _NONE),
        addresses.get("ExternalIP", _NONE),
        info.get("osImage") or _UNKNOWN,
        kernel or _UNKNOWN,
        info.get("containerRuntimeVersion") or _UNKNOWN,
    ]


def _node_status(node: Json) -> str:
    ready = next((c for c in dig(node, "status", "conditions") or [] if c["type"] == "Ready"), None)
    words = ["Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"]
    if dig(node, "spec", "unschedulable"):
        words.append("SchedulingDisabled")
    return ",".join(words)


def _node_roles(node: Json) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = dig(node, "metadata", "labels") or {}
    roles = sorted(key.removeprefix(prefix) for key in labels if key.startswith(prefix))
    return ",".join(roles) or _NONE


# Pods


def _pod_cells(pod: Json) -> list[object]:
    statuses = dig(pod, "status", "containerStatuses") or []
    ready = sum(bool(s.get("ready")) for s in statuses)
    total = len(dig(pod, "spec", "containers") or [])
    return [
        name_of(pod),
        f"{ready}/{total}",
        pod_reason(pod),
        _restarts(statuses),
        _created(pod),
        dig(pod, "status", "podIP") or _NONE,
        dig(pod, "spec", "nodeName") or _NONE,
        dig(pod, "status", "nominatedNodeName") or _NONE,
        _NONE,
    ]


def pod_reason(pod: Json) -> str:
    """The STATUS column, as kubectl's printers decide it."""
    status = pod.get("status", {})
    reason = status.get("reason") or status.get("phase", "")
    running = False
    for container in reversed(status.get("containerStatuses") or []):
        state = container.get("state") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated") or {}
        if waiting.get("reason"):
            reason = waiting["reason"]
        elif ended.get("reason"):
            reason = ended["reason"]
        elif ended:
            reason = f"ExitCode:{ended.get('exitCode')}"
        elif container.get("ready") and state.get("running"):
            running = True
    if reason == "Completed" and running:
        reason = "Running"
    if dig(pod, "metadata", "deletionTimestamp"):
        return "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    return str(reason)


def _restarts(statuses: Sequence[Json]) -> str:
    count = sum(int(s.get("restartCount", 0)) for s in statuses)
    ends = [dig(s, "lastState", "terminated", "finishedAt") for s in statuses]
    last = max((end for end in ends if end), default="")
    return f"{count} ({age(last)} ago)" if count and last else str(count)


# Events, namespaces, DaemonSets and the rest


def _event_cells(event: Json) -> list[object]:
    involved = event.get("involvedObject") or {}
    first = event.get("firstTimestamp") or event.get("eventTime")
    last = event.get("lastTimestamp") or first
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent", "")
    host = source.get("host") or (event.get("reportingInstance", "") if not source else "")
    return [
        age(last),
        event.get("type", ""),
        event.get("reason", ""),
        f"{involved.get('kind', '').lower()}/{involved.get('name', '')}",
        involved.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        str(event.get("message", "")).strip(),
        age(first),
        event.get("count") or 1,
        name_of(event),
    ]


def _namespace_cells(namespace: Json) -> list[object]:
    return [name_of(namespace), dig(namespace, "status", "phase") or "", _created(namespace)]


def _daemon_set_cells(found: Json) -> list[object]:
    status = found.get("status", {})
    template = dig(found, "spec", "template", "spec") or {}
    selector = template.get("nodeSelector") or {}
    containers = template.get("containers") or []
    labels = dig(found, "spec", "selector", "matchLabels") or {}
    return [
        name_of(found),
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        ",".join(f"{key}={value}" for key, value in sorted(selector.items())) or _NONE,
        _created(found),
        ",".join(c["name"] for c in containers),
        ",".join(c["image"] for c in containers),
        ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or _NONE,
    ]


def _job_cells(job: Json) -> list[object]:
    status, spec = job.get("status", {}), job["spec"]
    kinds = [c["type"] for c in status.get("conditions") or []]
    word = next(
        (k for k in ("Complete", "Failed", "SuccessCriteriaMet", "FailureTarget") if k in kinds), "Running"
    )
    start, end = status.get("startTime"), status.get("completionTime")
    took = duration((parse_time(end) if end else time.time()) - parse_time(start)) if start else ""
    containers = dig(spec, "template", "spec", "containers") or []
    labels = dig(spec, "selector", "matchLabels") or {}
    return [
        name_of(job),
        word,
        f"{status.get('succeeded', 0)}/{spec.get('completions', 1)}",
        took,
        _created(job),
        ",".join(c["name"] for c in containers),
        ",".join(c["image"] for c in containers),
        ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or _NONE,
    ]


def _plain_cells(obj: Json) -> list[object]:
    return [name_of(obj), dig(obj, "metadata", "creationTimestamp") or ""]


_PLAIN = Layout((_NAME, Column("Created At", "When this object was created.", type="date")), _plain_cells)
_LAYOUTS = {
    "nodes": Layout(
        (
            _NAME,
            Column("Status", "The status of the node"),
            Column("Roles", "The roles of the node"),
            _AGE,
            Column("Version", "Kubelet Version reported by the node."),
            Column("Internal-IP", "An address of the node inside the cluster.", True),
            Column("External-IP", "An address of the node from outside.", True),
            Column("OS-Image", "OS Image reported by the node.", True),
            Column("Kernel-Version", "Kernel Version reported by the node.", True),
            Column("Container-Runtime", "ContainerRuntime Version reported by the node.", True),
        ),
        _node_cells,
    ),
    "pods": Layout(
        (
            _NAME,
            Column("Ready", "The aggregate readiness state of this pod for accepting traffic."),
            Column("Status", "The aggregate status of the containers in this pod."),
            Column("Restarts", "The number of times the containers in this pod have been restarted."),
            _AGE,
            Column("IP", "podIP address allocated to the pod.", True),
            Column("Node", "The node in which this pod is scheduled.", True),
            Column("Nominated Node", "The node for which this pod preempts others.", True),
            Column("Readiness Gates", "The readiness gates of this pod.", True),
        ),
        _pod_cells,
    ),
    "events": Layout(
        (
            Column("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
            Column("Type", "Type of this event (Normal, Warning)."),
            Column("Reason", "A short, machine understandable string."),
            Column("Object", "The object that this event is about."),
            Column("Subobject", "The part of the object that this event is about.", True),
            Column("Source", "The component reporting this event.", True),
            Column("Message", "A human-readable description of the status of this operation."),
            Column("First Seen", "The time at which the event was first recorded.", True),
            Column("Count", "The number of times this event has occurred.", True),
            Column("Name", "Name must be unique within a namespace.", True, format="name"),
        ),
        _event_cells,
    ),
    "namespaces": Layout(
        (_NAME, Column("Status", "The status of the namespace"), _AGE),
        _namespace_cells,
    ),
    "jobs": Layout(
        (
            _NAME,
            Column("Status", "Status of the job."),
            Column("Completions", "The number of pods that have succeeded, of those wanted."),
            Column("Duration", "Time required to complete the job."),
            _AGE,
            Column("Containers", "Names of each container in the template.", True),
            Column("Images", "Images referenced by each container in the template.", True),
            Column("Selector", "A label query over the pods of the job.", True),
        ),
        _job_cells,
    ),
    "daemonsets": Layout(
        (
            _NAME,
            Column("Desired", "The number of nodes that should run the daemon pod.", type="integer"),
            Column("Current", "The number of nodes that run at least 1 daemon pod.", type="integer"),
            Column("Ready", "The number of nodes with a ready daemon pod.", type="integer"),
            Column("Up-to-date", "The number of nodes with the updated daemon pod.", type="integer"),
            Column("Available", "The number of nodes with an available daemon pod.", type="integer"),
            Column("Node Selector", "The nodes that this daemon set chooses."),
            _AGE,
            Column("Containers", "Names of each container in the template.", True),
            Column("Images", "Images referenced by each container in the template.", True),
            Column("Selector", "A label query over pods that are managed by the daemon set.", True),
        ),
        _daemon_set_cells,
    ),
}
