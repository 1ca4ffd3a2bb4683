"""What can be known before anything exists: would the API server accept the pod, and can the node run it?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hptui.cluster.model import Node
from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError, LaunchError, NotFoundError
from hptui.failures import launching
from hptui.hostprocess.eligibility import judge
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.steps import StepName


@dataclass(frozen=True, slots=True)
class Preflight:
    warnings: tuple[str, ...]
    node: Node | None  # None where the user may not read nodes


async def preflight(cluster: Cluster, spec: SessionSpec, *, insist: bool = False) -> Preflight:
    """Both questions at once. Raises LaunchError and ClusterError; `insist` lets an unable node pass."""
    dry_run, node = await asyncio.gather(
        cluster.dry_run_pod(spec.namespace, pod_manifest(spec)),
        _look_at(cluster, spec, insist=insist),
        return_exceptions=True,
    )
    # What is wrong with the node explains more than what follows from it.
    if isinstance(node, BaseException) and not isinstance(node, ForbiddenError):
        raise node
    if isinstance(dry_run, BaseException):
        raise dry_run
    if isinstance(node, ForbiddenError):
        unseen = f"The node could not be looked at beforehand: {node.message}"
        return Preflight((*dry_run.warnings, unseen), None)
    return Preflight(dry_run.warnings, node)


async def _look_at(cluster: Cluster, spec: SessionSpec, *, insist: bool) -> Node:
    try:
        node = await cluster.get_node(spec.node)
    except NotFoundError as error:
        raise LaunchError(
            f"There is no node {spec.node} in this cluster.",
            step=StepName.CHECKED,
            title=launching.NO_SUCH_NODE.title,
            hint=launching.NO_SUCH_NODE.hint,
            words=(error.message,),
        ) from error
    verdict = judge(node, spec.account)
    if not verdict.eligible and not insist:
        first, *others = verdict.blocking
        raise LaunchError(
            first.fact,
            step=StepName.CHECKED,
            title=launching.NODE_UNFIT.title,
            hint=launching.NODE_UNFIT.hint.format(way_out=first.way_out),
            words=tuple(reason.sentence for reason in others),
        )
    return node
