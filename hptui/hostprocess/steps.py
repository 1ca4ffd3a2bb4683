"""The steps of a launch as a person watches them: what is done, what is under way and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class StepName(StrEnum):
    CHECKED = "checked"
    CREATED = "created"
    ASSIGNED = "assigned"
    IMAGE = "image"
    STARTED = "started"
    PROMPT = "prompt"


STEPS = tuple(StepName)

LABELS = {
    StepName.CHECKED: "The API server would accept the pod",
    StepName.CREATED: "The pod is created",
    StepName.ASSIGNED: "The node has taken it on",
    StepName.IMAGE: "The image is on the node",
    StepName.STARTED: "The first process runs",
    StepName.PROMPT: "The shell is connected",
}


DOING = {
    StepName.CHECKED: "asking the API server",
    StepName.CREATED: "creating the pod",
    StepName.ASSIGNED: "waiting for the node",
    StepName.IMAGE: "waiting for the image",
    StepName.STARTED: "starting the first process",
    StepName.PROMPT: "connecting",
}


class StepState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    name: StepName
    label: str  # what is so once it is done
    doing: str  # what goes on until then
    state: StepState
    seconds: float | None  # how long it took, or has taken so far; None while it waits


class Progress:
    """Goes through the steps in order, never back; skipped steps count as done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started: list[float] = []  # one moment for each step that has begun
        self._ended: float | None = None
        self._failed = False

    @property
    def current(self) -> StepName:
        return STEPS[max(0, len(self._started) - 1)]

    def begin(self, name: StepName) -> bool:
        """`name` is under way, and all before it are done. False when it had begun already."""
        if self._ended is not None or STEPS.index(name) < len(self._started):
            return False
        now = self._clock()
        self._started += [now] * (STEPS.index(name) + 1 - len(self._started))
        return True

    def finish(self) -> None:
        """All is done."""
        self.begin(STEPS[-1])
        self._stop(failed=False)

    def fail(self) -> None:
        """The step under way has failed."""
        self._stop(failed=True)

    def _stop(self, *, failed: bool) -> None:
        if self._ended is None:
            self._ended = self._clock()
            self._failed = failed

    def snapshot(self) -> tuple[Step, ...]:
        now = self._clock() if self._ended is None else self._ended
        return tuple(self._step(index, name, now) for index, name in enumerate(STEPS))

    def _step(self, index: int, name: StepName, now: float) -> Step:
        begun = len(self._started)
        if index >= begun:
            return Step(name, LABELS[name], DOING[name], StepState.WAITING, None)
        if index < begun - 1:
            seconds = self._started[index + 1] - self._started[index]
            return Step(name, LABELS[name], DOING[name], StepState.DONE, seconds)
        return Step(name, LABELS[name], DOING[name], self._last_state(), now - self._started[index])

    def _last_state(self) -> StepState:
        if self._ended is None:
            return StepState.RUNNING
        return StepState.FAILED if self._failed else StepState.DONE
