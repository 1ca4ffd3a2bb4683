"""Runs statements: blocks, loops, assignments, try and catch. Output is pushed, one value at a time, into whatever takes it.

Everything is a coroutine and every loop keeps a pace, so a script can be cancelled between any two values and never holds
the event loop for more than a few milliseconds.
"""

from __future__ import annotations

from typing import Any

from hptui.demo.host.powershell.data.errors import (
    BreakLoop,
    ContinueLoop,
    ErrorDetail,
    ExitShell,
    PowerShellError,
    ReturnFromBlock,
    detail_of,
    error_record,
    failure,
)
from hptui.demo.host.powershell.data.operators import BINARY, expression, same, to_integer, wildcard
from hptui.demo.host.powershell.data.values import (
    HashTable,
    Record,
    ScriptBlock,
    Value,
    as_list,
    collected,
    to_text,
    truth,
)
from hptui.demo.host.powershell.display.output import Collector, Output
from hptui.demo.host.powershell.dotnet import conversions, members, statics
from hptui.demo.host.powershell.execution.expressions import Expressions
from hptui.demo.host.powershell.execution.pipelines import Pipelines
from hptui.demo.host.powershell.language.syntax import (
    ArrayLiteral,
    Assignment,
    Block,
    Cast,
    CommandExpression,
    DoWhile,
    For,
    ForEach,
    FunctionDefinition,
    If,
    Increment,
    Index,
    Leave,
    Member,
    Node,
    Pipeline,
    ScriptBlockBody,
    Switch,
    Try,
    Variable,
    While,
)
from hptui.demo.host.powershell.shell import Shell


class Evaluator:
    """Runs what the parser read, for one shell."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.expressions = Expressions(shell, self)
        self.pipelines = Pipelines(shell, self)
        self._trying = 0
        self._kinds: dict[type[Node], Any] = {
            Pipeline: self._pipeline,
            Assignment: self._assignment,
            If: self._if,
            While: self._while,
            DoWhile: self._do_while,
            For: self._for,
            ForEach: self._for_each,
            Switch: self._switch,
            FunctionDefinition: self._function,
            Try: self._try,
            Leave: self._leave,
            Block: self.block,
        }

    # Doors

    async def block(self, block: Block, out: Output) -> None:
        for statement in block.statements:
            try:
                await self._kinds[type(statement)](statement, out)
            except PowerShellError as error:
                if error.detail.extent is None:
                    error.detail.extent = statement.extent
                if self.ends_statement(error.detail):
                    raise
                await self.shell.report(error.detail)

    def ends_statement(self, detail: ErrorDetail) -> bool:
        """Whether an error leaves the block it comes up in, instead of being shown before the next statement."""
        return bool(self._trying) or detail.reason == "stop" or self.shell.stops_on_errors()

    async def statement(self, node: Node, out: Output) -> None:
        await self._kinds[type(node)](node, out)

    async def collect(self, node: Node) -> list[Value]:
        collector = Collector()
        await self.statement(node, collector)
        return collector.items

    async def statement_value(self, node: Node) -> Value:
        """What stands to the right of an equals sign."""
        if isinstance(node, Pipeline) and len(node.elements) == 1:
            only = node.elements[0]
            if isinstance(only, CommandExpression) and not only.redirections:
                return await self.expressions.value(only.expression)
        return collected(await self.collect(node))

    async def run_body(self, body: ScriptBlockBody, out: Output) -> None:
        for part in (body.begin, body.process, body.end):
            if part is not None:
                await self.block(part, out)

    async def collect_block(self, block: ScriptBlock, arguments: list[Value]) -> list[Value]:
        collector = Collector()
        await self.call_block(block.body, arguments, {}, collector)
        return collector.items

    async def call_block(
        self,
        body: ScriptBlockBody,
        arguments: list[Value],
        named: dict[str, Value],
        out: Output,
        pipeline_input: list[Value] | None = None,
    ) -> None:
        """As a function or & { … } is called: with a scope of its own."""
        with self.shell.variables.scope():
            await self._bind(body, arguments, named)
            self.shell.variables.write_local("input", pipeline_input or [])
            try:
                if body.begin is not None:
                    await self.block(body.begin, out)
                if body.process is not None:
                    for item in pipeline_input if pipeline_input is not None else [None]:
                        self.shell.variables.write_local("_", item)
                        if self.shell.pace.due():
                            await self.shell.pace.rest()
                        await self.block(body.process, out)
                await self.block(body.end, out)
            except ReturnFromBlock:
                pass

    async def _bind(self, body: ScriptBlockBody, arguments: list[Value], named: dict[str, Value]) -> None:
        rest = list(arguments)
        given = {name.lower(): value for name, value in named.items()}
        for declared in body.parameters:
            match = next((key for key in given if declared.name.startswith(key)), None)
            if match is not None:
                value = given.pop(match)
            elif rest and not (declared.type and declared.type.name.lower() == "switch"):
                value = rest.pop(0)
            elif declared.default is not None:
                value = await self.expressions.value(declared.default)
            else:
                value = False if declared.type and declared.type.name.lower() == "switch" else None
            if declared.type is not None and value is not None:
                value = conversions.convert(value, declared.type.name, self.shell)
            self.shell.variables.write_local(declared.name, value)
        self.shell.variables.write_local("args", rest)

    # Assignments

    async def _assignment(self, node: Assignment, out: Output) -> None:
        value = await self.statement_value(node.value)
        if node.operator != "=":
            before = await self.expressions.value(node.target)
            value = BINARY[node.operator[0]](before, list(value) if isinstance(value, range) else value)
        await self.assign(node.target, value)
        self.shell.succeeded = True

    async def assign(self, target: Node, value: Value) -> None:
        if isinstance(value, range) and len(value) < 100_000:
            value = list(value)
        if isinstance(target, Variable):
            self.shell.variables.write(target.name, value)
        elif isinstance(target, Cast):
            await self.assign(target.operand, conversions.convert(value, target.type.name, self.shell))
        elif isinstance(target, Member):
            await self._assign_member(target, value)
        elif isinstance(target, Index):
            members.set_item(
                await self.expressions.value(target.target), await self.expressions.value(target.index), value
            )
        elif isinstance(target, ArrayLiteral):
            items = as_list(value)
            for place, part in enumerate(target.items):
                last = place == len(target.items) - 1
                await self.assign(
                    part, collected(items[place:]) if last else (items[place] if place < len(items) else None)
                )
        else:
            raise failure(
                "The assignment expression is not valid. The input to an assignment operator must be an object that is "
                "able to accept assignments, such as a variable or a property.",
                category="ParserError",
                identifier="InvalidLeftHandSide",
            )

    async def _assign_member(self, target: Member, value: Value) -> None:
        owner = await self.expressions.value(target.target)
        name = (
            target.name
            if isinstance(target.name, str)
            else to_text(await self.expressions.value(target.name))
        )
        if target.static:
            statics.set_static(owner, name, value, self.shell)
        elif isinstance(owner, HashTable):
            owner.write(name, value)
        elif isinstance(owner, Record) and owner.key(name) is not None:
            owner.set(name, value)
        else:
            raise failure(
                f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
                category="InvalidOperation",
                identifier="PropertyNotFound",
            )

    # Statements

    async def _pipeline(self, node: Pipeline, out: Output) -> None:
        if len(node.elements) == 1:
            only = node.elements[0]
            if isinstance(only, CommandExpression) and not only.redirections:
                value = await self.expressions.value(only.expression)
                self.shell.succeeded = True
                if value is not None and not isinstance(only.expression, Increment):
                    await self.emit(value, out)
                return
        await self.pipelines.run(node, out)

    async def emit(self, value: Value, out: Output) -> None:
        if not isinstance(value, (list, tuple, range)):
            await out.put(value)
            return
        pace = self.shell.pace
        for item in value:
            if pace.due():
                await pace.rest()
            await out.put(item)

    async def _if(self, node: If, out: Output) -> None:
        for condition, body in node.clauses:
            if truth(await self.statement_value(condition)):
                await self.block(body, out)
                return
        if node.otherwise is not None:
            await self.block(node.otherwise, out)

    async def _loop_body(self, body: Block, out: Output) -> bool:
        """Once through; False when the loop is to end."""
        if self.shell.pace.due():
            await self.shell.pace.rest()
        try:
            await self.block(body, out)
        except ContinueLoop:
            pass
        except BreakLoop:
            return False
        return True

    async def _while(self, node: While, out: Output) -> None:
        while truth(await self.statement_value(node.condition)):
            if not await self._loop_body(node.body, out):
                return

    async def _do_while(self, node: DoWhile, out: Output) -> None:
        while await self._loop_body(node.body, out):
            if truth(await self.statement_value(node.condition)) is node.until:
                return

    async def _for(self, node: For, out: Output) -> None:
        if node.start is not None:
            await self.collect(node.start)
        while node.condition is None or truth(await self.statement_value(node.condition)):
            if not await self._loop_body(node.body, out):
                return
            if node.step is not None:
                await self.collect(node.step)

    async def _for_each(self, node: ForEach, out: Output) -> None:
        items = await self.statement_value(node.items)
        if items is None:
            return
        for item in items if isinstance(items, range) else as_list(items):
            self.shell.variables.write(node.variable.name, item)
            if not await self._loop_body(node.body, out):
                return

    async def _switch(self, node: Switch, out: Output) -> None:
        for subject in as_list(await self.statement_value(node.subject)):
            matched = False
            with self.shell.variables.underscore(subject):
                try:
                    for test, body in node.cases:
                        if (test is None and not matched) or (
                            test is not None and await self._case(node, test, subject)
                        ):
                            matched = True
                            await self.block(body, out)
                except BreakLoop:
                    return
                except ContinueLoop:
                    continue

    async def _case(self, node: Switch, test: Node, subject: Value) -> bool:
        value = await self.expressions.value(test)
        if isinstance(value, ScriptBlock):
            return truth(collected(await self.collect_block(value, [])))
        if node.mode == "wildcard":
            return wildcard(to_text(value)).match(to_text(subject)) is not None
        if node.mode == "regex":
            return expression(to_text(value)).search(to_text(subject)) is not None
        return same(subject, value)

    async def _function(self, node: FunctionDefinition, out: Output) -> None:
        self.shell.functions[node.name.lower()] = (node.name, node.body)

    async def _try(self, node: Try, out: Output) -> None:
        try:
            self._trying += 1
            try:
                await self.block(node.body, out)
            finally:
                self._trying -= 1
        except PowerShellError as error:
            for types, body in node.catches:
                if self._catches(types, error.detail):
                    self.shell.remember(error.detail)
                    with self.shell.variables.underscore(error_record(error.detail)):
                        await self.block(body, out)
                    return
            raise
        finally:
            if node.finally_ is not None:
                await self.block(node.finally_, out)

    @staticmethod
    def _catches(types: list[str], detail: ErrorDetail) -> bool:
        if not types:
            return True
        own = detail.exception.rsplit(".", 1)[-1].lower()
        return any(
            name.rsplit(".", 1)[-1].lower() in (own, "exception", "runtimeexception") for name in types
        )

    async def _leave(self, node: Leave, out: Output) -> None:
        if node.keyword == "break":
            raise BreakLoop
        if node.keyword == "continue":
            raise ContinueLoop
        if node.keyword == "return":
            if node.value is not None:
                await self.statement(node.value, out)
            raise ReturnFromBlock
        value = await self.statement_value(node.value) if node.value is not None else None
        if node.keyword == "exit":
            if value is None:
                raise ExitShell(0)
            raise ExitShell(to_integer(value) & 0xFFFFFFFF)
        raise PowerShellError(self._thrown(value, node))

    @staticmethod
    def _thrown(value: Value, node: Leave) -> ErrorDetail:
        if (known := detail_of(value)) is not None:
            known.reason = "stop"
            return known
        message = to_text(value) if value is not None else "ScriptHalted"
        exception = value.type_name if isinstance(value, Record) else "RuntimeException"
        if isinstance(value, Record) and value.get("Message") is not None:
            message = to_text(value.get("Message"))
        return ErrorDetail(
            message,
            category="OperationStopped",
            identifier=message,
            exception=exception.rsplit(".", 1)[-1],
            target=message,
            target_type="String",
            reason="stop",
            extent=node.extent,
            prefix="",
        )
