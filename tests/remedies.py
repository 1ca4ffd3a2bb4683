"""Remedies as they are told: each kubectl command names the cluster that it is for."""

from __future__ import annotations

import re

_PIN = re.compile(r"\bkubectl --context (?:'[^']*'|\S+)(?: --kubeconfig (?:'[^']*'|\S+))? ")


def unpinned(remedy: str) -> str:
    """The commands without that; AssertionError where one of them would go wherever current-context points."""
    lines = [line for line in remedy.splitlines() if "kubectl " in line and "kubectl config " not in line]
    assert all(_PIN.search(line) for line in lines), f"no context: {remedy}"
    return _PIN.sub("kubectl ", remedy)
