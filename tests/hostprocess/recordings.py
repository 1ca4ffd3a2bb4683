"""Pods, events and nodes as a real API server told of them, decoded as the program decodes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hptui.cluster.events import event_from
from hptui.cluster.model import Event, Node, PodStatus
from hptui.cluster.nodes import node_from
from hptui.cluster.pods import pod_from
from hptui.cluster.wire import EventWire, NodeWire, PodWire

RECORDED = Path(__file__).parent.parent / "recorded"


@cache
def exchanges(file: str) -> dict[str, dict[str, Any]]:
    recording = json.loads((RECORDED / f"{file}.json").read_text(encoding="utf-8"))
    return {exchange["name"]: exchange for exchange in recording["exchanges"]}


def watched(file: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Milliseconds and the object of each change of a recorded watch, deletions left out."""
    for chunk in exchanges(file)[name]["chunks"]:
        data = chunk["data"] if isinstance(chunk["data"], dict) else json.loads(chunk["data"])
        if data["type"] in {"ADDED", "MODIFIED"}:
            yield chunk["t_ms"], data["object"]


def pods(file: str, name: str) -> list[PodStatus]:
    return [as_pod(found) for _, found in watched(file, name)]


def events(file: str, name: str) -> list[Event]:
    return [as_event(found) for _, found in watched(file, name)]


def story(file: str, pod: str, event: str) -> list[PodStatus | Event]:
    """What the two watches told, in the order of time."""
    told: list[tuple[int, PodStatus | Event]] = [(ms, as_pod(found)) for ms, found in watched(file, pod)]
    told += [(ms, as_event(found)) for ms, found in watched(file, event)]
    return [item for _, item in sorted(told, key=lambda pair: pair[0])]


def as_pod(found: dict[str, Any]) -> PodStatus:
    return pod_from(msgspec.json.decode(json.dumps(found), type=PodWire))


def as_event(found: dict[str, Any]) -> Event:
    return event_from(msgspec.json.decode(json.dumps(found), type=EventWire))[0]


def nodes() -> dict[str, Node]:
    listed = exchanges("nodes")["nodes-windows"]["response"]["body"]["items"]
    return {node.name: node for node in map(as_node, listed)}


def as_node(found: dict[str, Any]) -> Node:
    return node_from(msgspec.json.decode(json.dumps(found), type=NodeWire))
