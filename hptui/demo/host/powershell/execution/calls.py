"""What a cmdlet is: its name, its parameters, and how a call of it sees the shell.

A cmdlet is a class with `process` (for what streams) or a plain function (for what needs its whole input or none). Both are
registered by a decorator with their parameters in one line of text:

    "Path:0 Filter:1 Recurse? Include"     :n is a position, :* takes all that is left, ? is a switch
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hptui.demo.host.powershell.data.errors import ErrorDetail, PowerShellError
from hptui.demo.host.powershell.data.operators import to_integer
from hptui.demo.host.powershell.data.values import Value, as_list, to_text, truth
from hptui.demo.host.powershell.display.output import Output
from hptui.demo.host.powershell.language.syntax import Extent
from hptui.demo.host.powershell.shell import Shell

COMMON = {
    "erroraction": False, "warningaction": False, "informationaction": False, "errorvariable": False,
    "outvariable": False, "outbuffer": False, "pipelinevariable": False, "verbose": True, "debug": True,
    "confirm": True, "whatif": True,
}  # fmt: skip
_SHORT = {
    "ea": "erroraction",
    "wa": "warningaction",
    "ov": "outvariable",
    "ev": "errorvariable",
    "vb": "verbose",
}


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    name: str
    position: int | None = None
    switch: bool = False
    rest: bool = False


@dataclass(slots=True)
class Call:
    """One call of a cmdlet."""

    shell: Shell
    command: str
    extent: Extent
    out: Output
    arguments: dict[str, Value] = field(default_factory=dict)  # by lower-case name
    input: list[Value] = field(default_factory=list)
    piped: bool = False  # something stands before it in the pipeline

    def given(self, name: str) -> bool:
        return name.lower() in self.arguments

    def get(self, name: str) -> Value:
        return self.arguments.get(name.lower())

    def switch(self, name: str) -> bool:
        return truth(self.arguments.get(name.lower(), False))

    def text(self, name: str, default: str = "") -> str:
        return to_text(self.arguments[name.lower()]) if name.lower() in self.arguments else default

    def texts(self, name: str) -> list[str]:
        return [to_text(item) for item in as_list(self.get(name))]

    def integer(self, name: str, default: int = 0) -> int:
        return to_integer(self.arguments[name.lower()]) if name.lower() in self.arguments else default

    async def put(self, value: Value) -> None:
        await self.out.put(value)

    async def put_all(self, values: Value) -> None:
        pace = self.shell.pace
        for value in as_list(values):
            if pace.due():
                await pace.rest()
            await self.out.put(value)

    def error(
        self,
        message: str,
        category: str = "NotSpecified",
        identifier: str = "",
        exception: str = "Exception",
        target: str = "",
        target_type: str = "String",
    ) -> PowerShellError:
        name = self.command.replace("-", "")
        return PowerShellError(
            ErrorDetail(
                message,
                category=category,
                identifier=f"{identifier or exception},Microsoft.PowerShell.Commands.{name}Command",
                exception=exception,
                target=target,
                target_type=target_type if target else "",
                activity=self.command,
                extent=self.extent,
            )
        )

    async def complain(self, error: PowerShellError) -> None:
        """A non-terminating error: said, and the command goes on; unless -ErrorAction or the preference says otherwise."""
        action = self.text("erroraction", to_text(self.shell.variables.read("erroractionpreference"))).lower()
        if action in ("stop", "1"):
            error.detail.reason = "stop"
            raise error
        if action in ("silentlycontinue", "ignore", "0", "4"):
            self.shell.remember(error.detail)
            return
        await self.shell.report(error.detail)


class Cmdlet:
    """A command that takes its input one value at a time."""

    def __init__(self, call: Call) -> None:
        self.call = call

    async def begin(self) -> None:
        return

    async def process(self, item: Value) -> None:
        return

    async def end(self) -> None:
        return


Body = Callable[[Call], Awaitable[None]]


class _Function(Cmdlet):
    """A cmdlet written as one function: collects its input and runs at the end."""

    def __init__(self, call: Call, body: Body) -> None:
        super().__init__(call)
        self._body = body

    async def process(self, item: Value) -> None:
        self.call.input.append(item)

    async def end(self) -> None:
        await self._body(self.call)


@dataclass(frozen=True, slots=True)
class CommandInfo:
    name: str
    parameters: tuple[ParameterSpec, ...]
    make: Callable[[Call], Cmdlet]
    synopsis: str
    module: str = "Microsoft.PowerShell.Management"


COMMANDS: dict[str, CommandInfo] = {}
ALIASES: dict[str, str] = {}


def parse_parameters(text: str) -> tuple[ParameterSpec, ...]:
    specs = []
    for word in text.split():
        name, _, place = word.partition(":")
        specs.append(
            ParameterSpec(
                name.rstrip("?"), int(place) if place.isdigit() else None, name.endswith("?"), place == "*"
            )
        )
    return tuple(specs)


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").strip().split("\n")[0]


def _register(info: CommandInfo, aliases: str) -> None:
    COMMANDS[info.name.lower()] = info
    for alias in aliases.split():
        ALIASES[alias] = info.name


def cmdlet(name: str, parameters: str = "", aliases: str = "") -> Callable[[type[Cmdlet]], type[Cmdlet]]:
    def register(kind: type[Cmdlet]) -> type[Cmdlet]:
        _register(CommandInfo(name, parse_parameters(parameters), kind, _first_line(kind)), aliases)
        return kind

    return register


def command(name: str, parameters: str = "", aliases: str = "") -> Callable[[Body], Body]:
    def register(body: Body) -> Body:
        def make(call: Call) -> Cmdlet:
            return _Function(call, body)

        _register(CommandInfo(name, parse_parameters(parameters), make, _first_line(body)), aliases)
        return body

    return register


class Binder:
    """Puts a call's arguments to a cmdlet's parameters."""

    def __init__(self, info: CommandInfo, call: Call) -> None:
        self._info = info
        self._call = call
        self._names = {spec.name.lower(): spec for spec in info.parameters}

    def find(self, name: str) -> ParameterSpec:
        lowered = _SHORT.get(name.lower(), name.lower())
        if lowered in self._names:
            return self._names[lowered]
        if lowered in COMMON:
            return ParameterSpec(lowered, switch=COMMON[lowered])
        matches = [spec for key, spec in self._names.items() if key.startswith(lowered)]
        if len(matches) == 1:
            return matches[0]
        common = [key for key in COMMON if key.startswith(lowered)]
        if not matches and len(common) == 1:
            return ParameterSpec(common[0], switch=COMMON[common[0]])
        if len(matches) > 1:
            possible = " ".join(f"-{spec.name}" for spec in matches)
            raise self._error(
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches "
                f"include: {possible}.",
                "AmbiguousParameter",
            )
        raise self._error(
            f"A parameter cannot be found that matches parameter name '{name}'.", "NamedParameterNotFound"
        )

    def _error(self, message: str, identifier: str) -> PowerShellError:
        return self._call.error(message, "InvalidArgument", identifier, "ParameterBindingException")

    def missing(self, name: str) -> PowerShellError:
        return self._error(
            f"Missing an argument for parameter '{name}'. Specify a parameter and try again.",
            "MissingArgument",
        )

    def bind(self, named: dict[str, Value], positional: list[Value]) -> None:
        self._call.arguments.update(named)
        places = sorted(
            (
                spec
                for spec in self._info.parameters
                if spec.position is not None and spec.name.lower() not in named
            ),
            key=lambda spec: spec.position or 0,
        )
        rest = list(positional)
        for spec in places:
            if rest:
                self._call.arguments[spec.name.lower()] = rest.pop(0)
        if not rest:
            return
        taker = next((spec for spec in self._info.parameters if spec.rest), None)
        if taker is None:
            raise self._error(
                f"A positional parameter cannot be found that accepts argument '{to_text(rest[0])}'.",
                "PositionalParameterNotFound",
            )
        self._call.arguments[taker.name.lower()] = rest if len(rest) > 1 else rest[0]
