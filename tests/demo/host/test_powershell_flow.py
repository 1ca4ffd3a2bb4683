"""Output streams: it comes as it is made, waits for the reader, leaves the event loop free, and stops when told to."""

from __future__ import annotations

import asyncio

import pytest

from hptui.demo.host.start import start_process
from tests.demo.host.host_io import LIMIT, PipeIO, powershell, request

ENDLESS = [
    "while (1) { 'flood' }",
    "1..100000000",
    '1..100000000 | % { "line $_" }',
    "$i = 0; while (1) { $i++ }",
    "ping -t localhost",
]


@pytest.mark.parametrize("script", ["1..100000", "foreach ($i in 1..100000) { $i }", "1..100000 | % { $_ }"])
async def test_a_hundred_thousand_lines_come_whole_and_in_order(script: str) -> None:
    _, io = await powershell(script)
    assert io.lines == [str(number) for number in range(1, 100_001)]


@pytest.mark.parametrize("script", ENDLESS)
async def test_whatever_runs_can_be_stopped_and_leaves_the_loop_free(script: str) -> None:
    io = PipeIO()
    task = asyncio.create_task(start_process(request(["powershell.exe", "-Command", script]), io).run())
    # The script never ends by itself: that the loop turns at all shows that it is let go of again and again.
    async with asyncio.timeout(LIMIT):
        for _ in range(50):
            await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


class SlowReader(PipeIO):
    """Takes nothing more until it is let on."""

    def __init__(self) -> None:
        super().__init__()
        self.let_on = asyncio.Event()

    async def write(self, data: bytes) -> None:
        await super().write(data)
        await self.let_on.wait()


async def test_a_flood_waits_for_its_reader() -> None:
    io = SlowReader()
    task = asyncio.create_task(start_process(request(["powershell.exe", "-Command", "1..200000"]), io).run())
    await io.until(lambda: bool(io.output))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(io.output) < 100_000
    io.let_on.set()
    assert await task == 0
    assert io.text.endswith("\n200000\n")


async def test_output_comes_before_a_sleep_ends() -> None:
    io = PipeIO()
    task = asyncio.create_task(
        start_process(request(["powershell.exe", "-Command", "'first'; Start-Sleep 600; 'last'"]), io).run()
    )
    await io.until(lambda: io.lines == ["first"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert io.lines == ["first"]


async def test_select_first_ends_an_endless_source() -> None:
    _, io = await powershell(
        "1..100000000 | select -First 2; & { while (1) { 'x' } } | select -First 1; 'after'"
    )
    assert io.lines == ["1", "2", "x", "after"]
    _, io = await powershell("ping -t localhost | select -First 2 | % { $_.Length -gt 0 }")
    assert io.lines == ["False", "True"]
