"""What the doctor says about this machine: the terminal's abilities, and the versions of what is installed."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

import hptui
from hptui.hostprocess.doctor.check import Check, Health

SMALLEST = (80, 24)
"""Columns and rows that the screen is made for."""

MIN_PYTHON = (3, 11)
_TRUE_COLOUR = frozenset({"truecolor", "24bit"})


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a terminal has said of itself."""

    all_keys: bool  # it has the kitty keyboard protocol
    clipboard: bool  # it lets a program write the clipboard (OSC 52)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a program can know about the terminal that it runs in."""

    size: tuple[int, int] | None  # columns and rows; None where there is none
    encoding: str  # of what is written to it
    environment: Mapping[str, str]
    abilities: Abilities | None = None  # None where it was not asked, or did not answer

    @classmethod
    def here(cls) -> Terminal:
        """The one behind this process's stdin, stdout or stderr, whichever leads to one."""
        stream = sys.__stdout__
        encoding = getattr(stream, "encoding", None) or ""
        return cls(_size(), encoding, dict(os.environ))


def _size() -> tuple[int, int] | None:
    for descriptor in (1, 0, 2):
        try:
            columns, rows = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return columns, rows
    return None


def terminal_checks(terminal: Terminal) -> tuple[Check, ...]:
    if terminal.size is None:
        words = "There is no terminal here: the screen needs one, the other commands do not."
        return (Check("terminal.size", "terminal", Health.UNKNOWN, words),)
    found = [_window(terminal.size), _kind(terminal.environment), _colours(terminal.environment)]
    found.append(_characters(terminal.encoding))
    if terminal.abilities is not None:
        found += _abilities(terminal.abilities)
    if terminal.environment.get("TMUX"):
        found.append(_inside_tmux(terminal.environment))
    return tuple(found)


def _window(size: tuple[int, int]) -> Check:
    columns, rows = size
    found = f"{columns} columns by {rows} rows"
    if columns >= SMALLEST[0] and rows >= SMALLEST[1]:
        return Check("terminal.size", "terminal size", Health.OK, found)
    mend = f"Make the window at least {SMALLEST[0]} columns by {SMALLEST[1]} rows."
    return Check("terminal.size", "terminal size", Health.WARN, found, mend)


def _kind(environment: Mapping[str, str]) -> Check:
    term = environment.get("TERM", "")
    if os.name == "nt" or term not in ("", "dumb", "unknown"):
        return Check("terminal.type", "TERM", Health.OK, term or "Windows console")
    found = f"TERM is {term!r}: programs take this for a terminal that can do nothing."
    return Check("terminal.type", "TERM", Health.BAD, found, "export TERM=xterm-256color")


def _colours(environment: Mapping[str, str]) -> Check:
    if environment.get("NO_COLOR"):
        found = "NO_COLOR is set: everything is grey, the host's output too."
        return Check("terminal.colours", "colours", Health.WARN, found, "unset NO_COLOR")
    if environment.get("COLORTERM", "").casefold() in _TRUE_COLOUR or os.name == "nt":
        return Check("terminal.colours", "colours", Health.OK, "16 million")
    term = environment.get("TERM", "")
    if "256" in term or "direct" in term:
        return Check("terminal.colours", "colours", Health.OK, "256")
    mend = "export COLORTERM=truecolor   # if the terminal can show 16 million"
    return Check("terminal.colours", "colours", Health.WARN, "16, as far as TERM tells", mend)


def _characters(encoding: str) -> Check:
    if encoding.casefold().replace("-", "").replace("_", "") == "utf8":
        return Check("terminal.characters", "characters", Health.OK, "UTF-8")
    found = f"Text is written as {encoding or 'an unknown encoding'}, which has no frames and few alphabets."
    return Check("terminal.characters", "characters", Health.BAD, found, "export LC_ALL=C.UTF-8")


def _abilities(abilities: Abilities) -> list[Check]:
    keys = (
        "every key arrives (kitty keyboard protocol)"
        if abilities.all_keys
        else "no kitty keyboard protocol: Ctrl+Enter, Ctrl+Shift+letters and others arrive as other keys"
    )
    copying = (
        "what is copied reaches the clipboard (OSC 52)"
        if abilities.clipboard
        else "it does not say whether a program may copy (OSC 52): what is copied may not arrive"
    )
    return [
        Check("terminal.keys", "keys", Health.OK, keys),
        Check("terminal.clipboard", "clipboard", Health.OK, copying),
    ]


def _inside_tmux(environment: Mapping[str, str]) -> Check:
    term = environment.get("TERM", "")
    if term.startswith(("tmux", "screen")):
        return Check("terminal.tmux", "tmux", Health.OK, f"inside tmux, with TERM={term}")
    found = f"Inside tmux, TERM is {term}: keys and colours may come out wrong."
    mend = "tmux set -g default-terminal tmux-256color   # then open a new window"
    return Check("terminal.tmux", "tmux", Health.WARN, found, mend)


def version_checks() -> tuple[Check, ...]:
    """What is installed, and whether the terminal pane has an engine."""
    system = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    python_health = Health.OK if sys.version_info >= MIN_PYTHON else Health.BAD
    return (
        Check("installed.hptui", "hptui", Health.OK, hptui.__version__),
        Check(
            "installed.python", "Python", python_health, system, "pipx reinstall --python python3.12 hptui"
        ),
        _package("textual"),
        _package("kubernetes"),
        _engine(),
    )


def installed(distribution: str) -> str:
    """Its version, or nothing."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _package(name: str) -> Check:
    version = installed(name)
    if version:
        return Check(f"installed.{name}", name, Health.OK, version)
    mend = f"pip install {name}   # or install hptui again, with its dependencies"
    return Check(f"installed.{name}", name, Health.BAD, "not installed", mend)


def _engine() -> Check:
    from hptui.terminal.emulator import engine_names

    usable = engine_names()
    if not usable:
        mend = "pip install bittty"
        return Check("installed.engine", "terminal engine", Health.BAD, "none can be loaded", mend)
    packages = {"ghostty": "pyghostty"}
    found = ", then ".join(
        f"{packages.get(name, name)} {installed(packages.get(name, name))}" for name in usable
    )
    return Check("installed.engine", "terminal engine", Health.OK, found)
