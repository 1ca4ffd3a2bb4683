"""One thing that the doctor looked at: the verdict, what was found, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"  # sessions work, something about them does not, or may not
    BAD = "bad"  # no session works like this
    UNKNOWN = "unknown"  # it could not be found out; `found` says why


_WORST_FIRST = (Health.BAD, Health.WARN, Health.UNKNOWN, Health.OK)


@dataclass(frozen=True, slots=True)
class Check:
    """`found` and `mend` hold text from the cluster: never markup, and to be made plain before it is shown."""

    id: str  # stable, for programs: cluster.version, rights.pods/exec
    name: str  # for people
    health: Health
    found: str  # a sentence or a value
    mend: str = ""  # the command, the YAML or the deed that mends it; lines


def worst(checks: Iterable[Check]) -> Health:
    """The health of all of them together."""
    seen = {check.health for check in checks}
    return next((health for health in _WORST_FIRST if health in seen), Health.OK)
