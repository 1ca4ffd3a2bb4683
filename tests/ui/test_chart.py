"""Usage over time on fixed axes."""

from __future__ import annotations

import pytest

from hptui.ui.widgets.usage_panel import braille, capacity_axis, cpu_axis, memory_axis


def test_a_small_change_on_a_fixed_axis_does_not_fill_the_height() -> None:
    low, high = braille([50.0, 50.0], 100, 1, 4), braille([50.1, 50.1], 100, 1, 4)
    assert low == high


def test_columns_fill_from_the_bottom_and_newest_is_at_the_right() -> None:
    assert braille([4.0], 4, 2, 1) == [" ⢸"]
    assert braille([2.0, 4.0], 4, 1, 2) == ["⢸", "⣿"]


def test_nothing_measured_draws_nothing_and_zero_draws_a_ground_line() -> None:
    assert braille([], 1, 3, 1) == ["   "]
    assert braille([0.0, 0.0], 1, 1, 1) == ["⣀"]


@pytest.mark.parametrize(("highest", "end"), [(0.0, 0.1), (0.11, 0.2), (0.5, 0.5), (3.2, 5.0), (11.0, 20.0)])
def test_the_cpu_axis_ends_at_a_round_number_of_cores(highest: float, end: float) -> None:
    assert cpu_axis(highest) == pytest.approx(end)


def test_a_node_s_axis_ends_at_its_capacity_and_never_below_the_line() -> None:
    assert capacity_axis(4.0, cpu_axis, 0.3) == 4.0
    assert capacity_axis(4.0, cpu_axis, 4.5) == 5.0
    assert capacity_axis(0.0, cpu_axis, 0.3) == 0.5


@pytest.mark.parametrize(("highest", "mib"), [(0, 64), (65 * 2**20, 128), (512 * 2**20, 512)])
def test_the_memory_axis_ends_at_a_power_of_two(highest: float, mib: int) -> None:
    assert memory_axis(highest) == mib * 2**20
