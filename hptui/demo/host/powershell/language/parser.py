"""Reads statements and script blocks; `parse` is the door."""

from __future__ import annotations

import re
from functools import lru_cache

from hptui.demo.host.powershell.language.command_parser import CommandParser
from hptui.demo.host.powershell.language.lexer import Incomplete, ParseError
from hptui.demo.host.powershell.language.syntax import (
    Block,
    Constant,
    DoWhile,
    For,
    ForEach,
    FunctionDefinition,
    If,
    Leave,
    Node,
    ParameterDeclaration,
    ScriptBlockBody,
    Source,
    Switch,
    Try,
    TypeName,
    Variable,
    While,
)

_KEYWORD = re.compile(
    r"(if|while|do|for|foreach|switch|function|filter|try|throw|return|exit|break|continue|trap|class|enum|using|data)"
    r"(?![\w\-.\\/:])",
    re.IGNORECASE,
)


class Parser(CommandParser):
    """Reads one text from its beginning to its end."""

    # Blocks

    def script(self) -> ScriptBlockBody:
        body = self._body_until("")
        if not self.finished:
            raise self._unexpected()
        return body

    def script_block(self) -> ScriptBlockBody:
        return self._body_until("}")

    def _body_until(self, end: str) -> ScriptBlockBody:
        start = self.at
        self._skip_separators()
        parameters = self._param_block()
        named: dict[str, Block] = {}
        while True:
            self._skip_separators()
            found = re.compile(r"(begin|process|end)\s*\{", re.IGNORECASE).match(self.text, self.at)
            if found is None:
                break
            self.at = found.end()
            named[found.group(1).lower()] = self.block_until("}", found.start())
        rest = self.block_until(end, start)
        return ScriptBlockBody(
            self.extent(start), parameters, named.get("begin"), named.get("process"), named.get("end", rest)
        )

    def _param_block(self) -> list[ParameterDeclaration]:
        found = re.compile(r"(?:\[CmdletBinding\(.*?\)\]\s*)?param\s*\(", re.IGNORECASE).match(
            self.text, self.at
        )
        if found is None:
            return []
        self.at = found.end()
        return self._declarations()

    def _declarations(self) -> list[ParameterDeclaration]:
        declared: list[ParameterDeclaration] = []
        while True:
            self.skip(lines=True)
            if self.take(")"):
                return declared
            if self.take(","):
                continue
            kind: TypeName | None = None
            while self.peek() == "[":
                start = self.at
                if found := re.compile(r"\[Parameter\(.*?\)\]", re.IGNORECASE).match(self.text, self.at):
                    self.at = found.end()
                elif (name := self.type_name()) is not None:
                    kind = TypeName(self.extent(start), name)
                self.skip(lines=True)
            if not self.take("$"):
                raise self._unexpected()
            variable = self.variable_name() or ""
            self.skip(lines=True)
            default = None
            if self.take("="):
                self.skip(lines=True)
                default = self.expression(comma=False)
            declared.append(ParameterDeclaration(variable, default, kind))

    def block_until(self, end: str, start: int) -> Block:
        """Statements up to `end`, which is read too; with "" up to the end of the text."""
        place = self.at
        statements: list[Node] = []
        while True:
            self._skip_separators()
            if self.finished:
                if end:
                    raise self.fail(
                        f"Missing closing '{end}' in statement block or type definition."
                        if end == "}"
                        else f"Missing closing '{end}' in subexpression.",
                        "MissingEndCurlyBrace" if end == "}" else "MissingEndParenthesisInSubexpression",
                        start,
                        incomplete=True,
                    )
                return Block(self.extent(place), statements)
            if end and self.take(end):
                return Block(self.extent(place, self.at - 1), statements)
            statements.append(self.statement())
            self.skip()
            if not self.finished and self.peek() not in ";\r\n" and not (end and self.startswith(end)):
                raise self._misplaced()

    def _misplaced(self) -> Exception:
        for operator in ("&&", "||"):
            if self.startswith(operator):
                self.at += 2
                return self.fail(
                    f"The token '{operator}' is not a valid statement separator in this version.",
                    "InvalidEndOfLine",
                    self.at - 2,
                )
        if self.peek() == "&":
            return self.fail(
                "The ampersand (&) character is not allowed. The & operator is reserved for future use; wrap an "
                'ampersand in double quotation marks ("&") to pass it as part of a string.',
                "AmpersandNotAllowed",
            )
        return self._unexpected()

    def _braces(self) -> Block:
        start = self.at
        self.skip(lines=True)
        if not self.take("{"):
            raise self.fail("Missing statement block.", "MissingStatementBlock", incomplete=self.finished)
        return self.block_until("}", start)

    def _condition(self) -> Node:
        start = self.at
        self.skip(lines=True)
        if not self.take("("):
            raise self.fail(
                "Missing '(' after keyword.", "MissingOpenParenthesisAfterKeyword", incomplete=self.finished
            )
        self.skip(lines=True)
        inner = self.statement()
        self.expect(
            ")",
            start,
            "Missing closing ')' after expression in statement.",
            "MissingEndParenthesisAfterStatement",
        )
        return inner

    # Statements

    def statement(self) -> Node:
        found = self.match(_KEYWORD)
        if found is None:
            return self.pipeline_or_assignment()
        start = self.at
        keyword = found.group(1).lower()
        reader = getattr(self, f"_read_{keyword}", None)
        if reader is None and keyword not in ("return", "exit", "throw", "break", "continue"):
            raise self.fail(
                f"The keyword '{keyword}' is not part of this simulated PowerShell.", "NotSimulated"
            )
        self.at = found.end()
        if reader is None:
            return self._read_leave(start, keyword)
        node: Node = reader(start)
        return node

    def _read_leave(self, start: int, keyword: str) -> Node:
        self.skip()
        value = None
        if not self.finished and self.peek() not in ";}\r\n)":
            value = self.statement()
        return Leave(self.extent(start), keyword, value)

    def _read_if(self, start: int) -> Node:
        clauses = [(self._condition(), self._braces())]
        otherwise = None
        while True:
            mark = self.at
            self.skip(lines=True)
            found = re.compile(r"else(if)?\b", re.IGNORECASE).match(self.text, self.at)
            if found is None:
                self.at = mark
                break
            self.at = found.end()
            if not found.group(1):
                otherwise = self._braces()
                break
            clauses.append((self._condition(), self._braces()))
        return If(self.extent(start), clauses, otherwise)

    def _read_while(self, start: int) -> Node:
        return While(self.extent(start), self._condition(), self._braces())

    def _read_do(self, start: int) -> Node:
        body = self._braces()
        self.skip(lines=True)
        found = re.compile(r"(while|until)\b", re.IGNORECASE).match(self.text, self.at)
        if found is None:
            raise self.fail(
                "Missing while or until keyword in do loop.",
                "MissingWhileOrUntilInDoWhile",
                incomplete=self.finished,
            )
        self.at = found.end()
        return DoWhile(self.extent(start), body, self._condition(), found.group(1).lower() == "until")

    def _read_for(self, start: int) -> Node:
        self.skip(lines=True)
        if not self.take("("):
            raise self.fail(
                "Missing opening '(' after keyword 'for'.",
                "MissingOpenParenthesisAfterKeyword",
                incomplete=self.finished,
            )
        parts: list[Node | None] = []
        for separator in (";", ";", ")"):
            self.skip(lines=True)
            parts.append(None if self.startswith(separator) else self.statement())
            self.expect(
                separator,
                start,
                "Missing closing ')' after 'for' statement.",
                "MissingEndParenthesisAfterStatement",
            )
        return For(self.extent(start), parts[0], parts[1], parts[2], self._braces())

    def _read_foreach(self, start: int) -> Node:
        self.skip(lines=True)
        variable: Node | None = None
        if self.take("("):
            self.skip(lines=True)
            variable = self.primary()
        found = None
        if isinstance(variable, Variable):
            self.skip(lines=True)
            found = re.compile(r"in\b", re.IGNORECASE).match(self.text, self.at)
        if not isinstance(variable, Variable) or found is None:
            raise self.fail("Missing variable name after foreach.", "MissingVariableNameAfterForeach", start)
        self.at = found.end()
        self.skip(lines=True)
        items = self.statement()
        self.expect(
            ")",
            start,
            "Missing closing ')' after expression in 'foreach' loop.",
            "MissingEndParenthesisAfterForeach",
        )
        return ForEach(self.extent(start), variable, items, self._braces())

    def _read_switch(self, start: int) -> Node:
        self.skip(lines=True)
        mode = ""
        while found := self.match(re.compile(r"-(wildcard|regex|exact|casesensitive)\s*", re.IGNORECASE)):
            self.at = found.end()
            mode = found.group(1).lower()
        subject = self._condition()
        self.skip(lines=True)
        self.expect("{", start, "Missing switch body.", "MissingCurlyBraceInSwitchStatement")
        cases: list[tuple[Node | None, Block]] = []
        while True:
            self._skip_separators()
            if self.take("}"):
                return Switch(self.extent(start), subject, cases, mode)
            if self.finished:
                raise self.fail(
                    "Missing closing '}' in switch.", "MissingEndCurlyBrace", start, incomplete=True
                )
            test: Node | None
            if found := self.match(re.compile(r"default\b", re.IGNORECASE)):
                self.at = found.end()
                test = None
            elif found := self.match(re.compile(r"[A-Za-z_][\w.-]*")):
                place = self.at
                self.at = found.end()
                test = Constant(self.extent(place), found.group())
            else:
                test = self.expression()
            cases.append((test, self._braces()))

    def _read_function(self, start: int) -> Node:
        self.skip()
        found = self.match(re.compile(r"(?:global:|script:)?([\w-]+)", re.IGNORECASE))
        if found is None:
            raise self.fail("Missing name after function keyword.", "MissingNameAfterKeyword")
        self.at = found.end()
        self.skip(lines=True)
        parameters = self._declarations() if self.take("(") else []
        self.skip(lines=True)
        if not self.take("{"):
            raise self.fail(
                "Missing function body in function declaration.",
                "MissingFunctionBody",
                incomplete=self.finished,
            )
        body = self.script_block()
        body.parameters = parameters or body.parameters
        return FunctionDefinition(self.extent(start), found.group(1), body)

    def _read_filter(self, start: int) -> Node:
        definition = self._read_function(start)
        if isinstance(definition, FunctionDefinition) and definition.body.process is None:
            body = definition.body
            body.process, body.end = body.end, Block(body.end.extent, [])
        return definition

    def _read_try(self, start: int) -> Node:
        body = self._braces()
        catches: list[tuple[list[str], Block]] = []
        finally_ = None
        while True:
            mark = self.at
            self.skip(lines=True)
            found = re.compile(r"(catch|finally)\b", re.IGNORECASE).match(self.text, self.at)
            if found is None:
                self.at = mark
                break
            self.at = found.end()
            if found.group(1).lower() == "finally":
                finally_ = self._braces()
                break
            types: list[str] = []
            self.skip(lines=True)
            while self.peek() == "[":
                types.append(self.type_name() or "")
                self.skip(lines=True)
                self.take(",")
                self.skip(lines=True)
            catches.append((types, self._braces()))
        if not catches and finally_ is None:
            raise self.fail(
                "The Try statement is missing its Catch or Finally block.",
                "MissingCatchOrFinally",
                incomplete=self.finished,
            )
        return Try(self.extent(start), body, catches, finally_)


@lru_cache(maxsize=64)
def parse(text: str, name: str = "") -> ScriptBlockBody:
    """The text as a tree. Raises ParseError; Incomplete when it stops in the middle."""
    return Parser(Source(text, name)).script()


def is_unfinished(text: str) -> bool:
    """More lines are wanted before this can run; wrong text is not, it runs into its error."""
    try:
        parse(text)
    except Incomplete:
        return True
    except ParseError:
        return False
    return False
