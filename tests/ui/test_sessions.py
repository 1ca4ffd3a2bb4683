"""A session on the screen, from the launch to the pod's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from textual.widgets import Log, Static

from hptui.demo.pace import brisk
from hptui.hostprocess.session import State
from hptui.settings import Settings
from hptui.terminal.state import MouseTracking
from hptui.ui import deadline_warnings
from hptui.ui.deadline_warnings import DeadlineWarnings
from hptui.ui.screens.launch import LaunchScreen
from hptui.ui.screens.sessions import SessionsScreen
from hptui.ui.widgets import hosted_terminal, session_pane
from hptui.ui.widgets.leader_bar import LeaderBar
from hptui.ui.widgets.pod_panel import PodPanel
from hptui.ui.widgets.session_bar import SessionBar
from hptui.ui.widgets.side_panel import SidePanel
from hptui.ui.widgets.usage_panel import Chart
from tests.ui.stage import NODE, Stage, on_stage

ACCOUNTS = [
    (0, "nt authority\\system", "administrator: yes"),
    (1, "nt authority\\local service", "administrator: no"),
    (2, "nt authority\\network service", "administrator: no"),
]


def log_text(stage: Stage) -> str:
    return " ".join("\n".join(stage.pane.query_one(Log).lines).split())


def answered(stage: Stage) -> bool:
    """Whether `hostname` has printed the node's name."""
    return f"hostname\n{NODE}" in stage.terminal_text().lower()


@pytest.mark.parametrize(("downs", "user", "verdict"), ACCOUNTS)
async def test_the_whole_way_as_each_account(downs: int, user: str, verdict: str) -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, LaunchScreen))
        await stage.press(*["down"] * downs, "enter")
        await stage.prompt()
        assert len(stage.pods()) == 1
        await stage.type("whoami")
        await stage.until(lambda: user in stage.terminal_text().lower(), "whoami's answer")
        await stage.until(lambda: verdict in log_text(stage), "the first process's word")
        await stage.leader("e")
        await stage.sees("Started", "Pulled")
        await stage.leader("u")
        await stage.until(
            lambda: any(chart._values for chart in stage.pane.query(Chart)), "a sample of usage"
        )
        await stage.leader("i")
        await stage.sees("Running", stage.pods()[0][:20])
        await stage.leader("x")
        await stage.until(lambda: not stage.pods(), "no pod left")
        await stage.until(lambda: stage.app.screen is stage.fleet, "back at the nodes")


def has_reached(stage: Stage, mark: int) -> bool:
    """Whether a number at least as large stands in the terminal."""
    return any(int(word) >= mark for word in stage.terminal_text().split() if word.isdecimal())


async def test_a_flood_reaches_its_end_and_the_keyboard_with_it() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.type("1..100000")
        # A busy machine shows it in its own time, but never stands still.
        for mark in range(10_000, 100_001, 10_000):
            await stage.until(partial(has_reached, stage, mark), f"{mark:,} lines of the flood")
        await stage.until(lambda: "100000\nPS C:\\" in stage.terminal_text(), "the flood's last line")
        await stage.type("hostname")
        await stage.until(lambda: answered(stage), "a command after the flood")


async def test_ctrl_c_ends_a_command_that_never_would() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.type("while (1) { 1 }")
        await stage.until(lambda: stage.terminal_text().count("\n1") > 30, "the flood")
        await stage.press("ctrl+c")
        await stage.type("hostname")
        await stage.until(lambda: answered(stage), "a prompt after ctrl+c")


async def test_the_host_learns_each_size() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.pilot.resize_terminal(100, 30)
        await stage.until(lambda: stage.pane.terminal.emulator.columns != 75)
        columns = stage.pane.terminal.emulator.columns
        await stage.type("$host.UI.RawUI.WindowSize.Width")
        await stage.until(lambda: f"\n{columns}" in stage.terminal_text(), f"{columns} columns at the host")


async def test_every_key_is_the_host_s_but_the_leader() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.press("q", "question_mark", "ctrl+q", "ctrl+p", "tab", "escape")
        assert isinstance(stage.app.screen, SessionsScreen)
        assert stage.pane.terminal.has_focus
        await stage.press("ctrl+right_square_bracket")
        await stage.until(lambda: stage.sessions.query_one(LeaderBar).display)
        await stage.sees("nodes", "zoom", "end", "quit")
        await stage.press("escape")
        await stage.until(lambda: not stage.sessions.query_one(LeaderBar).display)
        assert stage.pane.terminal.has_focus


async def test_the_leader_twice_is_sent_through() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        sent: list[bytes] = []
        stage.pane.terminal.writer = sent.append
        await stage.press("ctrl+right_square_bracket", "ctrl+right_square_bracket")
        await stage.until(lambda: sent)
        # In win32 input mode, which ConPTY asks for, a key is its record: 221 is the key of "]", 29 its character.
        assert any(data == b"\x1d" or b"221;27;29;1;" in data for data in sent)
        await stage.press("a")
        await stage.until(lambda: sent[-1] == b"a" or b"65;" in sent[-1], "the focus is the terminal's again")


async def test_another_leader_is_the_one_that_every_screen_names_and_takes() -> None:
    async with on_stage((100, 60), settings=Settings(leader="ctrl+backslash")) as stage:
        await stage.press("question_mark")
        await stage.sees("? ")
        await stage.press("end")
        await stage.sees("every key goes to the host but ctrl+\\;")
        await stage.press("escape")
        await stage.open_shell()
        await stage.sees("ctrl+\\ for commands")
        await stage.press("ctrl+backslash", "d")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.press("ctrl+right_square_bracket")
        assert stage.app.screen is stage.fleet
        await stage.press("ctrl+backslash")
        await stage.until(lambda: stage.app.screen is stage.sessions)


async def test_an_unknown_key_after_the_leader_is_told_and_goes_nowhere() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        before = stage.terminal_text()
        await stage.leader("j")
        await stage.sees("means nothing after the leader key")
        assert stage.terminal_text() == before
        await stage.until(lambda: stage.pane.terminal.has_focus)


async def test_the_host_s_bell_is_rung_now_and_then_and_behind_a_tab_leaves_a_sign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage() as stage:
        rung: list[str] = []
        monkeypatch.setattr(stage.app, "bell", lambda: rung.append("bell"))
        await stage.open_shell()
        first = stage.pane

        async def ring(words: str) -> None:
            first.terminal.feed(f"\a{words}\r\n".encode())
            await stage.until(lambda: words in stage.terminal_text())
            await stage.pilot.pause()

        monkeypatch.setattr(hosted_terminal, "BELL_AGAIN", 3600.0)
        await ring("one")
        await stage.until(lambda: len(rung) == 1, "the bell")
        await ring("two")
        await ring("three")
        assert len(rung) == 1
        monkeypatch.setattr(hosted_terminal, "BELL_AGAIN", 0.0)
        await ring("four")
        await stage.until(lambda: len(rung) == 2, "the bell again, later")
        await stage.leader("d")
        await stage.open_shell("akswin22000002")
        bar = stage.sessions.query_one(SessionBar)
        assert "♪" not in str(bar.render())
        first.terminal.feed(b"\a")
        await stage.until(lambda: "♪" in str(bar.render()), "a sign at the tab")
        await stage.leader("1")
        await stage.until(lambda: stage.pane is first)
        assert "♪" not in str(bar.render())


async def test_several_sessions_in_tabs_go_on_behind_each_other() -> None:
    async with on_stage(size=(160, 40)) as stage:
        await stage.open_shell()
        await stage.type("$x = 41")
        await stage.leader("d")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.open_shell("akswin22000000")
        await stage.until(lambda: len(stage.sessions.panes) == 2)
        await stage.sees(f"1 {NODE} SYSTEM", "2 akswin22000000 SYSTEM")
        await stage.leader("p")
        await stage.until(lambda: stage.pane.session.spec.node == NODE)
        await stage.type("$x")
        await stage.until(lambda: "\n41" in stage.terminal_text(), "the first shell's own variable")
        await stage.leader("2")
        await stage.until(lambda: stage.pane.session.spec.node == "akswin22000000")
        await stage.leader("x")
        await stage.until(lambda: len(stage.sessions.panes) == 1)
        assert len(stage.pods()) == 1


async def test_zoom_and_folding_leave_the_terminal_all_the_room() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        terminal, side = stage.pane.terminal, stage.pane.query_one(SidePanel)
        beside = terminal.size.width
        assert side.display
        await stage.leader("l")
        await stage.until(lambda: not side.display and terminal.size.width > beside)
        await stage.leader("l")
        await stage.until(lambda: side.display)
        await stage.press("ctrl+right_square_bracket", "less_than_sign", "less_than_sign", "escape")
        await stage.until(lambda: terminal.size.width == beside - 4)
        await stage.leader("z")
        await stage.until(lambda: not side.display and terminal.size.height > 38)
        await stage.leader("z")
        await stage.until(lambda: side.display)


async def test_at_80x24_the_side_folds_away_and_opens_below() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.open_shell()
        assert not stage.pane.query_one(SidePanel).display
        assert stage.pane.terminal.emulator.columns >= 79
        await stage.leader("o")
        await stage.sees("powershell: 5.1")
        assert stage.pane.terminal.emulator.columns >= 79


async def test_exit_in_the_shell_removes_the_pod_and_says_the_code() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.type("exit 7")
        await stage.sees("exited with code 7", "The pod is gone")
        assert stage.pods() == []
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_again_opens_a_new_session_with_the_same_choices() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        first = stage.pane.session.spec
        await stage.type("exit")
        await stage.sees("The pod is gone")
        await stage.press("r")
        await stage.until(
            lambda: (pane := stage.sessions.pane) and pane.session.spec.session_id != first.session_id
        )
        await stage.prompt()
        assert stage.pane.session.spec.account == first.account
        assert len(stage.pods()) == 1


async def test_a_lost_connection_keeps_the_screen_and_r_brings_a_new_shell() -> None:
    async with on_stage(settings=Settings(reconnect=False)) as stage:
        await stage.open_shell()
        await stage.type("hostname")
        await stage.until(lambda: answered(stage))
        assert stage.cluster.drop_execs("abrupt") == 1
        await stage.until(lambda: stage.pane.session.state is State.LOST)
        await stage.sees("lost", "reconnect")
        assert answered(stage)
        terminal = stage.pane.terminal
        terminal.feed(b"\x1b[?1003;1006;1004;2004;5h\x1b[20h\x1b]0;cut off")
        await stage.until(lambda: terminal.emulator.modes.bracketed_paste)
        await stage.leader("R")
        await stage.until(lambda: stage.pane.session.state is State.ATTACHED)
        await stage.until(lambda: "a new shell" in stage.terminal_text())
        modes = terminal.emulator.modes
        assert modes.mouse_tracking is MouseTracking.NONE, "no mouse move is typed into the new shell"
        assert not any((modes.bracketed_paste, modes.newline, modes.reverse_screen))
        await stage.until(lambda: terminal.writer is not None and terminal.has_focus, "it can be typed into")
        await stage.type("1+1")
        await stage.until(lambda: "\n2" in stage.terminal_text(), "the new shell answers")
        assert len(stage.pods()) == 1


async def test_a_pull_that_fails_is_a_sentence_with_the_server_s_words_and_leaves_nothing() -> None:
    async with on_stage() as stage:
        stage.cluster.faults.pulls = "failing"
        await stage.choose("akswin22000003")
        await stage.press("s")
        await stage.sees("could not pull", "closes this tab")
        assert isinstance(stage.app.screen, SessionsScreen)
        await stage.until(lambda: not stage.pods(), "no pod left")
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_a_node_that_cannot_is_refused_before_anything_exists() -> None:
    async with on_stage() as stage:
        await stage.until(lambda: stage.fleet.state.complete)
        bad = next(name for name, verdict in stage.fleet.state.verdicts.items() if not verdict.eligible)
        await stage.choose(bad)
        await stage.press("s")
        await stage.sees("✗", "closes this tab", "No pod was made", "not started", "so there is nothing to")
        assert "own words" not in stage.text(), "the reasons are not the cluster's"
        assert "Cancel" not in stage.text(), "one way out"
        assert stage.pods() == []
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_a_launch_can_be_cancelled_at_any_step() -> None:
    slow = brisk()
    async with on_stage(pace=type(slow)(pull=30.0)) as stage:
        await stage.choose("akswin22000003")
        await stage.press("s")
        await stage.sees("Pulling", "escape cancels")
        assert len(stage.pods()) == 1
        await stage.press("escape")
        await stage.until(lambda: not stage.pods(), "no pod left")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_a_pod_that_somebody_deletes_ends_the_session_with_a_word() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        cluster = stage.app.cluster
        assert cluster is not None
        await cluster.delete_pod("hptui", stage.pods()[0])
        await stage.sees("closes this tab")
        assert stage.pane.is_over


async def test_the_deadline_is_counted_down_and_warned_of_when_a_part_of_it_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(settings=Settings(deadline=240)) as stage:
        await stage.open_shell()
        session = stage.pane.session
        await stage.until(lambda: session.deadline is not None)
        await stage.sees("ends in 3:5")
        deadline, warnings = session.deadline, DeadlineWarnings("ctrl+]")
        assert deadline is not None

        def said(left: int) -> str:
            return warnings.due(session, deadline - timedelta(seconds=left))

        assert said(239) == said(50) == "", "who has chosen four minutes knows it"
        assert "less than 48 s" in said(47)
        assert said(30) == ""
        assert "less than 24 s" in said(23)

        monkeypatch.setattr(deadline_warnings, "WARN_AT", ((300, 1),))
        await stage.sees("The deadline comes near", "ctrl+] esc dismisses")
        await stage.press("escape")  # the host's
        assert stage.app.tells
        await stage.leader("escape")
        await stage.until(lambda: "deadline comes near" not in stage.text(), "it is dismissed")


async def test_what_the_host_prints_is_never_markup_and_cannot_touch_the_clipboard() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        stage.app.copy_to_clipboard("mine")
        stage.pane.terminal.feed(b"\x1b]52;c;c3RvbGVu\x07\x1b]0;[/nope] title\x07[bold]plain[/]\r\n")
        await stage.sees("[bold]plain[/]", "[/nope] title")
        assert stage.app.clipboard == "mine"


async def test_what_the_mouse_selects_is_copied_in_the_terminal_and_beside_it() -> None:
    async with on_stage((140, 40)) as stage:
        await stage.open_shell()
        terminal = stage.pane.terminal
        terminal.feed(b"\x1b[2J\x1b[Hfirst words\r\nsecond")
        await stage.sees("first words")
        await stage.pilot.mouse_down(terminal, offset=(6, 0))
        await stage.pilot.hover(terminal, offset=(2, 1))
        await stage.pilot.mouse_up(terminal, offset=(2, 1))
        await stage.sees("ctrl+] c copies the selection")
        await stage.leader("c")
        await stage.sees("Copied 9 characters", "every other key goes to the host")
        assert stage.app.clipboard == "words\nsec"
        await stage.leader("i")
        await stage.sees("uid")
        stage.app.clear_notifications()  # they stand where the mouse goes next
        await stage.until(lambda: "Copied" not in stage.text())
        facts = stage.sessions.query_one(PodPanel).query_one(Static)
        await stage.pilot.mouse_down(facts, offset=(11, 0))
        await stage.pilot.hover(facts, offset=(5, 1))
        await stage.pilot.mouse_up(facts, offset=(5, 1))
        await stage.sees("c copies the selection")
        await stage.leader("c")
        await stage.until(
            lambda: stage.app.clipboard.startswith(f"{stage.pods()[0]}\nnames"), "the pod's name is copied"
        )
        await stage.leader("escape")
        await stage.until(lambda: terminal.has_focus)
        await stage.leader("c")
        await stage.sees("Nothing is selected")


async def test_a_click_on_a_tab_goes_to_it() -> None:
    async with on_stage(size=(160, 40)) as stage:
        await stage.open_shell()
        await stage.leader("d")
        await stage.open_shell("akswin22000000")
        bar = stage.sessions.query_one(SessionBar)
        await stage.until(lambda: len(bar._ranges) == 2)
        start = bar._ranges[0][0]
        await stage.pilot.click(SessionBar, offset=(start + 2, 0))
        await stage.until(lambda: stage.pane.session.spec.node == NODE)


async def test_a_shell_that_stays_silent_is_not_just_an_empty_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_pane, "SILENCE", 0.2)
    async with on_stage() as stage:
        stage.cluster.faults.exec = "silent"
        await stage.choose(NODE)
        await stage.press("s")
        await stage.sees("printed nothing", "ends the session")
        await stage.leader("x")
        await stage.until(lambda: not stage.pods(), "no pod left")


async def test_a_narrow_window_shows_where_the_title_and_the_tabs_are_cut() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.open_shell()
        await stage.sees("Administrator: C:\\", "…")
        await stage.leader("d")
        await stage.choose("rke2-win-04")
        await stage.press("s")
        await stage.sees("│1 │2 –")


async def test_usage_moves() -> None:
    pace = replace(brisk(), metrics_window=0.2)
    async with on_stage(pace=pace, settings=replace(Settings(), usage_interval=1)) as stage:
        await stage.open_shell()
        await stage.leader("u")
        charts = stage.pane.query(Chart)
        await stage.until(lambda: all(len(set(chart._values)) > 1 for chart in charts), "figures that change")


async def test_usage_that_the_cluster_does_not_have_is_said_in_words() -> None:
    async with on_stage() as stage:
        stage.cluster.faults.metrics = "absent"
        await stage.open_shell()
        await stage.leader("u")
        await stage.sees("no metrics server")


async def test_the_nodes_below_a_session_paint_nothing_and_are_up_to_date_when_shown() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        assert not stage.fleet.is_current
        await stage.leader("d")
        await stage.until(lambda: stage.fleet.is_current, "back at the nodes")
        await stage.sees(NODE)
