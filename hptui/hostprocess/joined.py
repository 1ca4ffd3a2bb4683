"""A shell in a pod that another hptui made: of the same person, on another machine, or a run that died.

That program deletes its pod when its own session ends, and nobody can ask it to wait. This side never deletes the pod unless it
is told to: letting go closes the shells that were opened here, and no more.
"""

from __future__ import annotations

from hptui.cluster.model import ContainerPhase, PodStatus
from hptui.cluster.port import Cluster
from hptui.errors import ClusterError, LaunchError, NotFoundError, SessionError
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.clean_up import remove_pod
from hptui.hostprocess.images import own_image
from hptui.hostprocess.manifest import DEFAULT_DEADLINE, FROM, REASON, SESSION_LABEL, WHO, SessionSpec
from hptui.hostprocess.session import Session
from hptui.hostprocess.states import State
from hptui.hostprocess.steps import StepName


class JoinedSession(Session):
    """`start` opens a shell in `pod`, `close` leaves that pod as it is. Raises UsageError, SessionError for no pod of hptui's."""

    def __init__(self, cluster: Cluster, pod: PodStatus) -> None:
        super().__init__(cluster, spec_of(pod))
        self._uid = pod.uid
        self._delete_too = False

    @property
    def is_joined(self) -> bool:
        return True

    async def delete_pod(self) -> None:
        """End everything in the pod, the other program's shells too. Raises SessionError when it could not be removed."""
        self._delete_too = True
        await self.close()

    def _is_done(self) -> bool:
        return self._state is (State.GONE if self._delete_too else State.LEFT) or self._state is State.GONE

    async def _arrive(self) -> None:
        self._arrival.begin(StepName.CHECKED)
        try:
            pod = await self._cluster.get_pod(self._spec.namespace, self._spec.pod_name)
        except NotFoundError as error:
            raise self._refusal("It was deleted.") from error
        container = pod.container
        if pod.uid != self._uid or pod.deleting is not None:
            raise self._refusal("It is being deleted, or has been.")
        if container is None or container.phase is not ContainerPhase.RUNNING:
            raise self._refusal("It does not run.")
        self._watch.begin(pod, "")
        self._watch.node_has_answered()
        self._move(State.STARTING)

    def _refusal(self, why: str) -> LaunchError:
        return LaunchError(
            f"There is no shell to be had in the pod {self._spec.pod_name}. {why}",
            step=StepName.CHECKED,
            title="The session is over",
            hint="Open a new session on the node.",
        )

    async def _dispose(self) -> State:
        if not self._delete_too:
            return State.LEFT if await self._is_there() else State.GONE
        await remove_pod(self._cluster, self._spec, self._uid)
        return State.GONE

    async def _is_there(self) -> bool:
        """Whether the pod is left, as far as can be known: its end may be what has ended the shell here."""
        try:
            pod = await self._cluster.get_pod(self._spec.namespace, self._spec.pod_name)
        except NotFoundError:
            return False
        except ClusterError:
            return True
        return pod.uid == self._uid


def spec_of(pod: PodStatus) -> SessionSpec:
    """The choices that made this pod, as far as it tells. Raises UsageError, SessionError for one that no hptui made."""
    container = pod.container
    if container is None:
        raise SessionError(f"The pod {pod.name!a} has no container yet.")
    spec = SessionSpec(
        node=pod.node,
        namespace=pod.namespace,
        session_id=pod.labels.get(SESSION_LABEL, ""),
        account=parse_account(pod.account),
        image=own_image(container.image),
        deadline=pod.deadline_seconds or DEFAULT_DEADLINE,
        reason=pod.annotations.get(REASON, ""),
        who=pod.annotations.get(WHO, ""),
        where_from=pod.annotations.get(FROM, ""),
    )
    if spec.pod_name != pod.name:
        raise SessionError(f"The pod {pod.name!a} is not named as a session's.")
    return spec
