"""The first process of hptui's own pods runs on the simulated host as it stands, and says who it is."""

from __future__ import annotations

import asyncio

import pytest

from hptui.demo.host.start import start_process
from hptui.hostprocess.first_process import first_process_command
from tests.demo.host.host_io import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, PipeIO, powershell, request


@pytest.mark.parametrize(
    ("account", "user", "verdict"),
    [
        (SYSTEM, "NT AUTHORITY\\SYSTEM", "yes"),
        (LOCAL_SERVICE, "NT AUTHORITY\\LOCAL SERVICE", "no"),
        (NETWORK_SERVICE, "NT AUTHORITY\\NETWORK SERVICE", "no"),
        ("Administrators", "WIN-TESTS\\", "yes"),
        ("Users", "WIN-TESTS\\", "no"),
    ],
)
async def test_it_says_who_it_is_and_goes_on(account: str, user: str, verdict: str) -> None:
    io = PipeIO()
    asked = request(first_process_command(), account, environment={"HPTUI_DEADLINE_SECONDS": "3600"})
    task = asyncio.create_task(start_process(asked, io).run())
    try:
        await io.until(lambda: "\ntime: " in io.text)
        lines = io.lines
        assert lines[0] == "hptui first process 1"
        assert lines[1].startswith(f"user: {user}")
        assert lines[3].startswith(f"administrator: {verdict}, ")
        assert "windows: 10.0.20348.2700 Windows Server 2022 Datacenter" in lines
        assert not io.errors
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_the_vendor_pages_question_is_answered_by_windows_powershell() -> None:
    script = (
        "$AdminRights = ([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent())"
        '.IsInRole([Security.Principal.WindowsBuiltInRole]"Administrator")\n'
        'Write-Host "Process has admin rights: $AdminRights"'
    )
    assert (await powershell(script))[1].lines == ["Process has admin rights: True"]


async def test_a_type_that_is_not_there_leaves_the_answer_empty() -> None:
    script = '$x = [Security.Principal.NoSuchType]::Get()\nWrite-Host "Process has admin rights: $x"'
    _, io = await powershell(script)
    assert io.lines == ["Process has admin rights: "]
    assert io.error_text.startswith("Unable to find type [Security.Principal.NoSuchType].")
