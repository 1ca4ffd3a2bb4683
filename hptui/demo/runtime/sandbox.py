"""What a pod asks of its node's runtime: the sandbox that may not come to be, the address, the processes."""

from __future__ import annotations

from hptui.demo.objects.nodes import runtime_of, version_tuple
from hptui.demo.objects.plain import Json, dig, name_of, namespace_of
from hptui.demo.process import ProcessRequest


def process_request(
    pod: Json, node: Json, spec: Json, argv: list[str], container_id: str, tty: bool, host_events: float
) -> ProcessRequest:
    """What the host is asked to run, for the first process as for an exec."""
    own = dig(spec, "securityContext", "windowsOptions", "runAsUserName")
    account = own or dig(pod, "spec", "securityContext", "windowsOptions", "runAsUserName") or ""
    environment = {e["name"]: e["value"] for e in spec.get("env") or () if "value" in e}
    return ProcessRequest(
        argv=tuple(argv),
        node=name_of(node),
        os_build=str(dig(node, "status", "nodeInfo", "kernelVersion")),
        containerd=runtime_of(node)[1],
        account=str(account),
        tty=tty,
        environment=environment,
        pod=name_of(pod),
        namespace=namespace_of(pod),
        container_id=container_id,
        host_events=host_events,
    )


def sandbox_refusal(node: Json, pod: Json, uid: str) -> str:
    """Why the runtime can't make this pod's sandbox; empty when it can."""
    if not dig(pod, "spec", "securityContext", "windowsOptions", "hostProcess"):
        containers = dig(pod, "spec", "containers") or []
        if not any(dig(c, "securityContext", "windowsOptions", "hostProcess") for c in containers):
            return ""
    runtime, version = runtime_of(node)
    kubelet = version_tuple(str(dig(node, "status", "nodeInfo", "kubeletVersion") or ""))
    if runtime == "containerd" and version_tuple(version) >= (1, 6) and kubelet >= (1, 23):
        return ""
    sandbox = uid.replace("-", "") * 2
    if runtime == "docker":
        return (
            f"Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "
            f'"{name_of(pod)}": Error response from daemon: hcs::CreateComputeSystem {sandbox}: '
            "The parameter is incorrect."
        )
    return (
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to "
        f"create shim task: hcs::CreateComputeSystem {sandbox}: The parameter is incorrect.: unknown"
    )


def pod_address(node: Json, uid: str) -> str:
    network = str(dig(node, "spec", "podCIDR") or "10.100.0.0/24").rpartition(".")[0]
    return f"{network}.{int(uid[:2], 16) % 250 + 2}"
