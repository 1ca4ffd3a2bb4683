"""What the doctor's questions share: the cluster, what a session would be like, and the nodes, asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hptui.cluster.model import Node
from hptui.cluster.port import Cluster
from hptui.errors import ClusterError
from hptui.hostprocess.account import Account, parse_account
from hptui.hostprocess.eligibility import Verdict, judge
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import local_origin, new_session_id
from hptui.settings import Settings

ANY_NODE = "any-windows-node"
"""For the dry run where no node can be named: the API server does not look whether there is such a node."""


class Case:
    """One examination. `close()` ends what is still asked."""

    def __init__(self, cluster: Cluster, settings: Settings, node: str) -> None:
        self.cluster = cluster
        self.settings = settings
        self.named = node  # the node that was asked about, or ""
        self.account: Account = parse_account(settings.account)
        self.namespace = settings.namespace or cluster.info.namespace
        self._nodes: asyncio.Task[Sequence[Node]] = asyncio.create_task(self._ask_for_nodes())

    async def nodes(self) -> Sequence[Node]:
        """The node that was named, or all Windows nodes. Raises ClusterError."""
        return await asyncio.shield(self._nodes)

    def verdict(self, node: Node) -> Verdict:
        return judge(node, self.account)

    async def subject(self) -> Node | None:
        """The node that a session would be on: the named one, or the first that can run HostProcess."""
        try:
            nodes = await self.nodes()
        except ClusterError:  # the question about the nodes says so
            return None
        fit = [node for node in nodes if self.verdict(node).eligible]
        chosen = nodes if self.named else fit
        return min(chosen, key=lambda node: node.name, default=None)

    def spec(self, node: str) -> SessionSpec:
        """The session that the settings describe, on the default image: which one it is, no dry run looks at."""
        return SessionSpec(
            node=node,
            namespace=self.namespace,
            session_id=new_session_id(),
            account=self.account,
            deadline=self.settings.deadline,
            who=self.cluster.info.user,
            where_from=local_origin(),
            reason="asked by hptui doctor, never created",
        )

    def close(self) -> None:
        self._nodes.cancel()
        # Nobody may have asked for them: then nobody has seen their error either.
        self._nodes.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _ask_for_nodes(self) -> Sequence[Node]:
        if self.named:
            return (await self.cluster.get_node(self.named),)
        return await self.cluster.list_nodes()
