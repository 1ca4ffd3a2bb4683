"""What a pod's status and its events say about a launch or a session: how far it is, and whether and why it failed.

Pure, and tested on what a real API server recorded. Some failures show in the status, some (a sandbox that cannot be made) in
the events only.
"""

from __future__ import annotations

from collections.abc import Sequence

from hptui.cluster.model import ContainerPhase, ContainerStatus, Event, PodStatus
from hptui.errors import ClusterError, LaunchError, SessionError
from hptui.failures import launching, running
from hptui.failures.failure import Failure
from hptui.hostprocess.states import State
from hptui.hostprocess.steps import StepName

_SENTENCES = {
    StepName.CHECKED: "The API server would not accept the pod.",
    StepName.CREATED: "The API server did not create the pod.",
    StepName.PROMPT: "The pod runs, but no shell could be connected to it.",
}

_PULL_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff"})
_HOPELESS_WAITS = frozenset({"RunContainerError", "CreateContainerError", "CreateContainerConfigError"})
_SANDBOX = "FailedCreatePodSandBox"
_SANDBOX_TRIES = 2
"""The kubelet tries for ever; the host network needs no set-up that a second try could find ready."""


def stage(pod: PodStatus, events: Sequence[Event]) -> tuple[State, StepName]:
    """How far the launch is, as a state and as the step that is under way."""
    container = pod.container
    if container is not None and container.phase is ContainerPhase.RUNNING:
        return State.STARTING, StepName.PROMPT
    reasons = {event.reason for event in events}
    if reasons & {"Pulled", "Created", "Started"}:
        return State.STARTING, StepName.STARTED
    pulling = container is not None and container.reason in _PULL_REASONS
    if pulling or "Pulling" in reasons:
        return State.PULLING, StepName.IMAGE
    if pod.started is not None or container is not None:
        return State.PENDING, StepName.IMAGE
    return State.PENDING, StepName.ASSIGNED


def diagnose(pod: PodStatus, events: Sequence[Event]) -> LaunchError | None:
    """Why the launch has failed; None while it may still succeed."""
    step = stage(pod, events)[1]
    container = pod.container
    if pod.deleting is not None:
        return pod_deleted(step)
    if pod.phase in {"Failed", "Succeeded"}:
        return _over(pod, step, events)
    if container is not None and container.phase is ContainerPhase.TERMINATED:
        return _container_over(container, step, events)
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.status == "False" and scheduled.reason == "Unschedulable":
        return LaunchError(
            "No node takes the pod.",
            step=StepName.ASSIGNED,
            title=launching.UNSCHEDULABLE.title,
            hint=launching.UNSCHEDULABLE.hint,
            words=_words(scheduled.message, *_warnings(events)),
        )
    if container is not None and container.phase is ContainerPhase.WAITING:
        waiting = _waiting(container, step, events)
        if waiting is not None:
            return waiting
    return _sandbox(events)


def ending(pod: PodStatus) -> SessionError | None:
    """Why a session that was running is over; None while it goes on."""
    if pod.phase == "Failed" and pod.reason == "DeadlineExceeded":
        return SessionError(
            f"The pod's {pod.deadline_seconds or 0} seconds are over, and the kubelet ended it.",
            title=running.DEADLINE.title,
            hint=running.DEADLINE.hint,
        )
    if pod.deleting is not None:
        return SessionError(
            "Somebody else is deleting the pod.",
            title=running.BEING_DELETED.title,
            hint=running.BEING_DELETED.hint,
        )
    if pod.phase in {"Failed", "Succeeded"} and pod.reason:
        return SessionError(
            f"{pod.reason}: {pod.message}".rstrip(": "),
            title=running.NODE_ENDED.title,
            hint=running.NODE_ENDED.hint,
        )
    container = pod.container
    if container is not None and container.phase is ContainerPhase.TERMINATED:
        return SessionError(
            f"The pod's first process has ended with exit code {exit_code_text(container.exit_code)}.",
            title=running.POD_ENDED.title,
            hint=running.POD_ENDED.hint,
        )
    return None


def node_lost(words: str) -> LaunchError:
    """The launch failed because the node is not there any more; `words` are the cluster's own."""
    return LaunchError(
        "The node stopped answering before it took the pod on.",
        step=StepName.ASSIGNED,
        title=launching.NODE_GONE.title,
        hint=launching.NODE_GONE.hint,
        words=(words,) if words else (),
    )


def pod_deleted(step: StepName) -> LaunchError:
    return LaunchError(
        "Somebody deleted the pod while it was starting.",
        step=step,
        title=launching.DELETED_AT_START.title,
        hint=launching.DELETED_AT_START.hint,
    )


def pod_gone() -> SessionError:
    return SessionError(
        "The pod was deleted by somebody else.", title=running.POD_GONE.title, hint=running.POD_GONE.hint
    )


def shell_lost(message: str) -> SessionError:
    return SessionError(
        message or "The connection to the shell broke.",
        title=running.SHELL_LOST.title,
        hint=running.SHELL_LOST.hint,
    )


def launch_error(error: ClusterError, step: StepName) -> LaunchError:
    """A refusal of the cluster as the failure of a step."""
    return LaunchError(
        _SENTENCES.get(step, "The pod could not be watched."),
        step=step,
        title=error.heading,
        hint=error.hint,
        words=(error.message,),
    )


def exit_code_text(code: int | None) -> str:
    """3 as "3", -1073741510 and 3221225786 as "0xC000013A": status codes are known by their hexadecimal form."""
    if code is None:
        return "unknown"
    unsigned = code & 0xFFFFFFFF
    return f"0x{unsigned:08X}" if unsigned >= 0x80000000 else str(code)


def _over(pod: PodStatus, step: StepName, events: Sequence[Event]) -> LaunchError:
    if pod.reason == "DeadlineExceeded":
        return LaunchError(
            "The session's deadline passed before its shell was connected.",
            step=step,
            title=launching.DEADLINE_AT_START.title,
            hint=launching.DEADLINE_AT_START.hint,
            words=_words(pod.message, *_warnings(events)),
        )
    if pod.container is not None and pod.container.phase is ContainerPhase.TERMINATED and not pod.reason:
        return _container_over(pod.container, step, events)
    return LaunchError(
        f"The node refused the pod: {pod.reason or 'no reason given'}.",
        step=StepName.ASSIGNED if pod.container is None else step,
        title=launching.NODE_REFUSED.title,
        hint=launching.NODE_REFUSED.hint,
        words=_words(pod.message, *_warnings(events)),
    )


def _container_over(container: ContainerStatus, step: StepName, events: Sequence[Event]) -> LaunchError:
    if container.reason in {"StartError", "ContainerCannotRun"} or container.exit_code == 128:
        return _cannot_start(container.message, events)
    return LaunchError(
        f"The pod's first process ended with exit code {exit_code_text(container.exit_code)} instead of staying.",
        step=step,
        title=launching.FIRST_PROCESS_ENDED.title,
        hint=launching.FIRST_PROCESS_ENDED.hint,
        words=_words(container.message, *_warnings(events)),
    )


def _waiting(container: ContainerStatus, step: StepName, events: Sequence[Event]) -> LaunchError | None:
    reason = container.reason
    if reason == "ImagePullBackOff" or (reason in _PULL_REASONS and _wrong_build(container.message)):
        return _pull_failure(container, events)
    if reason in {"ErrImageNeverPull", "InvalidImageName"}:
        return LaunchError(
            f"The image {container.image} is not on the node any more."
            if reason == "ErrImageNeverPull"
            else f"{container.image} is not the name of an image.",
            step=StepName.IMAGE,
            title=launching.IMAGE_UNUSABLE.title,
            hint=launching.IMAGE_UNUSABLE.hint,
            words=_words(container.message, *_warnings(events)),
        )
    if reason in _HOPELESS_WAITS:
        return _cannot_start(container.message, events)
    return None


def _wrong_build(words: str) -> bool:
    return "no match for platform" in words or "no matching manifest" in words


def _pull_failure(container: ContainerStatus, events: Sequence[Event]) -> LaunchError:
    said = " ".join((container.message, *_warnings(events))).casefold()
    if _wrong_build(said):
        known = launching.WRONG_BUILD
    elif any(w in said for w in ("unauthorized", "denied", "forbidden", "authentication required", "401")):
        known = launching.REGISTRY_REFUSED
    elif any(w in said for w in ("dial tcp", "no such host", "timeout", "deadline exceeded", "refused")):
        known = launching.REGISTRY_UNREACHABLE
    else:
        known = launching.PULL_FAILED
    return LaunchError(
        f"The node could not pull {container.image}.",
        step=StepName.IMAGE,
        title=known.title,
        hint=known.hint,
        words=_words(container.message, *_warnings(events)),
    )


def _cannot_start(message: str, events: Sequence[Event]) -> LaunchError:
    said = " ".join((message, *_warnings(events))).casefold()
    if "logon" in said or "user process token" in said or "local group" in said:
        known, sentence = _account_failure(said), "The node could not start a process as this account."
    elif "failed to find executable" in said or "cannot find the file" in said:
        known, sentence = launching.NO_POWERSHELL, "The node has no Windows PowerShell where it should be."
    else:
        known, sentence = launching.CANNOT_START, "The node could not start the container."
    return LaunchError(
        sentence,
        step=StepName.STARTED,
        title=known.title,
        hint=known.hint,
        words=_words(message, *_warnings(events)),
    )


def _account_failure(said: str) -> Failure:
    if "access is denied" in said:
        return launching.ACCOUNT_RUNTIME
    if "1385" in said or "logon type" in said:
        return launching.ACCOUNT_POLICY
    return launching.ACCOUNT


def _sandbox(events: Sequence[Event]) -> LaunchError | None:
    failed = [event for event in events if event.reason == _SANDBOX]
    if sum(max(1, event.count) for event in failed) < _SANDBOX_TRIES:
        return None
    return LaunchError(
        "The node could not set the pod up.",
        step=StepName.ASSIGNED,
        title=launching.SANDBOX.title,
        hint=launching.SANDBOX.hint,
        words=_words(*_warnings(events)),
    )


def _warnings(events: Sequence[Event]) -> tuple[str, ...]:
    """The warnings' texts, newest first."""
    return tuple(event.message for event in reversed(events) if event.type == "Warning")


def _words(*texts: str) -> tuple[str, ...]:
    """Without the empty and the repeated ones."""
    return tuple(dict.fromkeys(text for text in texts if text))
