"""Builds a pipeline's stages from its commands, and pushes values through them."""

from __future__ import annotations

from hptui.demo.host.powershell.data.errors import (
    ErrorDetail,
    PowerShellError,
    StopUpstream,
    failure,
    not_found,
)
from hptui.demo.host.powershell.data.values import HashTable, ScriptBlock, Value, as_list, to_text
from hptui.demo.host.powershell.display.output import Nothing, Output
from hptui.demo.host.powershell.evaluation import Evaluation
from hptui.demo.host.powershell.execution import natives
from hptui.demo.host.powershell.execution.calls import ALIASES, COMMANDS, Binder, Call, Cmdlet, CommandInfo
from hptui.demo.host.powershell.execution.redirection import FileOutput
from hptui.demo.host.powershell.language.syntax import (
    Command,
    CommandExpression,
    Constant,
    Node,
    Parameter,
    Pipeline,
    Redirection,
    ScriptBlockBody,
    Variable,
)
from hptui.demo.host.powershell.shell import Shell


class Stage:
    """A command in a pipeline, as the one before it sees it."""

    def __init__(self, cmdlet: Cmdlet) -> None:
        self.cmdlet = cmdlet

    async def put(self, value: Value) -> None:
        await self.cmdlet.process(value)


class _BlockCall(Cmdlet):
    """A function or script block called as a command."""

    def __init__(
        self,
        call: Call,
        evaluator: Evaluation,
        body: ScriptBlockBody,
        named: dict[str, Value],
        rest: list[Value],
        *,
        dotted: bool,
    ) -> None:
        super().__init__(call)
        self._evaluator = evaluator
        self._body = body
        self._named = named
        self._rest = rest
        self._dotted = dotted

    async def process(self, item: Value) -> None:
        self.call.input.append(item)

    async def end(self) -> None:
        if self._dotted:
            await self._evaluator.run_body(self._body, self.call.out)
            return
        given = self.call.input if self.call.piped else None
        await self._evaluator.call_block(self._body, self._rest, self._named, self.call.out, given)


class Pipelines:
    """Runs pipelines for one evaluator."""

    def __init__(self, shell: Shell, evaluator: Evaluation) -> None:
        self._evaluator = evaluator
        self._shell = shell

    async def run(self, node: Pipeline, out: Output) -> None:
        self._shell.succeeded = True
        last = node.elements[-1].redirections
        out = await self._redirected_output(last, out)
        errors = self._error_output([r for element in node.elements for r in element.redirections], out)
        with self._shell.errors_to(errors):
            try:
                stages = await self._stages(node, out)
                await self._drive(node, stages, out)
            except PowerShellError as error:
                if errors is None or self._evaluator.ends_statement(error.detail):
                    raise
                error.detail.extent = error.detail.extent or node.extent
                await self._shell.report(error.detail)

    async def _redirected_output(self, redirections: list[Redirection], out: Output) -> Output:
        for redirection in redirections:
            if redirection.stream in ("1", "*") and redirection.target is not None:
                path = to_text(await self._evaluator.expressions.value(redirection.target))
                return (
                    Nothing()
                    if not path
                    else FileOutput(self._shell, self._shell.path(path), append=redirection.append)
                )
        return out

    @staticmethod
    def _error_output(redirections: list[Redirection], out: Output) -> Output | None:
        for redirection in redirections:
            if redirection.stream in ("2", "*"):
                return out if redirection.target is None else Nothing()
        return None

    async def _stages(self, node: Pipeline, out: Output) -> list[Stage]:
        """The commands, first to last; the first element may be an expression and is not among them."""
        stages: list[Stage] = []
        after = out
        for place in range(len(node.elements) - 1, -1, -1):
            element = node.elements[place]
            if isinstance(element, CommandExpression):
                if place:
                    raise PowerShellError(self._only_first(element))
                break
            stage = Stage(await self._resolve(element, after, piped=place > 0))
            stages.insert(0, stage)
            after = stage
        return stages

    @staticmethod
    def _only_first(element: CommandExpression) -> ErrorDetail:
        error = failure(
            "Expressions are only allowed as the first element of a pipeline.",
            category="ParserError",
            identifier="ExpressionsMustBeFirstInPipeline",
        )
        error.detail.extent = element.extent
        return error.detail

    async def _drive(self, node: Pipeline, stages: list[Stage], out: Output) -> None:
        skip = 0
        try:
            for stage in stages:
                await stage.cmdlet.begin()
            first = node.elements[0]
            if isinstance(first, CommandExpression):
                value = await self._evaluator.expressions.value(first.expression)
                into: Output = stages[0] if stages else out
                if value is not None:
                    await self._evaluator.emit(value, into)
        except StopUpstream as stop:
            skip = self._after(stages, stop)
        place = skip
        while place < len(stages):
            try:
                await stages[place].cmdlet.end()
                place += 1
            except StopUpstream as stop:
                place = self._after(stages, stop)

    @staticmethod
    def _after(stages: list[Stage], stop: StopUpstream) -> int:
        for place, stage in enumerate(stages):
            if stage.cmdlet is stop.by:
                return place + 1
        raise stop

    # Commands by name

    async def _resolve(self, node: Command, out: Output, *, piped: bool) -> Cmdlet:
        target: Value = (
            node.name.value
            if isinstance(node.name, Constant)
            else await self._evaluator.expressions.value(node.name)
        )
        call = Call(self._shell, "", node.extent, out, piped=piped)
        if isinstance(target, ScriptBlock):
            named, rest = await self._split(node.elements, None)
            return _BlockCall(call, self._evaluator, target.body, named, rest, dotted=node.operator == ".")
        name = to_text(target)
        if not name:
            raise failure(
                "The expression after '&' in a pipeline element produced an object that was not valid. It must result in "
                "a command name, a script block, or a CommandInfo object.",
                identifier="BadExpression",
            )
        return await self._named(name, node, call)

    async def _named(self, name: str, node: Command, call: Call) -> Cmdlet:
        lowered = name.lower()
        lowered = self._shell.aliases.get(lowered, lowered).lower()
        if lowered in self._shell.functions:
            call.command, body = self._shell.functions[lowered]
            named, rest = await self._split(node.elements, None)
            return _BlockCall(call, self._evaluator, body, named, rest, dotted=False)
        info = COMMANDS.get(ALIASES.get(lowered, lowered).lower()) or COMMANDS.get(f"get-{lowered}")
        program = None
        if info is None or lowered == "sc":
            program = self._shell.find_program(name)
        if info is not None and program is None:
            return await self._bound(info, node, call)
        if program is not None:
            call.command = name
            arguments = await self._texts(node.elements)
            return natives.NativeCall(call, program, name, arguments)
        error = not_found(name, node.name.extent)
        error.detail.extent = node.extent if node.operator else node.name.extent
        raise error

    async def _bound(self, info: CommandInfo, node: Command, call: Call) -> Cmdlet:
        call.command = info.name
        binder = Binder(info, call)
        named, rest = await self._split(node.elements, binder)
        binder.bind(named, rest)
        return info.make(call)

    async def _split(
        self, elements: list[Node], binder: Binder | None
    ) -> tuple[dict[str, Value], list[Value]]:
        """Named and positional arguments."""
        named: dict[str, Value] = {}
        rest: list[Value] = []
        place = 0
        while place < len(elements):
            element = elements[place]
            place += 1
            if isinstance(element, Variable) and element.splatted:
                self._splat(self._shell.variables.read(element.name), named, rest, binder)
            elif isinstance(element, Parameter):
                following = elements[place] if place < len(elements) else None
                place += await self._named_argument(element, following, named, binder)
            else:
                value = await self._evaluator.expressions.value(element)
                rest.append(list(value) if isinstance(value, range) else value)
        return named, rest

    async def _named_argument(
        self, element: Parameter, following: Node | None, named: dict[str, Value], binder: Binder | None
    ) -> int:
        """Reads one -Name [value]; how many further elements it took."""
        if binder is not None:
            spec = binder.find(element.name)
            key, switch = spec.name.lower(), spec.switch
        else:
            key, switch = element.name.lower(), following is None or isinstance(following, Parameter)
        if element.value is not None:
            named[key] = await self._evaluator.expressions.value(element.value)
            return 0
        if switch:
            named[key] = True
            return 0
        if following is None or isinstance(following, Parameter):
            raise binder.missing(element.name) if binder else failure("Missing an argument.")
        value = await self._evaluator.expressions.value(following)
        named[key] = list(value) if isinstance(value, range) else value
        return 1

    @staticmethod
    def _splat(value: Value, named: dict[str, Value], rest: list[Value], binder: Binder | None) -> None:
        if isinstance(value, HashTable):
            for key, item in value.items():
                name = to_text(key)
                named[binder.find(name).name.lower() if binder else name.lower()] = item
        else:
            rest.extend(as_list(value))

    async def _texts(self, elements: list[Node]) -> list[str]:
        """Arguments for a program, as text."""
        texts: list[str] = []
        for element in elements:
            if isinstance(element, Parameter):
                text = element.extent.text
                if element.value is not None:
                    value = await self._evaluator.expressions.value(element.value)
                    text = f"-{element.name}:{to_text(value)}"
                texts.append(text)
            elif isinstance(element, Constant) and element.bare and not isinstance(element.value, str):
                texts.append(element.extent.text)
            elif (
                isinstance(element, Node) and "," in element.extent.text and not isinstance(element, Constant)
            ):
                value = await self._evaluator.expressions.value(element)
                texts.append(",".join(to_text(item) for item in as_list(value)))
            else:
                texts += [to_text(item) for item in as_list(await self._evaluator.expressions.value(element))]
        return texts
