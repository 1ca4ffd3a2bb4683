"""Named pipes: what each is, as a tree by prefix, and which may be opened to ask for their owner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hptui.errors import ProbeError
from hptui.probes.pipe_catalogue import recognise

PROBE = "pipes"
OWNER = "pipe-owner"
PARAMETER = "pipe"

_PLACE = re.compile(r"(?:[\\/]{2}[.?][\\/](?:unc[\\/]localhost[\\/])?)?pipe[\\/]", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]+")


def described(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of the listing with what is known of its name."""
    name = record.get("name")
    found = recognise(name) if isinstance(name, str) else None
    if found is None:
        return {**record, "openable": True}
    known = found.known
    return {
        **record,
        "family": known.family,
        "what": known.what,
        "pid": found.pid,
        "container": found.container or None,
        "openable": known.openable,
    }


def pipe_name(text: str) -> str:
    """The name as the listing has it: without the place in front, however that is written."""
    text = text.strip()
    found = _PLACE.match(text)
    return (
        text[found.end() :].replace("/", "\\").strip("\\") if found else text.replace("/", "\\").strip("\\")
    )


def check_openable(text: str) -> None:
    """Raises ProbeError for a pipe that must not be opened just to look."""
    name = pipe_name(text)
    # Windows leaves out such parts, and dots and spaces at the end, before it opens: another name than this one (Microsoft, "File
    # path formats on Windows systems", Path normalization).
    if not {"", ".", ".."}.isdisjoint(name.split("\\")) or name[-1] in ". ":
        raise ProbeError(
            f"{text!r} is no pipe's name that can be opened.",
            hint="Names are as the probe `pipes` lists them; one that ends in a dot or a space can't be reached this way.",
        )
    found = recognise(name)
    if found is not None and not found.known.openable:
        raise ProbeError(
            f"{name} is not opened: {found.known.what}, and a stranger there can do harm.",
            title="A pipe that must not be touched",
            hint="Its process stands in its name, or can be found by `processes` and `services`.",
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """A prefix with what begins with it."""

    label: str
    count: int  # pipes in it and below
    branches: tuple[Branch, ...]
    names: tuple[str, ...]  # whole names


def tree(names: Iterable[str]) -> Branch:
    """By backslashes; what has none is put together by family, or by its first word where several share that."""
    names = list(names)
    return _branch("", sorted(zip(paths(names), names, strict=True)), 0)


def paths(names: Iterable[str]) -> list[tuple[str, ...]]:
    """For each name the prefixes that it stands below in `tree`."""
    names = list(names)
    words = Counter(_first_word(name) for name in names if "\\" not in name)
    return [_path(name, words) for name in names]


def _path(name: str, words: Counter[str]) -> tuple[str, ...]:
    if "\\" in name.strip("\\"):
        return tuple(name.split("\\")[:-1])
    found = recognise(name)
    if found is not None:
        return (found.known.family,)
    word = _first_word(name)
    return (word,) if words[word] > 1 else ()


def _first_word(name: str) -> str:
    found = _WORD.match(name)
    return found[0] if found else name[:1]


def _branch(label: str, paths: list[tuple[tuple[str, ...], str]], depth: int) -> Branch:
    below: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    here: list[str] = []
    for path, name in paths:
        if len(path) > depth:
            below.setdefault(path[depth], []).append((path, name))
        else:
            here.append(name)
    branches = tuple(_branch(part, below[part], depth + 1) for part in sorted(below, key=str.casefold))
    return Branch(label, len(paths), branches, tuple(here))
