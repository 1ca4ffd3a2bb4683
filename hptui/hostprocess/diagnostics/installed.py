"""What is installed of what hptui needs: its requirements and theirs, each with its version."""

from __future__ import annotations

import re
from collections import deque
from importlib import metadata

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"\bextra\s*==")


def needed(distribution: str = "hptui") -> dict[str, str]:
    """By name: the version, or "not installed" where a requirement for some other system is not here. Without optional extras."""
    found: dict[str, str] = {}
    waiting = deque([distribution])
    while waiting:
        name = canonical(waiting.popleft())
        if name in found:
            continue
        try:
            about = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
            continue
        found[name] = about.version
        waiting.extend(_required(about))
    return dict(sorted(found.items()))


def _required(about: metadata.Distribution) -> list[str]:
    lines = [line for line in about.requires or () if not _EXTRA.search(line)]
    return [name[0] for line in lines if (name := _NAME.match(line))]


def canonical(name: str) -> str:
    """One spelling for all (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
