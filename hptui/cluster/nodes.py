"""Nodes: from the API's JSON to `Node`, listed whole or watched."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hptui.cluster import quantity
from hptui.cluster.backoff import Pace
from hptui.cluster.listing import kind_of, list_all
from hptui.cluster.model import Condition, Node, NodeImage, NodesChanged, NodeUpdate, Taint
from hptui.cluster.reflector import Changes, Reflector, newest
from hptui.cluster.transport import Query, Transport, decode, segment
from hptui.cluster.wire import ConditionWire, NodeImagesWire, NodeInfoWire, NodeWire, instant

PATH = "/api/v1/nodes"


def conditions_from(wires: Sequence[ConditionWire] | None) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            wire.type,
            wire.status,
            wire.reason or "",
            wire.message or "",
            instant(wire.last_transition_time),
            instant(wire.last_heartbeat_time),
        )
        for wire in wires or ()
    )


def node_from(wire: NodeWire) -> Node:
    meta, spec, status = wire.metadata, wire.spec, wire.status
    info = (status.node_info if status else None) or NodeInfoWire()
    capacity = (status.capacity if status else None) or {}
    addresses = (status.addresses if status else None) or ()
    labels = meta.labels or {}
    return Node(
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
        created=instant(meta.creation_timestamp),
        labels=labels,
        taints=tuple(Taint(t.key, t.effect, t.value or "") for t in (spec.taints if spec else None) or ()),
        unschedulable=bool(spec and spec.unschedulable),
        conditions=conditions_from(status.conditions if status else None),
        operating_system=info.operating_system or labels.get("kubernetes.io/os", ""),
        os_image=info.os_image,
        kernel_version=info.kernel_version,
        kubelet_version=info.kubelet_version,
        container_runtime=info.container_runtime_version,
        architecture=info.architecture,
        internal_ip=next((a.address for a in addresses if a.type == "InternalIP"), ""),
        cpu_capacity=quantity.cores(capacity.get("cpu")),
        memory_capacity=quantity.size(capacity.get("memory")),
    )


NODES = kind_of("node", NodeWire, node_from, lambda n: n.name, lambda n: n.resource_version)
_IMAGES = msgspec.json.Decoder(NodeImagesWire)


def _selecting(selector: str) -> Query:
    return [("labelSelector", selector)] if selector else []


def list_nodes(transport: Transport, selector: str) -> Sequence[Node]:
    return list_all(transport, NODES, PATH, _selecting(selector))[0]


def get_node(transport: Transport, name: str) -> Node:
    node: Node = node_from(decode(NODES.one, transport.get(f"{PATH}/{segment(name)}").body, f"node {name}"))
    return node


def node_images(transport: Transport, name: str) -> Sequence[NodeImage]:
    wire: NodeImagesWire = decode(_IMAGES, transport.get(f"{PATH}/{segment(name)}").body, f"node {name}")
    images = (wire.status.images if wire.status else None) or ()
    return [NodeImage(tuple(image.names or ()), image.size_bytes) for image in images]


class NodeWatch(Reflector[Node, NodeUpdate]):
    """The nodes that a label selector matches, from now on."""

    def __init__(self, transport: Transport, selector: str, pace: Pace) -> None:
        super().__init__(transport, NODES, PATH, _selecting(selector), pace=pace)

    def updates(self, changes: Sequence[Changes[Node]]) -> Sequence[NodeUpdate]:
        merged = newest(changes, NODES.key)
        return [NodesChanged(merged.changed, merged.removed, merged.complete)]
