"""Containers: what the runtime, its shims and the Host Network Service hold."""

from __future__ import annotations

from datetime import timedelta

from hptui.demo.host.probes.answering import Given, Note, Records, ScriptError, answers
from hptui.demo.host.running import ProgramRun

_DENIED = (
    'crictl: time="2026-01-01T00:00:00Z" level=fatal msg="connect: connect endpoint '
    "'npipe:////./pipe/containerd-containerd': open //./pipe/containerd-containerd: Access is denied.\" (0x80070005)"
)
_NO_CRICTL = "not here: crictl.exe was not found in any of its known places"


def _ask_crictl(run: ProgramRun) -> None:
    if not run.machine.upkeep.has_crictl:
        raise ScriptError(_NO_CRICTL)
    if not run.token.administrator:
        raise ScriptError(_DENIED)


@answers("containers")
def containers(run: ProgramRun, given: Given) -> Records:
    _ask_crictl(run)
    for each in run.machine.containers:
        yield {
            "name": each.name,
            "attempt": each.attempt,
            "state": "running",
            "pod": each.pod,
            "namespace": each.namespace,
            "created": each.created,
            "image": each.image,
            "id": each.id,
            "sandbox": each.sandbox,
        }
        if each.attempt:
            yield {
                "name": each.name, "attempt": each.attempt - 1, "state": "exited", "pod": each.pod,
                "namespace": each.namespace, "created": each.created - timedelta(seconds=30), "image": each.image,
                "id": each.id[32:] + each.id[:32], "sandbox": each.sandbox,
            }  # fmt: skip


@answers("sandboxes")
def sandboxes(run: ProgramRun, given: Given) -> Records:
    _ask_crictl(run)
    for each in run.machine.containers:
        digits = each.id[:32]
        yield {
            "pod": each.pod,
            "namespace": each.namespace,
            "state": "ready",
            "attempt": 0,
            "created": each.created - timedelta(seconds=4),
            "handler": "runhcs-wcow-process",
            "uid": f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
            "id": each.sandbox,
        }


@answers("images")
def images(run: ProgramRun, given: Given) -> Records:
    _ask_crictl(run)
    held = {each.image: each.id for each in run.machine.containers}
    held["mcr.microsoft.com/oss/kubernetes/pause:3.9"] = run.machine.shims[0][::-2] * 2
    for image, digits in held.items():
        size = 112_800_000 if "pause" in image else 60_000_000 + int(digits[:7], 16)
        yield {
            "image": image,
            "size": size,
            "pinned": "pause" in image,
            "tags": [image],
            "digests": [f"{image.split(':')[0]}@sha256:{digits}"],
            "id": f"sha256:{digits[::-1]}",
        }


@answers("shims")
def shims(run: ProgramRun, given: Given) -> Records:
    known = {each.sandbox: each for each in run.machine.containers}
    try:
        _ask_crictl(run)
    except ScriptError as error:
        known = {}
        yield Note(f"Which pod each belongs to is not known: {str(error).removeprefix('not here: ')}")
    for process in run.machine.processes.all():
        if process.name != "containerd-shim-runhcs-v1":
            continue
        pod = process.command_line.partition(" --id ")[2].partition(" ")[0]
        found = known.get(pod)
        yield {
            "pid": process.pid,
            "id": pod if run.token.administrator else None,
            "pod": found.pod if found else None,
            "namespace": found.namespace if found else None,
            "state": "ready" if found else None,
            "started": process.started,
            "cpu": process.cpu,
            "memory": process.working_set,
            "handles": process.handles,
        }


@answers("snapshots")
def snapshots(run: ProgramRun, given: Given) -> Records:
    root = "C:\\ProgramData\\containerd\\root"
    places = (
        ("content", f"{root}\\io.containerd.content.v1.content\\blobs\\sha256", True),
        ("snapshots", f"{root}\\io.containerd.snapshotter.v1.windows\\snapshots", False),
    )
    if not run.token.administrator:
        raise ScriptError(f"Access to the path '{root}' is denied. (0x80070005)", "UnauthorizedAccess")
    for kind, path, sized in places:
        folder = run.machine.files.find(path)
        entries = sorted(folder.children.values(), key=lambda entry: entry.changed) if folder else []
        record: dict[str, object] = {"kind": kind, "path": path, "count": len(entries)}
        if entries:
            record |= {"oldest": entries[0].changed, "newest": entries[-1].changed}
        if sized:
            record["size"] = sum(entry.length for entry in entries)
        yield record
    number = len(run.machine.containers)
    yield {"kind": "scratch disks", "path": places[1][1], "count": number, "size": number * 20_971_520,
           "oldest": run.machine.boot, "newest": run.machine.boot + timedelta(hours=2)}  # fmt: skip


def _ask_hns(run: ProgramRun) -> None:
    token = run.token
    if not token.administrator and all(group.sid != "S-1-5-32-578" for group in token.groups):
        raise ScriptError("Access is denied.", "HnsAccessDenied,Get-HnsNetwork")


@answers("hns-networks")
def hns_networks(run: ProgramRun, given: Given) -> Records:
    _ask_hns(run)
    network = run.machine.network
    for each in network.hns_networks:
        yield {
            "name": each.name,
            "type": each.type,
            "state": "created",
            "subnets": [each.subnet],
            "gateways": [each.gateway],
            "management": network.address,
            "endpoints": sum(endpoint.network == each.name for endpoint in network.hns_endpoints),
            "id": each.id,
        }


@answers("hns-endpoints")
def hns_endpoints(run: ProgramRun, given: Given) -> Records:
    _ask_hns(run)
    for each in run.machine.network.hns_endpoints:
        yield {
            "name": each.name,
            "address": each.address,
            "mac": each.mac,
            "network": each.network,
            "remote": each.remote,
            "state": "created" if each.remote else "attached shared",
            "containers": [] if each.remote else [each.id[:12]],
            "policies": ["OutBoundNAT", "ROUTE"] if not each.remote else [],
            "id": each.id,
        }


@answers("hns-policies")
def hns_policies(run: ProgramRun, given: Given) -> Records:
    _ask_hns(run)
    for place, endpoint in enumerate(run.machine.network.hns_endpoints):
        yield {
            "vips": [f"10.0.{place}.{place * 7 + 10}"],
            "external": 443,
            "internal": 8443,
            "protocol": "TCP",
            "type": "ELB",
            "endpoints": 1,
            "references": [f"/endpoints/{endpoint.id}"],
            "id": endpoint.id[::-1],
        }
