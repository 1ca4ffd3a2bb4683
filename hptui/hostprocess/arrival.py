"""The way of a launch from its first question to a running pod: the steps that are shown, and the one moment waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from hptui.cluster.model import Event, PodStatus
from hptui.hostprocess.diagnosis import diagnose, stage
from hptui.hostprocess.states import State
from hptui.hostprocess.steps import DOING, Progress, Step, StepName

log = logging.getLogger(__name__)


class Arrival:
    """`moved` is told which state the pod is in on its way, `changed` that a step has begun or ended."""

    def __init__(self, name: str, moved: Callable[[State], None], changed: Callable[[], None]) -> None:
        self._name = name  # the pod's, for the log
        self._moved = moved
        self._changed = changed
        self._progress = Progress()
        self._running: asyncio.Future[None] | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return self._progress.snapshot()

    @property
    def current(self) -> StepName:
        return self._progress.current

    @property
    def waiting(self) -> bool:
        """Whether a pod is expected to run that doesn't yet."""
        return self._running is not None and not self._running.done()

    def begin(self, step: StepName) -> None:
        if self._progress.begin(step):
            log.info("%s: %s", self._name, DOING[step])
            self._changed()

    def expect(self) -> None:
        """From now on what the watch tells decides; call it before the watch begins."""
        self._running = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Wait until the pod runs. Raises LaunchError, and what else `give_up` was given."""
        assert self._running is not None
        await self._running

    def judge(self, pod: PodStatus, events: Sequence[Event]) -> bool:
        """What the pod and its events say while it is waited for; True when it runs."""
        if (error := diagnose(pod, events)) is not None:
            self.give_up(error)
            return False
        state, step = stage(pod, events)
        if state is not State.PENDING:
            self._moved(state)
        if step is not StepName.PROMPT:
            self.begin(step)
            return False
        if self._running is not None:
            self._running.set_result(None)
        return True

    def give_up(self, error: BaseException) -> bool:
        """Nothing will come of it; False when nobody waits."""
        if self._running is None or self._running.done():
            return False
        self._running.set_exception(error)
        return True

    def finish(self) -> None:
        self._progress.finish()
        self._changed()

    def fail(self) -> None:
        """The step under way has failed."""
        self._progress.fail()

    def forget(self) -> None:
        """Look at what nobody waited for, so that asyncio does not complain about it."""
        if self._running is not None and self._running.done() and not self._running.cancelled():
            self._running.exception()
