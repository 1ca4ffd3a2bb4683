"""What a write answers with, and whether it was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hptui.demo.objects.plain import Json


@dataclass(slots=True)
class Written:
    """The answer to a write."""

    code: int
    obj: Json
    warnings: list[str] = field(default_factory=list)


def dry_run(query: Mapping[str, str]) -> bool:
    """Everything is checked and answered, and nothing is stored."""
    return query.get("dryRun") == "All"
