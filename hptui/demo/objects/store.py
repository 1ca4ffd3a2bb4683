"""What the simulated etcd holds: objects by resource, one counter of versions, and the changes that watches read.

A watch doesn't own a queue: it remembers the last version it has sent and reads on from the shared history. So a slow client
costs no memory, and one that falls behind the history gets the 410 that a real watch cache gives.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from hptui.demo.objects.plain import Json, copy, encode, name_of, namespace_of
from hptui.demo.objects.resources import EVENTS, EVENTS_V1, Resource

Key = tuple[str, str]  # namespace, name


class TooOld(Exception):
    """The version asked for lies before the history; `oldest` is the first that can still be watched from."""

    def __init__(self, oldest: int) -> None:
        super().__init__(f"older than {oldest}")
        self.oldest = oldest


class Stored:
    """One object at one version, with its JSON made at most once."""

    __slots__ = ("_full", "_item", "data", "version")

    def __init__(self, data: Json, version: int) -> None:
        self.data = data
        self.version = version
        self._full: msgspec.Raw | None = None
        self._item: msgspec.Raw | None = None

    @property
    def full(self) -> msgspec.Raw:
        """The whole object, as a watch sends it."""
        if self._full is None:
            self._full = msgspec.Raw(encode(self.data))
        return self._full

    @property
    def item(self) -> msgspec.Raw:
        """Without kind and apiVersion, as lists of built-in types hold their items."""
        if self._item is None:
            bare = {key: value for key, value in self.data.items() if key not in ("kind", "apiVersion")}
            self._item = msgspec.Raw(encode(bare))
        return self._item


@dataclass(frozen=True, slots=True)
class Change:
    version: int
    type: str  # ADDED, MODIFIED or DELETED
    key: Key
    after: Stored | None  # None when deleted
    before: Stored | None  # None when added
    last: Stored  # what a watch shows: the new object, or a deleted one's last state


@dataclass(slots=True)
class _Shelf:
    """One resource's objects and the changes to them, newest last."""

    objects: dict[Key, Stored] = field(default_factory=dict)
    history: deque[Change] = field(default_factory=deque)
    forgotten: int = 0  # changes up to this version can't be told any more
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Store:
    """All objects. One event loop only; every method is atomic because none awaits (but `changed`)."""

    def __init__(self, history: int = 4_000) -> None:
        """`history`: how many changes of each resource are kept for watches."""
        self.version = 1
        self.watermark = 0
        self._limit = history
        self._shelves: dict[tuple[str, str], _Shelf] = {}

    def _shelf(self, resource: Resource) -> _Shelf:
        if resource is EVENTS_V1:
            resource = EVENTS  # one store, two shapes
        key = (resource.group, resource.plural)
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = _Shelf()
        return shelf

    def get(self, resource: Resource, namespace: str, name: str) -> Json | None:
        stored = self._shelf(resource).objects.get((namespace, name))
        return stored.data if stored else None

    def stored(self, resource: Resource, namespace: str, name: str) -> Stored | None:
        return self._shelf(resource).objects.get((namespace, name))

    def all(self, resource: Resource, namespace: str = "") -> list[Stored]:
        """In the order of etcd's keys: namespace, then name."""
        objects = self._shelf(resource).objects
        return [objects[key] for key in sorted(objects) if not namespace or key[0] == namespace]

    def count(self, resource: Resource, namespace: str = "") -> int:
        objects = self._shelf(resource).objects
        return len(objects) if not namespace else sum(key[0] == namespace for key in objects)

    def put(self, resource: Resource, obj: Json) -> Json:
        """Create or replace; gives the object its new resourceVersion."""
        shelf = self._shelf(resource)
        key = (namespace_of(obj), name_of(obj))
        before = shelf.objects.get(key)
        after = self._next(obj)
        shelf.objects[key] = after
        kind = "MODIFIED" if before else "ADDED"
        self._record(shelf, Change(after.version, kind, key, after, before, after))
        return after.data

    def remove(self, resource: Resource, namespace: str, name: str) -> Json | None:
        shelf = self._shelf(resource)
        before = shelf.objects.pop((namespace, name), None)
        if before is None:
            return None
        last = self._next(before.data)
        self._record(shelf, Change(last.version, "DELETED", (namespace, name), None, before, last))
        return last.data

    def _next(self, obj: Json) -> Stored:
        self.version += 1
        obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}}
        return Stored(obj, self.version)

    def _record(self, shelf: _Shelf, change: Change) -> None:
        shelf.history.append(change)
        if len(shelf.history) > self._limit:
            shelf.forgotten = shelf.history.popleft().version
        shelf.bell.set()
        shelf.bell = asyncio.Event()

    def bell(self, resource: Resource) -> asyncio.Event:
        """Set at the resource's next change. Take it before looking at the changes, wait for it after."""
        return self._shelf(resource).bell

    def changes(self, resource: Resource, since: int) -> Iterator[Change]:
        """The changes after a version, oldest first. Raises TooOld."""
        oldest = max(self._shelf(resource).forgotten, self.watermark)
        if since < oldest:
            raise TooOld(oldest)
        return self.changes_inside(resource, since)

    def changes_inside(self, resource: Resource, since: int) -> Iterator[Change]:
        """The same for the controllers inside, which a restart of the API server doesn't set back."""
        shelf = self._shelf(resource)
        recent: list[Change] = []
        for change in reversed(shelf.history):
            if change.version <= since:
                break
            recent.append(change)
        return reversed(recent)

    def snapshot(self, resource: Resource, version: int, namespace: str = "") -> list[Stored]:
        """All objects as they were at a version. Raises TooOld."""
        objects = dict(self._shelf(resource).objects)
        for change in reversed(list(self.changes(resource, version))):
            if change.before is None:
                objects.pop(change.key, None)
            else:
                objects[change.key] = change.before
        return [objects[key] for key in sorted(objects) if not namespace or key[0] == namespace]

    def forget(self) -> None:
        """As after a restart of the API server: nothing before now can be watched or continued from."""
        self.version += 10
        self.watermark = self.version

    def edit(self, resource: Resource, namespace: str, name: str) -> Json | None:
        """A copy to change and to `put` back."""
        found = self.get(resource, namespace, name)
        return copy(found) if found is not None else None


async def first_of(bells: Sequence[asyncio.Event], limit: float | None = None) -> None:
    """Wait until one of them rings, or for `limit` seconds."""
    waiting = [asyncio.create_task(bell.wait()) for bell in bells]
    try:
        await asyncio.wait(waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
