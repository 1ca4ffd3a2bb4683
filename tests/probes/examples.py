"""How the built-in probes are asked in tests, and where the simulated node has nothing to say."""

from __future__ import annotations

from hptui.probes.probe import Probe

GIVEN: dict[str, dict[str, str]] = {
    "pipe-owner": {"pipe": "eventlog"},
}
"""Values for the parameters that must be given."""

MAY_BE_EMPTY: dict[str, set[str]] = {
    "admin": {"problem"},  # of a token that can be read
    "dns": {"problem"},
    "files": {"leads"},  # of C:\, where the only link is one that nobody may read
    "reach": {"problem"},
    "tasks": {"problem"},
}
"""Columns with nothing in them on a healthy node, by probe."""


def example(probe: Probe) -> dict[str, str]:
    """All of its parameters' values."""
    return probe.arguments(GIVEN.get(probe.name, {}))
