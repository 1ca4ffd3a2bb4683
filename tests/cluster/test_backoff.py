"""How long is waited before the next try."""

from __future__ import annotations

import pytest

from hptui.cluster import backoff
from hptui.cluster.backoff import Backoff, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(backoff, "time", made)
    return made


def test_waits_double_up_to_a_limit_with_jitter(clock: Clock) -> None:
    waits = [Backoff(Pace()) for _ in range(20)]
    for expected in (0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0):
        found = [one.wait() for one in waits]
        assert all(0.75 * expected <= wait <= 1.25 * expected for wait in found)
        assert len(set(found)) > 1


def test_two_quiet_minutes_forgive(clock: Clock) -> None:
    one = Backoff(Pace())
    for _ in range(5):
        one.wait()
    clock.now += 119
    assert one.wait() > 10
    clock.now += 121
    assert one.wait() <= 1.0


def test_the_servers_own_wait_counts_within_reason(clock: Clock) -> None:
    one = Backoff(Pace())
    assert one.wait(5.0) == 5.0
    assert one.wait(3600.0) == 30.0
