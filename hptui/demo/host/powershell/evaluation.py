"""How the parts of the evaluator, and the commands that run script blocks, see what runs the trees."""

from __future__ import annotations

from typing import Protocol

from hptui.demo.host.powershell.data.errors import ErrorDetail
from hptui.demo.host.powershell.data.values import ScriptBlock, Value
from hptui.demo.host.powershell.display.output import Output
from hptui.demo.host.powershell.language.syntax import Node, ScriptBlockBody


class Expressions(Protocol):
    async def value(self, node: Node) -> Value: ...


class Evaluation(Protocol):
    @property
    def expressions(self) -> Expressions: ...

    def ends_statement(self, detail: ErrorDetail) -> bool: ...

    async def collect(self, node: Node) -> list[Value]: ...

    async def statement_value(self, node: Node) -> Value: ...

    async def run_body(self, body: ScriptBlockBody, out: Output) -> None: ...

    async def collect_block(self, block: ScriptBlock, arguments: list[Value]) -> list[Value]: ...

    async def call_block(
        self,
        body: ScriptBlockBody,
        arguments: list[Value],
        named: dict[str, Value],
        out: Output,
        pipeline_input: list[Value] | None = None,
    ) -> None: ...

    async def assign(self, target: Node, value: Value) -> None: ...

    async def emit(self, value: Value, out: Output) -> None: ...
