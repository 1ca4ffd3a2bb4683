"""Commands that choose and transform what comes down the pipeline, one value at a time."""

from __future__ import annotations

from hptui.demo.host.powershell.data.errors import StopUpstream
from hptui.demo.host.powershell.data.operators import BINARY, same, wildcard
from hptui.demo.host.powershell.data.values import (
    CUSTOM_OBJECT,
    HashTable,
    Record,
    ScriptBlock,
    Value,
    as_list,
    collected,
    to_text,
    truth,
)
from hptui.demo.host.powershell.display.output import Collector
from hptui.demo.host.powershell.dotnet.members import call as call_method
from hptui.demo.host.powershell.dotnet.members import match, read
from hptui.demo.host.powershell.execution.calls import Call, Cmdlet, cmdlet


@cmdlet("ForEach-Object", "Process:0 Begin End MemberName ArgumentList RemainingScripts:*", "% foreach")
class ForEachObject(Cmdlet):
    """Performs an operation against each item in a collection of input objects."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        blocks = as_list(call.get("process"))
        rest = as_list(call.get("remainingscripts"))
        self._begin: list[Value] = as_list(call.get("begin"))
        self._end: list[Value] = as_list(call.get("end"))
        if rest:
            # As in % { begin } { process } [{ end }].
            self._begin, blocks = blocks, [rest[0]]
            self._end = rest[1:]
        self._blocks = blocks or as_list(call.get("membername"))

    async def _run(self, blocks: list[Value], item: Value) -> None:
        evaluator = self.call.shell.evaluator
        pace = self.call.shell.pace
        for block in blocks:
            if isinstance(block, ScriptBlock):
                if pace.due():
                    await pace.rest()
                with self.call.shell.variables.underscore(item):
                    await evaluator.run_body(block.body, self.call.out)
            else:
                await self._member(to_text(block), item)

    async def _member(self, name: str, item: Value) -> None:
        arguments = as_list(self.call.get("argumentlist"))
        value = read(item, name)
        if value is None or arguments:
            value = call_method(item, name, arguments)
        if value is not None:
            await self.call.put_all(value)

    async def begin(self) -> None:
        await self._run(self._begin, None)

    async def process(self, item: Value) -> None:
        await self._run(self._blocks, item)

    async def end(self) -> None:
        await self._run(self._end, None)


_TEST_NAMES = """
eq ne gt ge lt le like notlike match notmatch contains notcontains in notin is isnot
"""
_TESTS = _TEST_NAMES.split()
_SPEC = " ".join(f"{name}? c{name}?" for name in _TESTS)


@cmdlet("Where-Object", f"FilterScript:0 Value:1 Property Not? {_SPEC}", "? where")
class WhereObject(Cmdlet):
    """Selects objects from a collection based on their property values."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        script = call.get("filterscript")
        self._block = script if isinstance(script, ScriptBlock) else None
        self._property = to_text(script if script is not None else call.get("property"))
        self._test = next(
            (f"{case}{n}" for n in _TESTS for case in ("", "c") if call.switch(f"{case}{n}")), ""
        )
        self._value = call.get("value")
        self._not = call.switch("not")

    async def process(self, item: Value) -> None:
        call = self.call
        if call.shell.pace.due():
            await call.shell.pace.rest()
        if self._block is not None:
            collector = Collector()
            with call.shell.variables.underscore(item):
                await call.shell.evaluator.run_body(self._block.body, collector)
            kept = truth(collected(collector.items))
        else:
            kept = self._simple(read(item, self._property))
        if kept:
            await call.put(item)

    def _simple(self, value: Value) -> bool:
        if not self._test:
            return truth(value) is not self._not
        if "match" in self._test:
            return truth(match(value, self._value, self._test, self.call.shell.variables))
        return truth(BINARY[self._test](value, self._value))


@cmdlet(
    "Select-Object",
    "Property:0 First Last Skip SkipLast Index ExpandProperty ExcludeProperty Unique? Wait?",
    "select",
)
class SelectObject(Cmdlet):
    """Selects objects or object properties."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._names = as_list(call.get("property"))
        self._expand = call.text("expandproperty")
        self._first = call.integer("first", -1)
        self._last = call.integer("last", -1)
        self._skip = call.integer("skip")
        self._unique = call.switch("unique")
        self._seen: list[Value] = []
        self._kept: list[Value] = []
        self._count = 0

    async def begin(self) -> None:
        if self._first == 0 and self._last < 0:
            raise StopUpstream(self)

    async def process(self, item: Value) -> None:
        if self._skip > 0 and self._last < 0:
            self._skip -= 1
            return
        if self._last >= 0:
            self._kept.append(item)
            del self._kept[: -(self._last + self._skip) or len(self._kept)]
            return
        if not await self._put(item):
            return
        self._count += 1
        if self._count == self._first:
            raise StopUpstream(self)

    async def end(self) -> None:
        for item in self._kept[: len(self._kept) - self._skip]:
            await self._put(item)

    async def _put(self, item: Value) -> bool:
        value = item
        if self._expand:
            value = read(item, self._expand)
            if value is None and not (isinstance(item, (Record, HashTable)) and self._has(item)):
                await self.call.complain(
                    self.call.error(
                        f'Property "{self._expand}" cannot be found.',
                        "InvalidArgument",
                        "ExpandPropertyNotFound",
                        "PSArgumentException",
                        to_text(item),
                        "PSObject",
                    )
                )
                return False
        elif self._names:
            value = await self._projected(item)
        if self._unique:
            if any(self._alike(value, other) for other in self._seen):
                return False
            self._seen.append(value)
        if self._expand and isinstance(value, list):
            await self.call.put_all(value)
        elif value is not None:
            await self.call.put(value)
        return True

    def _has(self, item: Value) -> bool:
        return (
            item.key(self._expand) is not None
            if isinstance(item, Record)
            else item.find(self._expand) in item
        )

    @staticmethod
    def _alike(left: Value, right: Value) -> bool:
        if isinstance(left, Record) and isinstance(right, Record):
            return left.properties == right.properties
        return same(left, right, case=True)

    async def _projected(self, item: Value) -> Record:
        properties: dict[str, Value] = {}
        for name in self._names:
            if isinstance(name, HashTable):
                label, value = await calculated(self.call, name, item)
                properties[label] = value
                continue
            for key in matching_names(item, to_text(name)):
                properties[key] = read(item, key)
        return Record(f"Selected.{CUSTOM_OBJECT}", properties)


def matching_names(item: Value, pattern: str) -> list[str]:
    """The properties that a name or a pattern stands for."""
    if not any(mark in pattern for mark in "*?["):
        if isinstance(item, Record) and (key := item.key(pattern)) is not None:
            return [key]
        return [pattern]
    names = (
        list(item.properties)
        if isinstance(item, Record)
        else [to_text(key) for key in item]
        if isinstance(item, HashTable)
        else []
    )
    return [name for name in names if wildcard(pattern).match(name)]


async def calculated(call: Call, table: HashTable, item: Value) -> tuple[str, Value]:
    """@{Name='x'; Expression={…}}, also written as @{n=;e=} or @{l=;e=}."""
    label, expression = "", None
    for key, value in table.items():
        lowered = to_text(key).lower()
        if lowered and ("name".startswith(lowered) or "label".startswith(lowered)):
            label = to_text(value)
        elif lowered and "expression".startswith(lowered):
            expression = value
    if isinstance(expression, ScriptBlock):
        collector = Collector()
        with call.shell.variables.underscore(item):
            await call.shell.evaluator.run_body(expression.body, collector)
        return label or expression.text.strip(), collected(collector.items)
    return label or to_text(expression), read(item, to_text(expression))


async def property_value(call: Call, name: Value, item: Value) -> Value:
    """What a -Property argument (a name, a script block or a calculated property) gives for an item."""
    if isinstance(name, ScriptBlock):
        return (await calculated(call, HashTable(expression=name), item))[1]
    if isinstance(name, HashTable):
        return (await calculated(call, name, item))[1]
    return read(item, to_text(name))
