"""What can be done to a row: never in the catalogue, never to what must not be touched, never to another than was meant."""

from __future__ import annotations

from typing import Any

import pytest

from hptui.errors import ProbeError
from hptui.probes.actions import deed_for, deeds, has_deed
from hptui.probes.asking import Outcome
from hptui.probes.catalogue import built_in
from hptui.probes.harness import call, whole_script
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import Record
from tests.probes.conftest import Asker
from tests.probes.grammar import commands, root, swallowed_notes

PROCESS = {"pid": 4242, "name": "w3wp.exe", "started": "2026-11-27T02:14:07.0000000Z"}


def named(name: str) -> Probe:
    return next(probe for probe in built_in() if probe.name == name)


async def found(asker: Asker, probe: str, **wanted: object) -> Record:
    result = await asker(named(probe))
    return next(each for each in result.answer.records if wanted.items() <= each.items())


def test_deeds_are_no_probes() -> None:
    assert not deeds().keys() & {probe.name for probe in built_in()}
    for deed in deeds().values():
        assert deed.warning
        assert deed.required
        assert deed.sources


def test_deeds_are_powershell_that_does_one_thing() -> None:
    changing = {"end-process": {"stop-process"}, "restart-service": {"restart-service", "start-service"}}
    for name, deed in deeds().items():
        script = whole_script(deed, dict.fromkeys((p.name for p in deed.parameters), "1"), "0" * 16)
        assert not root(script).has_error
        assert swallowed_notes(script) == []
        verbs = {
            each
            for each in commands(deed.body)
            if each.split("-")[0] in {"stop", "start", "restart", "set", "remove"}
        }
        assert verbs == changing[name]
        assert not call(deed, dict.fromkeys((p.name for p in deed.parameters), "1"), "0" * 16).stdin


@pytest.mark.parametrize(
    ("probe", "record", "why"),
    [
        ("processes", {"pid": 0, "name": "System Idle Process", "started": None}, "not ended"),
        ("processes", PROCESS | {"name": "lsass.exe"}, "not ended"),
        ("processes", PROCESS | {"name": "CSRSS.EXE"}, "not ended"),
        ("processes", PROCESS | {"name": "svchost.exe"}, "not ended"),
        ("processes", PROCESS | {"pid": 4, "name": "anything"}, "not ended"),
        ("processes", PROCESS | {"started": None}, "not known well enough"),
        ("services", {"name": "RpcSs", "mode": "Auto"}, "not restarted"),
        ("services", {"name": "WinRM", "mode": "Disabled"}, "is disabled"),
        ("services", {}, "no name"),
        ("pipes", {"name": "lsass"}, "nothing to do"),
    ],
)
def test_what_must_not_be_touched_is_refused(probe: str, record: dict[str, Any], why: str) -> None:
    with pytest.raises(ProbeError, match=why) as refused:
        deed_for(named(probe), record)
    assert refused.value.heading != ProbeError.title, "nothing is wrong with the probe"


def test_the_question_says_what_goes_with_it() -> None:
    deed = deed_for(named("processes"), PROCESS)
    assert deed.question == "End w3wp.exe, process 4242?"
    assert deed.cost == "What the process has not saved is lost."
    runtime = deed_for(named("services"), {"name": "containerd", "mode": "Auto"})
    assert "Execs and log streams of every pod" in runtime.cost
    assert has_deed(named("services"))
    assert not has_deed(named("pipes"))
    assert not has_deed(parse_probe("processes", "# title: Mine\n1|O\n", own=True))


async def test_a_process_is_ended_and_only_the_one_that_was_meant(asker: Asker) -> None:
    record = await found(asker, "processes", name="LogonUI.exe")
    other = deed_for(named("processes"), {**record, "started": "2020-01-01T00:00:00.0000000Z"})
    wrong = await asker(other.script, given=dict(other.arguments))
    assert wrong.outcome is Outcome.FAILED
    assert "another one by now" in wrong.why
    deed = deed_for(named("processes"), record)
    denied = await asker(deed.script, given=dict(deed.arguments), account="LocalService")
    assert "Access is denied" in denied.why
    done = await asker(deed.script, given=dict(deed.arguments))
    assert done.outcome is Outcome.ANSWERED, done.why
    assert done.answer.records[0]["ended"] is True
    again = await asker(deed.script, given=dict(deed.arguments))
    assert "no process" in again.why


async def test_a_service_is_restarted_with_those_that_depend_on_it(asker: Asker) -> None:
    record = await found(asker, "services", name="hns")
    deed = deed_for(named("services"), record)
    done = await asker(deed.script, given=dict(deed.arguments))
    assert {each["name"]: each["after"] for each in done.answer.records} == {
        "hns": "Running",
        "kubeproxy": "Running",
    }
    after = await found(asker, "services", name="hns")
    assert after["pid"] != record["pid"]
    denied = await asker(deed.script, given=dict(deed.arguments), account="NetworkService")
    assert "cannot be" in denied.answer.records[0]["problem"]
