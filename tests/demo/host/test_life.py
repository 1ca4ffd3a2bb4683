"""What a simulated host writes into its logs by itself: at its pace, and the same on every run."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hptui.demo.host.machine import Machine
from hptui.demo.host.windows.files import KUBELET_LOG


def test_events_and_log_lines_come_at_the_pace_and_are_the_same_each_time() -> None:
    first, second = Machine("win-a", "10.0.20348.2700"), Machine("win-a", "10.0.20348.2700")
    seen = []
    for machine in (first, second):
        before = list(machine.events)
        log = machine.files.find(KUBELET_LOG)
        assert log is not None
        length = log.length
        machine.set_pace(10.0)
        start = machine.now()
        machine.live_until(start + timedelta(seconds=35))
        machine.live_until(start + timedelta(seconds=35))  # nothing happens twice
        new = machine.events[: len(machine.events) - len(before)]
        assert machine.events[len(new) :] == before
        assert [event.index for event in new] == [48_003, 48_002, 48_001]
        assert {(a.at - b.at).total_seconds() for a, b in pairwise(new)} == {10.0}
        assert log.content is not None
        lines = log.content[length:].decode().splitlines()
        assert [line[6:14] for line in lines] == [f"{event.at:%H:%M:%S}" for event in reversed(new)]
        seen.append([(event.provider, event.message) for event in new] + [line[30:] for line in lines])
        machine.set_pace(0.0)
        machine.live_until(start + timedelta(hours=1))
        assert len(machine.events) == len(before) + 3
    assert seen[0] == seen[1]
