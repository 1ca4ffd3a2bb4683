"""The fleet screen: the cluster's Windows nodes as they are now."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.widgets import Input

from hptui.cluster.model import Live, Stale
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.errors import ForbiddenError, SettingsError, UnreachableError
from hptui.settings import Settings
from hptui.ui.app import HptuiApp
from hptui.ui.fleet_state import COLUMNS
from hptui.ui.widgets.header import Header
from tests.ui.stage import NODE, Stage, on_stage, playing


async def test_it_lists_the_windows_nodes_and_no_others() -> None:
    async with on_stage() as stage:
        await stage.sees("live", NODE)
        windows = {
            node["metadata"]["name"]
            for node in stage.cluster.nodes()
            if node["metadata"]["labels"]["kubernetes.io/os"] == "windows"
        }
        assert len(windows) < len(stage.cluster.nodes())
        await stage.until(lambda: stage.table.row_count == len(windows))
        assert set(stage.fleet.state.nodes) == windows
        await stage.sees("DEMO", "hptui-demo", "admin", f"{len(windows)} Windows nodes")


async def test_a_no_is_explained_beside_the_table() -> None:
    async with on_stage() as stage:
        await stage.until(lambda: stage.fleet.state.complete)
        state = stage.fleet.state
        bad = next(name for name, verdict in state.verdicts.items() if not verdict.eligible)
        await stage.choose(bad)
        await stage.sees("HostProcess: no")
        sentence = state.verdicts[bad].blocking[0].sentence
        await stage.sees(sentence.split()[0], sentence.split()[1])


async def test_the_filter_narrows_as_one_types_and_escape_brings_all_back() -> None:
    async with on_stage() as stage:
        await stage.sees(NODE)
        count = stage.table.row_count
        await stage.press("slash", *"rke2")
        await stage.until(lambda: 0 < stage.table.row_count < count)
        assert all("rke2" in name for name in stage.table.names_in_view())
        await stage.press("enter")
        assert stage.table.has_focus
        await stage.press("escape")
        await stage.until(lambda: stage.table.row_count == count)
        assert stage.fleet.query_one("#filter", Input).value == ""


async def test_words_typed_at_once_after_the_slash_are_the_filter_s_and_open_nothing() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        for key in ("slash", "s", "y", "s"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else "/"))
        await stage.until(lambda: stage.fleet.query_one("#filter", Input).value == "sys")
        assert stage.app.screen is stage.fleet
        assert stage.pods() == []


async def test_a_key_pressed_twice_opens_one_session() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        for _ in range(3):
            stage.app.post_message(events.Key("s", "s"))
        await stage.prompt()
        assert len(stage.app.sessions) == 1


async def test_a_filter_that_matches_nothing_says_so() -> None:
    async with on_stage() as stage:
        await stage.sees(NODE)
        await stage.press("slash", *"xyzzy")
        await stage.sees("No node matches the filter")


async def test_sorting_keeps_the_cursor_on_its_node() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("o", "o", "o")
        assert stage.table.sort_column == "windows"
        assert stage.table.node == NODE
        await stage.press("O")
        assert stage.table.node == NODE
        builds = [stage.fleet.state.nodes[name].kernel_version for name in stage.table.names_in_view()]
        assert builds == sorted(builds, reverse=True)


async def test_a_node_that_is_cut_off_turns_red_without_a_key_pressed() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        assert stage.fleet.state.row(NODE)["ready"].text == "● yes"
        stage.cluster.node_down(NODE)
        await stage.until(lambda: stage.fleet.state.row(NODE)["ready"].tone == "bad")
        await stage.sees("no heartbeat")
        assert stage.table.node == NODE


async def test_usage_of_nodes_is_shown_or_said_to_be_missing() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.until(lambda: stage.fleet.state.usage.get(NODE))
        assert stage.fleet.state.row(NODE)["cpu"].text.endswith("%")
    async with on_stage() as stage:
        stage.cluster.faults.metrics = "absent"
        await stage.until(lambda: "not known" in stage.fleet.state.usage_note)
        await stage.choose(NODE)
        await stage.sees("CPU and memory are not known")


async def test_a_server_that_goes_away_leaves_the_rows_and_says_stale() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        rows = stage.table.row_count
        restart = asyncio.create_task(stage.cluster.restart(downtime=1.0))
        await stage.sees("stale for", NODE)
        assert stage.table.row_count == rows
        await restart
        await stage.sees("● live")
        stage.cluster.node_down(NODE)
        await stage.until(
            lambda: stage.fleet.state.row(NODE)["ready"].tone == "bad", "news after the restart"
        )
        assert isinstance(stage.fleet.query_one(Header).connection, Live)


async def test_a_cluster_without_windows_nodes_says_why_the_table_is_empty() -> None:
    async with on_stage(nodes=[]) as stage:
        await stage.sees("no Windows node", "kubernetes.io/os=windows")


async def test_who_may_not_list_nodes_is_told_which_right_is_missing() -> None:
    async with on_stage(user="nobody") as stage:
        await stage.sees("A right is missing", "nodes")


async def test_a_server_that_cannot_be_reached_is_explained_and_tried_again_by_a_key() -> None:
    tries = []

    async def connector() -> Cluster:
        tries.append(1)
        raise UnreachableError("https://192.0.2.1:6443: no route [red]to[/red] host", hint="Is the VPN up?")

    app = HptuiApp(connector, Settings())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        screen = "\n".join("".join(s.text for s in strip) for strip in app.screen._compositor.render_strips())
        assert "no route [red]to[/red] host" in screen
        assert "Is the VPN up?" in screen
        await pilot.press("r")
        await pilot.pause()
        assert len(tries) == 2


async def test_a_theme_that_there_is_not_is_refused_before_the_screen_is_touched() -> None:
    async def connector() -> Cluster:
        raise UnreachableError("nobody asks")

    with pytest.raises(SettingsError, match="no theme 'mauve'") as refused:
        HptuiApp(connector, Settings(theme="mauve"))
    assert "textual-dark" in refused.value.hint


async def test_the_node_as_yaml() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("y")
        await stage.sees(f"Node {NODE}", "apiVersion")
        await stage.press("escape")
        await stage.sees("Windows nodes")


async def test_while_a_filter_is_typed_the_footer_names_no_key_that_would_be_typed() -> None:
    async with on_stage() as stage:
        await stage.sees("q Quit")
        await stage.press("slash", "q")
        await stage.sees("enter keeps the filter", "^q Quit", "f1 Help")
        assert " q Quit" not in stage.text()
        assert "? Help" not in stage.text()
        await stage.press("escape")
        await stage.sees("q Quit", "? Help")


async def test_the_help_begins_with_the_keys_of_the_screen_that_it_is_asked_on() -> None:
    def first(stage: Stage) -> str:
        """Whichever stands first of what the groups tell."""
        text = stage.text()
        return min(
            ("All keys", "The next node", "Back to the nodes; the sessions"),
            key=lambda told: text.find(told) % 10**9,
        )

    async with on_stage(size=(120, 80)) as stage:
        await stage.choose(NODE)
        await stage.press("question_mark")
        await stage.sees("All keys", "The next node")
        assert first(stage) == "The next node"
        await stage.press("escape")
        await stage.open_shell()
        await stage.leader("question_mark")
        await stage.sees("All keys", "Back to the nodes; the sessions")
        assert first(stage) == "Back to the nodes; the sessions"


async def test_every_key_is_in_the_help() -> None:
    async with on_stage(size=(120, 60)) as stage:
        await stage.press("question_mark")
        await stage.sees("Open a session on this node", "Keys", "Everywhere")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_a_small_window_is_told_kindly_and_works_on() -> None:
    async with on_stage(size=(60, 18)) as stage:
        await stage.sees("A small window", "80x24")
        await stage.choose(NODE)


async def test_thousands_of_nodes_fit() -> None:
    async with on_stage(extra_nodes=1500) as stage:
        await stage.until(lambda: stage.fleet.state.complete and stage.table.row_count > 1500)
        await stage.press("end")
        assert stage.table.cursor_row == stage.table.row_count - 1


async def test_a_server_that_never_answered_is_explained_while_it_is_tried_again() -> None:
    async with SimulatedCluster(pace=brisk()) as cluster:
        cluster.faults.refuse_next = 10_000
        async with playing(cluster, (100, 30)) as stage:
            await stage.sees("No nodes yet", "tried again by itself")
            cluster.faults.refuse_next = 0
            await stage.sees("live", NODE)
            assert "No nodes yet" not in stage.text()


async def test_why_there_is_no_news_stands_below_the_rows_that_stay() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.choose(NODE)
        stage.cluster.faults.refuse_next = 10_000
        await stage.cluster.restart()
        await stage.until(lambda: isinstance(stage.fleet.state.connection, Stale))
        await stage.until(lambda: "╰─ " in stage.text(), "a reason in the frame")
        assert stage.table.row_count


async def test_a_watch_that_ends_for_good_says_so_beside_the_nodes_it_had() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.choose(NODE)
        stage.fleet.fail(ForbiddenError("nodes is forbidden: no watch"))
        await stage.sees("not connected", "nodes is forbidden: no watch r tries again.")
        await stage.press("r")
        await stage.sees("● live")
        await stage.until(lambda: "nodes is forbidden" not in stage.text(), "no more complaint")


async def test_columns_fit_a_narrow_window_however_they_are_sorted() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.choose(NODE)
        for _ in COLUMNS:
            await stage.press("o")
            await stage.sees("AGE")
            assert stage.table.virtual_size.width <= stage.table.size.width


async def test_an_object_that_takes_long_to_read_shows_so_and_can_be_cancelled() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        stage.cluster.faults.latency = 3600
        await stage.press("y")
        await stage.sees("Reading …", f"Node {NODE}")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet, "the nodes again")
        stage.cluster.faults.latency = 0
        await stage.press("y")
        await stage.sees("apiVersion")


async def test_an_object_that_cannot_be_read_says_why() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        stage.cluster.expire_token()
        await stage.press("y")
        await stage.sees("Not logged in")
        assert stage.app.screen is stage.fleet


async def test_connecting_again_leaves_the_cursor_on_its_node() -> None:
    async with on_stage() as stage:
        await stage.choose("rke2-win-02")
        before = stage.fleet.state
        await stage.press("r")
        await stage.until(lambda: stage.fleet.state is not before and stage.fleet.state.complete)
        await stage.until(lambda: stage.fleet.table.node == "rke2-win-02", "the cursor is on its node")
