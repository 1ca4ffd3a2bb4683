"""What all parts of the simulated cluster share: the store, the clock's pace, the faults, the counters."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hptui.demo.access.rights import Rights
from hptui.demo.faults import Counts, Faults
from hptui.demo.objects.recorder import Recorder
from hptui.demo.objects.resources import Resource
from hptui.demo.objects.store import Change, Store
from hptui.demo.pace import Pace
from hptui.demo.runtime.containers import Containers, Starter


@dataclass(slots=True)
class World:
    """One simulated cluster, without its server."""

    starter: Starter
    pace: Pace = field(default_factory=Pace)
    store: Store = field(default_factory=Store)
    faults: Faults = field(default_factory=Faults)
    counts: Counts = field(default_factory=Counts)
    rights: Rights = field(default_factory=Rights)
    recorder: Recorder = field(init=False)
    down: set[str] = field(default_factory=set)  # nodes that nothing reaches
    containers: Containers = field(default_factory=Containers)
    _streams: dict[str, set[Callable[[], None]]] = field(default_factory=lambda: defaultdict(set))
    _reachable: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.store)

    @contextmanager
    def stream_to(self, node: str, cut: Callable[[], None]) -> Iterator[None]:
        """A stream from the node's kubelet is open: `cut` is called when the node goes away."""
        self._streams[node].add(cut)
        try:
            yield
        finally:
            self._streams[node].discard(cut)

    def unplug(self, node: str) -> None:
        """The node is gone from the network: its streams break, its kubelet is not heard of."""
        self.down.add(node)
        for cut in list(self._streams[node]):
            cut()

    def plug_in(self, node: str) -> None:
        self.down.discard(node)
        self._reachable.set()
        self._reachable = asyncio.Event()

    async def reachable(self, node: str) -> None:
        """Wait until the node's kubelet can talk to the API server."""
        while node in self.down:
            await self._reachable.wait()

    async def follow(self, resource: Resource, since: int) -> AsyncIterator[Change]:
        """Every change of a resource after a version, for the controllers inside."""
        while True:
            bell = self.store.bell(resource)
            for change in list(self.store.changes_inside(resource, since)):
                since = change.version
                yield change
            if bell is self.store.bell(resource):
                await bell.wait()
