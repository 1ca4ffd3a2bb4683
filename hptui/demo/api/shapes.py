"""The forms in which an object can be asked for: as it is, as a table, or its metadata only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hptui.demo.api.tables import layout_for
from hptui.demo.objects.plain import Json, copy, dig
from hptui.demo.objects.resources import EVENTS_V1, Resource
from hptui.demo.objects.store import Stored

_META_VERSION = "meta.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the client accepts."""

    form: str = "plain"  # plain, table or metadata
    include: str = "Metadata"  # what a table's rows carry: None, Metadata or Object

    def one(self, resource: Resource, obj: Json) -> Json:
        match self.form:
            case "table":
                return self.table(resource, [obj], {"resourceVersion": _version(obj)})
            case "metadata":
                return _metadata_only(obj)
            case _:
                return as_version(resource, obj)

    def list(self, resource: Resource, stored: Sequence[Stored], meta: Json) -> Json:
        match self.form:
            case "table":
                return self.table(resource, [s.data for s in stored], meta)
            case "metadata":
                items: list[Any] = [_metadata_only(s.data) for s in stored]
                return _list_of("PartialObjectMetadataList", _META_VERSION, meta, items)
            case _:
                items = [_item(resource, s) for s in stored]
                return _list_of(f"{resource.kind}List", resource.group_version, meta, items)

    def event(self, resource: Resource, stored: Stored, first: bool) -> object:
        """One object of a watch; a table's columns come with the first only."""
        if self.form == "plain" and resource is not EVENTS_V1:
            return stored.full
        found = self.one(resource, stored.data)
        if self.form == "table" and not first:
            found["columnDefinitions"] = None
        return found

    def table(self, resource: Resource, objects: Sequence[Json], meta: Json) -> Json:
        layout = layout_for(resource.plural)
        return {
            "kind": "Table",
            "apiVersion": _META_VERSION,
            "metadata": meta,
            "columnDefinitions": [column.to_json() for column in layout.columns],
            "rows": [{"cells": layout.cells(obj), "object": self._row_object(obj)} for obj in objects],
        }

    def _row_object(self, obj: Json) -> Json | None:
        match self.include:
            case "None":
                return None
            case "Object":
                return obj
            case _:
                return _metadata_only(obj)


def shape_for(accept: str, include: str = "") -> Shape:
    """The first form in an Accept header that this server knows."""
    for choice in accept.split(","):
        if "as=Table" in choice:
            return Shape("table", include or "Metadata")
        if "as=PartialObjectMetadata" in choice:
            return Shape("metadata")
        if "json" in choice and "protobuf" not in choice:
            break
    return Shape()


def bookmark(resource: Resource, version: int, initial_end: bool) -> Json:
    meta: Json = {"resourceVersion": str(version)}
    if initial_end:
        meta["annotations"] = {"k8s.io/initial-events-end": "true"}
    found: Json = {"kind": resource.kind, "apiVersion": resource.group_version, "metadata": meta}
    found.update(copy(_EMPTY.get(resource.kind, {})))
    return found


_EMPTY: dict[str, Json] = {
    "Pod": {"spec": {"containers": None}, "status": {}},
    "Namespace": {"spec": {}, "status": {}},
    "Node": {
        "spec": {},
        "status": {
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 0}},
            "nodeInfo": dict.fromkeys(
                (
                    "machineID",
                    "systemUUID",
                    "bootID",
                    "kernelVersion",
                    "osImage",
                    "containerRuntimeVersion",
                    "kubeletVersion",
                    "kubeProxyVersion",
                    "operatingSystem",
                    "architecture",
                ),
                "",
            ),
        },
    },
}


def as_version(resource: Resource, obj: Json) -> Json:
    """Events are stored in the core group's form; events.k8s.io shows them in its own."""
    if resource is not EVENTS_V1:
        return obj
    renamed = {
        "involvedObject": "regarding",
        "message": "note",
        "reportingComponent": "reportingController",
        "source": "deprecatedSource",
        "firstTimestamp": "deprecatedFirstTimestamp",
        "lastTimestamp": "deprecatedLastTimestamp",
        "count": "deprecatedCount",
    }
    found = {renamed.get(key, key): value for key, value in obj.items()}
    found["apiVersion"] = EVENTS_V1.group_version
    return found


def _item(resource: Resource, stored: Stored) -> msgspec.Raw | Json:
    if resource is not EVENTS_V1:
        return stored.item
    found = as_version(resource, stored.data)
    return {key: value for key, value in found.items() if key not in ("kind", "apiVersion")}


def _list_of(kind: str, version: str, meta: Json, items: list[Any]) -> Json:
    return {"kind": kind, "apiVersion": version, "metadata": meta, "items": items}


def _metadata_only(obj: Json) -> Json:
    return {"kind": "PartialObjectMetadata", "apiVersion": _META_VERSION, "metadata": obj["metadata"]}


def _version(obj: Json) -> str:
    return str(dig(obj, "metadata", "resourceVersion") or "")
