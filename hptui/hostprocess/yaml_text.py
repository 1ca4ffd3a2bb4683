"""A manifest as the YAML that a person reads and `kubectl apply -f -` accepts.

PyYAML and kubectl's parser disagree about what is a number (1e3 is one for kubectl, a string for PyYAML), so a string is left
without quotes only when it looks like nothing else to either.
"""

from __future__ import annotations

import re

import yaml

from hptui.cluster.model import Manifest

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]+(?::[A-Za-z0-9_./-]+)*")
_WORDS_WITH_A_MEANING = frozenset({"yes", "no", "on", "off", "true", "false", "null"})


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """List items are indented under their key, as in the Kubernetes documentation."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_WITH_A_MEANING
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _string)


class OneLine(list[str]):
    """A short list, written as [get, list]."""


def _one_line(dumper: yaml.SafeDumper, items: OneLine) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_Dumper.add_representer(OneLine, _one_line)


def to_yaml(manifest: Manifest, *, comments: tuple[str, ...] = ()) -> str:
    """The manifest in its own order, with `comments` in lines above it."""
    head = "".join(f"# {' '.join(line.split())}\n" for line in comments)
    body: str = yaml.dump(
        manifest, Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=2**31
    )
    return head + body
