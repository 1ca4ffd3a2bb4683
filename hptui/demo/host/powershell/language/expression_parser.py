"""Reads expressions: operators by their precedence, literals, strings with variables in them, members, calls and indices."""

from __future__ import annotations

import re
from collections.abc import Callable

from hptui.demo.host.powershell.language.lexer import QUOTES_DOUBLE, QUOTES_SINGLE, ParseError, Scanner
from hptui.demo.host.powershell.language.syntax import (
    ArrayLiteral,
    Binary,
    Block,
    Call,
    Cast,
    Constant,
    Expandable,
    HashLiteral,
    Increment,
    Index,
    Member,
    Node,
    Paren,
    ScriptBlockBody,
    ScriptBlockLiteral,
    Source,
    SubExpression,
    TypeName,
    Unary,
    Variable,
)

_LOGICAL = re.compile(r"-(and|or|xor)\b", re.IGNORECASE)
_BITWISE = re.compile(r"-(band|bor|bxor)\b", re.IGNORECASE)
_COMPARISON = re.compile(
    r"-([ci]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split)"
    r"|join|isnot|is|as|shl|shr)\b",
    re.IGNORECASE,
)
_ADDITIVE = re.compile(r"[+\-–](?![+\-=]|[A-Za-z])")
_MULTIPLICATIVE = re.compile(r"[*/%](?!=)")
_FORMAT = re.compile(r"-f\b", re.IGNORECASE)
_RANGE = re.compile(r"\.\.")
_UNARY = re.compile(r"-(not|bnot|join|split)\b", re.IGNORECASE)
_LEVELS = (_LOGICAL, _BITWISE, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _FORMAT, _RANGE)
_MEMBER_NAME = re.compile(r"[A-Za-z_]\w*")


class ExpressionParser(Scanner):
    """The half of the parser that reads values. The other half, which reads statements, extends it."""

    def block_until(self, end: str, start: int) -> Block:
        raise NotImplementedError

    def script_block(self) -> ScriptBlockBody:
        raise NotImplementedError

    def statement(self) -> Node:
        raise NotImplementedError

    # Operators

    def expression(self, level: int = 0, *, comma: bool = True) -> Node:
        """`comma`: it joins values to an array. Where it separates arguments instead, an expression may go on over lines."""
        if level == len(_LEVELS):
            return self.array() if comma else self.unary()
        left = self.expression(level + 1, comma=comma)
        while True:
            mark = self.at
            self.skip(lines=not comma)
            found = self.match(_LEVELS[level])
            if found is None:
                self.at = mark
                return left
            self.at = found.end()
            self.skip(lines=True)
            right = self.expression(level + 1, comma=comma)
            name = found.group().lstrip("-–").lower() or "-"
            left = Binary(self.extent(left.extent.start), name, left, right)

    def array(self) -> Node:
        return self.joined(self.unary)

    def joined(self, item: Callable[[], Node]) -> Node:
        """One item, or an array of those that commas join."""
        start = self.at
        items = [item()]
        while True:
            mark = self.at
            self.skip()
            if not self.take(","):
                self.at = mark
                break
            self.skip(lines=True)
            items.append(item())
        return items[0] if len(items) == 1 else ArrayLiteral(self.extent(start), items)

    def unary(self) -> Node:
        start = self.at
        if self.peek() in "+-" and self.peek() == self.peek(1) != "":
            operator = self.text[self.at : self.at + 2]
            self.at += 2
            self.skip()
            return Increment(self.extent(start), operator, self.postfix(self.primary()), True)
        if found := self.match(_UNARY):
            self.at = found.end()
            self.skip(lines=True)
            operand = self.unary() if found.group(1).lower() != "join" else self.array()
            return Unary(self.extent(start), found.group(1).lower(), operand)
        for sign in "!,+-":
            if self.peek() == sign:
                self.at += 1
                self.skip(lines=True)
                operand = self.unary()
                if sign == ",":
                    return ArrayLiteral(self.extent(start), [operand])
                if sign == "-" and isinstance(operand, Constant) and isinstance(operand.value, (int, float)):
                    return Constant(self.extent(start), -operand.value)
                return Unary(self.extent(start), "not" if sign == "!" else sign, operand)
        if self.peek() == "[":
            return self._type_or_cast(start)
        value = self.postfix(self.primary())
        if isinstance(value, (Variable, Member, Index)) and (
            self.peek() in "+-" and self.peek() == self.peek(1) != ""
        ):
            operator = self.text[self.at : self.at + 2]
            self.at += 2
            return Increment(self.extent(start), operator, value, False)
        return value

    def _type_or_cast(self, start: int) -> Node:
        name = self.type_name()
        if name is None:
            raise self.fail("Missing type name after '['.", "MissingTypename")
        literal = TypeName(self.extent(start), name)
        if self.startswith("::") or self.peek() == ".":
            return self.postfix(literal)
        mark = self.at
        self.skip()
        if (
            self.peek()
            and (self.peek() in "$@([{\"'-!+." or self.peek().isalnum())
            and not self._operator_ahead()
        ):
            return Cast(self.extent(start), literal, self.unary())
        self.at = mark
        return literal

    def _operator_ahead(self) -> bool:
        return any(self.match(level) for level in _LEVELS)

    # Members, calls, indices

    def postfix(self, value: Node) -> Node:
        start = value.extent.start
        while True:
            if self.startswith("::"):
                self.at += 2
                value = self._member(value, start, static=True)
            elif (
                self.peek() == "."
                and self.peek(1) != "."
                and (self.peek(1).isalpha() or self.peek(1) in "_$\"'({")
            ):
                self.at += 1
                value = self._member(value, start, static=False)
            elif self.peek() == "[":
                self.at += 1
                self.skip(lines=True)
                index = self.expression()
                self.expect(
                    "]", start, "Array index expression is missing or not valid.", "MissingEndSquareBracket"
                )
                value = Index(self.extent(start), value, index)
            else:
                return value

    def _member(self, target: Node, start: int, *, static: bool) -> Node:
        name: Node | str
        if found := self.match(_MEMBER_NAME):
            self.at = found.end()
            name = found.group()
        else:
            name = self.primary()
        if self.peek() != "(":
            return Member(self.extent(start), target, name, static)
        self.at += 1
        arguments: list[Node] = []
        self.skip(lines=True)
        while self.peek() != ")":
            # Each argument is one expression: here the comma separates, and makes no array.
            arguments.append(self._argument())
            self.skip(lines=True)
            if not self.take(","):
                break
            self.skip(lines=True)
        self.expect(")", start, "Missing ')' in method call.", "MissingEndParenthesisInMethodCall")
        return Call(self.extent(start), target, name, arguments, static)

    def _argument(self) -> Node:
        if self.peek() == "[" and self.text.startswith("[ref]", self.at):
            self.at += len("[ref]")
        return self.expression(comma=False)

    def expect(self, text: str, start: int, message: str, identifier: str) -> None:
        self.skip(lines=True)
        if not self.take(text):
            raise self.fail(message, identifier, start if self.finished else None, incomplete=self.finished)

    # Literals

    def primary(self) -> Node:
        start, char = self.at, self.peek()
        if char == "$":
            return self._dollar(start)
        if char and char in QUOTES_SINGLE:
            return Constant(self.extent(start), self.single_quoted())
        if char and char in QUOTES_DOUBLE:
            return self.double_quoted()
        if char == "@":
            return self._at_sign(start)
        if char == "(":
            self.at += 1
            self.skip(lines=True)
            inner = self.statement()
            self.expect(")", start, "Missing closing ')' in expression.", "MissingEndParenthesisInExpression")
            return Paren(self.extent(start), inner)
        if char == "{":
            return ScriptBlockLiteral(self.extent(start), self._braced_block())
        if char == "[":
            name = self.type_name()
            if name is not None:
                return TypeName(self.extent(start), name)
        number = self.number()
        if number is not None:
            return Constant(self.extent(start), number)
        raise self._unexpected()

    def _unexpected(self) -> ParseError:
        if self.finished or self.peek() in "\r\n":
            return self.fail(
                "You must provide a value expression following the operator.",
                "ExpectedValueExpression",
                incomplete=self.finished,
            )
        token = re.match(r"[^\s()]+|[()]", self.text[self.at :])
        word = token.group() if token else self.peek()
        return self.fail(f"Unexpected token '{word}' in expression or statement.", "UnexpectedToken")

    def _braced_block(self) -> ScriptBlockBody:
        self.at += 1
        return self.script_block()

    def _dollar(self, start: int) -> Node:
        self.at += 1
        if self.peek() == "(":
            self.at += 1
            return SubExpression(self.extent(start), self.block_until(")", start), False)
        name = self.variable_name()
        if name is None:
            return Constant(self.extent(start), "$", bare=True)
        return Variable(self.extent(start), name)

    def _at_sign(self, start: int) -> Node:
        following = self.peek(1)
        if following == "(":
            self.at += 2
            return SubExpression(self.extent(start), self.block_until(")", start), True)
        if following == "{":
            self.at += 2
            return self._hash(start)
        if following and following in "'\"":
            body, offset = self.here_string()
            if following == "'":
                return Constant(self.extent(start), body)
            return self._expand(body, start, offset)
        if following.isalpha() or following == "_":
            self.at += 1
            name = self.variable_name()
            return Variable(self.extent(start), name or "", splatted=True)
        raise self.fail("Unrecognized token in source text.", "UnrecognizedToken")

    def _hash(self, start: int) -> Node:
        pairs: list[tuple[Node, Node]] = []
        while True:
            self._skip_separators()
            if self.take("}"):
                return HashLiteral(self.extent(start), pairs)
            if self.finished:
                raise self.fail(
                    "The hash literal was incomplete.", "IncompleteHashLiteral", start, incomplete=True
                )
            place = self.at
            key: Node
            if found := re.compile(r"[A-Za-z_][\w-]*").match(self.text, self.at):
                self.at = found.end()
                key = Constant(self.extent(place), found.group())
            else:
                key = self.postfix(self.primary())
            self.skip()
            if not self.take("="):
                raise self.fail(
                    "Missing '=' operator after key in hash literal.", "MissingEqualsInHashLiteral"
                )
            self.skip(lines=True)
            pairs.append((key, self.statement()))

    def _skip_separators(self) -> None:
        self.skip(lines=True)
        while self.take(";"):
            self.skip(lines=True)

    # Strings with something in them

    def double_quoted(self) -> Node:
        start = self.at
        self.at += 1
        parts: list[Node | str] = []
        text: list[str] = []
        while True:
            if self.finished:
                raise self.fail(
                    'The string is missing the terminator: ".',
                    "TerminatorExpectedAtEndOfString",
                    start,
                    incomplete=True,
                )
            char = self.text[self.at]
            if char in QUOTES_DOUBLE:
                self.at += 1
                if not self.peek() or self.peek() not in QUOTES_DOUBLE:
                    break
                text.append(char)
                self.at += 1
            else:
                self.piece(parts, text)
        if text:
            parts.append("".join(text))
        if all(isinstance(part, str) for part in parts):
            return Constant(self.extent(start), "".join(str(part) for part in parts))
        return Expandable(self.extent(start), parts)

    def piece(self, parts: list[Node | str], text: list[str]) -> None:
        """One character, escape, variable or subexpression of an expandable string."""
        char = self.text[self.at]
        if char == "`":
            text.append(self.escape())
            return
        if char != "$":
            text.append(char)
            self.at += 1
            return
        node = self._dollar(self.at)
        if isinstance(node, Constant):
            text.append("$")
            return
        if text:
            parts.append("".join(text))
            text.clear()
        parts.append(node)

    def _expand(self, body: str, start: int, offset: int) -> Node:
        inner = type(self)(Source(self.text[: offset + len(body)], self.source.name))
        inner.at = offset
        parts: list[Node | str] = []
        text: list[str] = []
        while not inner.finished:
            inner.piece(parts, text)
        if text:
            parts.append("".join(text))
        return Expandable(self.extent(start), parts)
