"""The API's JSON as slim structs: just the fields that are used, decoded by msgspec.

Every field may be missing or null. What cannot be decoded raises msgspec.ValidationError, which the readers of lists
and watches answer by skipping that object.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


def read(decoder: msgspec.json.Decoder[Any], text: bytes | msgspec.Raw) -> Any:
    """Decode it. Raises msgspec.DecodeError, also for what lies so deep within itself that the decoder gives up."""
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise msgspec.DecodeError("its values lie too deep within each other") from error


def instant(at: datetime | None) -> datetime | None:
    """A time that can be reckoned with; None for Go's zero time, for one without a zone, and for the ends of the calendar."""
    return at if at is not None and at.tzinfo is not None and 1900 < at.year < 9000 else None


class _Wire(msgspec.Struct, rename="camel", gc=False):
    pass


class _Tree(msgspec.Struct, rename="camel"):
    """For structs that hold containers: these take part in garbage collection."""


class Meta(_Tree):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class ListMeta(_Wire, rename={"resource_version": "resourceVersion", "next_page": "continue"}):
    resource_version: str = ""
    next_page: str | None = None


class ConditionWire(_Wire):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None
    last_transition_time: datetime | None = None
    last_heartbeat_time: datetime | None = None


# Nodes


class TaintWire(_Wire):
    key: str = ""
    effect: str = ""
    value: str | None = None


class NodeSpecWire(_Tree):
    taints: list[TaintWire] | None = None
    unschedulable: bool | None = None


class NodeInfoWire(_Wire):
    operating_system: str = ""
    os_image: str = ""
    kernel_version: str = ""
    kubelet_version: str = ""
    container_runtime_version: str = ""
    architecture: str = ""


class AddressWire(_Wire):
    type: str = ""
    address: str = ""


class NodeStatusWire(_Tree):
    conditions: list[ConditionWire] | None = None
    node_info: NodeInfoWire | None = None
    addresses: list[AddressWire] | None = None
    capacity: dict[str, str] | None = None


class NodeWire(_Tree):
    metadata: Meta
    spec: NodeSpecWire | None = None
    status: NodeStatusWire | None = None


class ImageWire(_Tree):
    names: list[str] | None = None
    size_bytes: int = 0


class NodeImagesStatusWire(_Tree):
    images: list[ImageWire] | None = None


class NodeImagesWire(_Tree):
    status: NodeImagesStatusWire | None = None


# Pods


class WindowsOptionsWire(_Wire):
    host_process: bool | None = None
    run_as_user_name: str | None = None


class PodSecurityWire(_Tree):
    windows_options: WindowsOptionsWire | None = None


class PodSpecWire(_Tree):
    node_name: str | None = None
    active_deadline_seconds: int | None = None
    security_context: PodSecurityWire | None = None


class WaitingWire(_Wire):
    reason: str | None = None
    message: str | None = None


class RunningWire(_Wire):
    started_at: datetime | None = None


class TerminatedWire(_Wire):
    exit_code: int | None = None
    reason: str | None = None
    message: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerStateWire(_Tree):
    waiting: WaitingWire | None = None
    running: RunningWire | None = None
    terminated: TerminatedWire | None = None


class ContainerStatusWire(_Tree):
    name: str = ""
    image: str = ""
    state: ContainerStateWire | None = None
    ready: bool = False
    restart_count: int = 0


class PodStatusWire(_Tree):
    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    start_time: datetime | None = None
    conditions: list[ConditionWire] | None = None
    container_statuses: list[ContainerStatusWire] | None = None


class PodWire(_Tree):
    metadata: Meta
    spec: PodSpecWire | None = None
    status: PodStatusWire | None = None


# Events


class EventSourceWire(_Wire):
    component: str | None = None
    host: str | None = None


class EventSeriesWire(_Wire):
    count: int | None = None
    last_observed_time: datetime | None = None


class InvolvedWire(_Wire):
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    uid: str | None = None


class EventWire(_Tree):
    metadata: Meta
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeriesWire | None = None
    source: EventSourceWire | None = None
    reporting_component: str | None = None
    involved_object: InvolvedWire | None = None


# Metrics


class UsageWire(_Wire):
    cpu: str | None = None
    memory: str | None = None


class ContainerMetricsWire(_Tree):
    name: str = ""
    usage: UsageWire | None = None


class PodMetricsWire(_Tree):
    metadata: Meta
    timestamp: datetime | None = None
    window: str | None = None
    containers: list[ContainerMetricsWire] | None = None


class NodeMetricsWire(_Tree):
    metadata: Meta
    timestamp: datetime | None = None
    window: str | None = None
    usage: UsageWire | None = None


# Lists, watches, refusals


class RawList(_Tree):
    """One page of a list; its items stay undecoded, so that one bad item costs only itself."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    items: list[msgspec.Raw] | None = None


class WatchEvent(_Tree):
    type: str
    object: msgspec.Raw


class MetaOnly(_Tree):
    metadata: Meta


class CauseWire(_Wire):
    reason: str | None = None
    message: str | None = None
    field: str | None = None


class StatusDetailsWire(_Tree):
    name: str | None = None
    kind: str | None = None
    causes: list[CauseWire] | None = None
    retry_after_seconds: int | None = None


class StatusWire(_Tree):
    status: str | None = None
    message: str | None = None
    reason: str | None = None
    code: int | None = None
    details: StatusDetailsWire | None = None


# Identity and rights


class VersionWire(_Wire):
    git_version: str = ""


class UserInfoWire(_Tree):
    username: str = ""
    groups: list[str] | None = None


class SelfReviewStatusWire(_Tree):
    user_info: UserInfoWire | None = None


class SelfReviewWire(_Tree):
    status: SelfReviewStatusWire | None = None


class AccessStatusWire(_Wire):
    allowed: bool = False
    denied: bool = False
    reason: str | None = None
    evaluation_error: str | None = None


class AccessReviewWire(_Tree):
    status: AccessStatusWire | None = None
