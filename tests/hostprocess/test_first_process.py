"""The script that every session's pod starts with: short enough for cmd, plain enough for any encoding, and honest."""

from __future__ import annotations

import asyncio
import base64
import re

from hptui.demo.host.start import start_process
from hptui.demo.process import ProcessRequest
from hptui.hostprocess.first_process import (
    DEADLINE_VARIABLE,
    SHELL,
    first_process_command,
    first_process_script,
)
from hptui.powershell import encode_script

CMD_LIMIT = 8191  # characters, of cmd.exe, which the container runtime may put in front
LIMIT = 20.0  # seconds


class Pipes:
    """Keeps what a process writes."""

    def __init__(self) -> None:
        self.output = b""
        self.errors = b""

    async def read(self) -> bytes:
        return b""

    async def write(self, data: bytes) -> None:
        self.output += data

    async def write_error(self, data: bytes) -> None:
        self.errors += data

    async def wait_resized(self) -> tuple[int, int]:
        await asyncio.Event().wait()
        raise AssertionError("without a terminal nothing is resized")


def test_the_command_fits_where_cmd_stands_in_front_of_it() -> None:
    line = "cmd /c " + " ".join(first_process_command())
    assert len(line) < CMD_LIMIT - 500


def test_nothing_in_the_command_means_anything_to_cmd() -> None:
    assert not re.search(r'[&|<>^%"!()]', " ".join(first_process_command()))


def test_the_script_comes_out_of_the_command_as_it_went_in() -> None:
    command = first_process_command()
    assert command[-2] == "-EncodedCommand"
    script = base64.b64decode(command[-1]).decode("utf-16-le")
    assert script == first_process_script()
    assert script.splitlines()[0] == "# hptui first process 1"
    assert script.isascii()


def test_the_verdict_has_three_answers_and_rests_on_the_administrators_group() -> None:
    script = first_process_script()
    verdicts = re.findall(r"\$admin = '([a-z ]+),", script)
    assert {"yes", "no", "could not tell"} == set(verdicts)
    assert "S-1-5-32-544" in script
    assert "IsInRole" not in script


def test_it_knows_its_deadline_by_the_variable_that_the_pod_sets() -> None:
    assert f"$env:{DEADLINE_VARIABLE}" in first_process_script()


async def run(script: str, **environment: str) -> tuple[list[str], int]:
    """What the simulated PowerShell prints of it, and its exit code."""
    request = ProcessRequest(
        argv=[*first_process_command()[:-1], encode_script(script)],
        node="win-2022-01",
        os_build="10.0.20348.2700",
        containerd="1.7.20",
        account="NT AUTHORITY\\SYSTEM",
        environment=environment,
    )
    io = Pipes()
    async with asyncio.timeout(LIMIT):
        code = await start_process(request, io).run()
    assert io.errors == b""
    return io.output.decode().splitlines(), code


async def test_it_lives_until_its_deadline_and_says_so_now_and_then() -> None:
    quick = first_process_script().replace("Start-Sleep -Seconds 30", "Start-Sleep -Milliseconds 1")
    lines, code = await run(quick, HPTUI_DEADLINE_SECONDS="90")
    beats = [line.rpartition("Z ")[2] for line in lines if "alive" in line]
    assert beats == ["alive, 30 s", "alive, 60 s", "alive, 90 s"]
    assert (lines[-1], code) == ("the deadline has passed", 0)


async def test_where_the_token_cannot_be_read_it_says_why_and_goes_on() -> None:
    """As in Microsoft's sample log: no such type, and nothing behind the verdict."""
    blind = (
        first_process_script()
        .replace("Security.Principal.WindowsIdentity", "Security.Principal.NoSuchType")
        .replace("Start-Sleep -Seconds 30", "Start-Sleep -Milliseconds 1")
    )
    lines, code = await run(blind, HPTUI_DEADLINE_SECONDS="30")
    (verdict,) = [line for line in lines if line.startswith("administrator: ")]
    assert verdict.startswith("administrator: could not tell, because Unable to find type")
    assert "user: nt authority\\system" in lines
    assert "machine: WIN-2022-01" in lines
    assert (lines[-1], code) == ("the deadline has passed", 0)


async def test_where_windows_cannot_be_asked_for_its_build_the_rest_is_still_told() -> None:
    blind = (
        first_process_script()
        .replace("HKLM:\\SOFTWARE", "HKLM:\\NOSUCHKEY")
        .replace("Start-Sleep -Seconds 30", "Start-Sleep -Milliseconds 1")
    )
    lines, _ = await run(blind, HPTUI_DEADLINE_SECONDS="30")
    assert "windows: could not tell" in lines
    assert any(line.startswith("administrator: yes, ") for line in lines)


def test_the_shell_is_named_by_its_whole_path() -> None:
    assert SHELL[0].startswith("C:\\Windows\\System32\\")
