"""The small change of API objects: their type, times, identifiers and copies.

Objects are plain JSON data. What is stored is never changed in place: a change makes a new object, so that histories, watches
and lists can share them.
"""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec

Json = dict[str, Any]
"""A Kubernetes object, or a part of one, as plain JSON data."""

# The letters that Kubernetes uses in generated names: no vowels, nothing that looks like another.
_NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def now() -> str:
    """The time as metav1.Time writes it: whole seconds, UTC."""
    return stamp(time.time())


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_now() -> str:
    """The time as metav1.MicroTime writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def nano_stamp(nanoseconds: int) -> str:
    """The time as the container runtime writes it before a log line: RFC 3339 with nine digits."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:09d}Z"


def parse_time(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 time; raises ValueError."""
    return datetime.fromisoformat(text).timestamp()


def new_uid() -> str:
    return str(uuid.uuid4())


def random_suffix(length: int = 5) -> str:
    return "".join(secrets.choice(_NAME_LETTERS) for _ in range(length))


def encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def copy(value: Json) -> Json:
    """A deep copy; objects are JSON, so this is quicker than copy.deepcopy."""
    copied: Json = _copy(value)
    return copied


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value


def dig(value: Any, *path: str) -> Any:
    """The value at a path of keys, or None where the path ends early."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def meta(obj: Json) -> Json:
    found: Json = obj["metadata"]
    return found


def name_of(obj: Json) -> str:
    return str(obj["metadata"].get("name", ""))


def namespace_of(obj: Json) -> str:
    return str(obj["metadata"].get("namespace", ""))


def uid_of(obj: Json) -> str:
    return str(obj["metadata"].get("uid", ""))


def labels_of(obj: Json) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def has_condition(obj: Json, kind: str) -> bool:
    """True: neither False, nor Unknown, nor missing."""
    found = dig(obj, "status", "conditions") or ()
    return any(c.get("type") == kind and c.get("status") == "True" for c in found)


def is_ready(obj: Json) -> bool:
    """Nodes and pods have this condition."""
    return has_condition(obj, "Ready")


def is_owned(obj: Json, owner: Json) -> bool:
    return any(found.get("uid") == uid_of(owner) for found in meta(obj).get("ownerReferences") or ())
