"""What the probes find on simulated nodes: the same machine for all of them, and what a node or an account doesn't have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hptui.probes.agent_lines import read_line
from hptui.probes.asking import Outcome, Result
from hptui.probes.catalogue import built_in
from hptui.probes.probe import Probe
from hptui.probes.reader import Record
from hptui.probes.table import Row, table_of
from tests.probes.conftest import Asker

NO_CRICTL = "akswin22000003"
NO_DEFENDER = "akswin22000002"


def named(name: str) -> Probe:
    return next(probe for probe in built_in() if probe.name == name)


async def records(asker: Asker, name: str, **options: Any) -> tuple[Record, ...]:
    result: Result = await asker(named(name), **options)
    assert result.outcome is Outcome.ANSWERED, result.why
    return result.answer.records


async def rows(asker: Asker, name: str, **options: Any) -> tuple[Row, ...]:
    return table_of(named(name), await records(asker, name, **options)).rows


async def test_all_probes_see_the_same_machine(asker: Asker) -> None:
    processes = {each["pid"]: each["name"] for each in await records(asker, "processes")}
    services = {each["name"]: each for each in await records(asker, "services")}
    assert processes[services["containerd"]["pid"]] == "containerd.exe"
    for each in await records(asker, "listeners"):
        assert each["process"] == processes[each["pid"]]
    assert {each["pid"] for each in await records(asker, "connections")} <= processes.keys()
    shims = {each["id"]: each["pod"] for each in await records(asker, "shims")}
    assert {each["id"]: each["pod"] for each in await records(asker, "sandboxes")} == shims
    assert {each["sandbox"] for each in await records(asker, "containers")} == shims.keys()
    streams = {
        each["name"][4:68] for each in await records(asker, "pipes") if each["name"].startswith("ctr-")
    }
    assert {
        each["id"] for each in await records(asker, "containers") if each["state"] == "running"
    } <= streams
    (machine,) = await records(asker, "machine")
    started = [each for each in await records(asker, "reboots", given={"days": "999"}) if each["id"] == 6009]
    assert 0 <= _seconds(started[0]["time"]) - _seconds(machine["boot"]) < 60
    disks = {each["volume"] for each in await records(asker, "disks")}
    assert {each["path"][:2] for each in await records(asker, "files", given={"path": ""})} == disks - {None}


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text[:19] + "+00:00").astimezone(UTC).timestamp()


@pytest.mark.parametrize(
    ("name", "node", "account", "why"),
    [
        ("containers", NO_CRICTL, "SYSTEM", "because crictl.exe was not found in any of its known places"),
        ("images", NO_CRICTL, "SYSTEM", "because crictl.exe was not found"),
        ("defender", NO_DEFENDER, "SYSTEM", "because this node has no Defender module"),
        ("defender-exclusions", "akswin22000000", "NetworkService", "N/A: Must be an administrator"),
        ("containers", "akswin22000000", "LocalService", "this account may not: crictl: "),
        ("hns-networks", "akswin22000000", "LocalService", "this account may not: Access is denied."),
        ("snapshots", "akswin22000000", "Users", "this account may not: Access to the path"),
        ("files", "akswin22000000", "Users", "may not read C:\\PerfLogs"),
    ],
)
async def test_what_is_not_here_says_why(asker: Asker, name: str, node: str, account: str, why: str) -> None:
    given = {"path": "C:\\PerfLogs"} if name == "files" else None
    result = await asker(named(name), node=node, account=account, given=given)
    assert result.outcome is Outcome.NOT_HERE
    assert result.why.startswith("Not available here, because ")
    assert why in result.why


async def test_a_part_that_is_missing_is_noted_beside_the_rest(asker: Asker) -> None:
    shims = await asker(named("shims"), node=NO_CRICTL)
    assert shims.answer.records
    assert shims.answer.notes[0].startswith("Which pod each belongs to is not known: ")
    memory = await asker(named("memory"), account="Users")
    assert memory.answer.records[0].get("paged") is None
    assert memory.answer.notes == ("No performance counters: Access denied ",)
    logs = await asker(
        named("events"), account="Users", given={"log": "System,Security,NoSuchLog", "hours": "9000"}
    )
    assert {each["log"] for each in logs.answer.records} == {"System"}
    assert [note.split(":")[0] for note in logs.answer.notes] == ["Security", "NoSuchLog"]


async def test_events_by_level_time_provider_number_and_pattern(asker: Asker) -> None:
    every = await records(asker, "events", given={"hours": "9000", "level": "4", "most": "9999"})
    assert {each["log"] for each in every} == {"System", "Application"}
    errors = await records(asker, "events", given={"hours": "9000", "level": "2"})
    assert {each["level"] for each in errors} <= {"critical", "error"}
    assert 0 < len(errors) < len(every)
    (provider,) = {
        each["provider"]
        for each in await records(
            asker, "events", given={"hours": "9000", "level": "4", "provider": "schannel"}
        )
    }
    assert provider == "Schannel"
    by_number = await records(asker, "events", given={"hours": "9000", "level": "4", "id": "7036,1000"})
    assert {each["id"] for each in by_number} == {7036, 1000}
    hcs = await records(asker, "events", given={"log": "*hyper-v-compute*", "hours": "9000", "level": "4"})
    assert len({each["log"] for each in hcs}) == 2
    assert await records(asker, "events", given={"hours": "0"}) == ()
    few = await records(asker, "events", given={"hours": "9000", "most": "3"})
    assert len(few) == 6
    newest = await rows(asker, "events", given={"hours": "9000"})
    assert [row.cells[0] for row in newest] == sorted((row.cells[0] for row in newest), reverse=True)  # type: ignore[type-var]


async def test_an_agent_s_log_has_levels_and_keeps_its_places(asker: Asker) -> None:
    found = await rows(asker, "agent-log", given={"lines": "20"})
    again = await rows(asker, "agent-log", given={"lines": "30"})
    assert len(found) == 20
    assert {row.key for row in found} < {row.key for row in again}
    assert {row.record["level"] for row in found} <= {"information", "warning", "error"}
    other = await records(asker, "agent-log", given={"agent": "containerd"})
    assert other[0]["file"] == "C:\\k\\containerd.err.log"
    missing = await asker(named("agent-log"), given={"agent": "flanneld"})
    assert missing.outcome is Outcome.NOT_HERE


@pytest.mark.parametrize(
    ("line", "time", "level"),
    [
        (
            'I1127 02:14:07.123456    3188 server.go:1218] "Started kubelet"',
            "11-27 02:14:07.123456",
            "information",
        ),
        ('E1127 02:14:07.1 1 x.go:1] "no"', "11-27 02:14:07.1", "error"),
        (
            'time="2026-11-27T02:14:07.5Z" level=warning msg="cleaning up"',
            "2026-11-27T02:14:07.5Z",
            "warning",
        ),
        ('{"level":"info","ts":1795745647.2,"msg":"x"}', "1795745647.2", "information"),
        ('{"level":"error","ts":"2026-11-27T02:14:07Z"}', "2026-11-27T02:14:07Z", "error"),
        ("2026-11-27 02:14:07.100 [INFO][1] felix", "2026-11-27 02:14:07.100", ""),
        ("at System.String.Concat", "", ""),
        ("", "", ""),
    ],
)
def test_lines_of_agents_logs(line: str, time: str, level: str) -> None:
    assert read_line(line) == (time, level)


async def test_files_in_whatever_encoding_windows_gave_them(asker: Asker) -> None:
    utf16 = await asker(named("file"), given={"path": "c:/azuredata/reset.log"})
    assert [(each["at"], each["text"]) for each in utf16.answer.records] == [
        (2, "HNS networks removed"),
        (46, "restarting kubelet \u2013 done"),
    ]
    assert utf16.answer.notes[0].startswith("UTF-16LE, ")
    ansi = await asker(named("file"), given={"path": "C:\\AzureData\\setup.log", "end": "head", "lines": "1"})
    assert [each["text"] for each in ansi.answer.records] == [
        "Laufwerk C: hat keine Bezeichnung für Übersicht"
    ]
    assert "code page 1252" in ansi.answer.notes[1]
    binary = await asker(named("file"), given={"path": "C:\\Windows\\System32\\cmd.exe"})
    assert binary.outcome is Outcome.NOT_HERE
    gone = await asker(named("file"), given={"path": "C:\\nosuch.txt"})
    assert "There is no file C:\\nosuch.txt." in gone.why


async def test_a_directory_shows_what_is_hidden_and_no_pipe(asker: Asker) -> None:
    listed = {each["name"]: each for each in await records(asker, "files")}
    assert listed["pagefile.sys"]["attributes"] == ["Hidden", "System", "Archive"]
    assert "ReparsePoint" in listed["Documents and Settings"]["attributes"]
    assert listed["Documents and Settings"]["leads"] is None
    users = {each["name"]: each for each in await records(asker, "files", given={"path": "C:\\Users"})}
    assert users["All Users"]["leads"] == "C:\\ProgramData"
    assert listed["Windows"]["size"] is None
    refused = await asker(named("files"), given={"path": "\\\\.\\pipe\\"})
    assert "Pipes and devices are not files" in refused.why
    few = await asker(named("files"), given={"most": "2"})
    assert few.answer.notes == ("Only the first 2 are shown.",)


async def test_whether_a_host_and_port_are_reached(asker: Asker) -> None:
    (server,) = await records(asker, "reach")
    assert (server["reached"], server["address"]) == (True, "10.0.0.1")
    (refused,) = await records(asker, "reach", given={"target": "127.0.0.1", "port": "1"})
    assert "refused" in refused["problem"]
    (silent,) = await records(asker, "reach", given={"target": "192.0.2.1", "seconds": "2"})
    assert silent["problem"] == "No answer within 2 s"
    (unknown,) = await records(asker, "reach", given={"target": "nosuch.example"})
    assert "not known" in unknown["problem"]


async def test_a_table_of_20000_events_is_made_at_once() -> None:
    at = datetime(2026, 11, 27, tzinfo=UTC)
    many = [
        {
            "time": (at + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            "log": "System",
            "record": n,
            "id": n % 99,
        }
        for n in range(20_000)
    ]
    assert len(table_of(named("events"), many).rows) == 20_000
