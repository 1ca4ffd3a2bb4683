"""What the options mean: durations as people write them, and options before or after a command's name."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from hptui.cli.options import Connection, duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3600", 3600), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172800), (" 1H ", 3600), ("1m5", 65)],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1.5h", "-5", "5m1h", "h", "1w"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a duration"):
        duration(text)


def test_what_stands_after_the_command_goes_before_what_stands_in_front_of_it() -> None:
    before = Connection(kubeconfig="a", context="one", as_groups=("g",), config=Path("x"))
    after = Connection(context="two", namespace="n")
    assert after.over(before) == Connection(
        kubeconfig="a", context="two", namespace="n", as_groups=("g",), config=Path("x")
    )


def test_an_assignment_needs_an_equals_sign() -> None:
    with pytest.raises(click.UsageError, match="KEY=VALUE"):
        Connection(assignments=("deadline",)).load_settings()


def test_the_namespace_option_goes_before_the_setting(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('namespace = "from-file"\n')
    given = Connection(namespace="from-option", config=config)
    assert given.load_settings().settings.namespace == "from-option"
    assert Connection(config=config).load_settings().settings.namespace == "from-file"
