"""Whether a session may be launched in a context: freely, after its name was typed, or never. The person's own rule."""

from __future__ import annotations

from enum import Enum
from fnmatch import fnmatchcase

from hptui.errors import UsageError
from hptui.settings import Settings


class Launching(Enum):
    FREE = "free"
    ASK = "ask"  # for the context's name
    NEVER = "never"


def launching(settings: Settings, context: str) -> Launching:
    """Read-only wins over protected."""
    if settings.read_only or _matches(settings.read_only_contexts, context):
        return Launching.NEVER
    return Launching.ASK if _matches(settings.protected_contexts, context) else Launching.FREE


def read_only_error(settings: Settings, context: str, *, done: str = "launched") -> UsageError:
    """Why nothing is launched, or deleted, and what to change."""
    setting = "read_only" if settings.read_only else "read_only_contexts"
    return UsageError(
        f"Nothing is {done} in {context}: it is read-only here.",
        title="Read-only",
        hint=f"The setting {setting} says so; `hptui settings` says where it stands.",
    )


def _matches(patterns: tuple[str, ...], context: str) -> bool:
    return any(fnmatchcase(context, pattern) for pattern in patterns)
