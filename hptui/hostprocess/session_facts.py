"""What is known of one session, and who is told when that changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from hptui.cluster.model import ContainerPhase, Event, ExecExit, Live, PodStatus, Stale
from hptui.cluster.port import Cluster
from hptui.errors import HptuiError, LaunchError
from hptui.hostprocess.arrival import Arrival
from hptui.hostprocess.clean_up import left_behind
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.pod_watch import Listener, PodWatch
from hptui.hostprocess.states import OVER, State, check_move
from hptui.hostprocess.steps import Step, StepName

log = logging.getLogger("hptui.hostprocess.session")


class SessionFacts:
    """`listener` is told what the watch of the pod sees."""

    _callbacks: list[Callable[[Any], None]]  # of what this is

    def __init__(self, cluster: Cluster, spec: SessionSpec, listener: Listener) -> None:
        self._cluster = cluster
        self._spec = spec
        self._state = State.PENDING
        self._arrival = Arrival(spec.pod_name, self._move, self._changed)
        self._watch = PodWatch(cluster, spec, listener)
        self._error: HptuiError | None = None
        self._warnings: list[str] = []
        self._exit: ExecExit | None = None
        self._closing = False
        self._may_come_late = False
        self._holders = 0
        self._callbacks = []

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

    def _fault(self, error: HptuiError) -> None:
        """What is wrong from now on, with a remedy for this cluster."""
        error.hint = self._cluster.options.pinned(error.hint)
        self._error = error

    @property
    def was_refused(self) -> bool:
        """Whether it ended before anything was made."""
        return isinstance(self._error, LaunchError) and self._error.step == StepName.CHECKED

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
        """Whether there is nothing more to do: nothing is left of it in the cluster, or what is left is another's."""
        return self._state in OVER

    @property
    def may_come_late(self) -> bool:
        """Whether it is over without anybody's knowing that no pod of it comes: creating it broke off, and none was there."""
        return self._may_come_late

    @property
    def is_joined(self) -> bool:
        """Whether the pod is another program's."""
        return False

    @property
    def is_shared(self) -> bool:
        """Whether more than one tab shows it."""
        return self._holders > 1

    def hold(self) -> None:
        """One more tab shows it."""
        self._holders += 1

    def release(self) -> bool:
        """A tab has done with it; True when that was the last."""
        self._holders -= 1
        return self._holders <= 0

    @property
    def leftover(self) -> str:
        """What stays in the cluster while it is not over, and how to remove it; for a last word at the end."""
        return f"{self.label}: {self.left_behind}"

    @property
    def left_behind(self) -> str:
        return left_behind(self._spec, self._cluster.options)

    @property
    def can_attach(self) -> bool:
        """Whether the pod is there for a new shell, as far as is known."""
        if self._closing or (
            self._state is State.ENDED and self._error is not None
        ):  # the pod's end, not a shell's
            return False
        return self._state in {State.ATTACHED, State.LOST, State.ENDED} and self._pod_runs()

    def subscribe(self, callback: Callable[[Self], None]) -> Callable[[], None]:
        """Call `callback` on the loop after each change; the answer ends that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

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
