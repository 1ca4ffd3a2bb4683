"""The life of one session: check, create, watch, attach, lose and attach again, and whatever happens leave nothing behind.

Waiting is a watch of the one pod and its events, never a poll. `close()` may be called in any state, at any moment and more than
once: it is safe while a launch is under way, also in the middle of the request that creates the pod.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from hptui.cluster.model import (
    Created,
    ExecEnd,
    ExecExit,
    PodStatus,
)
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import (
    ClusterError,
    HptuiError,
    LaunchError,
    SessionError,
)
from hptui.hostprocess.clean_up import remove_session_pod
from hptui.hostprocess.diagnosis import (
    diagnose,
    ending,
    launch_error,
    node_lost,
    pod_deleted,
    pod_gone,
    shell_lost,
)
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.pod_watch import HOSTNAME
from hptui.hostprocess.preflight import preflight
from hptui.hostprocess.session_facts import SessionFacts
from hptui.hostprocess.shells import Shells, Size
from hptui.hostprocess.states import LAUNCHING, State
from hptui.hostprocess.steps import StepName

__all__ = ["Session", "Size", "State"]

log = logging.getLogger(__name__)


class Session(SessionFacts):
    """One HostProcess pod and the shells in it. Lives on the loop that it was started on."""

    def __init__(self, cluster: Cluster, spec: SessionSpec, *, insist: bool = False) -> None:
        """`insist` starts even where the node is judged unable."""
        super().__init__(cluster, spec, self)
        self._insist = insist
        self._shells = Shells(cluster, spec, self._last_shell_ended)
        self._hostname = ""
        self._launch: asyncio.Task[ExecChannel] | None = None
        self._creation: asyncio.Task[Created] | None = None
        self._removal: asyncio.Task[None] | None = None

    # What can be done

    async def start(
        self,
        size: Size | None = None,
        *,
        command: Sequence[str] | None = None,
        tty: bool = True,
        stdin: bool = True,
    ) -> ExecChannel:
        """Make the pod and run `command` in it, or without one the session's own shell, of `size`.

        Raises LaunchError, which says at which step; call close() afterwards in any case. Cancelling it stops the launch.
        """
        if self._closing or self._launch is not None:
            raise SessionError("A session can be started only once.")
        self._launch = asyncio.create_task(self._start(size, command, tty, stdin), name="hptui launch")
        try:
            return await asyncio.shield(self._launch)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if self._launch.cancelled() and not (caller and caller.cancelling()):  # by close()
                raise LaunchError("It was stopped.", step=self._arrival.current) from None
            self._launch.cancel()
            raise

    async def attach(
        self,
        size: Size | None = None,
        *,
        command: Sequence[str] | None = None,
        tty: bool = True,
        stdin: bool = True,
    ) -> ExecChannel:
        """A new shell in the same pod: after a loss, after an exit, or beside another. Raises SessionError, ClusterError."""
        if not self.can_attach:
            raise self._error or SessionError(
                f"There is no running pod to attach to; this session is {self._state}."
            )
        return await self._open(size, command, tty, stdin)

    @property
    def shells(self) -> Shells:
        """What runs in the pod, for questions about its processes."""
        return self._shells

    async def beside(self, command: Sequence[str], *, stdin: bool = False) -> ExecChannel:
        """A command without a terminal that is no shell: its end doesn't end the session, `close` ends it.

        Raises SessionError, ClusterError.
        """
        if self.can_attach:
            channel = await self._shells.beside(command, stdin)
            if not self._closing:
                return channel
            channel.close()
        raise self._error or SessionError(f"There is no running pod to ask; this session is {self._state}.")

    async def ended(self, channel: ExecChannel) -> ExecExit:
        """How an exec of this session ended, looked at twice where the protocol can lie."""
        return await self._shells.end_of(channel)

    async def close(self) -> None:
        """Delete the pod and see it gone. Idempotent; raises SessionError when the pod could not be removed."""
        self._closing = True
        if self._is_done():
            return
        if self._removal is None or self._removal.done():
            self._removal = asyncio.create_task(self._remove(), name="hptui clean-up")
        await asyncio.shield(self._removal)

    def _is_done(self) -> bool:
        return self.is_over

    # Launch

    async def _start(
        self, size: Size | None, command: Sequence[str] | None, tty: bool, stdin: bool
    ) -> ExecChannel:
        try:
            await self._arrive()
            self._arrival.begin(StepName.PROMPT)
            channel = await self._open(size, command, tty, stdin)
        except ClusterError as error:
            failure = self._pod_failure() or launch_error(error, self._arrival.current)
            self._failed(failure)
            raise failure from error
        except LaunchError as error:
            self._failed(error)
            raise
        self._arrival.finish()
        return channel

    async def _arrive(self) -> None:
        """Up to a pod that runs and is watched. Raises LaunchError, ClusterError."""
        self._arrival.begin(StepName.CHECKED)
        await self._check()
        self._arrival.begin(StepName.CREATED)
        pod = await self._create()
        self._arrival.expect()
        self._watch.begin(pod, self._hostname)
        self._arrival.begin(StepName.ASSIGNED)
        await self._arrival.run()

    def _failed(self, error: LaunchError) -> None:
        self._arrival.fail()
        self._fault(error)
        if not self._closing:
            self._move(State.FAILED)

    def _pod_failure(self) -> LaunchError | None:
        """What is wrong with the pod itself, which explains a refused exec better than the refusal."""
        pod = self._watch.pod
        return diagnose(pod, self.events) if pod is not None else None

    async def _check(self) -> None:
        found = await preflight(self._cluster, self._spec, insist=self._insist)
        self._warnings.extend(found.warnings)
        if found.node is not None:
            self._hostname = found.node.labels.get(HOSTNAME, "")

    async def _create(self) -> PodStatus:
        """The request is a task of its own: cancelled in the middle, it would leave nobody who knows whether the pod exists."""
        request = self._cluster.create_pod(self._spec.namespace, pod_manifest(self._spec))
        self._creation = asyncio.create_task(request, name="hptui create")
        created = await asyncio.shield(self._creation)
        self._warnings.extend(w for w in created.warnings if w not in self._warnings)
        return created.pod

    async def _open(
        self, size: Size | None, command: Sequence[str] | None, tty: bool, stdin: bool
    ) -> ExecChannel:
        channel = await self._shells.connect(size, command, tty, stdin)
        if self._closing:
            channel.close()
            raise LaunchError("It was stopped.", step=StepName.PROMPT)
        self._shells.mind(channel)
        self._exit = None
        self._error = None
        self._move(State.ATTACHED)
        self._judge()  # the pod may have ended meanwhile
        return channel

    # What the watch tells

    def pod_changed(self) -> None:
        self._judge()
        self._changed()

    def pod_gone(self) -> None:
        self._judge()

    def node_failed(self, words: str) -> None:
        self._arrival.give_up(node_lost(words))

    def watch_failed(self, error: BaseException) -> None:
        if isinstance(error, ClusterError) and self._state not in LAUNCHING:
            self.warn(f"The pod is no longer watched: {error.message}")
            return
        failure = launch_error(error, self._arrival.current) if isinstance(error, ClusterError) else error
        if not self._arrival.give_up(failure):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "watching a session's pod failed", "exception": failure}
            )

    def warn(self, text: str) -> None:
        self._warnings.append(text)
        self._changed()

    def _judge(self) -> None:
        """Draw the conclusions from the pod and its events as they are now."""
        if self._closing:
            return
        pod = self._watch.pod
        if pod is None:
            if not self._arrival.give_up(pod_deleted(self._arrival.current)):
                self._end(self._error or pod_gone())
        elif self._arrival.waiting:
            if self._arrival.judge(pod, self.events):
                self._watch.node_has_answered()
        elif (error := ending(pod)) is not None:
            self._end(error)

    def _last_shell_ended(self, end: ExecExit) -> None:
        if self._closing or self._state is not State.ATTACHED:
            return
        self._exit = end
        if end.end is ExecEnd.LOST:
            self._fault(shell_lost(end.message))
            self._move(State.LOST)
        else:
            self._move(State.ENDED)

    def _end(self, error: HptuiError) -> None:
        if self._state in {State.ATTACHED, State.LOST, State.ENDED}:
            self._fault(error)
            self._move(State.ENDED)
            self._changed()

    # Removal

    async def _remove(self) -> None:
        self._move(State.CLEANING)
        await self._stop_all()
        try:
            end = await self._dispose()
        except HptuiError as error:
            self._fault(error)
            self._move(State.FAILED)
            raise
        self._move(end)

    async def _dispose(self) -> State:
        """See the pod gone; the state that this ends in. Raises SessionError."""
        self._may_come_late = not await remove_session_pod(self._cluster, self._spec, self._creation)
        return State.GONE

    async def _stop_all(self) -> None:
        if self._launch is not None:  # first, because it is what opens watches and channels
            self._launch.cancel()
            await asyncio.wait({self._launch})
            if not self._launch.cancelled():
                self._launch.exception()  # told to who started it
        await self._watch.end()
        await self._shells.close()
        self._arrival.forget()
