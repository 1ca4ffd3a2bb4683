"""What a real API server recorded of failing pods, read as the one sentence that a person needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hptui.cluster.model import Event, PodStatus
from hptui.errors import LaunchError
from hptui.hostprocess.diagnosis import diagnose, ending, exit_code_text, stage
from hptui.hostprocess.states import State
from hptui.hostprocess.steps import StepName
from tests.hostprocess.recordings import events, pods, story

FAILURES = "pod-failures"


def first_failure(pod: str, event: str) -> tuple[LaunchError | None, int]:
    """The first verdict while the recorded story is told, and how many of its changes had been told by then."""
    seen: dict[str, Event] = {}
    latest: PodStatus | None = None
    told = story(FAILURES, pod, event)
    for count, item in enumerate(told, 1):
        if isinstance(item, PodStatus):
            latest = item
        else:
            seen[item.uid] = item
        if latest is not None and (error := diagnose(latest, tuple(seen.values()))) is not None:
            return error, count
    return None, len(told)


@pytest.mark.parametrize(
    ("name", "step", "title", "words"),
    [
        ("bad-account", StepName.STARTED, "The account cannot be used", "failed to logon user"),
        (
            "command-not-found-on-2019",
            StepName.STARTED,
            "No PowerShell on the node",
            "failed to find executable",
        ),
        (
            "wrong-image-for-build",
            StepName.IMAGE,
            "The image does not fit the node's Windows build",
            "no match for platform",
        ),
        (
            "sandbox-failure-containerd-1.5",
            StepName.ASSIGNED,
            "The pod's sandbox cannot be made",
            "The parameter is incorrect",
        ),
        ("unschedulable", StepName.ASSIGNED, "The pod cannot be scheduled", "0/10 nodes are available"),
        ("os-mismatch-admission", StepName.ASSIGNED, "The node refused the pod", "doesn't match node OS"),
    ],
)
def test_recorded_failures(name: str, step: StepName, title: str, words: str) -> None:
    error, _ = first_failure(name, f"{name}-events")
    assert error is not None
    assert (error.step, error.heading) == (step, title)
    assert any(words in said for said in error.words)
    assert error.hint
    assert error.message.endswith(".")


def test_a_pull_that_fails_is_given_up_when_the_kubelet_backs_off() -> None:
    told = pods(FAILURES, "pull-failure-then-fixed")
    verdicts = [diagnose(pod, ()) for pod in told]
    reasons = [pod.container.reason if pod.container else "" for pod in told]
    assert [bool(v) for v in verdicts] == [reason == "ImagePullBackOff" for reason in reasons]
    assert stage(told[reasons.index("ErrImagePull")], ()) == (State.PULLING, StepName.IMAGE)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("failed to authorize: 401 Unauthorized", "The registry refused to hand out the image"),
        ("pull access denied, repository does not exist", "The registry refused to hand out the image"),
        ("dial tcp: lookup registry.invalid: no such host", "The node cannot reach the registry"),
        ("registry.example.com/team/tool:ltsc2022: not found", "The image cannot be pulled"),
    ],
)
def test_a_pull_failure_says_what_to_do_about_it(said: str, title: str) -> None:
    backing_off = next(
        pod
        for pod in pods(FAILURES, "pull-failure-then-fixed")
        if pod.container and pod.container.reason == "ImagePullBackOff"
    )
    assert backing_off.container is not None
    pod = replace(backing_off, containers=(replace(backing_off.container, message=said),))
    error = diagnose(pod, ())
    assert error is not None
    assert error.heading == title


def test_the_wrong_build_is_known_at_the_first_try() -> None:
    failing = [
        pod.container.reason
        for pod in pods(FAILURES, "wrong-image-for-build")
        if pod.container and diagnose(pod, ())
    ]
    assert failing[0] == "ErrImagePull"


def test_one_sandbox_failure_may_pass_a_second_will_not() -> None:
    (pod,) = [p for p in pods(FAILURES, "sandbox-failure-containerd-1.5") if p.started]
    once, twice, *_ = events(FAILURES, "sandbox-failure-containerd-1.5-events")
    assert (once.count, twice.count) == (1, 2)
    assert diagnose(pod, (once,)) is None
    assert diagnose(pod, (twice,)) is not None


@pytest.mark.parametrize(("name", "code"), [("exit-1", "1"), ("crash-c0000005", "0xC0000005")])
def test_a_first_process_that_ends_is_a_failure_with_its_exit_code(name: str, code: str) -> None:
    error, _ = first_failure(name, f"{name}-events")
    assert error is not None
    assert error.heading == "The first process has ended"
    assert f"exit code {code} " in error.message


def test_a_deadline_that_passes_at_the_start_is_told_as_one() -> None:
    (last,) = pods(FAILURES, "deadline-exceeded")[-1:]
    error = diagnose(last, ())
    assert error is not None
    assert error.heading == "The deadline has passed"


def test_a_healthy_start_goes_through_the_stages_without_a_verdict() -> None:
    seen: list[Event] = []
    latest: PodStatus | None = None
    stages: list[tuple[State, StepName]] = []
    for item in story("pod-life", "watch-until-running", "events-until-running"):
        if isinstance(item, PodStatus):
            latest = item
        else:
            seen.append(item)
        if latest is not None:
            assert diagnose(latest, seen) is None
            stages.append(stage(latest, seen))
    assert list(dict.fromkeys(stages)) == [
        (State.PENDING, StepName.ASSIGNED),
        (State.PENDING, StepName.IMAGE),
        (State.PULLING, StepName.IMAGE),
        (State.STARTING, StepName.STARTED),
        (State.STARTING, StepName.PROMPT),
    ]


def test_a_pod_on_a_node_that_does_not_exist_just_waits() -> None:
    error, _ = first_failure("unknown-node", "unknown-node-events")
    assert error is None


def test_a_running_session_ends_with_its_deadline() -> None:
    told = pods(FAILURES, "deadline-exceeded")
    endings = [ending(pod) for pod in told]
    first = next(e for e in endings if e is not None)
    assert first.heading == "The deadline has passed"
    assert told[endings.index(first)].reason == "DeadlineExceeded"


def test_a_running_session_ends_when_somebody_deletes_its_pod() -> None:
    told = pods("pod-life", "watch-delete-grace-5")
    assert ending(told[0]) is None
    deleted = ending(told[1])
    assert deleted is not None
    assert deleted.heading == "The pod is being deleted"


def test_a_lost_node_is_not_the_end_of_its_pod() -> None:
    told = [pod for pod in pods("node-down", "pod-watch-tolerating") if pod.deleting is None]
    assert [ending(pod) for pod in told] == [None] * len(told)
    ready = [pod.condition("Ready") for pod in told]
    assert "False" in {condition.status for condition in ready if condition}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "0"),
        (3010, "3010"),
        (-1073741510, "0xC000013A"),
        (3221225786, "0xC000013A"),
        (-1, "0xFFFFFFFF"),
        (None, "unknown"),
    ],
)
def test_exit_codes_are_written_as_windows_people_know_them(code: int | None, text: str) -> None:
    assert exit_code_text(code) == text
