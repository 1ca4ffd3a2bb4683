"""How long things take in the simulated cluster. Seconds, all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pace:
    """Shaped so that the demo feels alive; `brisk` is for tests, where waiting proves nothing."""

    sync: float = 0.02  # the kubelet notices a pod
    sandbox: float = 0.12
    pull: float = 1.8
    pull_failure: float = 0.4
    pull_backoff: float = 3.0  # doubled at each failure
    start: float = 0.08  # create and start the container
    start_failure: float = 1.0  # from RunContainerError to the failed pod
    sandbox_retry: float = 12.0
    crash_backoff: float = 10.0
    stop: float = 1.0  # the kubelet asks the process to end, and kills it
    schedule: float = 0.01
    heartbeat: float = 10.0
    node_grace: float = 20.0  # without a heartbeat before a node's Ready turns Unknown
    metrics_age: float = 4.0  # a younger pod has no metrics yet
    metrics_window: float = 15.0
    future_version: float = 3.0  # a list waits for a version that is yet to come
    bookmark: float = 60.0
    weather: float = 45.0  # now and then a node's condition flips; 0 for never
    host_events: float = 4.0  # between two things that a host writes into its logs by itself; 0 for never
    controllers: float = 0.1  # how soon a DaemonSet's status follows its pods


def brisk() -> Pace:
    """As little waiting as keeps the order of things; nothing happens by itself."""
    return replace(
        Pace(),
        sync=0.0,
        sandbox=0.0,
        pull=0.02,
        pull_failure=0.02,
        pull_backoff=0.1,
        start=0.0,
        start_failure=0.05,
        sandbox_retry=0.3,
        crash_backoff=0.2,
        stop=0.05,
        schedule=0.0,
        heartbeat=0.0,
        node_grace=0.3,
        metrics_age=0.0,
        future_version=0.1,
        weather=0.0,
        host_events=0.0,
        controllers=0.02,
    )
