"""The script that every session's pod starts with: short enough for cmd, plain enough for any encoding, and honest."""

from __future__ import annotations

import base64
import re

from hptui.hostprocess.first_process import (
    DEADLINE_VARIABLE,
    SHELL,
    first_process_command,
    first_process_script,
)

CMD_LIMIT = 8191  # characters, of cmd.exe, which the container runtime may put in front


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


def test_every_statement_that_can_fail_on_a_locked_down_host_is_caught() -> None:
    """Method calls and native programs fail in constrained language mode or under a policy; neither may end the process."""
    depth = 0
    for line in first_process_script().splitlines():
        if re.match(r"\s*try \{", line):
            depth += 1
        if re.search(r"::|\.To\w+\(|\.exe\b|Get-ItemProperty|\[int\]", line):
            assert depth > 0, line
        if re.search(r"\}\s*catch\s*\{.*\}\s*$", line) or re.match(r"\}\s*catch\s*\{\s*$", line):
            depth = depth if line.rstrip().endswith("{") else depth - 1
        elif re.match(r"^\}\s*$", line) and depth:
            depth -= 1
    assert depth == 0


def test_the_shell_is_named_by_its_whole_path() -> None:
    assert SHELL[0].startswith("C:\\Windows\\System32\\")
