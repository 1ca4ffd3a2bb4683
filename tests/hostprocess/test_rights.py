"""The list of rights is the one of the roles that are printed and of the README, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from hptui.hostprocess.rights import RIGHTS, Right
from hptui.hostprocess.roles import as_yaml, bindings, roles

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_roles_as_they_are_printed() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown == as_yaml(roles("hptui"))


def test_the_roles_grant_each_right_and_no_more() -> None:
    granted = [
        (group, resource, tuple(rule["verbs"]), role["kind"] == "ClusterRole")
        for role in yaml.safe_load_all(as_yaml(roles("hptui")))
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    ]
    assert sorted(granted) == sorted((r.group, r.resource, r.verbs, r.everywhere) for r in RIGHTS)


def test_a_binding_gives_both_roles_to_the_one_who_is_named() -> None:
    wide, narrow = bindings("tools", "Group", "oncall/windows 100%")
    for binding, kind in ((wide, "ClusterRole"), (narrow, "Role")):
        assert binding["subjects"] == [
            {"kind": "Group", "name": "oncall/windows 100%", "apiGroup": "rbac.authorization.k8s.io"}
        ]
        assert binding["roleRef"]["kind"] == kind
        assert not set("/%") & set(binding["metadata"]["name"])
    assert narrow["metadata"]["namespace"] == "tools"


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.name)
def test_a_missing_right_comes_with_the_commands_that_grant_it(right: Right) -> None:
    role, binding = right.grant(right.verbs, "hptui", "system:serviceaccount:a b:c").splitlines()
    assert f"--verb={','.join(right.verbs)} --resource={right.name}" in role
    assert binding.endswith("--user='system:serviceaccount:a b:c'")
    assert (" -n hptui " in role) == (" -n hptui " in binding) == (not right.everywhere)
    assert role.split()[3] == binding.split()[3]
