"""The shape of a parsed PowerShell script: one small class for each kind of statement and expression.

Every node knows where it stands in the text, because PowerShell's errors quote the line and underline the place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A text being run: typed at the prompt, given by -Command, or a file's."""

    text: str
    name: str = ""  # the path of a script file; empty for what was typed

    def position(self, offset: int) -> tuple[int, int, str]:
        """Line number, column (both from 1) and the line's text."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line = self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
        return self.text.count("\n", 0, offset) + 1, offset - start + 1, line


@dataclass(frozen=True, slots=True)
class Extent:
    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


@dataclass(slots=True)
class Node:
    extent: Extent


# Expressions


@dataclass(slots=True)
class Constant(Node):
    value: Any
    bare: bool = False  # an unquoted word in a command's arguments


@dataclass(slots=True)
class Expandable(Node):
    """A string with variables and $( ) in it."""

    parts: list[Node | str]
    bare: bool = False


@dataclass(slots=True)
class Variable(Node):
    name: str  # lower case, with its drive or scope, as in env:path
    splatted: bool = False


@dataclass(slots=True)
class TypeName(Node):
    name: str


@dataclass(slots=True)
class Cast(Node):
    type: TypeName
    operand: Node


@dataclass(slots=True)
class ArrayLiteral(Node):
    items: list[Node]


@dataclass(slots=True)
class Unary(Node):
    operator: str
    operand: Node


@dataclass(slots=True)
class Increment(Node):
    operator: str  # ++ or --
    target: Node
    prefix: bool


@dataclass(slots=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Member(Node):
    target: Node
    name: Node | str
    static: bool


@dataclass(slots=True)
class Call(Node):
    target: Node
    name: Node | str
    arguments: list[Node]
    static: bool


@dataclass(slots=True)
class Index(Node):
    target: Node
    index: Node


@dataclass(slots=True)
class Paren(Node):
    pipeline: Node


@dataclass(slots=True)
class SubExpression(Node):
    """$( … ), or @( … ) when `array`."""

    body: Block
    array: bool


@dataclass(slots=True)
class HashLiteral(Node):
    pairs: list[tuple[Node, Node]]


@dataclass(slots=True)
class ScriptBlockLiteral(Node):
    block: ScriptBlockBody


# Commands


@dataclass(slots=True)
class Parameter(Node):
    name: str
    value: Node | None = None  # given as -Name:value


@dataclass(slots=True)
class Redirection:
    stream: str  # 1, 2 or *
    target: Node | None  # None merges into the output, as 2>&1 does
    append: bool = False


@dataclass(slots=True)
class Command(Node):
    name: Node
    elements: list[Node]
    operator: str = ""  # & or .
    redirections: list[Redirection] = field(default_factory=list)


@dataclass(slots=True)
class CommandExpression(Node):
    expression: Node
    redirections: list[Redirection] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline(Node):
    elements: list[Command | CommandExpression]


# Statements


@dataclass(slots=True)
class Block(Node):
    statements: list[Node]


@dataclass(slots=True)
class ParameterDeclaration:
    name: str
    default: Node | None
    type: TypeName | None


@dataclass(slots=True)
class ScriptBlockBody(Node):
    parameters: list[ParameterDeclaration]
    begin: Block | None
    process: Block | None
    end: Block


@dataclass(slots=True)
class Assignment(Node):
    target: Node
    operator: str
    value: Node


@dataclass(slots=True)
class If(Node):
    clauses: list[tuple[Node, Block]]
    otherwise: Block | None


@dataclass(slots=True)
class While(Node):
    condition: Node
    body: Block


@dataclass(slots=True)
class DoWhile(Node):
    body: Block
    condition: Node
    until: bool


@dataclass(slots=True)
class For(Node):
    start: Node | None
    condition: Node | None
    step: Node | None
    body: Block


@dataclass(slots=True)
class ForEach(Node):
    variable: Variable
    items: Node
    body: Block


@dataclass(slots=True)
class Switch(Node):
    subject: Node
    cases: list[tuple[Node | None, Block]]
    mode: str  # "", wildcard or regex


@dataclass(slots=True)
class FunctionDefinition(Node):
    name: str
    body: ScriptBlockBody


@dataclass(slots=True)
class Try(Node):
    body: Block
    catches: list[tuple[list[str], Block]]
    finally_: Block | None


@dataclass(slots=True)
class Leave(Node):
    """return, exit, throw, break or continue."""

    keyword: str
    value: Node | None
