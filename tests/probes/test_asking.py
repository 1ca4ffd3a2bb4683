"""Probes put to the simulated cluster's hosts, over the real client."""

from __future__ import annotations

from hptui.probes.asking import Outcome, Result
from hptui.probes.catalogue import built_in
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.table import table_of
from tests.probes.conftest import Asker
from tests.probes.examples import GIVEN, MAY_BE_EMPTY


def named(name: str) -> Probe:
    return next(probe for probe in built_in() if probe.name == name)


def own(body: str, head: str = "# title: Own") -> Probe:
    return parse_probe("own", f"{head}\n{body}\n", own=True)


async def test_every_probe_is_answered_in_its_own_columns(asker: Asker) -> None:
    """All in one session: a pod for each would take minutes."""
    wrong = {}
    for probe in built_in():
        try:
            _check(probe, await asker(probe, given=GIVEN.get(probe.name)))
        except AssertionError as error:
            wrong[probe.name] = str(error).splitlines()[0]
    assert not wrong


def _check(probe: Probe, result: Result) -> None:
    assert (result.outcome, result.why, result.answer.noise) == (Outcome.ANSWERED, "", ())
    assert result.answer.start is not None
    assert result.answer.start.user == "NT AUTHORITY\\SYSTEM"
    table = table_of(probe, result.answer.records)
    assert table.rows
    keys = {column.key for column in probe.columns}
    for row in table.rows:
        assert row.record.keys() <= keys
    # Each column holds something somewhere, of its own kind: what can't be converted would be text.
    for place, column in enumerate(table.columns):
        values = [row.cells[place] for row in table.rows if row.cells[place] not in (None, "", ())]
        assert values or column.key in MAY_BE_EMPTY.get(probe.name, ()), column.key
        assert column.kind in ("text", "list") or not any(isinstance(value, str) for value in values), (
            column.key
        )
    assert len({row.key for row in table.rows}) == len(table.rows)


async def test_a_person_s_own_script_is_run_by_the_host_itself(asker: Asker) -> None:
    result = await asker(
        own("@{sum=$a+2;said=$b}|O", '# title: Own\n# parameter: a number 40\n# parameter: b text "it\'s"')
    )
    assert result.outcome is Outcome.ANSWERED, result.why
    assert result.answer.records == ({"sum": 42, "said": "it's"},)


async def test_a_long_script_arrives_by_stdin(asker: Asker) -> None:
    body = "@{n=0}|O\n" + "\n".join(f"@{{n={number}}}|O" for number in range(1, 300))
    result = await asker(own(body))
    assert result.outcome is Outcome.ANSWERED, result.why
    assert [record["n"] for record in result.answer.records] == list(range(300))


async def test_an_error_is_told_with_its_line(asker: Asker) -> None:
    result = await asker(own("@{n=1}|O\nthrow 'the disk is on fire'"))
    assert result.outcome is Outcome.FAILED
    assert "the disk is on fire" in result.why
    assert result.answer.records == ({"n": 1},)


async def test_what_a_node_does_not_have_is_not_a_failure(asker: Asker) -> None:
    thrown, missing = (
        await asker(own("throw 'not here: crictl.exe was not found'")),
        await asker(own("Get-NoSuchThing|O")),
    )
    assert (thrown.outcome, thrown.why) == (
        Outcome.NOT_HERE,
        "Not available here, because crictl.exe was not found",
    )
    assert missing.outcome is Outcome.NOT_HERE
    assert "Get-NoSuchThing" in missing.why


async def test_a_process_that_ends_in_the_middle_is_cut_not_whole(asker: Asker) -> None:
    result = await asker(own("@{n=1}|O\nexit 3"))
    assert result.outcome is Outcome.CUT
    assert result.answer.records == ({"n": 1},)
    assert "exit code 3" in result.why


async def test_a_probe_that_takes_too_long_is_given_up_with_what_has_come(asker: Asker) -> None:
    seen: list[int] = []
    result = await asker(own("@{n=1}|O\nStart-Sleep 3600"), limit=1.0, progress=seen.append)
    assert result.outcome is Outcome.TIMED_OUT
    assert result.answer.records == ({"n": 1},)
    assert seen[-1] == 1


async def test_a_clock_that_is_wrong_is_told_whatever_is_asked(asker: Asker) -> None:
    right = await asker(named("disks"))
    wrong = await asker(named("disks"), node="rke2-win-05")
    assert right.answer.notes == ()
    assert wrong.answer.notes == ("The node's clock is 7m behind this machine's: one of the two is wrong.",)
