"""GET of one object or a list: selectors, pages, versions."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hptui.demo.api.paths import Target
from hptui.demo.api.selectors import Match, by_fields, by_labels, everything
from hptui.demo.api.shapes import Shape
from hptui.demo.objects.plain import Json
from hptui.demo.objects.refusals import Refusal, bad_request, expired, internal, not_found, too_large_version
from hptui.demo.objects.resources import Resource
from hptui.demo.objects.store import Store, Stored, TooOld

_CONTINUE_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
    "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
    "modified, or deleted between the time the first chunk was returned and now may show up in the list."
)
_VERSION_TOO_OLD = "The resourceVersion for the provided list is too old."


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a resource is asked for."""

    resource: Resource
    namespace: str
    match: Match
    selective: bool  # a selector was given

    def key(self, stored: Stored) -> str:
        """Where an object stands in this list's order, as continue tokens name it."""
        meta = stored.data["metadata"]
        if self.namespace:
            return str(meta["name"])
        return f"/{meta['namespace']}/{meta['name']}" if self.resource.namespaced else f"/{meta['name']}"


def selection(target: Target, query: Mapping[str, str]) -> Selection:
    resource = target.resource
    assert resource is not None
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    by_label, by_field = by_labels(labels), by_fields(fields, resource.plural)
    match: Match = everything
    if labels or fields:
        match = lambda obj: by_label(obj) and by_field(obj)  # noqa: E731
    return Selection(resource, target.namespace, match, bool(labels or fields))


def parse_version(text: str) -> int:
    """0 for none given."""
    if not text:
        return 0
    if not text.isdecimal():
        raise internal(
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        )
    return int(text)


def get_one(store: Store, target: Target) -> Json:
    resource = target.resource
    assert resource is not None
    namespace = target.namespace if resource.namespaced else ""
    found = store.get(resource, namespace, target.name)
    if found is None:
        raise not_found(resource.group, resource.plural, target.name)
    return found


async def list_many(
    store: Store, chosen: Selection, query: Mapping[str, str], shape: Shape, patience: float
) -> Json:
    """`patience`: how long, in seconds, a list waits for a version that is yet to come."""
    start = ""
    asked = query.get("resourceVersion", "")
    version = parse_version(asked)
    limit = _limit(query.get("limit", ""))
    if token := query.get("continue", ""):
        version, start = _read_token(token)
        start = start.lstrip("/") if chosen.namespace else "/" + start.lstrip("/")
        found, version = _continued(store, chosen, version, start)
    elif query.get("resourceVersionMatch") == "Exact":
        found = _snapshot(store, chosen, version)
    else:
        if version > store.version:
            await asyncio.sleep(patience)
            if version > store.version:
                raise too_large_version(version, store.version)
        if asked == "0":
            limit = 0  # served from the cache, which ignores the limit
        found, version = store.all(chosen.resource, chosen.namespace), store.version
    return _page(chosen, found, version, start, limit, shape)


def _page(chosen: Selection, found: list[Stored], version: int, start: str, limit: int, shape: Shape) -> Json:
    after = start.rstrip("\0")
    # Keys of a continued list are compared as strings, as etcd compares them.
    rest = [s for s in found if chosen.match(s.data) and (not after or chosen.key(s) > after)]
    meta: Json = {"resourceVersion": str(version)}
    page = rest[:limit] if limit else rest
    if len(page) < len(rest):
        meta["continue"] = _write_token(version, chosen.key(page[-1]) + "\0")
        if not chosen.selective:
            meta["remainingItemCount"] = len(rest) - len(page)
    return shape.list(chosen.resource, page, meta)


def _snapshot(store: Store, chosen: Selection, version: int) -> list[Stored]:
    try:
        return store.snapshot(chosen.resource, version, chosen.namespace)
    except TooOld as old:
        raise expired(_VERSION_TOO_OLD) from old


def _continued(store: Store, chosen: Selection, version: int, start: str) -> tuple[list[Stored], int]:
    if version < 0:
        return store.all(chosen.resource, chosen.namespace), store.version
    try:
        return store.snapshot(chosen.resource, version, chosen.namespace), version
    except TooOld as old:
        raise expired(_CONTINUE_TOO_OLD, _write_token(-1, start.lstrip("/"))) from old


def _limit(text: str) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError as wrong:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from wrong


def _write_token(version: int, start: str) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, str]:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found: Any = json.loads(raw.decode("latin-1"))
        version, start = int(found["rv"]), str(found["start"])
    except binascii.Error as wrong:
        raise _bad_token("illegal base64 data at input byte 0") from wrong
    except (ValueError, KeyError, TypeError) as wrong:
        head = json.dumps(raw[:1].decode("latin-1"), ensure_ascii=True).strip('"')
        raise _bad_token(f"invalid character '{head}' looking for beginning of value") from wrong
    return version, start


def _bad_token(why: str) -> Refusal:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")
