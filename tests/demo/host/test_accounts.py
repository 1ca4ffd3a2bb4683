"""Who a process is under each account: whoami, .NET's own answer, and what each may do."""

from __future__ import annotations

import csv
import re

import pytest

from tests.demo.host.host_io import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, powershell, request, run

ADMINISTRATORS = "S-1-5-32-544"
IN_ROLE = (
    "([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent())"
    ".IsInRole([Security.Principal.WindowsBuiltInRole]'Administrator')"
)


@pytest.mark.parametrize(
    ("account", "name", "sid", "administrator"),
    [
        (SYSTEM, "nt authority\\system", "S-1-5-18", True),
        ("", "nt authority\\system", "S-1-5-18", True),
        (LOCAL_SERVICE, "nt authority\\local service", "S-1-5-19", False),
        (NETWORK_SERVICE, "nt authority\\network service", "S-1-5-20", False),
    ],
)
async def test_the_service_accounts(account: str, name: str, sid: str, administrator: bool) -> None:
    _, io = await run(request(["whoami.exe"], account))
    assert io.lines == [name]
    _, io = await run(request(["whoami", "/user", "/fo", "csv", "/nh"], account))
    assert io.lines == [f'"{name}","{sid}"']
    groups = "[Security.Principal.WindowsIdentity]::GetCurrent().Groups | % { $_.Value }"
    _, io = await powershell(f"@({groups}) -contains '{ADMINISTRATORS}'; {IN_ROLE}", account)
    assert io.lines == [str(administrator)] * 2


async def test_administrators_is_enabled_and_owner_for_system_only() -> None:
    _, io = await run(request(["whoami", "/groups", "/fo", "csv", "/nh"]))
    rows = {row[2]: row for row in csv.reader(io.lines)}
    assert rows[ADMINISTRATORS] == [
        "BUILTIN\\Administrators",
        "Alias",
        ADMINISTRATORS,
        "Enabled by default, Enabled group, Group owner",
    ]
    for account in (LOCAL_SERVICE, NETWORK_SERVICE):
        _, io = await run(request(["whoami", "/groups", "/fo", "csv", "/nh"], account))
        rows = {row[2]: row for row in csv.reader(io.lines)}
        assert ADMINISTRATORS not in rows
        # The integrity level says nothing about it.
        assert "S-1-16-16384" in rows


@pytest.mark.parametrize("account", [LOCAL_SERVICE, NETWORK_SERVICE])
async def test_privileges_of_the_services(account: str) -> None:
    _, io = await run(request(["whoami", "/priv", "/fo", "csv", "/nh"], account))
    enabled = {row[0] for row in csv.reader(io.lines) if row[2] == "Enabled"}
    assert enabled == {"SeChangeNotifyPrivilege", "SeCreateGlobalPrivilege", "SeImpersonatePrivilege"}


@pytest.mark.parametrize(
    ("group", "administrator"),
    [("Administrators", True), ("hyper-v administrators", False), ("node-debuggers", False)],
)
async def test_a_local_group_gets_a_user_of_its_own(group: str, administrator: bool) -> None:
    _, io = await run(request(["whoami"], group))
    assert re.fullmatch(r"win-tests\\[0-9a-f]{20}", io.lines[0])
    _, io = await run(request(["whoami", "/groups"], group))
    assert group.lower() in io.text.lower()
    _, io = await powershell(IN_ROLE, group)
    assert io.lines == [str(administrator)]


async def test_whoami_all_has_every_section_in_columns() -> None:
    _, io = await run(request(["whoami", "/all"]))
    for title in ("USER INFORMATION", "GROUP INFORMATION", "PRIVILEGES INFORMATION"):
        assert title in io.lines
    rules = [line for line in io.lines if line.startswith("====")]
    assert len(rules) == 3


async def test_whoami_refuses_what_it_does_not_know() -> None:
    code, io = await run(request(["whoami", "/nosuch"]))
    assert code == 1
    assert io.error_text.startswith("ERROR: Invalid argument/option - '/nosuch'.")
    code, io = await run(request(["whoami", "/upn"]))
    assert code == 1
    assert "Unable to get User Principal Name" in io.error_text


@pytest.mark.parametrize(
    "script",
    [
        "Stop-Service Spooler",
        "Stop-Process -Name kubelet",
        "Set-Content C:\\Windows\\x.txt x",
        "Get-ChildItem C:\\ProgramData\\containerd",
        "Get-HnsNetwork",
        "Get-Process -IncludeUserName",
        "fltmc",
        "net session",
        "crictl ps",
        "netstat -anb",
    ],
)
async def test_what_only_administrators_may_do(script: str) -> None:
    code, io = await powershell(script, LOCAL_SERVICE, node="win-rights")
    assert code == 1
    assert re.search("denied|elevat|Cannot open Spooler", io.error_text)
    code, io = await powershell(script, node="win-rights")
    assert (code, io.error_text) == (0, "")
