"""The life of one session: check, create, watch, attach, lose and attach again, and whatever happens leave nothing behind.

Waiting is a watch of the one pod and its events, never a poll. `close()` may be called in any state, at any moment and more than
once: it is safe while a launch is under way, also in the middle of the request that creates the pod.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hptui.cluster.model import (
    ContainerPhase,
    Created,
    Event,
    ExecEnd,
    ExecExit,
    Live,
    PodStatus,
    Stale,
)
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import (
    ClusterError,
    HptuiError,
    LaunchError,
    SessionError,
)
from hptui.hostprocess.arrival import Arrival
from hptui.hostprocess.clean_up import left_behind, remove_session_pod
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
from hptui.hostprocess.pod_watch import HOSTNAME, PodWatch
from hptui.hostprocess.preflight import preflight
from hptui.hostprocess.shells import Shells, Size
from hptui.hostprocess.states import LAUNCHING, State, check_move
from hptui.hostprocess.steps import Step, StepName

__all__ = ["Session", "Size", "State"]

log = logging.getLogger(__name__)


class Session:
    """One HostProcess pod and the shells in it. Lives on the loop that it was started on."""

    def __init__(self, cluster: Cluster, spec: SessionSpec, *, insist: bool = False) -> None:
        """`insist` starts even where the node is judged unable."""
        self._cluster = cluster
        self._spec = spec
        self._insist = insist
        self._state = State.PENDING
        self._arrival = Arrival(spec.pod_name, self._move, self._changed)
        self._watch = PodWatch(cluster, spec, self)
        self._shells = Shells(cluster, spec, self._last_shell_ended)
        self._hostname = ""
        self._error: HptuiError | None = None
        self._warnings: list[str] = []
        self._exit: ExecExit | None = None
        self._callbacks: list[Callable[[Session], None]] = []
        self._closing = False
        self._launch: asyncio.Task[ExecChannel] | None = None
        self._creation: asyncio.Task[Created] | None = None
        self._removal: asyncio.Task[None] | None = None

    # What is known

    @property
    def cluster(self) -> Cluster:
        return self._cluster

    @property
    def spec(self) -> SessionSpec:
        return self._spec

    @property
    def label(self) -> str:
        return f"{self._spec.node} · {self._spec.account.label}"

    @property
    def state(self) -> State:
        return self._state

    @property
    def steps(self) -> tuple[Step, ...]:
        return self._arrival.steps

    @property
    def pod(self) -> PodStatus | None:
        """The last that was seen of the pod; None before there is one and once it is gone."""
        return self._watch.pod

    @property
    def events(self) -> tuple[Event, ...]:
        """Oldest first."""
        return self._watch.events

    @property
    def newest_event(self) -> Event | None:
        return self._watch.newest_event

    @property
    def connection(self) -> Live | Stale | None:
        """Whether `pod` is what the cluster has now."""
        return self._watch.connection

    @property
    def deadline(self) -> datetime | None:
        """When the kubelet ends the pod; known once it has acknowledged it."""
        pod = self._watch.pod
        if pod is None or pod.started is None:
            return None
        return pod.started + timedelta(seconds=pod.deadline_seconds or self._spec.deadline)

    @property
    def error(self) -> HptuiError | None:
        """Why it failed, was lost or has ended, where there is more to say than that the shell has exited."""
        return self._error

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the API server warned of, and what could not be seen."""
        return tuple(self._warnings)

    @property
    def exit(self) -> ExecExit | None:
        """How the last shell ended."""
        return self._exit

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of it in the cluster."""
        return self._state is State.GONE

    @property
    def leftover(self) -> str:
        """What stays in the cluster while it is not over, and how to remove it; for a last word at the end."""
        return f"{self.label}: {left_behind(self._spec)}"

    @property
    def can_attach(self) -> bool:
        """Whether the pod is there for a new shell, as far as is known."""
        open_states = {State.ATTACHED, State.LOST, State.ENDED}
        return not self._closing and self._state in open_states and self._pod_runs()

    def subscribe(self, callback: Callable[[Session], None]) -> Callable[[], None]:
        """Call `callback` on the loop after each change; the answer ends that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

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
        if self._state is State.GONE:
            return
        if self._removal is None or (self._removal.done() and self._state is State.FAILED):
            self._removal = asyncio.create_task(self._remove(), name="hptui clean-up")
        await asyncio.shield(self._removal)

    # Launch

    async def _start(
        self, size: Size | None, command: Sequence[str] | None, tty: bool, stdin: bool
    ) -> ExecChannel:
        try:
            self._arrival.begin(StepName.CHECKED)
            await self._check()
            self._arrival.begin(StepName.CREATED)
            pod = await self._create()
            self._arrival.expect()
            self._watch.begin(pod, self._hostname)
            self._arrival.begin(StepName.ASSIGNED)
            await self._arrival.run()
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

    def _failed(self, error: LaunchError) -> None:
        self._arrival.fail()
        self._error = error
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
            self._error = shell_lost(end.message)
            self._move(State.LOST)
        else:
            self._move(State.ENDED)

    def _end(self, error: HptuiError) -> None:
        if self._state in {State.ATTACHED, State.LOST, State.ENDED}:
            self._error = error
            self._move(State.ENDED)
            self._changed()

    # Removal

    async def _remove(self) -> None:
        self._move(State.CLEANING)
        await self._stop_all()
        try:
            await remove_session_pod(self._cluster, self._spec, self._creation)
        except HptuiError as error:
            self._error = error
            self._move(State.FAILED)
            raise
        self._move(State.GONE)

    async def _stop_all(self) -> None:
        if self._launch is not None:  # first, because it is what opens watches and channels
            self._launch.cancel()
            await asyncio.wait({self._launch})
            if not self._launch.cancelled():
                self._launch.exception()  # told to who started it
        await self._watch.end()
        await self._shells.close()
        self._arrival.forget()

    # Telling

    def _pod_runs(self) -> bool:
        pod = self._watch.pod
        container = pod.container if pod is not None else None
        return container is not None and container.phase is ContainerPhase.RUNNING

    def _move(self, state: State) -> None:
        if state is self._state:
            return
        check_move(self._state, state)
        # Without the message, in which a node may quote a command.
        why = f" ({self._error.heading})" if self._error is not None else ""
        log.info("%s on %s: %s, then %s%s", self._spec.pod_name, self._spec.node, self._state, state, why)
        self._state = state
        self._changed()

    def _changed(self) -> None:
        for callback in tuple(self._callbacks):
            callback(self)
