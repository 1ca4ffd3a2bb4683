"""Reads the conformance cases beside this file, and says how a terminal differs from one.

A case is a table `[[case]]` of a TOML file:

    name      what must hold; unique
    see       the paragraph of the standard that says so
    size      columns and rows; 20 by 6 where it isn't given
    in        what the host writes, or a list of that and of { resize = [columns, rows] }
    screen    the rows of the screen, without blanks at their ends and blank rows at the end
    history   the lines above it, in the same form
    cursor    row and column, from 1 as the standards count
    modes     fields of Modes; synchronized, cursor_visible, cursor_shape and cursor_blinking
    looks     of single cells: `at` (row and column), and what is not as usual of their style, or `text` and `cells`
    wrapped   the rows (from 1) whose text goes on in the next one
    answers   what the terminal sends; nothing where it isn't given
    title, bells, clipboard
    prompts   the lines (from 1, those of the history first) on which a prompt begins
    differs   by engine, why it may differ; an engine that doesn't any more fails the suite

In `in` and `answers` a backslash begins an escape: e is ESC, r n t b a v f 0 as in C, xHH a byte, uHHHH a character.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hptui.terminal.cells import PLAIN, CellStyle, Line
from hptui.terminal.emulator import Emulator
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.state import Modes

_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_LETTERS = {"e": 27, "r": 13, "n": 10, "t": 9, "b": 8, "a": 7, "v": 11, "f": 12, "0": 0, "\\": 92}
_MODES = {mode.name for mode in fields(Modes)}
_CURSOR = {"cursor_visible": "visible", "cursor_shape": "shape", "cursor_blinking": "blinking"}

Step = bytes | tuple[int, int]  # output, or a new size in columns and rows


@dataclass(frozen=True, slots=True)
class Case:
    file: str
    name: str
    see: str
    steps: tuple[Step, ...]
    expected: dict[str, Any]
    size: tuple[int, int] = (20, 6)
    differs: dict[str, str] = field(default_factory=dict)


def bytes_of(text: str) -> bytes:
    """The bytes that a text with escapes stands for."""
    parts, at = [], 0
    for match in _ESCAPE.finditer(text):
        parts.append(text[at : match.start()].encode())
        at = match.end()
        byte, character, letter = match.groups()
        if character:
            parts.append(chr(int(character, 16)).encode())
        else:
            parts.append(bytes([int(byte, 16) if byte else _LETTERS[letter]]))
    parts.append(text[at:].encode())
    return b"".join(parts)


def read_cases() -> Iterator[Case]:
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield _case(path.stem, dict(table))


def _case(file: str, table: dict[str, Any]) -> Case:
    steps = table.pop("in")
    name, see, size = table.pop("name"), table.pop("see"), tuple(table.pop("size", (20, 6)))
    differs = table.pop("differs", {})
    unknown = table.keys() - _CHECKS.keys()
    if unknown or not table:
        raise ValueError(f"{file}: {name}: expects nothing, or what nobody checks: {unknown}")
    table["answers"] = bytes_of(table.get("answers", ""))
    return Case(
        file,
        name,
        see,
        tuple(_step(step) for step in (steps if isinstance(steps, list) else [steps])),
        table,
        size,
        differs,
    )


def _step(step: str | dict[str, list[int]]) -> Step:
    if isinstance(step, str):
        return bytes_of(step)
    columns, rows = step["resize"]
    return columns, rows


class Played:
    """A case played on one engine."""

    def __init__(self, case: Case, engine: str, process: EngineProcess | None = None) -> None:
        self.answers: list[bytes] = []
        self.clipboard: list[str] = []
        self.bells = 0
        self.emulator = Emulator(
            *case.size,
            scrollback=100,
            engine=engine,
            on_reply=self.answers.append,
            on_bell=self._ring,
            on_clipboard=self.clipboard.append,
            process=process,
        )
        self.emulator.set_colours((0xCC, 0xCC, 0xCC), (0x0C, 0x0C, 0x0C))
        for step in case.steps:
            if isinstance(step, bytes):
                self.emulator.feed(step)
            else:
                self.emulator.resize(*step)

    def _ring(self) -> None:
        self.bells += 1

    def lines(self, start: int, stop: int) -> list[str]:
        rows = [line.text.rstrip(" ") for line in self.emulator.lines(start, stop)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def screen_line(self, row: int) -> Line:
        return self.emulator.line(self.emulator.history + row - 1)


def differences(case: Case, engine: str, process: EngineProcess | None = None) -> list[str]:
    """What the engine, here or in its process, does otherwise than the case says, in words."""
    played = Played(case, engine, process)
    try:
        found = []
        for what, expected in case.expected.items():
            seen = _CHECKS[what](played, expected)
            if seen != expected:
                found.append(f"{what}: expected {expected!r}, there is {seen!r}")
        return found
    finally:
        played.emulator.close()


def _screen(played: Played, _: object) -> list[str]:
    emulator = played.emulator
    return played.lines(emulator.history, emulator.history + emulator.rows)


def _cursor(played: Played, _: object) -> list[int]:
    cursor = played.emulator.cursor
    return [cursor.y + 1, cursor.x + 1]


def _modes(played: Played, expected: dict[str, Any]) -> dict[str, Any]:
    seen = {}
    for name in expected:
        if name in _CURSOR:
            value = getattr(played.emulator.cursor, _CURSOR[name])
        elif name == "synchronized":
            value = played.emulator.modes.synchronized_since is not None
        elif name in _MODES:
            value = getattr(played.emulator.modes, name)
        else:
            raise ValueError(f"there is no mode {name}")
        seen[name] = getattr(value, "value", value)
    return seen


def _looks(played: Played, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen = []
    for look in expected:
        row, column = look["at"]
        text, cells, style = _cell(played.screen_line(row), column - 1)
        about: dict[str, Any] = {"at": look["at"]}
        for name, value, usual in zip(CellStyle._fields, style, PLAIN, strict=True):
            if value != usual:
                about[name] = list(value) if isinstance(value, tuple) else value
        about |= {key: value for key, value in (("text", text), ("cells", cells)) if key in look}
        seen.append(about)
    return seen


def _cell(line: Line, x: int) -> tuple[str, int, CellStyle]:
    """The run that covers cell `x`: its text, how many cells it covers, and its style."""
    at = 0
    for run in line.runs:
        if at <= x < at + run.width:
            return run.text, run.width, run.style
        at += run.width
    return "", 0, PLAIN


def _wrapped(played: Played, _: object) -> list[int]:
    return [row for row in range(1, played.emulator.rows + 1) if played.screen_line(row).wrapped]


def _prompts(played: Played, _: object) -> list[int]:
    found: list[int] = []
    while (y := played.emulator.next_prompt(found[-1] - 1 if found else -1)) is not None:
        found.append(y + 1)
    return found


_CHECKS: dict[str, Any] = {
    "screen": _screen,
    "history": lambda played, _: played.lines(0, played.emulator.history),
    "cursor": _cursor,
    "modes": _modes,
    "looks": _looks,
    "wrapped": _wrapped,
    "answers": lambda played, _: b"".join(played.answers),
    "prompts": _prompts,
    "title": lambda played, _: played.emulator.title,
    "bells": lambda played, _: played.bells,
    "clipboard": lambda played, _: played.clipboard,
}
