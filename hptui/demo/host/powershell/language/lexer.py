"""Cuts PowerShell text into its smallest pieces. The parser asks for what the grammar allows at a place.

PowerShell has no single stream of tokens: `-5`, `a.b` and `[x]` mean one thing in an expression and another as an argument.
So this is a scanner with a position, and each method reads one kind of piece.
"""

from __future__ import annotations

import re

from hptui.demo.host.powershell.language.syntax import Extent, Source

BLANK = " \t\f\v\u00a0"
QUOTES_SINGLE = "'‘’‚‛"
QUOTES_DOUBLE = '"“”„'
ENDS_WORD = " \t\r\n\f\v\u00a0;|&(){},\"'<>"

_NUMBER = re.compile(
    r"(0x[0-9a-f]+|(?:\d+\.\d*|\.\d+|\d+)(?:e[+-]?\d+)?)(l|d)?(kb|mb|gb|tb|pb)?(?![\w.]*[A-Za-z_])",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"(?:[A-Za-z_]\w*:(?!:))?\w+|[$?^]", re.IGNORECASE)
_MULTIPLIER = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class ParseError(Exception):
    """The text is not PowerShell as this simulation knows it."""

    def __init__(self, message: str, identifier: str, extent: Extent) -> None:
        super().__init__(message)
        self.message = message
        self.identifier = identifier
        self.extent = extent


class Incomplete(ParseError):
    """The text stops in the middle: at the prompt, more may follow on the next line."""


class Scanner:
    """A place in a text, and what can be read there."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0

    def extent(self, start: int, end: int | None = None) -> Extent:
        return Extent(self.source, start, self.at if end is None else end)

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.text[place] if place < len(self.text) else ""

    def startswith(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.text, self.at)

    def take(self, text: str) -> bool:
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def fail(
        self, message: str, identifier: str, start: int | None = None, *, incomplete: bool = False
    ) -> ParseError:
        place = self.at if start is None else start
        kind = Incomplete if incomplete else ParseError
        return kind(message, identifier, Extent(self.source, place, max(place + 1, self.at)))

    # Blanks

    def skip(self, *, lines: bool = False) -> None:
        """Past blanks, comments and continued lines; past line ends too when `lines`."""
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in BLANK or (lines and char in "\r\n"):
                self.at += 1
            elif char == "`" and text[self.at + 1 : self.at + 2] in ("\n", "\r"):
                self.at += 3 if text.startswith("\r\n", self.at + 1) else 2
            elif char == "#" and not self._inside_word():
                end = text.find("\n", self.at)
                self.at = end if end >= 0 else size
            elif text.startswith("<#", self.at):
                end = text.find("#>", self.at)
                if end < 0:
                    raise self.fail(
                        "The terminator '#>' is missing from the multiline comment.",
                        "MissingTerminatorMultiLineComment",
                        incomplete=True,
                    )
                self.at = end + 2
            else:
                return

    def _inside_word(self) -> bool:
        return self.at > 0 and self.text[self.at - 1] not in ENDS_WORD + "="

    @property
    def finished(self) -> bool:
        return self.at >= len(self.text)

    # Pieces

    def number(self) -> int | float | None:
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            return None
        digits, suffix, multiplier = found.group(1).lower(), found.group(2), found.group(3)
        end = found.end()
        # 1..5 is a range: its first dot belongs to the operator.
        if digits.endswith(".") and self.text.startswith(".", end):
            digits, end = digits[:-1], end - 1
        value: int | float
        if digits.startswith("0x"):
            value = int(digits, 16)
        elif any(mark in digits for mark in ".e") or suffix in ("d", "D"):
            value = float(digits)
        else:
            value = int(digits)
        self.at = end
        return value * _MULTIPLIER[multiplier.lower()] if multiplier else value

    def variable_name(self) -> str | None:
        """The name behind a `$`, which has been read; None when it was a plain dollar sign."""
        if self.peek() == "{":
            end = self.text.find("}", self.at)
            if end < 0:
                raise self.fail(
                    "The variable name is missing its closing brace.",
                    "IncompleteDollarVariableReference",
                    incomplete=True,
                )
            name = self.text[self.at + 1 : end]
            self.at = end + 1
            return name.lower()
        found = _VARIABLE.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found.group().lower()

    def single_quoted(self) -> str:
        start = self.at
        self.at += 1
        pieces: list[str] = []
        while True:
            if self.finished:
                raise self.fail(
                    "The string is missing the terminator: '.",
                    "TerminatorExpectedAtEndOfString",
                    start,
                    incomplete=True,
                )
            char = self.text[self.at]
            self.at += 1
            if char in QUOTES_SINGLE:
                if self.peek() not in QUOTES_SINGLE or not self.peek():
                    return "".join(pieces)
                self.at += 1
            pieces.append(char)

    def here_string(self) -> tuple[str, int]:
        """The body of @' … '@ or @" … "@ and the offset where it starts."""
        quote = self.peek(1)
        start = self.at
        line = self.text.find("\n", self.at)
        end = self.text.find(f"\n{quote}@", self.at)
        if line < 0 or end < 0:
            raise self.fail(
                f"The string is missing the terminator: {quote}@.",
                "TerminatorExpectedAtEndOfString",
                start,
                incomplete=True,
            )
        self.at = end + 3
        body = self.text[line + 1 : end] if end > line else ""
        return body.removesuffix("\r"), line + 1

    def escape(self) -> str:
        """What a backtick and the character behind it stand for."""
        self.at += 1
        char = self.peek()
        self.at += 1
        return _ESCAPES.get(char, char)

    def type_name(self) -> str | None:
        """A type's name in square brackets, as in [int] or [System.Collections.Generic.List[string]]."""
        depth, place = 0, self.at
        while place < len(self.text):
            char = self.text[place]
            if char == "[":
                depth += 1
            elif char == "]":
                depth -= 1
                if depth == 0:
                    name = self.text[self.at + 1 : place].strip()
                    if not re.fullmatch(r"[A-Za-z_][\w.+,\[\] ]*", name):
                        return None
                    self.at = place + 1
                    return name
            elif not (char.isalnum() or char in "._+, "):
                return None
            place += 1
        return None
