"""Reads statements, pipelines and commands with their arguments; `parse` is the door."""

from __future__ import annotations

import re
from functools import lru_cache

from hptui.demo.powershell.expression_parser import ExpressionParser
from hptui.demo.powershell.lexer import ENDS_WORD, QUOTES_DOUBLE, QUOTES_SINGLE
from hptui.demo.powershell.syntax import (
    ArrayLiteral,
    Assignment,
    Block,
    Command,
    CommandExpression,
    Constant,
    DoWhile,
    Expandable,
    For,
    ForEach,
    FunctionDefinition,
    If,
    Leave,
    Node,
    Parameter,
    ParameterDeclaration,
    Pipeline,
    Redirection,
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
_ASSIGN = re.compile(r"(=|\+=|-=|\*=|/=|%=)(?!=)")
_PARAMETER = re.compile(r"-([A-Za-z_?][\w-]*)(:?)")
_REDIRECT = re.compile(r"([12*]?)(>>?)(&1)?")
_EXPRESSION_START = re.compile(
    r"[$@(\"'{\[!,+]|-(?![A-Za-z])|-(?:not|bnot|join|split)\b|[‘’“”]", re.IGNORECASE
)
_WORD_NUMBER = re.compile(
    r"-?(?:0x[0-9a-f]+|\d+\.?\d*|\.\d+)(?:e\d+)?l?(?:kb|mb|gb|tb|pb)?(?=[\s;|)},]|$)", re.IGNORECASE
)


class Parser(ExpressionParser):
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
                default = self._without_comma(0)
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
            return self._pipeline_or_assignment()
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

    # Pipelines

    def _pipeline_or_assignment(self) -> Node:
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
            return self._argument_list()
        self.at = found.end()
        if found.group(2):
            self.skip()
            return Parameter(self.extent(start), found.group(1), self._argument_list())
        if not self.finished and self.peek() not in ENDS_WORD:
            # Not a parameter after all, as in -x=1 or -a/b for a program.
            self.at = start
            return self._argument_list()
        return Parameter(self.extent(start), found.group(1))

    def _argument_list(self) -> Node:
        start = self.at
        items = [self._argument_value()]
        while True:
            mark = self.at
            self.skip()
            if not self.take(","):
                self.at = mark
                break
            self.skip(lines=True)
            items.append(self._argument_value())
        return items[0] if len(items) == 1 else ArrayLiteral(self.extent(start), items)

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


@lru_cache(maxsize=64)
def parse(text: str, name: str = "") -> ScriptBlockBody:
    """The text as a tree. Raises ParseError; Incomplete when it stops in the middle."""
    return Parser(Source(text, name)).script()
