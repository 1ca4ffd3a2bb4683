"""The roles of the README are enough for the whole way, and nothing they grant is of no use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from textual.widgets import Log

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.ui.widgets.usage_panel import Chart
from tests.ui.stage import NODE, playing

README = Path(__file__).parent.parent.parent / "README.md"


def roles() -> list[dict[str, Any]]:
    """The README's Role and ClusterRole."""
    blocks = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    found = [document for block in blocks for document in yaml.safe_load_all(block)]
    assert {role["kind"] for role in found} == {"Role", "ClusterRole"}
    return found


def without(verb: str, resource: str) -> list[dict[str, Any]]:
    """The README's roles less one right."""
    found = roles()
    for role in found:
        for rule in role["rules"]:
            if resource in rule["resources"] and verb in rule["verbs"]:
                rule["verbs"].remove(verb)
                return found
    raise AssertionError(f"the README does not grant {verb} on {resource}")


async def test_they_are_enough_for_the_whole_way() -> None:
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.add_user("least", manifests=roles())
        async with playing(cluster, user="least") as stage:
            await stage.choose(NODE)
            await stage.until(lambda: stage.fleet.state.usage, "usage of the nodes")
            await stage.press("enter")
            await stage.sees("✓ allowed", "✓ shell")
            await stage.press("enter")
            await stage.prompt()
            await stage.type("whoami")
            await stage.until(lambda: "nt authority" in stage.terminal_text().lower())
            log = stage.pane.query_one(Log)
            await stage.until(lambda: any("administrator: yes" in line for line in log.lines), "the log")
            await stage.leader("e")
            await stage.sees("Started")
            await stage.leader("u")
            await stage.until(lambda: all(chart.has_samples for chart in stage.pane.query(Chart)), "usage")
            await stage.leader("x")
            await stage.until(lambda: not stage.pods(), "no pod left")


@pytest.mark.parametrize(
    ("verb", "resource", "words"),
    [
        ("list", "nodes", ("A right is missing", "nodes")),
        ("create", "pods", ("A right is missing", "pods")),
        ("get", "pods/exec", ("pods/exec",)),
        ("create", "pods/exec", ("pods/exec",)),
    ],
)
async def test_a_missing_right_is_named_before_anything_exists(
    verb: str, resource: str, words: tuple[str, ...]
) -> None:
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.add_user("less", manifests=without(verb, resource))
        async with playing(cluster, user="less") as stage:
            if resource != "nodes":
                await stage.choose(NODE)
                await stage.press("enter")
            await stage.sees(*words)
            assert stage.pods() == []


@pytest.mark.parametrize(
    ("group", "resource", "tab"),
    [("", "pods/log", "o"), ("", "events", "e"), ("metrics.k8s.io", "pods", "u")],
)
async def test_a_panel_says_which_right_it_lacks_and_the_shell_works_on(
    group: str, resource: str, tab: str
) -> None:
    less = roles()
    for role in less:
        role["rules"] = [
            r for r in role["rules"] if r["apiGroups"] != [group] or resource not in r["resources"]
        ]
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.add_user("less", manifests=less)
        async with playing(cluster, user="less") as stage:
            await stage.open_shell()
            await stage.leader(tab)
            await stage.sees("cannot", resource)
            await stage.type("1+1")
            await stage.until(lambda: "\n2" in stage.terminal_text())
