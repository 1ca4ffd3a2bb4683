"""The containers of a simulated node: which pods its shims belong to, and what they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_PODS = (
    ("azure-cns-win", "kube-system", "cns-container", "mcr.microsoft.com/containernetworking/azure-cns:v1.6.13"),
    ("csi-azuredisk-node-win", "kube-system", "azuredisk", "mcr.microsoft.com/oss/kubernetes-csi/azuredisk-csi:v1.30.5"),
    ("csi-azurefile-node-win", "kube-system", "azurefile", "mcr.microsoft.com/oss/kubernetes-csi/azurefile-csi:v1.30.6"),
    ("cloud-node-manager-windows", "kube-system", "cloud-node-manager",
     "mcr.microsoft.com/oss/kubernetes/azure-cloud-node-manager:v1.31.1"),
    ("sample-web", "default", "web", "mcr.microsoft.com/dotnet/framework/samples:aspnetapp"),
    ("ama-logs-windows", "kube-system", "ama-logs-windows", "mcr.microsoft.com/azuremonitor/containerinsights/ciprod:win-3.1.24"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HostContainer:
    """A pod and the one container that it has."""

    sandbox: str  # the pod's id, which its shim has on its command line
    id: str
    pod: str
    namespace: str
    name: str
    image: str
    attempt: int
    created: datetime


def make_containers(shims: Sequence[str], boot: datetime) -> tuple[HostContainer, ...]:
    return tuple(
        HostContainer(
            sandbox=shim,
            id=shim[::-1],
            pod=f"{pod}-{shim[:5]}",
            namespace=namespace,
            name=name,
            image=image,
            attempt=place % 3,
            created=boot + timedelta(seconds=40 + 17 * place),
        )
        for place, (shim, (pod, namespace, name, image)) in enumerate(zip(shims, _PODS, strict=False))
    )
