"""What hptui requires on a system, by what the packages that are installed here say of themselves and constraints.txt pins."""

from __future__ import annotations

from collections import deque
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def pinned() -> dict[str, str]:
    """The version of each name in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    bare = (line.partition(";")[0] for line in lines if line and not line.startswith("#"))
    pairs = (line.partition("==")[::2] for line in bare)
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def required(extra: str = "", **environment: str) -> dict[str, str]:
    """All that hptui needs, with that which it needs, without hptui itself: by name, which versions.

    `environment` holds what is different on the system meant: sys_platform, platform_machine, python_version …
    """
    here: dict[str, str] = {**default_environment(), **environment}  # type: ignore[dict-item]
    found: dict[str, str] = {}
    waiting = deque([("hptui", extra), ("hptui", "")])
    asked: set[tuple[str, str]] = set()
    while waiting:
        name, wanted = waiting.popleft()
        if (name, wanted) in asked:
            continue
        asked.add((name, wanted))
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system: what it needs is not known here
        for line in lines:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({**here, "extra": wanted}):
                child = canonicalize_name(requirement.name)
                found[child] = str(requirement.specifier) or found.get(child, "")
                waiting.append((child, ""))
                waiting.extend((child, one) for one in requirement.extras)
    return {name: versions for name, versions in found.items() if name != "hptui"}


def is_pure(name: str) -> bool:
    """Whether the installed wheel fits every system and Python."""
    text = metadata.distribution(name).read_text("WHEEL") or ""
    return "-none-any" in text
