"""The console programs of a simulated node: cmd and its lines, filters on stdin, and what each program prints."""

from __future__ import annotations

import csv
import json

import pytest

from tests.demo.host.host_io import LOCAL_SERVICE, powershell, request, run

LINES = [
    ("echo hi", "hi\n", 0),
    ("echo hi& exit 3", "hi\n", 3),
    ("echo a&& echo b|| echo c", "a\nb\n", 0),
    ("exit /b 6", "", 6),
    ("ver", "\nMicrosoft Windows [Version 10.0.20348.2700]\n", 0),
    ("echo %COMPUTERNAME% and %NOSUCH%", "WIN-TESTS and %NOSUCH%\n", 0),
    ("cd C:\\Windows & cd", "C:\\Windows\n", 0),
    ("set NEW=1 & set NEW", "NEW=1\n", 0),
    ("echo one> C:\\t.txt & echo two>> C:\\t.txt & type C:\\t.txt", "one\ntwo\n", 0),
    ("(echo x) 2>&1", "x\n", 0),
    ("echo b^&c", "b&c\n", 0),
    ("whoami | findstr /i SYSTEM", "nt authority\\system\n", 0),
    ("whoami | findstr nobody", "", 1),
    ("nosuch 2>nul || echo fell", "fell\n", 0),
    ("type C:\\nosuch 2>&1", "The system cannot find the file specified.\n", 1),
    ("dir /b C:\\Windows\\System32\\drivers", "etc\n", 0),
    ("powershell -Command exit 5", "", 5),
]  # fmt: skip


@pytest.mark.parametrize(("line", "output", "code"), LINES, ids=[line for line, _, _ in LINES])
async def test_lines_of_cmd(line: str, output: str, code: int) -> None:
    ended, io = await run(request(["cmd.exe", "/c", line]))
    assert (io.text.replace(" \n", "\n"), ended) == (output, code)


@pytest.mark.parametrize("line", ["echo wrong 1>&2", "echo wrong >&2", ">&2 echo wrong"])
async def test_cmd_sends_output_to_stderr(line: str) -> None:
    code, io = await run(request(["cmd.exe", "/c", line]))
    assert (io.text, io.error_text.strip(), code) == ("", "wrong", 0)


async def test_cmd_tells_an_unknown_command() -> None:
    code, io = await run(request(["cmd", "/c", "nosuch"]))
    assert code == 1
    assert (
        io.error_text
        == "'nosuch' is not recognized as an internal or external command,\noperable program or batch file.\n"
    )


async def test_cmd_reads_lines_from_stdin() -> None:
    code, io = await run(request(["cmd.exe"]), b"echo hi\r\nexit 4\r\n")
    assert code == 4
    assert "C:\\hpc>echo hi\nhi\n" in io.text
    assert "simulation" in io.text


BYTES = "Grüße, 世界 😀\r\n".encode() + bytes(range(1, 256)).replace(b"\n", b"") + b"\r\n"


async def test_findstr_passes_bytes_as_they_are() -> None:
    _, io = await run(request(["findstr", "^"]), BYTES)
    assert bytes(io.output) == BYTES


@pytest.mark.parametrize(
    ("argv", "given", "output"),
    [
        (["cmd", "/c", "more"], b"one\ntwo", "one\ntwo\n"),
        (["sort"], b"b\na\nC\n", "a\nb\nC\n"),
        (["sort", "/r"], b"a\nb\n", "b\na\n"),
        (["findstr", "/v", "x"], b"ax\nb\n", "b\n"),
        (["findstr", "/n", "/c:two words"], b"one\ntwo words\n", "2:two words\n"),
        (["findstr", "C:\\"], b"on C:\\\nC\n", "on C:\\\n"),
        (["findstr", "one two"], b"one\nthree\ntwo\n", "one\ntwo\n"),
        (["find", "/c", '"o"'], b"one\ntwo\nx\n", "2\n"),
        (["powershell", "-Command", '$input | % { "<$_>" }'], b"one\ntwo\n", "<one>\n<two>\n"),
    ],
)
async def test_filters_of_stdin(argv: list[str], given: bytes, output: str) -> None:
    _, io = await run(request(argv), given)
    assert io.text == output


async def test_ping_counts_and_summarises() -> None:
    code, io = await run(request(["ping", "-n", "1", "127.0.0.1"]))
    assert code == 0
    assert "Reply from 127.0.0.1: bytes=32 time<1ms TTL=128" in io.lines
    assert "    Packets: Sent = 1, Received = 1, Lost = 0 (0% loss)," in io.lines
    code, io = await run(request(["ping", "-n", "1", "-w", "1", "203.0.113.9"]))
    assert (code, "Request timed out." in io.lines) == (1, True)
    code, io = await run(request(["ping", "nosuch.example"]))
    assert code == 1
    assert io.text.startswith("Ping request could not find host nosuch.example.")


async def test_addresses_are_the_same_wherever_they_are_asked() -> None:
    _, io = await run(request(["ipconfig"]))
    address = next(line.rsplit(" ", 1)[1] for line in io.lines if "IPv4 Address" in line)
    _, shell = await powershell("(Get-NetIPAddress -AddressFamily IPv4 | ? InterfaceIndex -eq 9).IPAddress")
    assert shell.lines == [address]
    _, connections = await run(request(["netstat", "-ano"]))
    assert any(f"{address}:" in line and line.split()[-1].isdigit() for line in connections.lines)


async def test_tasklist_and_get_process_agree() -> None:
    _, io = await run(request(["tasklist", "/fo", "csv", "/nh"]))
    listed = {int(row[1]): row[0] for row in csv.reader(io.lines)}
    _, shell = await powershell('Get-Process | % { "$($_.Id) $($_.Name)" }')
    seen = {int(line.split(" ", 1)[0]): line.split(" ", 1)[1] for line in shell.lines}
    assert {pid: name for pid, name in seen.items() if name == "kubelet"}.keys() <= listed.keys()
    assert listed[4] == "System"
    _, io = await run(request(["tasklist", "/fi", "imagename eq nosuch.exe"]))
    assert io.text.startswith("INFO: No tasks are running")


async def test_taskkill_ends_a_process_for_administrators_only() -> None:
    node = "win-kill"
    code, io = await run(request(["taskkill", "/im", "LogonUI.exe"], LOCAL_SERVICE, node=node))
    assert (code, "Access is denied." in io.error_text) == (1, True)
    code, io = await run(request(["taskkill", "/im", "LogonUI.exe"], node=node))
    assert (code, io.text.startswith("SUCCESS")) == (0, True)
    code, io = await run(request(["taskkill", "/im", "LogonUI.exe"], node=node))
    assert (code, io.error_text) == (128, 'ERROR: The process "LogonUI.exe" not found.\n')
    code, _ = await run(request(["taskkill", "/pid", "4"], node=node))
    assert code == 1


async def test_crictl_lists_as_a_table_and_as_json() -> None:
    _, io = await run(request(["crictl", "ps"]))
    assert io.lines[0].startswith("CONTAINER ")
    _, io = await run(
        request(
            [
                "crictl",
                "--runtime-endpoint",
                "npipe:////./pipe/containerd-containerd",
                "ps",
                "-a",
                "-o",
                "json",
            ]
        )
    )
    assert len(json.loads(io.text)["containers"]) >= 2


async def test_services_by_every_road() -> None:
    node = "win-services"
    _, io = await run(request(["sc.exe", "query", "Schedule"], node=node))
    assert "STATE              : 4  RUNNING" in io.text
    code, io = await run(request(["net", "stop", "Schedule"], LOCAL_SERVICE, node=node))
    assert (code, "Access is denied." in io.error_text) == (2, True)
    await run(request(["net", "stop", "Schedule"], node=node))
    _, io = await powershell(
        "(Get-Service Schedule).Status; (gcim Win32_Service -Filter \"Name='Schedule'\").State", node=node
    )
    assert io.lines == ["Stopped", "Stopped"]


async def test_mode_and_timeout_need_a_console() -> None:
    for name in ("mode", "timeout"):
        code, io = await run(request([name, "1"]))
        assert (code, bool(io.error_text)) == (1, True)


@pytest.mark.parametrize(
    "name",
    [
        "systeminfo",
        "hostname",
        "chcp",
        "w32tm /query /status",
        "route print",
        "hcsdiag list",
        "pktmon status",
    ],
)
async def test_programs_that_answer_with_something(name: str) -> None:
    code, io = await run(request(name.split()))
    assert code == 0
    assert io.text.strip()
