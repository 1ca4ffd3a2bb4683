"""Evaluates expressions: nodes of the syntax tree to values."""

from __future__ import annotations

from typing import Any

from hptui.demo.host.powershell.data.errors import PowerShellError, failure
from hptui.demo.host.powershell.data.operators import BINARY, join, split, to_integer, to_number
from hptui.demo.host.powershell.data.values import (
    CUSTOM_OBJECT,
    HashTable,
    Record,
    ScriptBlock,
    Value,
    collected,
    to_text,
    truth,
)
from hptui.demo.host.powershell.dotnet import conversions, members, statics
from hptui.demo.host.powershell.evaluation import Evaluation
from hptui.demo.host.powershell.language.syntax import (
    ArrayLiteral,
    Binary,
    Call,
    Cast,
    CommandExpression,
    Constant,
    Expandable,
    HashLiteral,
    Increment,
    Index,
    Member,
    Node,
    Paren,
    Pipeline,
    ScriptBlockLiteral,
    SubExpression,
    TypeName,
    Unary,
    Variable,
)
from hptui.demo.host.powershell.shell import Shell


class Expressions:
    """One evaluator's way with expressions."""

    def __init__(self, shell: Shell, evaluator: Evaluation) -> None:
        self._evaluator = evaluator
        self._shell = shell
        self._kinds: dict[type[Node], Any] = {
            Constant: self._constant,
            Expandable: self._expandable,
            Variable: self._variable,
            TypeName: self._type,
            Cast: self._cast,
            ArrayLiteral: self._array,
            Unary: self._unary,
            Increment: self._increment,
            Binary: self._binary,
            Member: self._member,
            Call: self._call,
            Index: self._index,
            Paren: self._paren,
            SubExpression: self._subexpression,
            HashLiteral: self._hash,
            ScriptBlockLiteral: self._script_block,
        }

    async def value(self, node: Node) -> Value:
        kind = type(node)
        if kind is Constant:
            return node.value  # type: ignore[attr-defined]
        try:
            return await self._kinds[kind](node)
        except PowerShellError as error:
            if error.detail.extent is None:
                error.detail.extent = node.extent
            raise

    async def _constant(self, node: Constant) -> Value:
        return node.value

    async def _expandable(self, node: Expandable) -> Value:
        pieces = []
        for part in node.parts:
            pieces.append(part if isinstance(part, str) else to_text(await self.value(part)))
        return "".join(pieces)

    async def _variable(self, node: Variable) -> Value:
        return self._shell.variables.read(node.name)

    async def _type(self, node: TypeName) -> Value:
        return conversions.find_type(node.name)

    async def _cast(self, node: Cast) -> Value:
        lowered = node.type.name.lower()
        value = await self.value(node.operand)
        if lowered in ("pscustomobject", "psobject") and isinstance(value, HashTable):
            return Record(CUSTOM_OBJECT, {to_text(key): item for key, item in value.items()})
        if lowered == "ordered":
            return value
        return conversions.convert(value, node.type.name, self._shell)

    async def _array(self, node: ArrayLiteral) -> Value:
        return [await self.value(item) for item in node.items]

    async def _unary(self, node: Unary) -> Value:
        operand = await self.value(node.operand)
        if node.operator == "not":
            return not truth(operand)
        if node.operator == "bnot":
            return ~to_integer(operand)
        if node.operator == "join":
            return join(operand, "")
        if node.operator == "split":
            return split(to_text(operand).strip(), r"\s+")
        number = to_number(operand)
        return -number if node.operator == "-" else number

    async def _increment(self, node: Increment) -> Value:
        before = await self.value(node.target)
        if before is not None and (isinstance(before, bool) or not isinstance(before, (int, float))):
            raise failure(
                f"The '++' operator works only on numbers. The operand is a '{members.dotnet_name(before)}'.",
                category="InvalidOperation",
                identifier="OperatorRequiresNumber",
            )
        after = to_number(before) + (1 if node.operator == "++" else -1)
        await self._evaluator.assign(node.target, after)
        return after if node.prefix else before

    async def _binary(self, node: Binary) -> Value:
        operator = node.operator
        left = await self.value(node.left)
        if operator == "and":
            return truth(left) and truth(await self.value(node.right))
        if operator == "or":
            return truth(left) or truth(await self.value(node.right))
        right = await self.value(node.right)
        if isinstance(left, range):
            left = list(left)
        if operator in ("match", "notmatch", "imatch", "cmatch", "cnotmatch", "inotmatch"):
            return members.match(left, right, operator, self._shell.variables)
        if operator == "as":
            return conversions.try_convert(left, right, self._shell)
        return BINARY[operator](left, right)

    async def _name(self, name: Node | str) -> str:
        return name if isinstance(name, str) else to_text(await self.value(name))

    async def _member(self, node: Member) -> Value:
        target = await self.value(node.target)
        name = await self._name(node.name)
        if node.static:
            return statics.static_member(target, name, self._shell)
        return members.read(target, name)

    async def _call(self, node: Call) -> Value:
        target = await self.value(node.target)
        name = await self._name(node.name)
        arguments = [await self.value(argument) for argument in node.arguments]
        if node.static:
            outcome = statics.static_call(target, name, arguments, self._shell)
        elif isinstance(target, ScriptBlock) and name.lower() in ("invoke", "invokereturnasis"):
            return collected(await self._evaluator.collect_block(target, arguments))
        else:
            outcome = members.call(target, name, arguments)
        if isinstance(outcome, members.HostWrite):
            await self._shell.host.write(outcome.text)
            return None
        return outcome

    async def _index(self, node: Index) -> Value:
        target = await self.value(node.target)
        index = await self.value(node.index)
        return members.item(target, index)

    async def _paren(self, node: Paren) -> Value:
        inner = node.pipeline
        if isinstance(inner, Pipeline) and len(inner.elements) == 1:
            only = inner.elements[0]
            if isinstance(only, CommandExpression) and not only.redirections:
                return await self.value(only.expression)
        return collected(await self._evaluator.collect(inner))

    async def _subexpression(self, node: SubExpression) -> Value:
        items = await self._evaluator.collect(node.body)
        return items if node.array else collected(items)

    async def _hash(self, node: HashLiteral) -> Value:
        table = HashTable()
        for key, item in node.pairs:
            made = await self._evaluator.statement_value(item)
            table.write(await self.value(key), list(made) if isinstance(made, range) else made)
        return table

    async def _script_block(self, node: ScriptBlockLiteral) -> Value:
        return ScriptBlock(node.block, node.extent.text[1:-1])
