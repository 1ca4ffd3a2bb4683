"""Node objects: Windows and Linux nodes as AKS, EKS and RKE2 have them, healthy and not."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field

from hptui.demo.objects.plain import Json, dig, new_uid, now, stamp

BASE_IMAGE = "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0"

BUILD_2019 = "10.0.17763.6414"
BUILD_2022 = "10.0.20348.2700"
BUILD_2025 = "10.0.26100.4061"

_OS_IMAGES = {
    "10.0.17763": ("Windows Server 2019 Datacenter", "ltsc2019", "1809"),
    "10.0.20348": ("Windows Server 2022 Datacenter", "ltsc2022", "ltsc2022"),
    "10.0.26100": ("Windows Server 2025 Datacenter", "ltsc2025", "ltsc2025"),
}
_HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
_NO_NETWORK = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)
_DECLARED = ("ExtendWebSocketsToKubelet", "RestartAllContainersOnContainerExits")
STOPPED_POSTING = "Kubelet stopped posting node status."


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node in few words."""

    name: str
    kernel: str = BUILD_2022  # the Windows build, or the Linux kernel
    kubelet: str = "v1.36.2"
    runtime: str = "containerd://1.7.20+azure"
    os: str = "windows"
    os_image: str = ""  # Linux only; Windows is told by its build
    cpus: int = 4
    memory: int = 16 << 30  # bytes
    state: str = "ready"  # ready, not-ready (no network plugin) or lost (no heartbeat)
    cordoned: bool = False
    taints: tuple[tuple[str, str, str], ...] = ()  # key, value, effect
    labels: dict[str, str] = field(default_factory=dict)
    provider: str = ""
    age_days: float = 20.0
    images: tuple[str, ...] = ()  # beside what a node of its build has anyway
    has_base_image: bool = True


def _aks(name: str, index: int, kernel: str = BUILD_2022, **more: object) -> NodeSpec:
    pool = name[:-6]
    labels = {
        "agentpool": pool.removeprefix("aks"),
        "kubernetes.azure.com/cluster": "MC_demo_demo_westeurope",
        "kubernetes.azure.com/os-sku": {"10.0.17763": "Windows2019", "10.0.20348": "Windows2022"}.get(
            kernel.rpartition(".")[0], "Windows2025"
        ),
        "node.kubernetes.io/instance-type": "Standard_D4s_v5",
        "topology.kubernetes.io/region": "westeurope",
        "topology.kubernetes.io/zone": f"westeurope-{index % 3 + 1}",
    }
    provider = (
        "azure:///subscriptions/0/resourceGroups/mc/providers/Microsoft.Compute/"
        f"virtualMachineScaleSets/{pool}/virtualMachines/{index}"
    )
    return NodeSpec(name, kernel, labels=labels, provider=provider, **more)  # type: ignore[arg-type]


def _eks(address: str, index: int, kernel: str, **more: object) -> NodeSpec:
    name = f"ip-{address.replace('.', '-')}.eu-central-1.compute.internal"
    labels = {
        "eks.amazonaws.com/nodegroup": "windows",
        "eks.amazonaws.com/capacityType": "ON_DEMAND",
        "node.kubernetes.io/instance-type": "m5.2xlarge",
        "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": f"eu-central-1{'abc'[index % 3]}",
    }
    provider = f"aws:///eu-central-1{'abc'[index % 3]}/i-0{index:016x}"
    more.setdefault("cpus", 8)
    more.setdefault("memory", 32 << 30)
    return NodeSpec(name, kernel, labels=labels, provider=provider, **more)  # type: ignore[arg-type]


def _rke2(name: str, kernel: str = BUILD_2022, **more: object) -> NodeSpec:
    labels = {"node.kubernetes.io/instance-type": "rke2", "cattle.io/os": "windows"}
    return NodeSpec(name, kernel, labels=labels, provider=f"rke2://{name}", **more)  # type: ignore[arg-type]


def _linux(name: str, role: str = "", **more: object) -> NodeSpec:
    labels = {f"node-role.kubernetes.io/{role}": "true"} if role else {}
    more.setdefault("os_image", "Ubuntu 24.04.3 LTS")
    more.setdefault("kernel", "6.8.0-1034-azure")
    return NodeSpec(name, os="linux", labels=labels, **more)  # type: ignore[arg-type]


def demo_fleet() -> list[NodeSpec]:
    """Fourteen Windows nodes, good and bad, and some Linux ones."""
    windows_only = (("os", "windows", "NoSchedule"),)
    return [
        _aks("akswin22000000", 0, has_base_image=True),
        _aks("akswin22000001", 1, runtime="containerd://1.7.27", age_days=3.2),
        _aks("akswin22000002", 2, cordoned=True),
        _aks("akswin22000003", 3, age_days=0.08, has_base_image=False),
        _aks("akswin25000000", 4, BUILD_2025, runtime="containerd://2.1.4", taints=windows_only),
        _aks("akswin25000001", 5, BUILD_2025, runtime="containerd://2.1.4", age_days=41.0),
        _aks("akswin19000000", 6, BUILD_2019, kubelet="v1.34.5", runtime="containerd://1.6.6"),
        _eks("10.0.41.17", 1, BUILD_2019, kubelet="v1.34.5-eks-c39b1d0", runtime="containerd://1.6.28"),
        _eks("10.0.42.203", 2, BUILD_2022, kubelet="v1.23.17-eks-0a21954", runtime="containerd://1.5.13"),
        _rke2("rke2-win-01", kubelet="v1.33.4+rke2r1", runtime="containerd://1.7.27-k3s1", age_days=212.0),
        _rke2("rke2-win-02", kubelet="v1.22.17+rke2r1", runtime="containerd://1.6.15-k3s1", age_days=1020.0),
        _rke2(
            "rke2-win-03", BUILD_2019, kubelet="v1.23.6+rke2r2", runtime="docker://20.10.9", state="not-ready"
        ),
        _rke2("rke2-win-04", kubelet="v1.33.4+rke2r1", runtime="containerd://1.7.27-k3s1", state="lost"),
        _rke2("rke2-win-05", BUILD_2025, kubelet="v1.33.4+rke2r1", runtime="containerd://2.0.5-k3s1"),
        _linux("aks-system-31573845-vmss000000"),
        _linux("aks-system-31573845-vmss000001"),
        _linux(
            "rke2-server-01",
            "control-plane",
            kubelet="v1.33.4+rke2r1",
            runtime="containerd://2.0.5-k3s1",
            kernel="5.14.0-570.el9.x86_64",
            os_image="Rocky Linux 9.6 (Blue Onyx)",
        ),
    ]


def many(count: int) -> list[NodeSpec]:
    """More Windows nodes, for loads: every seventh is a 2019, every fifth a 2025."""
    kernels = [BUILD_2019 if i % 7 == 0 else BUILD_2025 if i % 5 == 0 else BUILD_2022 for i in range(count)]
    return [_aks(f"aksload{i // 1000:02d}{i % 1000:06d}", i, kernel) for i, kernel in enumerate(kernels)]


def node_object(spec: NodeSpec, index: int) -> Json:
    """The whole Node, as its kubelet and the node controller would have made it."""
    created = stamp(time.time() - spec.age_days * 86400)
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": spec.os,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": spec.os,
    }
    if spec.os == "windows":
        labels["node.kubernetes.io/windows-build"] = spec.kernel.rpartition(".")[0]
    labels.update(spec.labels)
    annotations = {
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    }
    node_spec: Json = {
        "podCIDR": f"10.{100 + index // 256}.{index % 256}.0/24",
        "podCIDRs": [f"10.{100 + index // 256}.{index % 256}.0/24"],
        "providerID": spec.provider,
    }
    if spec.cordoned:
        node_spec["unschedulable"] = True
    if taints := _taints(spec, created):
        node_spec["taints"] = taints
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {
            "name": spec.name,
            "uid": new_uid(),
            "creationTimestamp": created,
            "labels": dict(sorted(labels.items())),
            "annotations": annotations,
        },
        "spec": node_spec,
        "status": _status(spec, index, created),
    }


def _taints(spec: NodeSpec, since: str) -> list[Json]:
    taints: list[Json] = []
    for key, value, effect in spec.taints:
        taints.append({"key": key, "value": value, "effect": effect})
    if spec.cordoned:
        taints.append({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": since})
    if spec.state != "ready":
        key = f"node.kubernetes.io/{'not-ready' if spec.state == 'not-ready' else 'unreachable'}"
        taints.append({"key": key, "effect": "NoSchedule"})
        taints.append({"key": key, "effect": "NoExecute", "timeAdded": since})
    return taints


def _status(spec: NodeSpec, index: int, created: str) -> Json:
    memory = spec.memory // 1024 - index % 64 * 4
    declared: Json = {}
    if version_tuple(spec.kubelet) >= (1, 36):
        declared["declaredFeatures"] = list(_DECLARED)
    return declared | {
        "capacity": {
            "cpu": str(spec.cpus),
            "ephemeral-storage": "130570236Ki",
            "memory": f"{memory}Ki",
            "pods": "110",
        },
        "allocatable": {
            "cpu": f"{spec.cpus * 1000 - 140}m",
            "ephemeral-storage": "120333529497",
            "memory": f"{memory - (2 << 20)}Ki",
            "pods": "110",
        },
        "conditions": conditions(spec.state, created),
        "addresses": [
            {"type": "InternalIP", "address": f"10.240.{index // 250}.{index % 250 + 4}"},
            {"type": "Hostname", "address": spec.name},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": spec.name,
            "systemUUID": f"4C4C4544-0000-0000-0000-{index + 1:012X}",
            "bootID": str(index % 40 + 3),
            "kernelVersion": spec.kernel,
            "osImage": spec.os_image or windows_name(spec.kernel),
            "containerRuntimeVersion": spec.runtime,
            "kubeletVersion": spec.kubelet,
            "kubeProxyVersion": "",
            "operatingSystem": spec.os,
            "architecture": "amd64",
        },
        "images": _images(spec),
    }


def windows_name(kernel: str) -> str:
    return _OS_IMAGES.get(kernel.rpartition(".")[0], ("Windows Server",))[0]


def conditions(state: str, since: str) -> list[Json]:
    """A node's conditions, all changed at `since`; the heartbeat is now unless the node is lost."""
    if state == "lost":
        heartbeat = stamp(time.time() - 3 * 3600)
        changed = stamp(time.time() - 3 * 3600 + 40)
        rows = [(kind, "Unknown", "NodeStatusUnknown", STOPPED_POSTING) for kind, *_ in _HEALTHY]
        return [_condition(*row, heartbeat, changed) for row in rows]
    rows = list(_HEALTHY)
    if state == "not-ready":
        rows[-1] = ("Ready", "False", "KubeletNotReady", _NO_NETWORK)
    return [_condition(*row, now(), since) for row in rows]


def _condition(kind: str, status: str, reason: str, message: str, heartbeat: str, changed: str) -> Json:
    return {
        "type": kind,
        "status": status,
        "lastHeartbeatTime": heartbeat,
        "lastTransitionTime": changed,
        "reason": reason,
        "message": message,
    }


def _images(spec: NodeSpec) -> list[Json]:
    if spec.os != "windows":
        names = ["registry.k8s.io/pause:3.10", "registry.k8s.io/coredns/coredns:v1.12.1"]
        return [node_image(name) for name in names]
    _, server, nano = _OS_IMAGES.get(spec.kernel.rpartition(".")[0], ("", "ltsc2022", "ltsc2022"))
    names = [
        f"mcr.microsoft.com/windows/servercore:{server}",
        f"mcr.microsoft.com/windows/nanoserver:{nano}",
        f"mcr.microsoft.com/oss/v2/kubernetes/windows-kube-proxy:v1.36.2-{server}",
        f"mcr.microsoft.com/oss/kubernetes/pause:3.9-windows-{server}-amd64",
        f"registry.example.com/team/webapp:2.4.1-{server}",
    ]
    if spec.has_base_image:
        names.append(BASE_IMAGE)
    return [node_image(name) for name in (*names, *spec.images)]


def node_image(name: str) -> Json:
    """An entry of status.images; sizes are made up but stay the same for a name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    repository = name.rpartition(":")[0]
    small = name == BASE_IMAGE or "pause" in name
    size = 8_192 if name == BASE_IMAGE else int(digest[:6], 16) * (4 if small else 120) + 30_000_000
    return {"names": [f"{repository}@sha256:{digest}", name], "sizeBytes": size}


def runtime_of(node: Json) -> tuple[str, str]:
    """The container runtime's name and its bare version: containerd and 1.7.20."""
    text = str(dig(node, "status", "nodeInfo", "containerRuntimeVersion") or "")
    name, _, version = text.partition("://")
    return name, version.partition("+")[0].partition("-")[0]


def version_tuple(text: str) -> tuple[int, ...]:
    """The leading numbers of a version, as in v1.34.5-eks-c39b1d0."""
    found: list[int] = []
    for part in text.lstrip("v").split("."):
        digits = part[: next((i for i, c in enumerate(part) if not c.isdigit()), len(part))]
        if not digits:
            break
        found.append(int(digits))
        if len(digits) < len(part):
            break
    return tuple(found)
