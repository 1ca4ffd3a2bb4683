"""Numbers and times as the screen writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hptui import format as fmt

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (-5, "0s"),
        (119, "119s"),
        (120, "2m"),
        (7199, "119m"),
        (7200, "2h"),
        (172799, "47h"),
        (172800, "2d"),
    ],
)
def test_an_age_has_one_unit(seconds: int, text: str) -> None:
    assert fmt.age(NOW - timedelta(seconds=seconds), NOW) == text


def test_an_unknown_age_is_a_dash() -> None:
    assert fmt.age(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3900, "1 h 05 min"), (3599, "59 min"), (300, "5 min"), (299, "4:59"), (61, "1:01"), (-1, "0:00")],
)
def test_the_countdown_gets_finer_towards_the_end(seconds: float, text: str) -> None:
    assert fmt.countdown(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (212 * 2**20, "212 MiB"), (5 * 2**40, "5.0 TiB")],
)
def test_sizes_have_binary_units(count: int, text: str) -> None:
    assert fmt.size(count) == text


@pytest.mark.parametrize(("value", "text"), [(0.314, "0.31"), (2.44, "2.4"), (12.0, "12")])
def test_cores(value: float, text: str) -> None:
    assert fmt.cores(value) == text


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert fmt.percent(1, 0) == "–"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(900, "15 min"), (5400, "1 h 30 min"), (86400, "24 h"), (90, "1 min 30 s"), (0, "0 s")],
)
def test_chosen_lengths_of_time(seconds: int, text: str) -> None:
    assert fmt.length(seconds) == text


@pytest.mark.parametrize(
    ("key", "text"), [("ctrl+right_square_bracket", "ctrl+]"), ("f12", "f12"), ("ctrl+backslash", "ctrl+\\")]
)
def test_a_key_is_written_as_it_is_typed(key: str, text: str) -> None:
    assert fmt.key_name(key) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.123, "0.12 s"), (1.26, "1.3 s"), (42.0, "42 s")])
def test_how_long_a_step_took(seconds: float, text: str) -> None:
    assert fmt.took(seconds) == text
