"""What can be known before anything exists: would the API server accept the pod, can the node run it, and may we end it?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hptui.cluster.model import Node
from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError, LaunchError, NotFoundError
from hptui.failures import launching
from hptui.hostprocess.eligibility import judge
from hptui.hostprocess.lacking import Rights, ask_rights
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.steps import StepName


@dataclass(frozen=True, slots=True)
class Preflight:
    warnings: tuple[str, ...]
    node: Node | None  # None where the user may not read nodes


async def preflight(cluster: Cluster, spec: SessionSpec, *, insist: bool = False) -> Preflight:
    """All questions at once. Raises LaunchError and ClusterError; `insist` lets an unable node pass, and no missing right."""
    warnings, node = await asyncio.gather(
        acceptance(cluster, spec), _look_at(cluster, spec, insist=insist), return_exceptions=True
    )
    # What is wrong with the node explains more than what follows from it.
    if isinstance(node, BaseException) and not isinstance(node, ForbiddenError):
        raise node
    if isinstance(warnings, BaseException):
        raise warnings
    if isinstance(node, ForbiddenError):
        unseen = f"The node could not be looked at beforehand: {node.sentence}"
        return Preflight((*warnings, unseen), None)
    return Preflight(warnings, node)


async def acceptance(cluster: Cluster, spec: SessionSpec) -> tuple[str, ...]:
    """Whether the API server would accept the pod and let us end it; its warnings. Raises LaunchError and ClusterError."""
    dry_run, rights = await asyncio.gather(
        cluster.dry_run_pod(spec.namespace, pod_manifest(spec)),
        ask_rights(cluster, spec.namespace),
        return_exceptions=True,
    )
    # Which rights are missing, with what grants them, explains more than the refusal of one.
    if isinstance(rights, Rights) and (refusal := rights.refusal(spec.namespace, cluster.info.user)):
        refusal.hint = cluster.options.pinned(refusal.hint)
        raise refusal
    if isinstance(dry_run, BaseException):
        raise dry_run
    if isinstance(rights, BaseException):
        raise rights
    return (*dry_run.warnings, rights.unknown) if rights.unknown else dry_run.warnings


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
            words=tuple(cluster.options.pinned(reason.sentence) for reason in others),
        )
    return node
