"""Whether to believe how an exec is said to have ended.

With v5 the API server reports Success for some streams that were only cut: the kubelet or the container runtime went away, and
the process may still be running. So an end that the protocol cannot vouch for is believed only after two looks: the pod must be
there with its container running, and the node must be ready and answering. A cut between the kubelet and the container runtime
that has healed by then remains invisible; only a marker at the end of a command's own output could show it.

The exit code of a process that was killed with its container is the same as after Ctrl+C: there the pod tells which it was.
"""

from __future__ import annotations

from dataclasses import replace

from hptui.cluster.model import ContainerPhase, ExecEnd, ExecExit, PodStatus
from hptui.cluster.port import Cluster
from hptui.errors import ClusterError, ForbiddenError, NotFoundError
from hptui.hostprocess.diagnosis import ending
from hptui.hostprocess.manifest import SessionSpec


async def believe(cluster: Cluster, spec: SessionSpec, end: ExecExit) -> ExecExit:
    """`end` as it is when it is certain, otherwise what the pod and the node make of it."""
    if end.certain or end.end not in (ExecEnd.EXITED, ExecEnd.KILLED):
        return end
    killed = end.end is ExecEnd.KILLED
    try:
        pod = await cluster.get_pod(spec.namespace, spec.pod_name)
    except NotFoundError:
        return ExecExit(ExecEnd.KILLED, None, "The pod was deleted while the command was running.")
    except ClusterError as error:
        return end if killed else _lost(_no_answer("pod", error))
    if (over := ending(pod)) is not None:
        return ExecExit(ExecEnd.KILLED, None, over.message)
    if killed:  # the pod lives on, so it was Ctrl+C
        return ExecExit(ExecEnd.EXITED, end.code)
    if not _answers(pod):
        return _lost("The node of the pod does not answer.")
    try:
        node = await cluster.get_node(spec.node)
    except ForbiddenError:  # a person may see pods and not nodes; then the pod's own condition has to do
        return replace(end, certain=True)
    except ClusterError as error:
        return _lost(_no_answer("node", error))
    if not node.is_ready:
        return _lost("The node is not ready.")
    return replace(end, certain=True)


def _answers(pod: PodStatus) -> bool:
    """The node controller sets a pod's Ready to False when its node is lost, and leaves everything else as it was."""
    ready = pod.condition("Ready")
    container = pod.container
    return (
        ready is not None
        and ready.status == "True"
        and container is not None
        and container.phase is ContainerPhase.RUNNING
    )


def _no_answer(what: str, error: ClusterError) -> str:
    return f"The API server did not say whether the {what} is still there: {error.message}"


def _lost(message: str) -> ExecExit:
    return ExecExit(ExecEnd.LOST, None, message, certain=False)
