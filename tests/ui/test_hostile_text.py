"""What a cluster says is text: never markup, never a command to the outer terminal."""

from __future__ import annotations

from dataclasses import replace

from hptui.cluster.model import Condition, Node, NodesChanged, Taint
from hptui.settings import Settings
from hptui.ui.screens.launch import LaunchScreen
from hptui.ui.screens.object_view import ObjectScreen
from tests.ui.stage import NODE, Stage, on_stage

TEXT = "[/x][red]r[/red][@click=app.quit]q[/] \x1b[31me\x1b]0;title\x07\x9b1m\x00 \u202eright to left"
SHOWN = "[/x][red]r[/red][@click=app.quit]q[/] e"
STEERING = "\x1b\x07\x9b\x00\u202e"


def hostile(node: Node) -> Node:
    return replace(
        node,
        name=f"a {TEXT}",
        os_image=TEXT,
        kernel_version=f"{node.kernel_version} {TEXT}",
        kubelet_version=f"{node.kubelet_version} {TEXT}",
        container_runtime=f"{node.container_runtime} {TEXT}",
        architecture=TEXT,
        internal_ip=TEXT,
        labels={TEXT: TEXT},
        taints=(Taint(TEXT, TEXT, TEXT),),
        conditions=(*node.conditions, Condition(TEXT, TEXT, TEXT, TEXT, None, None)),
    )


def steers(stage: Stage) -> str:
    return "".join(sign for sign in STEERING if sign in stage.text())


async def test_a_node_made_of_markup_and_escapes_is_shown_as_it_is() -> None:
    async with on_stage((160, 50)) as stage:
        await stage.choose(NODE)
        node = hostile(stage.fleet.state.nodes[NODE])
        await stage.fleet._show_nodes(*stage.fleet.state.apply_nodes(NodesChanged((node,), (), True)))
        stage.table.move_cursor(row=0)
        await stage.sees(SHOWN)
        assert stage.table.node == node.name
        assert not steers(stage)
        await stage.press("c")
        await stage.sees("Copied a [/x]")
        assert not steers(stage)
        await stage.press("s")
        await stage.sees("cannot be a node's name")
        assert stage.pods() == []
        assert stage.app.cluster is not None
        stage.app.push_screen(LaunchScreen(node, stage.app.cluster, Settings()))
        await stage.sees(f"Open a session on a {SHOWN}", "cannot be a node's name")
        assert not steers(stage)


async def test_an_object_made_of_markup_and_escapes_is_shown_as_it_is() -> None:
    async with on_stage() as stage:
        stage.app.push_screen(ObjectScreen(f"Pod {TEXT}", f"first\n{TEXT}\nlast"))
        await stage.sees(f"Pod {SHOWN}", "<U+202E>right to left", "last")
        assert not steers(stage)
