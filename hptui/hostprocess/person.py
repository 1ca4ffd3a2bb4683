"""Whether a session is one's own: by the cluster's name for its owner, and by the user and machine it came from.

The cluster's name alone does not tell persons apart where several use one administrator's credentials, as on clusters that
hand the same out to everybody. So what is deleted must fit both notes; for a list, one of them is enough. Both are notes: who
may create pods can write anything into them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from hptui.cluster.port import Cluster
from hptui.errors import ClusterError
from hptui.hostprocess.origin import local_origin


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    names: frozenset[str]  # as the API server and the kubeconfig call them
    origin: str  # as in anna@workstation

    def is_named(self, owner: str) -> bool:
        return bool(owner) and owner in self.names

    def is_perhaps(self, owner: str, where_from: str) -> bool:
        """Whether the cluster's name or the machine's is this person's."""
        return self.is_named(owner) or where_from == self.origin

    def is_surely(self, owner: str, where_from: str) -> bool:
        """Whether nothing says that it is somebody else."""
        if not owner:
            return where_from == self.origin
        here, there = self.origin.rpartition("@")[0], where_from.rpartition("@")[0]
        return self.is_named(owner) and (not where_from or here == there)


async def who_asks(cluster: Cluster) -> Person:
    """As far as the API server tells."""
    names = {cluster.info.user}
    with contextlib.suppress(ClusterError):  # the kubeconfig's name for it remains
        names.add((await cluster.identify()).user)
    return Person(frozenset(name for name in names if name), local_origin())
