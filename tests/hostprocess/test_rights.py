"""The list of rights is the one of the README's roles, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.hostprocess.rights import RIGHTS, Right

README = Path(__file__).parents[2] / "README.md"


def granted() -> list[tuple[str, str, frozenset[str], bool]]:
    """Group, resource, verbs and whether it is everywhere: the README's roles."""
    found: list[tuple[str, str, frozenset[str], bool]] = []
    for block in re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        for role in yaml.safe_load_all(block):
            if role["kind"] in {"Role", "ClusterRole"}:
                found += [
                    _flat(role, rule, resource) for rule in role["rules"] for resource in rule["resources"]
                ]
    return found


def _flat(role: dict[str, Any], rule: dict[str, Any], resource: str) -> tuple[str, str, frozenset[str], bool]:
    (group,) = rule["apiGroups"]
    return group, resource, frozenset(rule["verbs"]), role["kind"] == "ClusterRole"


def test_the_readme_grants_exactly_what_is_needed() -> None:
    needed = [(r.group, r.resource, frozenset(r.verbs), r.everywhere) for r in RIGHTS]
    assert sorted(needed, key=str) == sorted(granted(), key=str)


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.name)
def test_a_missing_right_comes_with_the_commands_that_grant_it(right: Right) -> None:
    role, binding = right.grant(right.verbs, "hptui", "system:serviceaccount:a b:c").splitlines()
    assert f"--verb={','.join(right.verbs)} --resource={right.name}" in role
    assert binding.endswith("--user='system:serviceaccount:a b:c'")
    assert (" -n hptui " in role) == (" -n hptui " in binding) == (not right.everywhere)
    assert role.split()[3] == binding.split()[3]
