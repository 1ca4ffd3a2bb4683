"""Watches: what was there, then every change, as one line of JSON each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiohttp import web

from hptui.demo.api.reading import Selection, parse_version
from hptui.demo.api.shapes import Shape, bookmark
from hptui.demo.faults import Faults
from hptui.demo.objects.plain import encode
from hptui.demo.objects.refusals import Cause, invalid, status
from hptui.demo.objects.store import Change, Store, Stored, TooOld

_DEFAULT_TIMEOUT = 1800.0  # seconds
_BOOKMARK_BEFORE_END = 2.0  # seconds


@dataclass(slots=True)
class Watch:
    """One watch from its request to its end."""

    store: Store
    chosen: Selection
    shape: Shape
    query: Mapping[str, str]
    faults: Faults
    bookmark_every: float
    _first: bool = True

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Raises Refusal for parameters that can't be; a version that is too old is told inside the stream."""
        version = parse_version(self.query.get("resourceVersion", ""))
        self._check_initial_events()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await self._run(response, version)
        await response.write_eof()
        return response

    def _check_initial_events(self) -> None:
        if "sendInitialEvents" not in self.query:
            return
        if self.query.get("resourceVersionMatch") != "NotOlderThan":
            cause = Cause(
                "resourceVersionMatch",
                "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
                "FieldValueForbidden",
            )
            raise invalid("meta.k8s.io", "ListOptions", "", [cause])

    async def _run(self, response: web.StreamResponse, version: int) -> None:
        start = time.monotonic()
        end = start + float(self.query.get("timeoutSeconds") or _DEFAULT_TIMEOUT)
        initial = self.query.get("sendInitialEvents") == "true"
        if initial or not version:
            version = self.store.version
            for stored in self.store.all(self.chosen.resource, self.chosen.namespace):
                if self.chosen.match(stored.data):
                    await self._send(response, "ADDED", self._shown(stored))
            if initial and self._wants_bookmarks:
                await self._send(response, "BOOKMARK", bookmark(self.chosen.resource, version, True))
        await self._follow(response, version, end)

    async def _follow(self, response: web.StreamResponse, version: int, end: float) -> None:
        next_bookmark = self._next_bookmark(end)
        while True:
            bell = self.store.bell(self.chosen.resource)
            try:
                changes = list(self.store.changes(self.chosen.resource, version))
            except TooOld as old:
                await self._send(response, "ERROR", _gone(version, old.oldest))
                return
            for change in changes:
                version = change.version
                for kind, stored in self._seen(change):
                    await self._send(response, kind, self._shown(stored))
            now = time.monotonic()
            if now >= end:
                return
            if now >= next_bookmark:
                version = max(version, self.store.version)
                await self._send(response, "BOOKMARK", bookmark(self.chosen.resource, version, False))
                next_bookmark = self._next_bookmark(end)
            if not changes:
                await _wait(bell, min(end, next_bookmark) - now)

    @property
    def _wants_bookmarks(self) -> bool:
        return self.query.get("allowWatchBookmarks") == "true"

    def _next_bookmark(self, end: float) -> float:
        """The next regular one, or the last one shortly before the end."""
        if not self._wants_bookmarks:
            return float("inf")
        now = time.monotonic()
        last = end - _BOOKMARK_BEFORE_END
        return min(now + self.bookmark_every, last) if last > now else float("inf")

    def _seen(self, change: Change) -> Iterator[tuple[str, Stored]]:
        """A change as this selection sees it: what enters it is ADDED, what leaves it is DELETED."""
        if self.chosen.namespace and change.key[0] != self.chosen.namespace:
            return
        before = change.before is not None and self.chosen.match(change.before.data)
        after = change.after is not None and self.chosen.match(change.after.data)
        if before and after:
            yield "MODIFIED", change.last
        elif after:
            yield "ADDED", change.last
        elif before:
            yield "DELETED", change.last

    def _shown(self, stored: Stored) -> object:
        shown = self.shape.event(self.chosen.resource, stored, self._first)
        self._first = False
        return shown

    async def _send(self, response: web.StreamResponse, kind: str, obj: object) -> None:
        line = encode({"type": kind, "object": obj}) + b"\n"
        await self.faults.before_piece(len(line))
        await response.write(line)


async def _wait(bell: asyncio.Event, limit: float) -> None:
    try:
        async with asyncio.timeout(max(0.0, limit) if limit != float("inf") else None):
            await bell.wait()
    except TimeoutError:
        return


def _gone(version: int, oldest: int) -> object:
    return status(410, f"too old resource version: {version} ({oldest})", "Expired")
