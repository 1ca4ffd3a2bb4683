"""Finding a shell's prompts in its output."""

from __future__ import annotations

import pytest

from hptui.terminal.emulator import Emulator
from hptui.terminal.prompts import next_prompt, previous_prompt


def filled(engine: str, *lines: str, columns: int = 40) -> Emulator:
    emulator = Emulator(columns, 10, engine=engine)
    emulator.feed("\r\n".join(lines).encode())
    return emulator


def prompts(emulator: Emulator) -> list[str]:
    found, y = [], -1
    while (line := next_prompt(emulator, y)) is not None:
        found.append(emulator.line(line).text.rstrip())
        y = line
    upwards, y = [], emulator.history + emulator.rows
    while (line := previous_prompt(emulator, y)) is not None:
        upwards.append(emulator.line(line).text.rstrip())
        y = line
    emulator.close()
    assert upwards == found[::-1]
    return found


def test_marked_ones_alone_where_the_host_marks_them(engine: str) -> None:
    emulator = filled(engine, "\x1b]133;A\x07$ ls", "PS C:\\> is what it printed", "\x1b]133;A\x07$ ")
    assert prompts(emulator) == ["$ ls", "$"]


def test_those_of_powershell_and_cmd_by_their_looks(engine: str) -> None:
    emulator = filled(
        engine,
        "Windows PowerShell",
        "PS C:\\hpc> dir",
        *[f"file {n}" for n in range(500)],
        "[web01]: PS HKLM:\\> cmd",
        "C:\\Windows\\system32>ver",
        "  PS C:\\> not at the beginning",
        "PS C:\\>",
    )
    assert prompts(emulator) == [
        "PS C:\\hpc> dir",
        "[web01]: PS HKLM:\\> cmd",
        "C:\\Windows\\system32>ver",
        "PS C:\\>",
    ]


def test_what_a_long_line_is_wrapped_into_begins_no_prompt(engine: str) -> None:
    assert prompts(filled(engine, "x" * 40 + "PS C:\\> no", "PS C:\\> yes")) == ["PS C:\\> yes"]


@pytest.mark.parametrize("lines", [(), ("nothing", "of the kind")])
def test_there_may_be_none(engine: str, lines: tuple[str, ...]) -> None:
    assert prompts(filled(engine, *lines)) == []
