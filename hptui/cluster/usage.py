"""CPU and memory from metrics.k8s.io, which a cluster may have, not have, or have broken."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hptui.cluster import quantity
from hptui.cluster.listing import kind_of, list_all
from hptui.cluster.model import Usage
from hptui.cluster.transport import Transport, decode, segment
from hptui.cluster.wire import NodeMetricsWire, PodMetricsWire, instant
from hptui.errors import ForbiddenError, NotFoundError, ServerError, UnavailableError
from hptui.failures import refusals

_BASE = "/apis/metrics.k8s.io/v1beta1"
_POD = msgspec.json.Decoder(PodMetricsWire)


def _node_from(wire: NodeMetricsWire) -> tuple[str, Usage]:
    usage = wire.usage
    return wire.metadata.name, Usage(
        cpu=quantity.cores(usage.cpu if usage else None),
        memory=quantity.size(usage.memory if usage else None),
        at=instant(wire.timestamp),
        window=quantity.seconds(wire.window),
    )


_NODES = kind_of("node usage", NodeMetricsWire, _node_from, lambda pair: pair[0], lambda pair: "")


def pod_usage(transport: Transport, namespace: str, name: str) -> Usage:
    """The sum over the pod's containers. Raises NotFoundError while the metrics server has not measured it yet."""
    path = f"{_BASE}/namespaces/{segment(namespace)}/pods/{segment(name)}"
    try:
        body = transport.get(path, retry=False).body
    except NotFoundError as error:
        raise NotFoundError(
            f"There are no figures for pod {name} yet: the metrics server takes up to a minute for a new pod.",
            title=refusals.NO_USAGE_YET.title,
            hint=refusals.NO_USAGE_YET.hint,
            status=error.status,
            reason=error.reason,
        ) from error
    except (UnavailableError, ServerError, ForbiddenError) as error:
        raise _explained(error) from error
    wire: PodMetricsWire = decode(_POD, body, f"the usage of pod {name}")
    measured = [one.usage for one in wire.containers or () if one.usage]
    return Usage(
        cpu=sum(quantity.cores(one.cpu) for one in measured),
        memory=sum(quantity.size(one.memory) for one in measured),
        at=instant(wire.timestamp),
        window=quantity.seconds(wire.window),
    )


def node_usage(transport: Transport) -> Mapping[str, Usage]:
    """By node name; nodes that are not ready are missing."""
    try:
        pairs, _ = list_all(transport, _NODES, f"{_BASE}/nodes", retry=False)
    except (NotFoundError, UnavailableError, ServerError, ForbiddenError) as error:
        raise _explained(error) from error
    return dict(pairs)


def _explained(
    error: NotFoundError | UnavailableError | ServerError | ForbiddenError,
) -> UnavailableError | ForbiddenError | ServerError:
    if isinstance(error, ForbiddenError):
        return error
    if isinstance(error, ServerError) and error.status != 503:
        return error
    if error.status == 503:
        return UnavailableError(
            f"The cluster has metrics.k8s.io, but its metrics server does not answer: {error.message}",
            title=refusals.METRICS_DOWN.title,
            hint=refusals.METRICS_DOWN.hint,
            status=error.status,
        )
    return UnavailableError(
        "This cluster has no metrics server (metrics.k8s.io), so there are no figures for CPU and memory.",
        title=refusals.NO_METRICS.title,
        hint=refusals.NO_METRICS.hint,
        status=error.status,
    )
