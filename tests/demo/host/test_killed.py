"""A process that another one ends really ends, as Windows has it: with a code, and with what it has started."""

from __future__ import annotations

import asyncio

from hptui.demo.host.machine import machine_for
from hptui.demo.host.start import start_process
from hptui.demo.host.windows.processes import WindowsProcess
from tests.demo.host.host_io import BUILD_2022, LIMIT, PipeIO, request, run

NODE = "akswin22killed"
POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


def processes(mark: str) -> list[WindowsProcess]:
    found = machine_for(NODE, BUILD_2022).processes.all()
    return [each for each in found if mark in each.command_line and each.name == "powershell"]


async def started(mark: str) -> tuple[asyncio.Task[int], WindowsProcess]:
    """A shell that sleeps for an hour."""
    io = PipeIO()
    command = [POWERSHELL, "-Command", f"'up'; Start-Sleep 3600 #{mark}"]
    task = asyncio.create_task(start_process(request(command, node=NODE), io).run())
    await io.until(lambda: "up" in io.text)
    return task, processes(mark)[0]


async def test_stop_process_ends_what_runs() -> None:
    task, process = await started("stopped")
    code, _ = await run(request([POWERSHELL, "-Command", f"Stop-Process -Id {process.pid}"], node=NODE))
    assert code == 0
    async with asyncio.timeout(LIMIT):
        assert await task == 0xFFFFFFFF
    assert not processes("stopped")


async def test_taskkill_ends_what_runs_and_its_tree() -> None:
    task, process = await started("killed")
    assert (
        machine_for(NODE, BUILD_2022).processes.by_pid[process.parent].name == "cmd"
    )  # in front by the runtime
    code, io = await run(request(["taskkill", "/T", "/F", "/PID", str(process.parent)], node=NODE))
    assert code == 0, io.error_text
    assert f"PID {process.pid} (child process of PID {process.parent})" in io.text
    async with asyncio.timeout(LIMIT):
        assert await task == 1
    assert not processes("killed")


async def test_a_shell_that_ends_itself() -> None:
    code, _ = await run(
        request([POWERSHELL, "-Command", "Stop-Process -Id $PID; Start-Sleep 3600"], node=NODE)
    )
    assert code == 0xFFFFFFFF
