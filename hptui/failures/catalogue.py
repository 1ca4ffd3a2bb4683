"""All known failures, in the order in which a person meets them."""

from __future__ import annotations

from dataclasses import dataclass

from hptui.failures import connection, launching, local, refusals, running
from hptui.failures.failure import Failure


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    failures: tuple[Failure, ...]


CHAPTERS = (
    Chapter("Before anything is asked", local.ALL),
    Chapter("On the way to the cluster", connection.ALL),
    Chapter("The cluster says no", refusals.ALL),
    Chapter("Starting a session", launching.ALL),
    Chapter("During a session", running.ALL),
)
FAILURES = tuple(failure for chapter in CHAPTERS for failure in chapter.failures)
