"""Which programs start on a simulated node, how a refusal reads, and what exit codes come back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from hptui.demo.host.start import start_process
from hptui.demo.process import CannotStart
from tests.demo.host.host_io import BUILD_2019, BUILD_2022, BUILD_2025, PipeIO, powershell, request, run

RECORDED = Path(__file__).parents[2] / "recorded"
WHOLE_PATH = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


def recorded_stderr(name: str) -> str:
    exchanges: list[dict[str, Any]] = json.loads((RECORDED / "exec-errors.json").read_text())["exchanges"]
    exchange = next(each for each in exchanges if each["name"] == name)
    frames = exchange.get("frames") or exchange["response"]["frames"]
    return "".join(frame["text"] for frame in frames if frame.get("channel") == 2)


@pytest.mark.parametrize(
    "name", ["powershell.exe", "powershell", "POWERSHELL.EXE", WHOLE_PATH, WHOLE_PATH.lower()]
)
async def test_powershell_starts_by_name_and_by_whole_path(name: str) -> None:
    code, io = await run(request([name, "-NoProfile", "-Command", "'here'"]))
    assert (code, io.lines) == (0, ["here"])


@pytest.mark.parametrize("build", [BUILD_2022, BUILD_2025])
async def test_with_bind_filters_a_missing_program_is_told_by_cmd(build: str) -> None:
    code, io = await run(request(["nosuch.exe", "-x"], build=build))
    assert code == 1
    assert io.errors.decode() == recorded_stderr("v5-command-not-found")


async def test_a_line_too_long_for_cmd_is_told_as_recorded() -> None:
    code, io = await run(request(["powershell.exe", "-Command", "echo " + "x" * 9000]))
    assert (code, io.errors.decode()) == (1, recorded_stderr("v5-long-command-9000"))


@pytest.mark.parametrize(("build", "containerd"), [(BUILD_2019, "1.7.20"), (BUILD_2022, "1.6.20")])
def test_without_bind_filters_the_runtime_does_not_find_it(build: str, containerd: str) -> None:
    with pytest.raises(CannotStart) as refused:
        start_process(request(["nosuch.exe"], build=build, containerd=containerd), PipeIO())
    words = refused.value.message
    assert f'\\"shell\\": {json.dumps(words)[1:-1]}' in (RECORDED / "pod-failures.json").read_text()
    assert refused.value.code == 128


def test_an_unknown_account_fails_to_log_on_as_recorded() -> None:
    with pytest.raises(CannotStart) as refused:
        start_process(request(["powershell.exe"], "NT AUTHORITY\\Nobody"), PipeIO())
    assert refused.value.message in (RECORDED / "pod-failures.json").read_text()


@pytest.mark.parametrize("account", ["Administrators", "node-debuggers"])
def test_local_groups_need_containerd_1_7(account: str) -> None:
    start_process(request(["powershell.exe"], account), PipeIO())
    with pytest.raises(CannotStart):
        start_process(request(["powershell.exe"], account, containerd="1.6.20"), PipeIO())


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 3010", 3010),
        ("exit -1", 4294967295),
        ("nosuchthing", 1),
        ("throw 'x'", 1),
        ("cmd /c exit 5", 1),
        ("cmd /c exit 5; exit $LASTEXITCODE", 5),
        ("nosuchthing; 'but then'", 0),
        ("'a' ; exit 7 ; 'never'", 7),
    ],
)
async def test_exit_codes_of_a_command(script: str, code: int) -> None:
    assert (await powershell(script))[0] == code


async def test_an_encoded_command_is_decoded_and_a_bad_one_refused() -> None:
    encoded = base64.b64encode('"x is $(1 + 1)"'.encode("utf-16-le")).decode()
    for option in ("-EncodedCommand", "-enc", "-e"):
        code, io = await run(request(["powershell.exe", "-NoLogo", "-NonInteractive", option, encoded]))
        assert (code, io.lines) == (0, ["x is 2"])
    code, io = await run(request(["powershell.exe", "-EncodedCommand", "%%%"]))
    assert code == 0xFFFD0000
    assert "not properly encoded" in io.error_text


async def test_statements_on_stdin_run_one_after_the_other() -> None:
    script = b"$x = 2\r\nif ($x -eq 2) {\r\n  'two'\r\n}\r\nnosuchthing\r\n\"still $x\""
    code, io = await run(request(["powershell.exe", "-NoProfile", "-Command", "-"]), script)
    assert io.lines == ["two", "still 2"]
    assert "The term 'nosuchthing' is not recognized" in io.error_text
    assert code == 0


async def test_the_environment_and_directory_are_the_containers() -> None:
    asked = request(["powershell.exe", "-Command", '"$env:HPTUI_X|$pwd"'], environment={"HPTUI_X": "yes"})
    assert (await run(asked))[1].lines == ["yes|C:\\hpc"]
    older = request(["powershell.exe", "-Command", "$pwd.Path.Length"], containerd="1.6.20")
    assert (await run(older))[1].lines == [str(len("C:\\C\\") + 64)]


async def test_what_one_process_does_another_sees() -> None:
    await powershell("Stop-Service Spooler; Set-Content C:\\k\\note.txt 'left here'", node="win-shared")
    _, io = await powershell("(Get-Service Spooler).Status; Get-Content C:\\k\\note.txt", node="win-shared")
    assert io.lines == ["Stopped", "left here"]
    _, other = await powershell("Test-Path C:\\k\\note.txt", node="win-other")
    assert other.lines == ["False"]


async def test_running_processes_are_in_the_list_and_gone_afterwards() -> None:
    _, io = await powershell("$pid; (Get-Process -Id $pid).ProcessName", node="win-list")
    pid, name = io.lines
    assert name == "powershell"
    code, later = await powershell(f"Get-Process -Id {pid}", node="win-list")
    assert code == 1
    assert f"Cannot find a process with the process identifier {pid}." in later.error_text
