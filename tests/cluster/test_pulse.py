"""When an idle link is asked for a sign of life, and when it is given up."""

from __future__ import annotations

import pytest

from hptui.cluster.pulse import LONGEST, Pulse


def test_a_ping_is_due_once_in_every_interval() -> None:
    pulse = Pulse(25, 0)
    pinged = []
    for now in range(1, 101):
        pulse.heard(now)
        if pulse.look(now):
            pinged.append(now)
    assert pinged == [25, 50, 75, 100]


def test_an_answer_keeps_it_alive_and_none_ends_it() -> None:
    pulse = Pulse(25, 0)
    assert pulse.look(25)
    assert pulse.dead_for(25 + LONGEST) is None
    pulse.heard(26)
    pulse.look(50)
    pulse.look(75)
    assert pulse.dead_for(50 + LONGEST) is None
    assert pulse.dead_for(50 + LONGEST + 1) == 50 + LONGEST + 1 - 26


def test_a_short_interval_means_a_short_patience() -> None:
    pulse = Pulse(5, 0)
    pulse.look(5)
    pulse.look(10)
    assert pulse.dead_for(20) is None
    assert pulse.dead_for(21) == 21


def test_who_was_not_there_has_not_waited() -> None:
    """A laptop that slept an hour, or a stopped program: the link is asked again before it is given up."""
    pulse = Pulse(25, 0)
    pulse.look(25)
    assert pulse.look(3600), "it asks at once"
    assert pulse.dead_for(3600) is None
    assert pulse.dead_for(3600 + LONGEST) is None
    pulse.look(3625)
    assert pulse.dead_for(3601 + LONGEST) == 3601 + LONGEST


def test_a_key_after_a_silence_asks_at_once() -> None:
    pulse = Pulse(25, 0)
    pulse.written(2)
    assert not pulse.look(2), "just heard"
    pulse.written(10)
    assert pulse.wait(10) == 0
    assert pulse.look(10)
    pulse.written(11)
    assert not pulse.look(11), "it has been asked"
    assert pulse.dead_for(10 + LONGEST + 1) == 10 + LONGEST + 1


def test_without_an_interval_only_a_question_is_a_ping() -> None:
    pulse = Pulse(0, 0)
    assert pulse.wait(0) is None
    pulse.written(1000)
    assert not pulse.look(1000)
    pulse.ask()
    assert pulse.look(5000)
    assert pulse.wait(5000) == LONGEST
    assert pulse.dead_for(5000 + LONGEST + 1) is not None


@pytest.mark.parametrize(("every", "first"), [(25, 25), (0.05, 0.05)])
def test_it_says_when_to_look_next(every: float, first: float) -> None:
    assert Pulse(every, 100).wait(100) == pytest.approx(first)
