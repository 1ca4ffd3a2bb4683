"""The steps of a launch are shown in order, with how long each took, and never go back."""

from __future__ import annotations

from hptui.hostprocess.steps import Progress, StepName, StepState


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(progress: Progress) -> list[tuple[StepName, StepState, float | None]]:
    return [(step.name, step.state, step.seconds) for step in progress.snapshot()]


def test_before_anything_all_wait() -> None:
    assert {(state, seconds) for _, state, seconds in shown(Progress(Clock()))} == {(StepState.WAITING, None)}


def test_each_step_takes_from_its_own_beginning_to_the_next() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin(StepName.CHECKED)
    clock.now += 2
    progress.begin(StepName.CREATED)
    clock.now += 3
    assert shown(progress)[:3] == [
        (StepName.CHECKED, StepState.DONE, 2.0),
        (StepName.CREATED, StepState.RUNNING, 3.0),
        (StepName.ASSIGNED, StepState.WAITING, None),
    ]


def test_a_step_that_was_skipped_took_no_time() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin(StepName.CREATED)
    clock.now += 1
    assert progress.begin(StepName.STARTED)
    assert shown(progress)[2:5] == [
        (StepName.ASSIGNED, StepState.DONE, 0.0),
        (StepName.IMAGE, StepState.DONE, 0.0),
        (StepName.STARTED, StepState.RUNNING, 0.0),
    ]


def test_it_never_goes_back() -> None:
    progress = Progress(Clock())
    progress.begin(StepName.STARTED)
    assert not progress.begin(StepName.IMAGE)
    assert progress.current is StepName.STARTED


def test_a_failure_stops_the_clock_at_its_step() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin(StepName.IMAGE)
    clock.now += 5
    progress.fail()
    clock.now += 60
    assert shown(progress)[3] == (StepName.IMAGE, StepState.FAILED, 5.0)
    assert shown(progress)[4] == (StepName.STARTED, StepState.WAITING, None)
    assert not progress.begin(StepName.STARTED)


def test_at_the_end_all_is_done() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin(StepName.PROMPT)
    clock.now += 1
    progress.finish()
    clock.now += 60
    assert {state for _, state, _ in shown(progress)} == {StepState.DONE}
    assert shown(progress)[-1][2] == 1.0
