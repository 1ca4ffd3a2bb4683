"""Reads the tables of keys beside this file; each says on its top what its columns are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.terminal.conformance.cases import bytes_of

# In the order of xterm's numbers, as Textual writes them.
MODIFIERS = ("", "shift+", "alt+", "alt+shift+", "ctrl+", "ctrl+shift+", "alt+ctrl+", "alt+ctrl+shift+")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key with its modifiers, and what the host gets for it in each mode."""

    key: str
    normal: bytes
    application: bytes
    win32: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """What an outer terminal sends for a key, and what the host gets for it."""

    terminal: str
    key: str
    sends: bytes
    normal: bytes
    win32: bytes


@dataclass(frozen=True, slots=True)
class Bound:
    """A key that PSReadLine binds, and what the host gets for it."""

    function: str
    key: str
    normal: bytes
    win32: bytes


def record(short: str) -> bytes:
    """The records of a key that goes down and up again: `vk;sc;uc;cs` of each, parted by blanks."""
    pressed = [each.split(";") for each in short.split()]
    return b"".join(
        f"\x1b[{vk};{sc};{uc};{down};{cs};1_".encode() for vk, sc, uc, cs in pressed for down in (1, 0)
    )


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def every_key() -> Iterator[Pressed]:
    for row in _table("keys.toml")["key"]:
        columns = (row["normal"], row.get("application", row["normal"]), row["win32"])
        for modifiers, normal, application, win32 in zip(MODIFIERS, *columns, strict=True):
            yield Pressed(modifiers + row["key"], bytes_of(normal), bytes_of(application), record(win32))


def outer_terminals() -> Iterator[Sent]:
    for terminal in _table("outer.toml")["terminal"]:
        for key, sends, normal, win32 in terminal["keys"]:
            yield Sent(terminal["name"], key, bytes_of(sends), bytes_of(normal), record(win32))


def psreadline() -> Iterator[Bound]:
    for function, key, normal, win32 in _table("psreadline.toml")["bindings"]:
        yield Bound(function, key, bytes_of(normal), record(win32))
