"""Colours for a line being typed, as PSReadLine has them by default: commands yellow, strings cyan, variables green."""

from __future__ import annotations

import re

_COMMAND, _PARAMETER, _STRING, _VARIABLE = "\x1b[93m", "\x1b[90m", "\x1b[36m", "\x1b[92m"
_NUMBER, _OPERATOR, _KEYWORD, _COMMENT, _TYPE, _PLAIN = (
    "\x1b[97m",
    "\x1b[90m",
    "\x1b[92m",
    "\x1b[32m",
    "\x1b[37m",
    "",
)

_TOKEN = re.compile(
    r"(?P<comment>#.*)|(?P<string>'[^']*'?|\"(?:[^\"`]|`.)*\"?)|(?P<variable>\$(?:\{[^}]*\}?|[\w:?$^]+))"
    r"|(?P<parameter>-[A-Za-z][\w-]*)|(?P<type>\[[A-Za-z][\w.]*\])|(?P<number>\b\d[\d.]*(?:[kmgtp]b)?\b)"
    r"|(?P<start>[|;({}&]|&&)|(?P<operator>[=+*/%!,<>]+)|(?P<word>[^\s|;(){}'\"$,=]+)|(?P<rest>\s+|.)",
    re.IGNORECASE,
)
_KEYWORD_NAMES = """
if else elseif while for foreach do until switch function try catch finally throw return break
continue exit param in
"""
_KEYWORDS = frozenset(_KEYWORD_NAMES.split())
_OPERATOR_NAMES = """
-eq -ne -gt -ge -lt -le -like -notlike -match -notmatch -contains -notcontains -in -notin -replace
-split -join -and -or -not -xor -is -isnot -as -f -band -bor -bxor
"""
_OPERATORS = frozenset(_OPERATOR_NAMES.split())
_COLOURS = {
    "comment": _COMMENT, "string": _STRING, "variable": _VARIABLE, "type": _TYPE, "number": _NUMBER, "operator": _OPERATOR,
    "start": _PLAIN,
}  # fmt: skip


def highlight(line: str) -> list[str]:
    """The colour of each character."""
    colours: list[str] = []
    command_next = True
    for token in _TOKEN.finditer(line):
        kind, text = token.lastgroup or "rest", token.group()
        colour = _COLOURS.get(kind, _PLAIN)
        if kind == "word":
            keyword = text.lower() in _KEYWORDS
            colour = _KEYWORD if keyword else _COMMAND if command_next else _PLAIN
            command_next = keyword
        elif kind == "parameter":
            colour = _OPERATOR if text.lower() in _OPERATORS else _PARAMETER
        elif kind == "start" or (kind == "operator" and text == "="):
            command_next = True
        elif not text.isspace():
            command_next = False
        colours += [colour] * len(text)
    return colours
