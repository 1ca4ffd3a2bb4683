"""Recorded exchanges with a real API server, and how an answer of the simulated one is compared with them.

What differs from run to run by its nature (uids, times, versions, addresses, generated names) is made alike first.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_FOLDER = Path(__file__).parent.parent / "recorded"
_ALIKE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"kube-api-access-\w{5}"), "kube-api-access-<name>"),
    (re.compile(r"\b(10|127)\.\d+\.\d+\.\d+(:\d+)?"), "<address>"),
    (re.compile(r"\b\d+ms \(\d+ms including waiting\)"), "<took>"),
    (re.compile(r"Image size: \d+ bytes"), "Image size: <size>"),
    (re.compile(r"\.[0-9a-f]{16}\b"), ".<event>"),
    (re.compile(r"back-off \d+s"), "back-off <time>"),
)
_AGE = re.compile(r"(\d+[smhdy])+")
_IGNORED = frozenset({"managedFields", "resourceVersion"})


@cache
def exchanges(file: str) -> dict[str, Json]:
    """By name."""
    found = json.loads((_FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return {exchange["name"]: exchange for exchange in found["exchanges"]}


def chunks(file: str, name: str) -> list[Json]:
    """What a recorded watch sent, event by event."""
    return [chunk["data"] for chunk in exchanges(file)[name]["chunks"]]


def alike(value: Any) -> Any:
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: alike(item) for key, item in value.items() if key not in _IGNORED}
    if isinstance(value, list):
        return [alike(item) for item in value]
    if isinstance(value, str):
        for pattern, word in _ALIKE:
            value = pattern.sub(word, value)
        return "<age>" if _AGE.fullmatch(value) else value
    return value


def differences(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where two values differ, after `alike`."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        out: list[str] = []
        for key in sorted({*wanted, *found}):
            where = f"{path}.{key}"
            if key not in found:
                out.append(f"{where} is missing: {wanted[key]!r}")
            elif key not in wanted:
                out.append(f"{where} was not recorded: {found[key]!r}")
            else:
                out += differences(wanted[key], found[key], where)
        return out
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return [f"{path} has {len(found)} items, not {len(wanted)}: {found!r} for {wanted!r}"]
        return [
            d
            for i, (w, f) in enumerate(zip(wanted, found, strict=True))
            for d in differences(w, f, f"{path}[{i}]")
        ]
    return [] if wanted == found else [f"{path} is {found!r}, recorded was {wanted!r}"]


def compare(wanted: Any, found: Any) -> None:
    """Raises AssertionError that names every difference."""
    out = differences(alike(wanted), alike(found))
    assert not out, "\n".join(out)
