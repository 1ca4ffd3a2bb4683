"""A text without the names of nodes, people and places: the same name becomes the same word everywhere.

Only names that are known can be replaced; addresses and the names of hptui's own pods are known by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_POD = re.compile(r"\bhptui-[a-z0-9][a-z0-9-]*-[a-z2-9]{8}\b")
_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d*\.\d)|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b",
    re.I,
)
_HARMLESS = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True)
class Names:
    """What is known to be a name, by what it names."""

    nodes: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()  # hosts, without scheme and port
    machines: tuple[str, ...] = ()  # this one

    def kinds(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (
            ("node", self.nodes),
            ("user", self.users),
            ("context", self.contexts),
            ("server", self.servers),
            ("machine", self.machines),
        )


def without_names(text: str, names: Names) -> str:
    put: dict[str, str] = {}
    for kind, known in names.kinds():
        for number, name in enumerate(_distinct(known), 1):
            put.setdefault(name.casefold(), f"{kind}-{number}")
    text = _numbered(_POD, "pod", text)
    if put:
        # The longest first: a name may be the beginning of another.
        longest_first = sorted(put, key=len, reverse=True)
        pattern = r"(?<![A-Za-z0-9_])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![A-Za-z0-9_])"
        text = re.sub(pattern, lambda found: put[found[0].casefold()], text, flags=re.I)
    return _numbered(_ADDRESS, "address", text)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name and name not in _HARMLESS))


def _numbered(pattern: re.Pattern[str], kind: str, text: str) -> str:
    """Each different match by its own number."""
    seen: dict[str, str] = {}

    def put(found: re.Match[str]) -> str:
        if found[0] in _HARMLESS:
            return found[0]
        return seen.setdefault(found[0], f"{kind}-{len(seen) + 1}")

    return pattern.sub(put, text)
