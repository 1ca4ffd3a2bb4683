"""`hptui nodes`: the Windows nodes with the verdict on each, as a table for people and as JSON or names for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from hptui.cli.options import Connection, connection_options
from hptui.cli.table import age, columns

if TYPE_CHECKING:
    from hptui.cluster.model import Node
    from hptui.hostprocess.eligibility import Verdict

WINDOWS = "kubernetes.io/os=windows"


@click.command("nodes")
@click.argument("names", nargs=-1, metavar="[NODE]...")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "wide", "json", "name"]),
    default="table",
    help="The form; wide also gives every reason.",
)
@click.option("-l", "--selector", metavar="LABELS", default="", help="Only nodes with these labels.")
@connection_options
def nodes_command(names: tuple[str, ...], output: str, selector: str, connection: Connection) -> int:
    """List the Windows nodes and whether they can run HostProcess."""
    from hptui.cli.connecting import connected
    from hptui.cli.running import run_cancellable
    from hptui.hostprocess.eligibility import judge

    settings = connection.load_settings().settings

    async def list_nodes() -> int:
        async with connected(connection, settings) as cluster:
            found = await cluster.list_nodes(f"{WINDOWS},{selector}" if selector else WINDOWS)
        chosen = _chosen(found, names)
        now = datetime.now(UTC)
        judged = [(node, judge(node, now=now)) for node in sorted(chosen, key=lambda node: node.name)]
        click.echo(_FORMS[output](judged, now), nl=False)
        return 0

    return run_cancellable(list_nodes)


def _chosen(found: Sequence[Node], names: tuple[str, ...]) -> Sequence[Node]:
    from hptui.errors import NotFoundError

    if not names:
        return found
    by_name = {node.name: node for node in found}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise NotFoundError(
            f"There is no Windows node {', '.join(missing)} here.",
            hint="`hptui nodes` lists those there are.",
        )
    return [by_name[name] for name in names]


Judged = Sequence[tuple["Node", "Verdict"]]


def as_names(judged: Judged, now: datetime) -> str:
    return "".join(f"node/{node.name}\n" for node, _ in judged)


def as_json(judged: Judged, now: datetime) -> str:
    return json.dumps([_object(node, verdict) for node, verdict in judged], indent=2) + "\n"


def as_table(judged: Judged, now: datetime) -> str:
    if not judged:
        return ""
    from hptui.hostprocess.windows import windows_name

    head = ["NAME", "READY", "HOSTPROCESS", "WINDOWS", "KUBELET", "RUNTIME", "AGE"]
    rows = [
        [
            node.name,
            _ready(node),
            verdict.word,
            windows_name(node.kernel_version) or "?",
            node.kubelet_version,
            node.container_runtime,
            age(node.created, now),
        ]
        for node, verdict in judged
    ]
    return columns([head, *rows])


def as_wide_table(judged: Judged, now: datetime) -> str:
    lines = as_table(judged, now).splitlines()
    if not lines:
        return ""
    head = ["GROUPS", "BUILD", "CPU", "MEMORY", "ADDRESS", "REASONS"]
    rows = [
        [
            "yes" if verdict.groups else "no",
            node.kernel_version,
            f"{node.cpu_capacity:g}",
            f"{node.memory_capacity / 2**30:.0f}Gi",
            node.internal_ip or "?",
            "; ".join(reason.fact.rstrip(".") for reason in verdict.reasons),
        ]
        for node, verdict in judged
    ]
    width = max(map(len, lines))
    more = columns([head, *rows]).splitlines()
    return "".join(
        f"{line:<{width}}   {rest}".rstrip() + "\n" for line, rest in zip(lines, more, strict=True)
    )


_FORMS: dict[str, Callable[[Judged, datetime], str]] = {
    "table": as_table,
    "wide": as_wide_table,
    "json": as_json,
    "name": as_names,
}


def _object(node: Node, verdict: Verdict) -> dict[str, Any]:
    """One node's JSON. Memory in bytes, CPU in cores."""
    return {
        "name": node.name,
        "ready": node.is_ready,
        "eligible": verdict.eligible,
        "verdict": verdict.word,
        "localGroups": verdict.groups,
        "reasons": [
            {"blocking": reason.blocking, "word": reason.word, "fact": reason.fact, "wayOut": reason.way_out}
            for reason in verdict.reasons
        ],
        "build": node.kernel_version,
        "osImage": node.os_image,
        "kubelet": node.kubelet_version,
        "runtime": node.container_runtime,
        "cordoned": node.unschedulable,
        "taints": [str(taint) for taint in node.taints],
        "labels": dict(node.labels),
        "cpu": node.cpu_capacity,
        "memory": node.memory_capacity,
        "internalIP": node.internal_ip,
        "created": node.created.isoformat() if node.created else None,
    }


def _ready(node: Node) -> str:
    ready = node.ready
    return {"True": "yes", "False": "no"}.get(ready.status, "unknown") if ready else "unknown"
