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


def _text(node: Node) -> str:
    return (node.text or b"").decode()
