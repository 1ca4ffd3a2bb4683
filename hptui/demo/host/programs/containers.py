"""crictl and hcsdiag: the containers of the node."""

from __future__ import annotations

import json

from hptui.demo.host.running import ProgramRun, program


def _rows(run: ProgramRun) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "podSandboxId": each.sandbox,
            "metadata": {"name": each.name, "attempt": each.attempt},
            "image": {"image": f"sha256:{each.sandbox[:40]}", "userSpecifiedImage": each.image},
            "state": "CONTAINER_RUNNING",
            "createdAt": str(int(each.created.timestamp() * 1_000_000_000)),
            "labels": {
                "io.kubernetes.container.name": each.name,
                "io.kubernetes.pod.name": each.pod,
                "io.kubernetes.pod.namespace": each.namespace,
            },
        }
        for each in run.machine.containers
    ]


@program("crictl.exe", "C:\\Program Files\\containerd")
async def crictl(run: ProgramRun) -> int:
    """crictl ps and pods."""
    words = [
        argument
        for argument in run.arguments
        if not argument.startswith(("-r", "--runtime-endpoint", "npipe:"))
    ]
    if not run.machine.upkeep.has_crictl:
        await run.err("The system cannot find the file C:\\Program Files\\containerd\\crictl.exe.\n")
        return 1
    if not run.token.administrator:
        await run.err(
            'time="2026-01-01T00:00:00Z" level=fatal msg="connect: connect endpoint \'npipe:////./pipe/containerd-containerd\', '
            "make sure you are running as root and the endpoint has been started: open //./pipe/containerd-containerd: Access is "
            'denied."\n'
        )
        return 1
    if not words or words[0] not in ("ps", "pods", "version"):
        await run.out(
            "NAME:\n   crictl - client for CRI\n\nCOMMANDS:\n   ps        List containers\n   pods      List pods\n"
        )
        return 0 if not words else 1
    rows = _rows(run)
    if "json" in words:
        await run.out(json.dumps({"containers": rows}, indent=2) + "\n")
        return 0
    await run.out(
        "CONTAINER           IMAGE               CREATED             "
        "STATE               NAME                    ATTEMPT             POD\n"
    )
    for row in rows:
        labels, metadata = row["labels"], row["metadata"]
        assert isinstance(labels, dict)
        assert isinstance(metadata, dict)
        name = labels["io.kubernetes.container.name"]
        await run.out(
            f"{str(row['id'])[:13]:<20}{str(row['podSandboxId'])[:13]:<20}{'2 days ago':<20}{'Running':<20}{name:<24}"
            f"{metadata['attempt']:<20}{labels['io.kubernetes.pod.name']}\n"
        )
    return 0


@program("hcsdiag.exe")
async def hcsdiag(run: ProgramRun) -> int:
    """hcsdiag list."""
    if not run.token.administrator:
        await run.err("Access is denied.\n")
        return 5
    if run.arguments[:1] != ["list"]:
        await run.out("hcsdiag <command> [options...]\n\nlist [-raw]\n")
        return 1
    systems = [
        {"Id": shim, "SystemType": "Container", "State": "Running", "Owner": "containerd-shim-runhcs-v1.exe"}
        for shim in run.machine.shims
    ]
    if "-raw" in run.arguments:
        await run.out(json.dumps(systems) + "\n")
    else:
        for system in systems:
            await run.out(
                f"{system['Id']}\n    Windows Server Container,\tRunning, {system['Id'][:8]}, {system['Owner']}\n\n"
            )
    return 0
