"""Named pipes: what they are by their names, as a tree, and which are never opened."""

from __future__ import annotations

import re

import pytest

from hptui.errors import ProbeError
from hptui.probes.asking import Outcome, Result, ask
from hptui.probes.catalogue import built_in
from hptui.probes.pipe_catalogue import CATALOGUE, recognise
from hptui.probes.pipes import Branch, check_openable, pipe_name, tree
from hptui.probes.probe import Probe
from hptui.probes.table import Table, compare, matching, search_texts, table_of
from tests.probes.conftest import Asker

ID = "4f" * 32


def named(name: str) -> Probe:
    return next(probe for probe in built_in() if probe.name == name)


@pytest.mark.parametrize(
    ("name", "family", "pid", "container"),
    [
        ("containerd-containerd", "Container runtime", None, ""),
        (f"ctr-{ID}-stdin", "Container runtime", None, ID),
        (f"containerd-shim-k8s.io-{ID}-log", "Container runtime", None, ID),
        (f"ProtectedPrefix\\Administrators\\containerd-shim-k8s.io-{ID}-pipe", "Container runtime", None, ID),
        ("csi-proxy-filesystem-v2alpha1", "CSI proxy", None, ""),
        ("Winsock2\\CatalogChangeListener-2d8-0", "Windows services", 0x2D8, ""),
        ("PSHost.133770000000000000.4242.DefaultAppDomain.powershell", "PowerShell", 4242, ""),
        ("dotnet-diagnostic-77", ".NET", 77, ""),
        ("SPOOLSS", "Windows RPC", None, ""),
    ],
)
def test_a_pipe_is_known_by_its_name(name: str, family: str, pid: int | None, container: str) -> None:
    found = recognise(name)
    assert found is not None
    assert (found.known.family, found.pid, found.container) == (family, pid, container)


def test_nothing_is_said_of_a_name_that_nobody_knows() -> None:
    assert recognise("my-own-pipe") is None
    assert recognise("xspoolss") is None


def test_every_entry_says_where_it_is_known_from() -> None:
    for known in CATALOGUE:
        assert known.what
        assert re.search(r"\[MS-|\.(com|io)\b|observation", known.source)


@pytest.mark.parametrize(
    "name",
    [
        "csi-proxy-disk-v1", "containerd-containerd", "lsass", "docker_engine", "docker_engine_windows", "rancher_wins",
        f"ctr-{ID}-stdout", f"ctr-{ID[:8]}-stderr-17", f"containerd-shim-k8s.io-{ID}-log",
        "hnspipe", "azure-vnet-telemetry", "kubelet-pod-resources", "efsrpc",
        "ProtectedPrefix\\Administrators\\vmcompute", "InitShutdown", "net\\NtControlPipe7",
        # the same by other spellings
        "LSASS", "\\\\.\\pipe\\lsass", "//./PIPE/containerd-containerd", "\\\\?\\pipe\\csi-proxy-smb-v1",
        "ProtectedPrefix/Administrators/vmcompute", " lsass ", "lsass\\", "spoolss\\..\\lsass", "", "\\\\.\\pipe\\",
        # what Windows leaves out of a path before it opens it
        "lsass.", "lsass. .", "lsass . ", ".\\lsass", "a\\.\\lsass", "ProtectedPrefix\\\\Administrators\\x",
    ],
)  # fmt: skip
async def test_what_must_not_be_touched_is_refused_whoever_asks(name: str) -> None:
    async def open_(command: object, stdin: bool) -> object:
        raise AssertionError("somebody was asked")

    probe = named("pipe-owner")
    with pytest.raises(ProbeError):
        check_openable(name)
    with pytest.raises(ProbeError):
        await ask(probe, {"pipe": name}, open_, node="n", account="a")  # type: ignore[arg-type]


def test_other_pipes_may_be_asked_for_their_owner() -> None:
    for name in ("spoolss", "\\\\.\\pipe\\eventlog", "my-own-pipe", "dotnet-diagnostic-77"):
        check_openable(name)
    assert pipe_name("\\\\.\\pipe\\Winsock2\\x") == "Winsock2\\x"


def test_a_tree_by_prefix_and_family_that_loses_nothing() -> None:
    names = ["lsass", "a\\b\\c", "a\\d", "job.1", "job.2", "alone", "csi-proxy-disk-v1", "\\odd"]
    found = tree(names)
    assert found.count == len(names)
    assert [branch.label for branch in found.branches] == ["a", "CSI proxy", "job", "Windows RPC"]
    assert found.branches[0].branches[0].names == ("a\\b\\c",)
    assert found.names == ("\\odd", "alone")
    assert sorted(_all(found)) == sorted(names)


def _all(branch: Branch) -> list[str]:
    return [*branch.names, *(name for below in branch.branches for name in _all(below))]


def listed(result: Result) -> Table:
    assert result.outcome is Outcome.ANSWERED, result.why
    return table_of(named("pipes"), result.answer.records)


async def test_the_listing_has_odd_names_instances_and_limits(asker: Asker) -> None:
    result = await asker(named("pipes"))
    table = listed(result)
    assert result.answer.notes == ()
    rows = {row.record["name"]: row.record for row in table.rows}
    assert "agent|telemetry<\x1b[31m>" in rows
    assert rows["csi-proxy-disk-v1"]["openable"] is False
    assert (rows["backup-agent"]["instances"], rows["backup-agent"]["most"]) == (1, 20)
    assert len(matching(search_texts(table.rows, table.columns), "csi proxy")) == 8
    again = listed(await asker(named("pipes")))
    assert not compare(table, again)


async def test_an_account_that_cannot_compile_gets_the_second_way_and_is_told_what_is_missing(
    asker: Asker,
) -> None:
    result = await asker(named("pipes"), account="Event Log Readers")
    table = listed(result)
    assert all(row.record.get("instances") is None for row in table.rows)
    assert result.answer.notes[0].startswith("The second way, without instances")
    assert result.answer.notes[1].startswith("1 pipes have names")


async def test_one_pipe_is_asked_for_its_owner(asker: Asker) -> None:
    result = await asker(named("pipe-owner"), given={"pipe": "eventlog"})
    (row,) = result.answer.records
    assert str(row["process"]).endswith(".exe")
    busy = await asker(named("pipe-owner"), given={"pipe": "Winsock2\\CatalogChangeListener-2d8-0"})
    assert busy.outcome is Outcome.FAILED
    assert "busy" in busy.why
    gone = await asker(named("pipe-owner"), given={"pipe": "nosuch"})
    assert "There is no pipe nosuch" in gone.why


def test_5000_pipes_are_a_table_at_once() -> None:
    records = [{"name": f"app-{n % 97}\\{n}-{ID[:8]}", "instances": n % 9, "most": None} for n in range(5000)]
    table = table_of(named("pipes"), records)
    assert len(table.rows) == 5000
    assert tree(row.record["name"] for row in table.rows).count == 5000
