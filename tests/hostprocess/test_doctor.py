"""The doctor on the simulated cluster: what is wrong is named, with what mends it, and stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.model import Event
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.doctor.check import Check, Health, worst
from hptui.hostprocess.doctor.examination import examine
from hptui.hostprocess.doctor.machine import Abilities, Terminal, terminal_checks
from hptui.hostprocess.doctor.server import clock_check
from hptui.hostprocess.doctor.workload import pulled
from hptui.hostprocess.images import base_image
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.settings import Settings
from tests.remedies import unpinned

GOOD = Terminal((120, 40), "utf-8", {"TERM": "xterm-256color", "COLORTERM": "truecolor"})


@pytest.fixture
async def demo() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as cluster:
        yield cluster


def door(kubeconfig: Path | str, context: str | None = None) -> Callable[[], Awaitable[Cluster]]:
    return lambda: connect(ConnectOptions(kubeconfig=str(kubeconfig), context=context, connect_timeout=5.0))


def has_command(mend: str) -> bool:
    """Whether a line of it can be run as it stands."""
    first = ("kubectl ", "hptui ", "pip ", "pipx ", "export ", "timedatectl ", "tmux ")
    return any(line.startswith(first) for line in mend.splitlines())


async def look(
    demo: SimulatedCluster, user: str = "admin", *, node: str = "", limit: float = 30.0, **settings: str
) -> dict[str, Check]:
    """By id; of the nodes, the last."""
    found = await examine(
        door(demo.kubeconfig_for(user)),
        Settings(**settings),  # type: ignore[arg-type]
        node,
        terminal=GOOD,
        limit=limit,
    )
    assert all(check.mend for check in found if check.health in (Health.WARN, Health.BAD))
    assert all(has_command(check.mend) for check in found if check.health is Health.BAD)
    return {check.id: check for check in found}


async def test_on_a_good_cluster_nothing_is_bad(demo: SimulatedCluster) -> None:
    found = await look(demo)
    assert worst(found.values()) is Health.WARN  # some of the demo's nodes can't run HostProcess
    warned = {id_ for id_, check in found.items() if check.health is not Health.OK}
    assert warned == {"nodes"}
    assert found["server.version"].found.startswith("v1.")
    assert "admin" in found["user"].found
    assert demo.counts.pods_created == 0


async def test_a_user_with_the_least_rights_is_fine(demo: SimulatedCluster) -> None:
    found = await look(demo, "operator")
    assert worst(found.values()) is not Health.BAD
    # What the roles do not grant is not known, and that is no failure.
    assert found["namespace.level"].health is found["namespace.quota"].health is Health.UNKNOWN
    assert {c.health for id_, c in found.items() if id_.startswith("rights.")} == {Health.OK}


async def test_each_missing_verb_is_named_with_the_command_that_grants_it(demo: SimulatedCluster) -> None:
    found = await look(demo, "viewer")
    pods = found["rights.pods"]
    assert pods.health is Health.BAD
    assert pods.found.startswith("create, watch, delete in namespace hptui is missing")
    assert "--verb=create,watch,delete --resource=pods\n" in pods.mend
    assert pods.mend.endswith("--user=viewer")
    assert found["rights.pods/log"].health is Health.WARN
    assert found["namespace.dry-run"].health is Health.BAD


async def test_the_commands_give_the_right(demo: SimulatedCluster) -> None:
    """They are kubectl's, so their meaning is taken: a role of these verbs on this resource, bound to this user."""
    lacking = (await look(demo, "viewer"))["rights.pods/exec"]
    role = unpinned(lacking.mend).splitlines()[0].split()
    verbs = role[-2].removeprefix("--verb=").split(",")
    resource = role[-1].removeprefix("--resource=")
    rule = {"apiGroups": [""], "resources": [resource], "verbs": verbs}
    metadata = {"name": role[3], "namespace": role[role.index("-n") + 1]}
    demo.add_user("better", manifests=[{"kind": "Role", "metadata": metadata, "rules": [rule]}])
    assert (await look(demo, "better"))["rights.pods/exec"].health is Health.OK


@pytest.mark.parametrize(
    ("namespace", "id_", "found", "mend"),
    [
        ("locked", "namespace.level", "restricted, which forbids", "label namespace locked"),
        ("locked", "namespace.dry-run", "violates PodSecurity", "label namespace locked"),
        ("nosuch", "namespace.level", "does not exist", "kubectl create namespace nosuch"),
        ("nosuch", "namespace.dry-run", "not found", "kubectl create namespace nosuch"),
    ],
)
async def test_a_namespace_that_cannot_be_used_says_why(
    demo: SimulatedCluster, namespace: str, id_: str, found: str, mend: str
) -> None:
    check = (await look(demo, namespace=namespace))[id_]
    assert check.health is Health.BAD
    assert found in check.found
    assert mend in unpinned(check.mend)


async def test_a_quota_with_room_is_no_complaint(demo: SimulatedCluster) -> None:
    check = (await look(demo, namespace="tight"))["namespace.quota"]
    assert (check.health, check.found) == (Health.OK, "0 of 1 pods are used.")


async def test_a_quota_that_is_used_up_is_found_before_the_pod_is(demo: SimulatedCluster) -> None:
    spec = SessionSpec(node="akswin22000001", namespace="tight", session_id="abcd2345")
    cluster = await door(demo.kubeconfig)()
    await cluster.create_pod("tight", pod_manifest(spec))
    await cluster.close()
    found = await look(demo, namespace="tight")
    assert found["namespace.quota"].found == "1 of 1 pods are used."
    for id_ in ("namespace.quota", "namespace.dry-run"):
        assert found[id_].health is Health.BAD
        assert unpinned(found[id_].mend) == "kubectl describe quota -n tight"


async def test_an_account_or_a_namespace_that_cannot_be_is_bad(demo: SimulatedCluster) -> None:
    account, namespace = await asyncio.gather(look(demo, account="a\\b\\c"), look(demo, namespace="a b;c"))
    assert account["account"].health is Health.BAD
    assert namespace["namespace.dry-run"].health is Health.BAD
    assert " -n 'a b;c' " in (await look(demo, "nobody", namespace="a b;c"))["rights.pods"].mend


async def test_the_persons_own_rule_is_told(demo: SimulatedCluster) -> None:
    settings = Settings(read_only_contexts=("hptui-*",))
    found = await examine(door(demo.kubeconfig), settings, terminal=GOOD)
    (rule,) = [check for check in found if check.id == "launching"]
    assert (rule.health, rule.found) == (
        Health.WARN,
        "Nothing is launched in hptui-demo: it is read-only here.",
    )
    assert "read_only_contexts" in rule.mend


@pytest.mark.parametrize(
    ("fault", "mend"), [("absent", "metrics-server"), ("down", "get apiservice v1beta1.metrics.k8s.io")]
)
async def test_without_usage_sessions_still_work(demo: SimulatedCluster, fault: str, mend: str) -> None:
    demo.faults.metrics = fault
    found = await look(demo)
    assert found["metrics"].health is Health.WARN
    assert mend in found["metrics"].mend


async def test_a_node_can_be_asked_about(demo: SimulatedCluster) -> None:
    bad, unknown = await asyncio.gather(look(demo, node="rke2-win-03"), look(demo, node="nosuch"))
    assert bad["nodes"].health is Health.BAD
    assert "only containerd" in bad["nodes"].found
    assert "containerd 1.7" in bad["nodes"].mend
    assert (unknown["nodes"].health, unknown["nodes"].mend) == (Health.BAD, "hptui nodes")
    assert unpinned(bad["nodes"].mend).endswith("kubectl describe node rke2-win-03")


async def test_a_cluster_without_windows_nodes() -> None:
    async with SimulatedCluster(pace=brisk(), nodes=[]) as demo:
        found = await look(demo)
    assert "no Windows node" in found["nodes"].found
    assert found["nodes"].health is Health.BAD
    assert found["namespace.dry-run"].health is Health.OK


async def test_an_image_that_cannot_be_chosen_is_told(demo: SimulatedCluster) -> None:
    check = (await look(demo, image="not an image"))["image"]
    assert check.health is Health.BAD
    assert "--set image=base" in check.mend


async def test_a_server_that_is_silent_has_a_limit(demo: SimulatedCluster) -> None:
    demo.faults.latency = 60.0
    found = await look(demo, limit=0.2)
    assert found["server"].health is Health.BAD
    assert found["server"].found == "No answer within 1.2 s."
    assert found["installed.engine"].health is Health.OK


async def test_without_credentials_only_that_is_said(demo: SimulatedCluster) -> None:
    demo.expire_token()
    found = await look(demo)
    assert found["user"].health is Health.BAD
    assert found["user"].found.startswith("Not logged in: ")
    assert found["user"].mend
    assert "nodes" not in found


async def test_without_a_kubeconfig_the_machine_is_still_looked_at(tmp_path: Path) -> None:
    found = await examine(door(tmp_path / "nosuch"), Settings(), terminal=GOOD)
    assert found[0].id == "kubeconfig"
    assert found[0].health is Health.BAD
    assert "installed.python" in {check.id for check in found}


@pytest.mark.parametrize(
    ("ahead", "health", "words"),
    [
        (None, Health.UNKNOWN, "does not tell"),
        (1.4, Health.OK, "within seconds"),
        (-45.0, Health.WARN, "45 s behind"),
        (7200.0, Health.BAD, "7200 s ahead of"),
    ],
)
def test_a_clock_that_differs(ahead: float | None, health: Health, words: str) -> None:
    check = clock_check(ahead)
    assert check.health is health
    assert words in check.found
    assert bool(check.mend) == (health in (Health.WARN, Health.BAD))


def event(reason: str, message: str) -> Event:
    return Event("1", "Normal", reason, message, 1, None, None, "kubelet", "Pod", "p")


def test_past_pulls_say_whether_an_image_can_be_had() -> None:
    choice = base_image()
    failed = event("Failed", f'Failed to pull image "{choice.reference}": dial tcp: i/o timeout')
    good = event("Pulled", f'Successfully pulled image "{choice.reference}" in 1s')
    assert pulled(choice, []).health is Health.UNKNOWN
    assert pulled(choice, [event("Pulled", "Successfully pulled image another")]).health is Health.UNKNOWN
    assert pulled(choice, [failed, good]).health is Health.OK
    check = pulled(choice, [failed])
    assert check.health is Health.WARN
    assert "i/o timeout" in check.found
    assert "image=node" in check.mend


@pytest.mark.parametrize(
    ("terminal", "id_", "health"),
    [
        (GOOD, "terminal.size", Health.OK),
        (Terminal((60, 20), "utf-8", {"TERM": "xterm"}), "terminal.size", Health.WARN),
        (Terminal((80, 24), "utf-8", {"TERM": "xterm"}), "terminal.colours", Health.WARN),
        (Terminal((80, 24), "utf-8", {"TERM": "xterm-256color"}), "terminal.colours", Health.OK),
        (Terminal((80, 24), "utf-8", {"TERM": "xterm", "NO_COLOR": "1"}), "terminal.colours", Health.WARN),
        (Terminal((80, 24), "ascii", {"TERM": "xterm"}), "terminal.characters", Health.BAD),
        (Terminal((80, 24), "UTF8", {"TERM": "dumb"}), "terminal.characters", Health.OK),
        (Terminal((80, 24), "utf-8", {"TERM": "dumb"}), "terminal.type", Health.BAD),
        (Terminal((80, 24), "utf-8", {"TERM": "xterm", "TMUX": "/s"}), "terminal.tmux", Health.WARN),
        (Terminal((80, 24), "utf-8", {"TERM": "tmux-256color", "TMUX": "/s"}), "terminal.tmux", Health.OK),
        (Terminal(None, "utf-8", {}), "terminal.size", Health.UNKNOWN),
    ],
)
def test_what_a_terminal_can_do(terminal: Terminal, id_: str, health: Health) -> None:
    check = {check.id: check for check in terminal_checks(terminal)}[id_]
    assert check.health is health
    assert bool(check.mend) == (health in (Health.WARN, Health.BAD))


def test_what_a_terminal_says_of_itself_is_told() -> None:
    asked = Terminal((80, 24), "utf-8", {"TERM": "xterm-256color"}, Abilities(all_keys=True, clipboard=False))
    found = {check.id: check.found for check in terminal_checks(asked)}
    assert "every key arrives" in found["terminal.keys"]
    assert "may not arrive" in found["terminal.clipboard"]
    assert "terminal.keys" not in {check.id for check in terminal_checks(GOOD)}  # not asked, not said
