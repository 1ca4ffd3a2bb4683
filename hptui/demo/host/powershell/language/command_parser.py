"""Reads pipelines and commands with their arguments, and assignments."""

from __future__ import annotations

import re

from hptui.demo.host.powershell.language.expression_parser import ExpressionParser
from hptui.demo.host.powershell.language.lexer import ENDS_WORD, QUOTES_DOUBLE, QUOTES_SINGLE
from hptui.demo.host.powershell.language.syntax import (
    Assignment,
    Command,
    CommandExpression,
    Constant,
    Expandable,
    Node,
    Parameter,
    Pipeline,
    Redirection,
)

_ASSIGN = re.compile(r"(=|\+=|-=|\*=|/=|%=)(?!=)")
_PARAMETER = re.compile(r"-([A-Za-z_?][\w-]*)(:?)")
_REDIRECT = re.compile(r"([12*]?)(>>?)(&1)?")
_EXPRESSION_START = re.compile(
    r"[$@(\"'{\[!,+]|-(?![A-Za-z])|-(?:not|bnot|join|split)\b|[‘’“”]", re.IGNORECASE
)
_WORD_NUMBER = re.compile(
    r"-?(?:0x[0-9a-f]+|\d+\.?\d*|\.\d+)(?:e\d+)?l?(?:kb|mb|gb|tb|pb)?(?=[\s;|)},]|$)", re.IGNORECASE
)


class CommandParser(ExpressionParser):
    """The part of the parser between expressions and statements."""

    def pipeline_or_assignment(self) -> Node:
        start = self.at
        first = self._element()
        if isinstance(first, CommandExpression) and not first.redirections:
            mark = self.at
            self.skip()
            if found := self.match(_ASSIGN):
                self.at = found.end()
                self.skip(lines=True)
                return Assignment(self.extent(start), first.expression, found.group(1), self.statement())
            self.at = mark
        elements = [first]
        while True:
            mark = self.at
            self.skip()
            if self.startswith("||") or not self.take("|"):
                self.at = mark
                break
            self.skip(lines=True)
            if self.finished:
                raise self.fail("An empty pipe element is not allowed.", "EmptyPipeElement", incomplete=True)
            elements.append(self._element())
        return Pipeline(self.extent(start), elements)

    def _element(self) -> Command | CommandExpression:
        start = self.at
        if self.startswith("|"):
            raise self.fail("An empty pipe element is not allowed.", "EmptyPipeElement")
        if self.peek() == "&" or (self.peek() == "." and self.peek(1) in " \t'\"$("):
            operator = self.peek()
            self.at += 1
            self.skip()
            name = self._argument_value()
            return self._command(start, name, operator)
        if self.match(_EXPRESSION_START) or self.match(_WORD_NUMBER) or self._range_ahead():
            expression = self.expression()
            node = CommandExpression(self.extent(start), expression)
            self._redirections(node.redirections)
            return node
        return self._command(start, self._word(), "")

    def _range_ahead(self) -> bool:
        return (
            re.compile(r"\d+\s*(\.\.|[-+*/%]\s*[\d$(.]|-[a-z]+\b|,)", re.IGNORECASE).match(self.text, self.at)
            is not None
        )

    def _command(self, start: int, name: Node, operator: str) -> Command:
        command = Command(self.extent(start), name, [], operator)
        while True:
            end = self.at
            self.skip()
            if self.finished or self.peek() in ";|)}\r\n":
                break
            if self.peek() == "&":
                break
            if self._redirections(command.redirections):
                continue
            command.elements.append(self._parameter_or_argument())
            end = self.at
        command.extent = self.extent(start, end if self.text[start:end].strip() else None)
        return command

    def _redirections(self, into: list[Redirection]) -> bool:
        any_found = False
        while True:
            mark = self.at
            self.skip()
            found = self.match(_REDIRECT)
            if found is None:
                self.at = mark
                return any_found
            any_found = True
            self.at = found.end()
            target = None
            if not found.group(3):
                self.skip()
                target = self._argument_value()
            into.append(Redirection(found.group(1) or "1", target, found.group(2) == ">>"))

    def _parameter_or_argument(self) -> Node:
        start = self.at
        found = self.match(_PARAMETER)
        if found is None:
            return self.joined(self._argument_value)
        self.at = found.end()
        if found.group(2):
            self.skip()
            return Parameter(self.extent(start), found.group(1), self.joined(self._argument_value))
        if not self.finished and self.peek() not in ENDS_WORD:
            # Not a parameter after all, as in -x=1 or -a/b for a program.
            self.at = start
            return self.joined(self._argument_value)
        return Parameter(self.extent(start), found.group(1))

    def _argument_value(self) -> Node:
        start, char = self.at, self.peek()
        if found := self.match(_WORD_NUMBER):
            text = found.group()
            negative = text.startswith("-")
            self.at += negative
            value = self.number()
            if value is not None:
                return Constant(self.extent(start), -value if negative else value, bare=True)
            self.at = start
        if (
            char in ("(", "{")
            or (char == "@" and self.peek(1) in "({'\"")
            or (char == "@" and self.peek(1).isalpha())
        ):
            return self.postfix(self.primary())
        if char == "$":
            value_node = self.postfix(self.primary())
            if self.finished or self.peek() in ENDS_WORD:
                return value_node
            self.at = start
        if char and (char in QUOTES_SINGLE or char in QUOTES_DOUBLE):
            quoted = self.primary()
            if self.finished or self.peek() in ENDS_WORD:
                return quoted
            self.at = start
        return self._word()

    def _word(self) -> Node:
        """An unquoted word, with variables and quoted pieces in it."""
        start = self.at
        parts: list[Node | str] = []
        text: list[str] = []
        while not self.finished:
            char = self.peek()
            if char in QUOTES_SINGLE:
                text.append(self.single_quoted())
            elif char in QUOTES_DOUBLE:
                inner = self.double_quoted()
                if isinstance(inner, Constant):
                    text.append(str(inner.value))
                else:
                    parts += ["".join(text), inner]
                    text.clear()
            elif char in ENDS_WORD:
                break
            else:
                self.piece(parts, text)
        if self.at == start:
            raise self._unexpected()
        if text:
            parts.append("".join(text))
        if all(isinstance(part, str) for part in parts):
            return Constant(self.extent(start), "".join(str(part) for part in parts), bare=True)
        return Expandable(self.extent(start), [part for part in parts if part != ""], bare=True)
