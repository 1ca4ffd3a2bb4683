"""Commands of the simulated PowerShell: what they show, and that what they say of the node fits together."""

from __future__ import annotations

import json

import pytest

from hptui.demo.host.machine import Machine
from tests.demo.host.host_io import BUILD_2019, BUILD_2025, LOCAL_SERVICE, powershell, request, run


async def shown(script: str, *, node: str = "win-tests") -> list[str]:
    _, io = await powershell(script, node=node)
    assert io.error_text == ""
    return io.lines


async def objects(script: str) -> list[dict[str, object]]:
    """What a script gives, one JSON object a line, as a probe asks for it."""
    return [
        json.loads(line)
        for line in await shown(f"{script} | % {{ ConvertTo-Json -InputObject $_ -Compress }}")
    ]


async def test_get_process_in_its_columns() -> None:
    lines = await shown("Get-Process -Id 4")
    assert lines[0] == ""
    assert lines[1] == "Handles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName"
    assert lines[2] == "-------  ------    -----      -----     ------     --  -- -----------"
    assert lines[3].split()[-3:] == ["4", "0", "System"]
    assert lines[4:] == ["", ""]


async def test_get_service_in_its_columns() -> None:
    lines = await shown("Get-Service hns, kubelet")
    assert lines[1:5] == [
        "Status   Name               DisplayName",
        "------   ----               -----------",
        "Running  hns                Host Network Service",
        "Running  kubelet            kubelet",
    ]


async def test_get_child_item_in_its_columns() -> None:
    lines = await shown("Get-ChildItem C:\\Windows\\System32\\drivers\\etc")
    assert lines[2] == "    Directory: C:\\Windows\\System32\\drivers\\etc"
    assert lines[5] == "Mode                LastWriteTime         Length Name"
    assert lines[7].startswith("-a----")
    assert lines[7].endswith(" hosts")


async def test_objects_without_a_view_are_a_table_up_to_four_properties_and_a_list_beyond() -> None:
    assert await shown("[pscustomobject]@{Name='a';Size=12}") == [
        "",
        "Name Size",
        "---- ----",
        "a      12",
        "",
        "",
    ]
    lines = await shown("[pscustomobject]@{A=1;B=2;C=3;D=4;Long=5}")
    assert lines == ["", "", "A    : 1", "B    : 2", "C    : 3", "D    : 4", "Long : 5", "", "", ""]


async def test_format_table_with_a_calculated_column() -> None:
    lines = await shown("1,20 | select @{n='N';e={$_}}, @{n='Twice';e={$_ * 2}} | Format-Table -AutoSize")
    assert [line for line in lines if line] == [" N Twice", " - -----", " 1     2", "20    40"]


async def test_pipes_by_every_road_are_the_same() -> None:
    by_dotnet = await shown("[IO.Directory]::GetFiles('\\\\.\\pipe\\') | % { $_.Substring(9) }")
    by_item = await shown("(Get-ChildItem \\\\.\\pipe\\).Name")
    _, io = await run(request(["cmd", "/c", "dir /b \\\\.\\pipe\\\\"]))
    assert sorted(by_dotnet) == sorted(by_item) == sorted(io.lines)
    assert {"lsass", "containerd-containerd", "InitShutdown"} <= set(by_dotnet)
    walked = await shown(
        "$e = [IO.Directory]::EnumerateFileSystemEntries('\\\\.\\pipe\\').GetEnumerator(); "
        "while ($e.MoveNext()) { $e.Current.Substring(9) }"
    )
    assert walked == by_dotnet


@pytest.mark.parametrize(
    ("build", "name"),
    [(BUILD_2019, "Windows Server 2019 Datacenter"), (BUILD_2025, "Windows Server 2025 Datacenter")],
)
async def test_the_build_is_told_alike_everywhere(build: str, name: str) -> None:
    script = (
        "(gcim Win32_OperatingSystem).Caption; "
        "(Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion').ProductName; "
        "[Environment]::OSVersion.Version.Build; $PSVersionTable.PSVersion.Build"
    )
    _, io = await run(request(["powershell", "-Command", script], build=build))
    number = build.split(".")[2]
    assert io.lines == [f"Microsoft {name}", name, number, number]


async def test_files_are_written_listed_read_and_removed() -> None:
    script = (
        "Set-Content C:\\k\\new.txt 'one','two'; Add-Content C:\\k\\new.txt 'three'; (gi C:\\k\\new.txt).Length; "
        "Get-Content C:\\k\\new.txt -Tail 1; (gc C:\\k\\new.txt).Count; 'x' > C:\\k\\wide.txt; (gi C:\\k\\wide.txt).Length; "
        "gc C:\\k\\wide.txt; Remove-Item C:\\k\\new.txt, C:\\k\\wide.txt; Test-Path C:\\k\\new.txt"
    )
    assert await shown(script, node="win-files") == ["17", "three", "3", "8", "x", "False"]


async def test_what_a_low_account_may_not_read_is_denied_in_windows_words() -> None:
    code, io = await powershell("Get-ChildItem C:\\Windows\\System32\\config; 'on'", LOCAL_SERVICE)
    assert "Access to the path 'C:\\Windows\\System32\\config' is denied." in " ".join(io.error_text.split())
    assert (code, io.lines) == (0, ["on"])


async def test_moving_about() -> None:
    assert await shown("cd C:\\windows\\system32; (pwd).Path; cd ..; \"$pwd\"; pushd C:\\k; popd; $pwd.Path") == [
        "C:\\Windows\\System32", "C:\\Windows", "C:\\Windows",
    ]  # fmt: skip
    _, io = await powershell("cd C:\\nosuch; $pwd.Path")
    assert io.lines == ["C:\\hpc"]
    assert "Cannot find path 'C:\\nosuch' because it does not exist." in " ".join(io.error_text.split())


async def test_event_logs_by_filter() -> None:
    events = await objects(
        "Get-WinEvent -FilterHashtable @{LogName='System';Level=2,3} -MaxEvents 5 | select Level, LogName, Id"
    )
    assert len(events) == 5
    assert all(event["Level"] in (2, 3) and event["LogName"] == "System" for event in events)
    assert len(await shown("Get-EventLog System -Newest 3 | % Index")) == 3
    _, io = await powershell("Get-WinEvent -FilterHashtable @{LogName='System';Id=99999}")
    assert "No events were found that match the specified selection criteria." in " ".join(
        io.error_text.split()
    )


async def test_cim_filters() -> None:
    found = await objects(
        "Get-CimInstance Win32_Service -Filter \"Name='kubelet' OR Name='hns'\" | select Name, State"
    )
    assert {each["Name"]: each["State"] for each in found} == {"kubelet": "Running", "hns": "Running"}
    names = await shown(
        "(Get-CimInstance Win32_Process -Filter \"Name like 'containerd-shim%'\").Name | select -Unique"
    )
    assert names == ["containerd-shim-runhcs-v1.exe"]
    _, io = await powershell("Get-CimInstance Win32_NoSuch")
    assert "Invalid class" in io.error_text


async def test_an_operating_system_is_a_table_as_cim_and_a_list_as_wmi() -> None:
    _, io = await powershell("Get-CimInstance Win32_OperatingSystem")
    assert [line for line in io.lines if line] == [
        "SystemDirectory     Organization BuildNumber RegisteredUser SerialNumber            Version",
        "---------------     ------------ ----------- -------------- ------------            -------",
        "C:\\Windows\\system32              20348                      00454-60000-00001-AA491 10.0.20348",
    ]
    _, io = await powershell("Get-WmiObject Win32_OperatingSystem")
    assert [line.partition(" :")[0].rstrip() for line in io.lines if line] == [
        "SystemDirectory", "Organization", "BuildNumber", "RegisteredUser", "SerialNumber", "Version",
    ]  # fmt: skip


async def test_listeners_belong_to_processes_that_are_there() -> None:
    script = (
        "$n = @{}; Get-Process | % { $n[[int]$_.Id] = $_.ProcessName }; "
        "Get-NetTCPConnection -State Listen | ? LocalPort -eq 10250 | % { $n[[int]$_.OwningProcess] }"
    )
    assert await shown(script) == ["kubelet"]


async def test_json_as_5_1_writes_it() -> None:
    assert await shown("@{a='<b>'} | ConvertTo-Json") == ["{", '    "a":  "\\u003cb\\u003e"', "}"]
    assert await shown(
        "[pscustomobject]@{s=(Get-Service hns).Status;d=[datetime]'2026-01-02'} | ConvertTo-Json -Compress"
    ) == ['{"s":4,"d":"\\/Date(1767312000000)\\/"}']


async def test_help_commands_and_history() -> None:
    assert "    Gets the services on the computer." in await shown("Get-Help gsv")
    assert await shown("(Get-Command *-Service).Name") == [
        "Get-Service", "Restart-Service", "Set-Service", "Start-Service", "Stop-Service",
    ]  # fmt: skip
    assert await shown("(Get-Command whoami).Source") == ["C:\\Windows\\System32\\whoami.exe"]
    _, io = await powershell("Get-Help Get-NoSuch")
    assert "Get-Help could not find Get-NoSuch" in io.error_text


async def test_output_is_in_the_consoles_code_page_until_utf_8_is_asked_for() -> None:
    _, io = await powershell("'Grüße ☃'")
    assert bytes(io.output) == "Grüße ?\r\n".encode("cp437")
    _, io = await powershell("[Console]::OutputEncoding = New-Object Text.UTF8Encoding($false); 'Grüße ☃'")
    assert bytes(io.output) == "Grüße ☃\r\n".encode()


async def test_stderr_and_stdout_are_apart() -> None:
    _, io = await powershell("'out'; Write-Error 'err'; [Console]::WriteLine('more')")
    assert io.lines == ["out", "more"]
    assert "err" in io.error_text


async def test_deep_recursion_is_an_error_and_not_the_end() -> None:
    _, io = await powershell("function f($n) { f ($n + 1) }; f 1")
    assert "call depth overflow" in io.error_text


def test_a_machine_follows_from_its_name() -> None:
    one, again, other = Machine("n1", BUILD_2019), Machine("n1", BUILD_2019), Machine("n2", BUILD_2019)
    assert one.sid == again.sid != other.sid
    assert [process.name for process in one.processes.all()] == [
        process.name for process in again.processes.all()
    ]
    assert one.network.address == again.network.address
    assert len({one.network.address, other.network.address}) == 2


async def test_local_groups_are_those_that_a_pod_can_run_as() -> None:
    names = await shown("(Get-LocalGroup).Name")
    assert {"Administrators", "Users", "node-debuggers"} <= set(names)
    for name in names:
        _, io = await run(request(["whoami", "/groups"], name))
        assert name in io.text


async def test_a_restart_is_refused_honestly() -> None:
    _, io = await powershell("Restart-Computer", LOCAL_SERVICE)
    assert "Access is denied." in " ".join(io.error_text.split())
    _, io = await powershell("Restart-Computer")
    assert "there is no Windows behind it" in " ".join(io.error_text.split())
