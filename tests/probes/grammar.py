"""PowerShell's grammar, for what is said to hosts: whether a script parses, and which commands it calls."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_powershell.language()))


def root(script: str) -> Node:
    return _PARSER.parse(script.encode()).root_node


def commands(script: str) -> set[str]:
    """Names of cmdlets, functions and programs that it calls, in lower case."""
    return {_text(node).lower() for node in nodes(root(script)) if node.type == "command_name"}


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def swallowed_notes(script: str) -> list[str]:
    """Calls of N whose line would not go out: into a variable, or down a pipeline, where it would be taken for a record."""
    found = []
    for node in nodes(root(script)):
        if node.type == "command" and node.children and _text(node.children[0]) == "N":
            inner, outer = node, node.parent
            while outer is not None and outer.type != "function_statement":
                piped = outer.type == "pipeline_chain" or outer.type == "pipeline"
                if "assignment" in outer.type or (
                    piped
                    and b"|" in (outer.text or b"")[inner.end_byte - outer.start_byte :]
                    and _pipes_on(outer, inner)
                ):
                    found.append(_text(node))
                    break
                inner, outer = outer, outer.parent
    return found


def splatted(script: str) -> set[str]:
    """Names of the variables that are splatted, without their @."""
    return {
        _text(node)[1:]
        for node in nodes(root(script))
        if node.type == "variable" and _text(node).startswith("@")
    }


def _pipes_on(outer: Node, inner: Node) -> bool:
    """Whether something stands behind `inner` in its pipeline."""
    behind = [child for child in outer.children if child.start_byte >= inner.end_byte]
    return any(child.type == "|" or (child.text or b"").lstrip().startswith(b"|") for child in behind)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
