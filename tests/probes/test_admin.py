"""Administrator or not: yes, no, could not tell, and why; and all accounts side by side."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hptui.probes.admin import Answer, judge, judged, verdict
from hptui.probes.asking import Outcome, Result
from hptui.probes.catalogue import built_in
from hptui.probes.export import result_data
from hptui.probes.matrix import NOTHING, Asked, side_by_side
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import AnswerReader
from hptui.probes.table import table_of
from tests.probes.conftest import Asker

# What the log of the AKS page's sample shows when its check fails: nothing behind the colon.
FAILING_SAMPLE = "Unable to find type [Security.Principal.WindowsPrincipal]. Process has admin rights: "
ENABLED = {"administrators": "enabled", "role": True, "listed": "Group owner", "whoami": 5}


def named(name: str) -> Probe:
    return next(probe for probe in built_in() if probe.name == name)


@pytest.mark.parametrize(
    ("record", "answer", "why"),
    [
        (ENABLED, Answer.YES, "enabled group"),
        (ENABLED | {"role": None}, Answer.YES, "enabled group"),
        # whoami's words on a German Windows: the token decides
        (ENABLED | {"listed": "Standardmäßig aktiviert, Aktivierte Gruppe"}, Answer.YES, "enabled group"),
        # a token that UAC has filtered
        ({"administrators": "deny only", "role": False}, Answer.NO, "deny only"),
        ({"administrators": "absent", "role": False, "integrity": "S-1-16-16384"}, Answer.NO, "not a group"),
        # contradictions
        (ENABLED | {"role": False}, Answer.UNKNOWN, "IsInRole says no"),
        ({"administrators": "absent", "role": True}, Answer.UNKNOWN, "IsInRole says yes"),
        # constrained language mode: types are out of reach, whoami isn't
        (
            {"problem": ["Cannot invoke method."], "listed": "Group used for deny only", "whoami": 9},
            Answer.UNKNOWN,
            "Cannot invoke method.; whoami lists",
        ),
        ({"problem": "Cannot invoke method.", "whoami": 9}, Answer.NO, "none of them"),
        ({"problem": [], "role": True, "listed": "Gruppenbesitzer", "whoami": 9}, Answer.YES, "IsInRole"),
        # nothing could be read
        ({"problem": [FAILING_SAMPLE], "whoami": 0}, Answer.UNKNOWN, "Unable to find type"),
        ({}, Answer.UNKNOWN, "the token was not read"),
    ],
)
def test_what_the_facts_say(record: dict[str, Any], answer: Answer, why: str) -> None:
    found = judge(record)
    assert found.answer is answer
    assert why in found.why


def test_an_answer_without_anything_in_it_says_nothing_about_rights() -> None:
    reader = AnswerReader("0")
    reader.feed(FAILING_SAMPLE.encode())
    asked = datetime(2026, 11, 27, tzinfo=UTC)
    failed = Result(
        named("admin"), {}, "n", "SYSTEM", asked, 1.0, Outcome.NOT_STARTED, reader.answer(), end=None
    )
    found = verdict(failed)
    assert found.answer is Answer.UNKNOWN
    assert "Unable to find type" in found.why
    beside = side_by_side(
        [Asked("SYSTEM", failed), Asked("Users", None, "could not be asked: no such group")]
    )
    lines = {row.label: row.cells for row in beside.rows}
    assert lines["Administrator"] == ("could not tell", "could not tell")
    assert lines["Why"][1] == "could not be asked: no such group"
    assert result_data(failed)["rows"][0]["admin"] == "could not tell"


def test_integrity_is_said_in_words_and_a_new_level_as_it_is() -> None:
    assert judged({"integrity": "S-1-16-12288"})["integrity"] == "High, S-1-16-12288"
    assert judged({"integrity": "S-1-16-777"})["integrity"] == "S-1-16-777"
    assert judged({})["integrity"] is None


async def test_each_account_gets_its_verdict_and_they_stand_side_by_side(asker: Asker) -> None:
    accounts = ("SYSTEM", "LocalService", "NetworkService", "Administrators", "Event Log Readers")
    results = [await asker(named("admin"), account=account) for account in accounts]
    assert [verdict(result).answer.value for result in results] == ["yes", "no", "no", "yes", "no"]
    found = side_by_side([Asked(result.account, result) for result in results])
    lines = {row.label: row for row in found.rows}
    assert found.heads == accounts
    assert lines["Administrator"].cells == ("yes", "no", "no", "yes", "no")
    assert lines["Administrator"].differs
    assert not lines["Language mode"].differs
    assert lines["Integrity level"].cells[1] == "System, S-1-16-16384"  # and yet no administrator
    assert "denied" in lines["What could not be read"].cells[4]


async def test_answers_of_many_rows_stand_side_by_side_by_row(asker: Asker) -> None:
    mine, theirs = [await asker(named("privileges"), account=each) for each in ("SYSTEM", "LocalService")]
    found = side_by_side([Asked("a", mine), Asked("b", theirs), Asked("c", None, "no such group")])
    lines = {row.label: row.cells for row in found.differing}
    assert lines["Answer"] == ("answered", "answered", "no such group")
    assert lines["SeDebugPrivilege"][1:] == (NOTHING, NOTHING)
    assert lines["SeDebugPrivilege"][0] == "On: yes; On from the start: yes"


async def test_rows_side_by_side_are_called_by_their_names_where_no_two_have_the_same(asker: Asker) -> None:
    groups = await asker(named("groups"))
    labels = [row.label for row in side_by_side([Asked("a", groups), Asked("b", groups)]).rows]
    assert "BUILTIN\\Administrators (S-1-5-32-544)" in labels
    logs = await asker(named("agent-logs"))
    labels = [row.label for row in side_by_side([Asked("a", logs), Asked("b", logs)]).rows]
    assert "C:\\k\\kubelet.log" in labels


async def test_groups_have_their_attributes_in_words(asker: Asker) -> None:
    table = table_of(named("groups"), (await asker(named("groups"))).answer.records)
    (held,) = [row.record for row in table.rows if row.record["sid"] == "S-1-5-32-544"]
    assert (held["enabled"], held["deny"], held["attributes"]) == (
        True,
        False,
        ["enabled by default", "enabled", "owner"],
    )


def test_answers_with_different_columns_stand_side_by_side() -> None:
    """A person's own probe names no columns: each answer has those that its records have."""
    own = parse_probe("own", "# title: Own\n1|O\n", own=True)

    def result(record: dict[str, object]) -> Result:
        reader = AnswerReader("0")
        for each in (record, {"hptui": "end", "nonce": "0", "code": 0, "records": 1}):
            reader.feed(json.dumps(each).encode() + b"\n")
        asked = datetime(2026, 11, 27, tzinfo=UTC)
        return Result(own, {}, "n", "a", asked, 1.0, Outcome.ANSWERED, reader.answer())

    found = side_by_side([Asked("a", result({"x": 1, "y": 2})), Asked("b", result({"z": 3, "x": 1}))])
    assert {row.label: row.cells for row in found.rows} == {
        "Answer": ("answered", "answered"),
        "x": ("1", "1"),
        "y": ("2", NOTHING),
        "z": (NOTHING, "3"),
    }
