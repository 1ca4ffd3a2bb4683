"""Questions to a host on the screen: from the nodes and from a session, through the answer and back, leaving nothing behind."""

from __future__ import annotations

import csv
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Offset

from hptui.demo.pace import brisk
from hptui.settings import Settings
from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.screens.ask_pod import AskPodScreen
from hptui.ui.screens.confirm import ConfirmScreen
from hptui.ui.screens.parameters import ParametersScreen
from hptui.ui.screens.probes import ProbesScreen
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.quit import QuitScreen
from hptui.ui.screens.sessions import SessionsScreen
from tests.ui.stage import NODE, Stage, on_stage

OWN = {
    "things": (
        "# title: Things\n# key: id\n# sort: id\n# parameter: from number 1 First of them\n"
        "# column: id number Number\n# column: name text Name\n# column: size bytes Size\n"
        "@{id=$from;name='kubelet';size=2048}|O\n@{id=$from+1;name=\"odd$([char]27)[31mname\";size=4096}|O\n"
        "@{id=$from+2;name='csi-proxy';size=1048576}|O\n"
    ),
    "failing": "# title: Failing\nthrow 'the disk is on fire'\n",
    "absent": "# title: Absent\nthrow 'not here: this node has no such thing'\n",
    "nothing": "# title: Nothing\n# about: Things of which there are none.\n@()|O\n",
    "slow": "# title: Slow\nStart-Sleep 60\n@{a=1}|O\n",
    "many": "# title: Many\n# column: id number Number\n1..700|%{@{id=$_}|O}\n",
    "chatty": "# title: Chatty\nWrite-Output 'words beside'\nN 'a note about it'\n@{a=1}|O\n@{a=2}|O\n",
    "careful": (
        '# title: Careful\n# warning: It may be noticed.\n# parameter: what text "" What\n# required: what\n@{a=$what}|O\n'
    ),
    "broken": "# colour: red\n1|O\n",
}


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with a folder of a person's own probes."""
    folder = tmp_path / "probes"
    folder.mkdir()
    for name, text in OWN.items():
        (folder / f"{name}.ps1").write_text(text, encoding="utf-8")
    return Settings(probe_directory=str(folder))


def answer_of(stage: Stage) -> AnswerScreen:
    screen = stage.app.screen
    assert isinstance(screen, AnswerScreen), f"not at an answer:\n{stage.text()}"
    return screen


async def shows(stage: Stage, kind: type[object]) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, kind), f"{kind.__name__} in front")


async def choose(stage: Stage, name: str) -> None:
    """The question `name` from the list, which is open."""
    await shows(stage, ProbesScreen)
    await stage.press(*name, "enter")


async def agree(stage: Stage) -> None:
    """To a pod for the question."""
    await shows(stage, AskPodScreen)
    screen = stage.app.screen
    assert isinstance(screen, AskPodScreen)
    await stage.until(lambda: screen.readable and screen.is_ready, "a question that can be answered")
    await stage.press("enter")


async def answered(stage: Stage) -> AnswerScreen:
    """Wait until the whole answer is there, with what the filter looks in."""
    await shows(stage, AnswerScreen)
    screen = answer_of(stage)
    await stage.until(lambda: screen.result is not None and not screen.is_asking, "an answer")
    await stage.until(lambda: screen.view._texts is not None, "texts for the filter")
    return screen


async def ask_from_session(stage: Stage, name: str) -> AnswerScreen:
    """With a shell open, ask by the leader key."""
    await stage.open_shell()
    await stage.leader("h")
    await choose(stage, name)
    return await answered(stage)


def column(screen: AnswerScreen, key: str) -> list[object]:
    """The cells of a column as they are shown."""
    view = screen.view
    at = next(place for place, each in enumerate(view.columns) if each.key == key)
    return [view.rows[place].cells[at] for place in view.lines if place >= 0]


# The way there and back


async def test_from_the_nodes_a_pod_is_asked_for_once_made_and_deleted_with_the_answers(
    own: Settings,
) -> None:
    async with on_stage(settings=own) as stage:
        await stage.choose(NODE)
        await stage.press("h")
        await choose(stage, "things")
        await stage.sees("a short pod is made", "as NT AUTHORITY\\SYSTEM", "at the latest after 30 min")
        assert not stage.pods()
        await agree(stage)
        await answered(stage)
        await stage.sees(f"{NODE} as SYSTEM", "Things", "3 rows", "kubelet", "2.0 KiB")
        assert len(stage.pods()) == 1
        await stage.press("escape")
        await choose(stage, "nothing")  # the same pod answers the next question
        await answered(stage)
        assert len(stage.pods()) == 1
        await stage.press("escape")
        await shows(stage, ProbesScreen)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.until(lambda: not stage.pods(), "the pod gone")
        await stage.until(lambda: not stage.app.sessions, "nothing to remember")


async def test_one_key_asks_and_one_key_leaves_without_a_pod() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("p")
        await shows(stage, AskPodScreen)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        assert not stage.pods()
        assert not stage.app.sessions


async def test_another_account_can_be_chosen_for_the_pod() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("a")
        await shows(stage, AskPodScreen)
        await stage.press("o")
        await stage.sees("✓ allowed")
        await stage.press("down")
        await stage.sees("anonymous", "✓ allowed")
        await stage.press("enter")
        await answered(stage)
        await stage.sees("as Local service", "LOCAL SERVICE")


async def test_in_a_session_the_question_goes_beside_the_shell_which_stays_as_it_was(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        assert column(screen, "id") == [1, 2, 3]
        assert len(stage.pods()) == 1
        await stage.press("escape", "escape")
        await shows(stage, SessionsScreen)
        assert stage.pane.session.state == "attached"
        assert len(stage.pods()) == 1
        await stage.type("whoami")
        await stage.until(lambda: "nt authority\\system" in stage.terminal_text().lower())
        assert "things" not in stage.terminal_text()


async def test_the_leader_key_goes_from_an_answer_back_to_the_session() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("a")
        await answered(stage)
        await stage.press("ctrl+right_square_bracket")
        await shows(stage, SessionsScreen)
        assert len(stage.app.screen_stack) == 3  # the default one, the nodes and the sessions


async def test_from_the_nodes_a_session_that_is_open_there_is_used() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("d")
        await stage.choose(NODE)
        await stage.press("a")
        await answered(stage)
        await stage.sees("S-1-5-32-544")
        assert len(stage.pods()) == 1


async def test_read_only_asks_no_host() -> None:
    async with on_stage(settings=Settings(read_only=True)) as stage:
        await stage.choose(NODE)
        await stage.press("p")
        await stage.sees("Nothing is launched")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        assert not stage.pods()


async def test_a_protected_context_wants_its_name_before_a_pod_for_questions_too() -> None:
    async with on_stage(settings=Settings(protected_contexts=("*",))) as stage:
        await stage.choose(NODE)
        await stage.press("p")
        await shows(stage, ConfirmScreen)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        assert not stage.pods()


async def test_a_launch_that_fails_says_why_where_the_table_would_be_and_leaves_nothing() -> None:
    async with on_stage() as stage:
        stage.cluster.faults.pulls = "failing"
        await stage.choose("akswin22000003")
        await stage.press("p")
        await agree(stage)
        await stage.sees("r tries again · esc goes back")
        await stage.until(lambda: not stage.pods(), "the pod gone")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)


async def test_a_launch_can_be_cancelled_and_asked_for_again() -> None:
    async with on_stage(pace=replace(brisk(), pull=30.0), settings=Settings(request_timeout=1)) as stage:
        await stage.choose("akswin22000003")
        await stage.press("p")
        await agree(stage)
        await stage.sees("Pulling", "escape cancels")
        await stage.press("escape")
        await stage.sees("Cancelled. r asks again")
        await stage.until(lambda: not stage.pods(), "the pod gone")
        faults, counts = stage.cluster.world.faults, stage.cluster.counts
        faults.create = "hang"
        await stage.press("r")
        await agree(stage)
        await stage.until(stage.pods, "a pod of which nobody has told us")
        await stage.press("escape")
        await stage.sees("Cancelled. r asks again")
        faults.create = "ok"
        await stage.until(lambda: not stage.pods() and not stage.app.sessions, "the pod gone")
        stage.cluster.world.pace = brisk()
        faults.exec = "silent"
        await stage.press("r")
        await agree(stage)
        await stage.until(lambda: counts.execs_open, "the question put")
        await stage.press("escape")
        await stage.sees("Cancelled. r asks again")
        assert len(stage.pods()) == 1  # it answers what is asked next
        await stage.press("escape")
        await stage.until(lambda: not stage.pods() and not stage.app.sessions, "the pod gone")


async def test_when_the_pod_for_questions_is_gone_another_is_asked_for_and_nothing_stays() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("p")
        await agree(stage)
        screen = await answered(stage)
        rows, (first,) = screen.view.total, stage.pods()
        cluster = stage.app.cluster
        assert cluster is not None
        await cluster.delete_pod("hptui", first)
        await stage.until(lambda: not screen.host.is_there, "seen gone")
        await stage.press("r")
        await agree(stage)
        await stage.until(lambda: len(stage.pods()) == 1 and not screen.is_asking, "a second pod")
        await stage.until(lambda: len(stage.app.sessions) == 1, "one session")
        assert screen.view.total == rows
        await stage.press("escape")
        await stage.until(lambda: not stage.pods() and not stage.app.sessions, "nothing left")


async def test_quitting_counts_a_pod_that_was_made_for_questions() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("p")
        await agree(stage)
        await answered(stage)
        await stage.press("q")
        await shows(stage, QuitScreen)
        await stage.sees("One session is open")
        await stage.press("y")
        await stage.until(lambda: not stage.app.is_running)
        assert not stage.pods()


# What is asked


async def test_a_parameter_can_be_changed_after_the_answer_and_is_checked(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.press("p")
        await shows(stage, ParametersScreen)
        await stage.press("ctrl+a", "delete", "x", "minus", "enter")
        await stage.sees("wants a whole number")
        await stage.press("backspace", "7", "enter")
        await stage.until(lambda: column(answer_of(stage), "id") == [7, 8, 9])
        await stage.sees("from=7")


async def test_what_must_be_given_is_asked_for_and_what_may_disturb_is_asked_about(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await stage.open_shell()
        await stage.leader("h")
        await choose(stage, "careful")
        await shows(stage, ParametersScreen)
        await stage.press("enter")
        await stage.sees("must be told")
        await stage.press(*"door", "enter")
        await stage.sees("door", "It may be noticed.")
        question = stage.app.screen
        assert isinstance(question, QuestionScreen)
        await stage.until(lambda: question.readable)
        await stage.press("y")
        screen = await answered(stage)
        assert column(screen, "a") == ["door"]


async def test_the_list_finds_by_what_is_typed_and_names_files_that_cannot_be_used(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await stage.choose(NODE)
        await stage.press("h")
        await stage.sees("Administrator or not", "type to find", "1 of your own can't be used")
        await stage.press("up", "up")  # past everything at once, to the end
        await stage.sees("Line 1 of the probe broken can't be used", "It reads `# colour: red`")
        await stage.press(*"pipeowner")
        await stage.sees("No question has these words")
        await stage.press(*["backspace"] * 5, "minus", *"own")
        await stage.sees("A pipe's owner", "Name of the pipe")


async def test_every_question_is_in_the_command_palette(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await stage.choose(NODE)
        commands = {each.title: each for each in stage.app.get_system_commands(stage.app.screen)}
        assert {"Ask: Things", "Ask: Named pipes", "Ask: Processes"} <= commands.keys()
        at_first = [name for name, command in commands.items() if command.discover]
        assert "Ask the host" in at_first
        assert len([name for name in at_first if name.startswith("Ask: ")]) == 1, (
            "everything, not each of dozens"
        )
        commands["Ask: Things"].callback()
        await shows(stage, AskPodScreen)


# What is answered


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("failing", "The script ended with an error (line 1): the disk is on fire"),
        ("absent", "Not available here, because this node has no such thing"),
        ("nothing", "there is nothing of that kind"),
    ],
)
async def test_what_is_no_table_is_said_in_words(own: Settings, name: str, words: str) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, name)
        expected = words.replace(" (line 1)", "")
        await stage.until(lambda: expected[:24] in stage.text(), expected)
        await stage.sees("r asks again", expected.rpartition(": ")[2].rpartition("because ")[2])


async def test_a_question_can_be_cancelled_and_the_session_lives_on(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await stage.open_shell()
        await stage.leader("h")
        await choose(stage, "slow")
        await shows(stage, AnswerScreen)
        await stage.sees("esc cancels")
        await stage.press("escape")
        await stage.sees("Cancelled. r asks again")
        await stage.press("escape", "escape")
        await shows(stage, SessionsScreen)
        assert stage.pane.session.state == "attached"


async def test_what_else_the_host_printed_is_one_key_away_and_notes_stand_above_the_rows(
    own: Settings,
) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "chatty")
        await stage.sees("a note about it", "The host also printed 1 line")
        await stage.press("n")
        await stage.sees("words beside")


async def test_odd_characters_are_seen_and_steer_nothing(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.sees("odd<U+001B>[31mname")


async def test_the_details_of_a_row_have_every_value_whole(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.press("down", "down", "enter")
        await stage.sees("1.0 MiB  1,048,576 bytes", '"name": "csi-proxy"')
        await stage.press("up")
        await stage.sees("4.0 KiB  4,096 bytes")
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: answer_of(stage).detail.max_scroll_y > 0, "more than is in sight")
        await stage.sees("J/K Scroll details")
        await stage.press("J", "J", "J")
        await stage.until(lambda: '"name": "odd' in stage.text(), "the end of the details")
        assert answer_of(stage).table.has_focus
        await stage.press("escape")
        await stage.until(lambda: "As the host sent it" not in stage.text())
        answer_of(stage)


async def test_a_row_leads_to_another_question_and_escape_leads_back_to_it() -> None:
    async with on_stage() as stage:
        first = await ask_from_session(stage, "pipes")
        await stage.press("t", "slash", *"spoolss", "enter", "f")
        await stage.sees("This opens the pipe")
        question = stage.app.screen
        assert isinstance(question, QuestionScreen)
        await stage.until(lambda: question.readable)
        listing = first.result
        await stage.press("y")
        await stage.until(lambda: first.result is not listing and not first.is_asking, "the owner")
        await stage.sees("A pipe's owner", "pipe=spoolss", "spoolsv")
        await stage.press("escape", "escape")  # the details that one row is shown with, then the answer
        await stage.until(lambda: first.result is listing)
        await stage.sees("/spoolss", "1 of ")


async def test_a_name_with_control_characters_leads_nowhere_and_is_typed_into_no_line() -> None:
    async with on_stage() as stage:
        await ask_from_session(stage, "pipes")
        await stage.press("t", "slash", *"telemetry", "enter")
        await stage.sees("telemetry<<U+001B>[31m>")
        await stage.press("f")
        await stage.sees("This row leads nowhere", "be asked about")
        answer_of(stage)


async def test_folders_are_gone_through_row_by_row() -> None:
    async with on_stage() as stage:
        screen = await ask_from_session(stage, "files")
        await stage.press("slash", *"windows", "enter", "f")
        await stage.until(lambda: screen.asked is not None and screen.asked["path"] == "C:\\Windows", "down")
        await stage.until(lambda: not screen.is_asking)
        await stage.sees("System32")
        await stage.press("escape")
        await stage.until(lambda: screen.asked is not None and screen.asked["path"] == "C:\\", "up again")


# The table


async def test_a_tail_opens_at_its_end() -> None:
    async with on_stage() as stage:
        screen = await ask_from_session(stage, "agent-log")
        await stage.until(lambda: screen.table.line == len(screen.view.lines) - 1 > 0, "its last line")


async def test_a_filter_as_it_is_typed_and_its_way_out(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        await stage.press("slash", *"kubelet")
        await stage.sees("1 of 3 rows", "/kubelet")
        assert column(screen, "id") == [1]
        await stage.press(*"zzz")
        await stage.sees("No row holds these words")
        await stage.press("escape")
        await stage.sees("3 rows")
        assert column(screen, "id") == [1, 2, 3]
        await stage.press("slash", "exclamation_mark", *"kib", "enter")
        await stage.until(lambda: column(screen, "id") == [3])
        assert screen.focused is screen.table
        await stage.press("escape")
        await stage.until(lambda: column(screen, "id") == [1, 2, 3])


async def test_sorting_by_keys_and_by_the_head(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        await stage.press("O")
        assert column(screen, "id") == [3, 2, 1]
        await stage.press("o")
        assert [str(name)[:3] for name in column(screen, "name")] == ["csi", "kub", "odd"]
        await stage.press("right", "right", "s")
        assert column(screen, "size") == [2048, 4096, 1048576]
        await stage.press("s")
        assert column(screen, "size") == [1048576, 4096, 2048]
        heading = next(place for place in screen.table._places if place.column == 0)
        await stage.pilot.click(screen.table, offset=Offset(heading.x, 0))
        await stage.until(lambda: column(screen, "id") == [1, 2, 3])


async def test_columns_are_chosen_and_stay_chosen(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        await stage.press("C")
        await stage.sees("Show or hide")
        await stage.press("down", "space", "enter")
        await stage.until(lambda: "kubelet" not in stage.text())
        await stage.press("escape")
        await choose(stage, "things")
        screen = await answered(stage)
        assert screen.view.shown_columns == [0, 2]


async def test_asking_again_marks_what_has_changed_and_keeps_what_is_gone_for_one_round() -> None:
    async with on_stage() as stage:
        screen = await ask_from_session(stage, "processes")
        gone = {row.key for row in screen.view.rows}
        await stage.press("r")
        # The PowerShell that answers is another process each time.
        await stage.until(lambda: screen.view.changes.gone, "the one before is gone")
        await stage.sees(f"+{len(screen.view.changes.added)}", f"−{len(screen.view.changes.gone)}")
        keys = {row.key for row in screen.view.changes.gone}
        assert keys <= gone
        await stage.press("r")
        await stage.until(lambda: not keys & {row.key for row in screen.view.rows}, "forgotten")


async def test_it_can_ask_by_itself_until_told_not_to(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hptui.ui.screens.answer.EVERY", (0.0, 0.05))
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        first = screen.result
        await stage.press("a")
        await stage.until(lambda: screen.result is not first, "a second answer")
        second = screen.result
        await stage.until(lambda: screen.result is not second, "a third one")
        await stage.until(lambda: not screen.is_asking)
        await stage.press("a")
        assert screen._timer is None


async def test_following_a_log_shows_what_comes_and_moves_with_it_until_told_not_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hptui.ui.screens.answer.EVERY", (0.0, 0.05))
    async with on_stage((80, 24), pace=replace(brisk(), host_events=0.1)) as stage:
        screen = await ask_from_session(stage, "events")
        table, count = screen.table, screen.view.total
        assert table.line == 0  # the newest
        await stage.press("a")
        await stage.until(lambda: screen.view.total >= count + 2, "new events")
        records = column(screen, "record")
        assert table.line == 0
        assert table.row is not None
        assert table.row.cells[0] == max(row.cells[0] for row in screen.view.rows)  # type: ignore[type-var]
        assert len({*records}) == len(records)
        assert screen.result is not None
        assert len(screen.result.answer.records) < count  # only what is new was asked for
        assert screen.result.arguments == screen.asked
        await stage.press("down", "down")
        kept = table.row
        await stage.until(lambda: table.line > 2, "newer rows above it")
        assert table.row is not None
        assert table.row.key == kept.key  # who reads an older one is left there
        await stage.press("a")
        await stage.until(lambda: not screen.is_asking, "no more")
        assert screen._timer is None

        stage.app.screen.action_ask("agent-log")  # type: ignore[attr-defined]
        screen = await answered(stage)
        last = column(screen, "at")[-1]
        assert screen.table.line == len(screen.view.lines) - 1
        await stage.press("a")
        await stage.until(lambda: column(screen, "at")[-1] > last, "new lines")  # type: ignore[operator]
        assert screen.table.line == len(screen.view.lines) - 1
        assert column(screen, "at") == sorted(column(screen, "at"))  # type: ignore[type-var]


async def test_rows_stay_where_the_next_answer_has_none_and_the_screen_says_whose_they_are(
    own: Settings,
) -> None:
    async with on_stage(settings=own) as stage:
        screen = await ask_from_session(stage, "things")
        assert screen.host.session is not None
        await screen.host.session.close()
        await stage.press("r")
        await shows(stage, AskPodScreen)  # the session's pod is gone: only a new one could answer
        await stage.press("escape")
        assert column(screen, "id") == [1, 2, 3]


@pytest.mark.parametrize(("choice", "rows", "columns"), [(0, 2, 3), (1, 3, 3)])
async def test_what_is_shown_or_all_of_it_is_written_as_csv(
    own: Settings, short_path: Path, choice: int, rows: int, columns: int
) -> None:
    path = short_path / "answer.csv"
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.press("slash", *"kib", "enter", "e")
        await stage.press(*["down"] * choice)
        stage.app.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
        await stage.press("enter")
        await stage.until(path.exists)
        await stage.sees("written to")
    written = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert (len(written), len(written[0])) == (rows + 1, columns)
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_json_says_where_and_as_whom_and_no_file_is_written_over(
    own: Settings, short_path: Path
) -> None:
    path = short_path / "answer.json"
    path.write_text("mine")
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.press("e", "down", "down", "down")
        line = stage.app.screen.query_one("Input")
        line.value = str(path)  # type: ignore[attr-defined]
        await stage.press("enter")
        await stage.sees("written over")
        assert path.read_text() == "mine"
        path.unlink()
        await stage.press("enter")
        await stage.until(lambda: path.exists() and path.read_text(), "the file")
        await stage.sees("written to")
    written = json.loads(path.read_text(encoding="utf-8"))
    assert (written["node"], written["account"]) == (NODE, "SYSTEM")
    assert [row["id"] for row in written["rows"]] == [1, 2, 3]


async def test_rows_and_cells_are_copied_and_all_is_shown_as_text(own: Settings) -> None:
    async with on_stage(settings=own) as stage:
        await ask_from_session(stage, "things")
        await stage.press("c")
        assert stage.app.clipboard == "1\tkubelet\t2.0 KiB"
        await stage.press("down", "right", "y")
        assert stage.app.clipboard == "odd<U+001B>[31mname"
        await stage.press("v")
        await stage.sees("NUMBER  NAME", "1.0 MiB")
        await stage.press("escape")
        stage.app.screen.action_ask("many")  # type: ignore[attr-defined]
        await answered(stage)
        await stage.press("v")  # so many are drawn as they come into sight, and none is left out
        await stage.sees("NUMBER", "701 lines")
        await stage.press("end")
        await stage.sees("   700")
        await stage.press("c")
        assert stage.app.clipboard.splitlines()[-1] == "   700"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_wide_tables_scroll_with_the_cursor_and_keep_their_first_column(size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        await ask_from_session(stage, "processes")
        await stage.sees("Process", "Owner")
        await stage.press(*["right"] * 10)
        await stage.sees("Process", "Command line")
        assert "Owner" not in stage.text()
        await stage.press(*["left"] * 10)
        await stage.sees("Owner")
