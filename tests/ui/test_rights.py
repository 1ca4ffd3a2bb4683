"""The roles that hptui prints are enough for the whole way, and of what they grant each verb is missed in its own words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.widgets import Log

from hptui.cluster.model import Manifest
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.rights import RIGHTS, Right
from hptui.hostprocess.roles import roles
from hptui.ui.widgets.usage_panel import Chart
from tests.ui.stage import NODE, Stage, playing

# What the person sees where each verb is missing: whether there is a session, and the panel that tells where there is one.
NO_NODES, NO_SESSION = "no nodes", "no session"
MISSED = {
    ("get", "nodes"): "i",
    ("list", "nodes"): NO_NODES,
    ("watch", "nodes"): NO_NODES,
    ("list", "nodes.metrics.k8s.io"): "u",
    ("create", "pods"): NO_SESSION,
    ("get", "pods"): NO_SESSION,
    ("list", "pods"): NO_SESSION,
    ("watch", "pods"): NO_SESSION,
    ("delete", "pods"): NO_SESSION,
    ("get", "pods/exec"): NO_SESSION,
    ("create", "pods/exec"): NO_SESSION,
    ("get", "pods/log"): "o",
    ("list", "events"): "e",
    ("watch", "events"): "e",
    ("get", "pods.metrics.k8s.io"): "u",
}
EACH = [pytest.param(right, verb, id=f"{verb} {right.name}") for right in RIGHTS for verb in right.verbs]


def without(right: Right, verb: str) -> list[Manifest]:
    """The roles less one verb."""
    found: list[Any] = list(roles("hptui"))
    (rule,) = (
        rule
        for role in found
        if (role["kind"] == "ClusterRole") == right.everywhere
        for rule in role["rules"]
        if (rule["apiGroups"], rule["resources"]) == ([right.group], [right.resource])
    )
    rule["verbs"].remove(verb)
    return found


@asynccontextmanager
async def playing_as(
    granted: Any, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[SimulatedCluster, Stage]]:
    """The program, as somebody who may do what these roles grant and nothing else."""
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.add_user("jane", manifests=list(granted))
        async with playing(cluster, size, user="jane") as stage:
            yield cluster, stage


def test_for_each_verb_it_stands_here_what_its_lack_means() -> None:
    assert sorted(MISSED) == sorted((verb, right.name) for right in RIGHTS for verb in right.verbs)


async def test_they_are_enough_for_the_whole_way() -> None:
    async with playing_as(roles("hptui")) as (cluster, stage):
        await stage.choose(NODE)
        await stage.until(lambda: stage.fleet.state.usage, "usage of the nodes")
        await stage.press("enter")
        await stage.sees("✓ allowed", "✓ shell", "✓ deletion")
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
        first = stage.pane.channel
        cluster.drop_execs()
        await stage.until(lambda: stage.pane.channel not in (None, first), "a second shell, by itself")
        await stage.until(lambda: stage.pane.session.state == "attached", "and that it is there")
        await stage.leader("x")
        await stage.until(lambda: not stage.pods(), "no pod left")
        await stage.until(lambda: stage.app.screen is stage.fleet, "seen gone, and back at the nodes")


@pytest.mark.parametrize(("right", "verb"), EACH)
async def test_a_missing_verb_is_told_with_the_command_that_grants_it(right: Right, verb: str) -> None:
    effect = MISSED[verb, right.name]
    async with playing_as(without(right, verb)) as (cluster, stage):
        if effect != NO_NODES:
            await stage.choose(NODE)
            await stage.press("s")
        if len(effect) == 1:
            await stage.prompt()
            await stage.leader(effect)
        else:
            await stage.until(lambda: "Arightismissing" in squeezed(stage.text()), "what is wrong")
            assert cluster.counts.pods_created == 0
        place = "" if right.everywhere else " -n hptui"
        told = f"{kubectl(stage)} create {'cluster' * right.everywhere}role hptui-{re.sub('[/.]', '-', right.name)}-{verb}{place}"
        granted = f"--verb={verb} --resource={right.name}"
        if (verb, right.name) == ("watch", "nodes"):  # the nodes are there, with the rest beside them
            await stage.until(lambda: told in stage.fleet.state.silence)
            await stage.sees("no longer followed", "--verb=watch")
        else:
            await stage.until(lambda: squeezed(told) in squeezed(stage.text()), told)
            await stage.until(lambda: squeezed(granted) in squeezed(stage.text()), granted)
        if len(effect) == 1:
            await stage.type("1+1")
            await stage.until(lambda: "\n2" in stage.terminal_text(), "a shell that works")
            await stage.leader("x")
            await stage.until(lambda: not stage.pods(), "no pod left")


async def test_the_dialog_says_it_before_anything_is_pressed() -> None:
    (right,) = (right for right in RIGHTS if right.name == "pods/exec")
    async with playing_as(without(right, "create")) as (_, stage):
        await stage.choose(NODE)
        await stage.press("enter")
        await stage.sees("A right is missing", "create pods/exec in namespace hptui")


async def test_who_lacks_more_than_one_right_is_told_the_command_for_all_of_them() -> None:
    async with playing_as([roles("hptui")[0]]) as (cluster, stage):
        await stage.choose(NODE)
        await stage.press("s")
        await stage.sees("A right is missing")
        told = squeezed(f"hptui manifest --roles --user jane -n hptui | {kubectl(stage)} apply -f -")
        await stage.until(lambda: told in squeezed(stage.text()))
        assert cluster.counts.pods_created == 0


def kubectl(stage: Stage) -> str:
    """For the cluster that is looked at, wherever current-context points by then."""
    assert stage.app.cluster is not None
    options = stage.app.cluster.options
    assert options.context
    assert options.kubeconfig
    return f"kubectl --context {options.context} --kubeconfig {options.kubeconfig}"


def squeezed(text: str) -> str:
    """Without what wrapping and frames put in between."""
    return re.sub(r"[\s│┃▎▏▌▊|]", "", text)
