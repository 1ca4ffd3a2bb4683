"""`hptui probe`: the answer on stdout in three forms, what it is worth in the exit code, nothing left behind."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hptui.cli.probe_accounts import as_table
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.probes.export import as_csv
from hptui.probes.matrix import Matrix, MatrixRow, matrix_table
from tests.cli.conftest import NODE, Program, finish, until


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    """With the whole simulated Windows behind it, not a scripted one."""
    async with SimulatedCluster(pace=brisk()) as cluster:
        yield cluster


def mine(program: Program, tmp_path: Path, **scripts: str) -> None:
    for name, text in scripts.items():
        (tmp_path / f"{name.replace('_', '-')}.ps1").write_text(text)
    program.environment["HPTUI_PROBE_DIRECTORY"] = str(tmp_path)


async def test_the_same_answer_as_table_csv_and_json(program: Program) -> None:
    table = await program.run("probe", "processes", NODE, "-n", "hptui", "--filter", "kubelet.exe")
    assert (table.code, table.err) == (0, "")
    head, line = table.text.splitlines()
    assert head.startswith("PROCESS   PARENT")
    assert "kubelet.exe" in line
    as_csv = await program.run(
        "probe", "processes", NODE, "-n", "hptui", "-o", "csv", "--account", "NetworkService"
    )
    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert {row["owner"] for row in rows} == {""}  # no administrator, no owners
    as_json = await program.run("probe", "processes", NODE, "-n", "hptui", "-o", "json")
    answer = json.loads(as_json.text)
    assert (answer["node"], answer["user"], answer["outcome"]) == (NODE, "NT AUTHORITY\\SYSTEM", "answered")
    assert {row["name"] for row in rows} <= {row["name"] for row in answer["rows"]}
    left = await program.run("sessions", "-A", "--all", "-o", "name")
    assert left.text == ""


async def test_the_exit_code_says_what_the_answer_is_worth(program: Program, tmp_path: Path) -> None:
    mine(
        program,
        tmp_path,
        fails="# title: F\nthrow 'no luck'",
        not_here="# title: N\nthrow 'not here: no HNS'",
    )
    failed = await program.run("probe", "fails", NODE, "-n", "hptui")
    assert (failed.code, failed.text) == (1, "")
    assert failed.err.startswith(f"hptui: fails on {NODE}: The script ended with an error")
    not_here = await program.run("probe", "not-here", NODE, "-n", "hptui")
    assert not_here.code == 3
    assert not_here.err == f"hptui: not-here on {NODE}: Not available here, because no HNS\n"


async def test_probes_are_listed_explained_and_shown_without_a_cluster(
    program: Program, tmp_path: Path
) -> None:
    program.environment["KUBECONFIG"] = "/nowhere"
    mine(
        program,
        tmp_path,
        mine="# title: All mine\n# parameter: n number 5 How many\n$n|O",
        broken="# colour: red\n1|O",
    )
    listed = await program.run("probe")
    assert listed.code == 1  # one can't be used
    assert "Processes" in listed.text
    assert "Your own\n  mine   All mine\n" in listed.text
    assert "Line 1 of the probe broken" in listed.err
    page = await program.run("probe", "mine")
    assert "n   number   [5]   How many" in page.text
    script = await program.run("probe", "mine", "--script", "-a", "n=7")
    assert "$n=7\n" in script.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch", NODE], "There is no probe 'nosuch'."),
        (["proceses", NODE], "Do you mean processes?"),
        (["processes", NODE, "-a", "x=1"], "processes has no parameter 'x'"),
        (["processes", NODE, "-a", "x"], "--argument wants KEY=VALUE"),
    ],
)
async def test_what_is_not_understood_asks_nobody(program: Program, arguments: list[str], said: str) -> None:
    done = await program.run("probe", *arguments)
    assert (done.code, done.text) == (2, "")
    assert said in done.err


async def test_all_accounts_side_by_side_after_a_yes(program: Program) -> None:
    asked = await program.run("probe", "admin", NODE, "-n", "hptui", "--all-accounts")
    assert (asked.code, asked.text) == (2, "")
    assert "Start 4 short pods" in asked.err
    done = await program.run("probe", "admin", NODE, "-n", "hptui", "--all-accounts", "--yes")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.text.splitlines()]
    assert lines[2] == ["≠", "Administrator", "yes", "no", "no", "yes"]
    assert ["Language", "mode", *["FullLanguage"] * 4] in lines
    left = await program.run("sessions", "-A", "--all", "-o", "name")
    assert left.text == ""


def test_a_matrix_as_csv_runs_nothing_in_a_spreadsheet_and_as_a_table_cuts_with_a_sign() -> None:
    matrix = Matrix("t", ("=a", "b"), (MatrixRow("=label", ("=cmd|' /c calc'!A1", "x"), True),))
    table = matrix_table(matrix)
    assert as_csv(table.columns, table.rows).splitlines() == [
        "what,'=a,b,differs",
        "'=label,'=cmd|' /c calc'!A1,x,true",
    ]
    assert "a…" in as_table(Matrix("t", ("a",), (MatrixRow("long", ("a" * 99,), True),)))


async def test_a_pipe_is_opened_only_after_a_yes_and_some_never(program: Program) -> None:
    asked = await program.run("probe", "pipe-owner", NODE, "-n", "hptui", "-a", "pipe=eventlog")
    assert asked.code == 2
    assert "This opens the pipe" in asked.err
    done = await program.run("probe", "pipe-owner", NODE, "-n", "hptui", "-a", "pipe=eventlog", "--yes")
    assert done.code == 0
    assert "AccessAllowed: Everyone" in done.text
    never = await program.run("probe", "pipe-owner", NODE, "-n", "hptui", "-a", "pipe=lsass", "--yes")
    assert never.code == 2
    assert "must not be touched" in never.err
    missing = await program.run("probe", "pipe-owner", NODE)
    assert "must be told pipe" in missing.err


async def test_a_self_test_reports_what_each_answer_is_like(program: Program, tmp_path: Path) -> None:
    mine(program, tmp_path, odd="# title: O\n# column: n number\n@{n='many';x=1}|O")
    done = await program.run("probe", "--self-test", NODE, "-n", "hptui")
    lines = {line.strip("! ").split()[0]: line for line in done.text.splitlines()}
    assert done.text.startswith(f"{NODE}, as NT AUTHORITY\\SYSTEM, PowerShell 5.1.")
    assert done.code == 1
    assert [line.split()[1] for line in done.text.splitlines() if line.startswith("!")] == ["odd"]
    assert "n: 1 are no number, as 'many'; no column for x" in lines["odd"]
    assert "not asked" in lines["pipe-owner"]
    assert "must be told pipe" in lines["pipe-owner"]
    assert done.text.splitlines()[-1].endswith("1 not asked; 1 to look at")
    left = await program.run("sessions", "-A", "--all", "-o", "name")
    assert left.text == ""


async def test_a_self_test_that_is_stopped_reports_what_it_has_and_where_it_stopped(
    program: Program, cluster: SimulatedCluster
) -> None:
    process = await program.start("probe", "--self-test", NODE, "-n", "hptui")
    await until(lambda: cluster.counts.execs_started > 3)
    cluster.faults.exec = "refused"
    done = await finish(process)
    assert done.code == 4
    *report, count, stopped = done.text.splitlines()
    asked = [line.split()[0] for line in report[2:] if "answered" in line or "not here" in line]
    assert len(asked) >= 3
    found = re.fullmatch(r"Stopped at (\S+), question (\d+) of \d+: .+", stopped)
    assert found is not None
    assert int(found[2]) == len(asked) + 1
    assert found[1] not in asked
    assert "nothing could be asked any more" in next(line for line in report if f"   {found[1]} " in line)
    assert re.match(r"\d+ probes: ", count)
    assert cluster.pods("hptui") == []


async def test_everything_at_once_in_one_file(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    done = await program.run("collect", NODE, "-n", "hptui", "-o", str(file), "--account", "NetworkService")
    assert done.code == 0, done.err
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as zipped:
        page = zipped.read("summary.html").decode()
        pipes = json.loads(zipped.read("json/pipes.json"))
        assert "csv/processes.csv" in zipped.namelist()
    assert pipes["user"] == "NT AUTHORITY\\NETWORK SERVICE"
    assert "<script" not in page
    assert "\x1b" not in page
    assert "agent|telemetry&lt;[31m&gt;" in page or "agent|telemetry&lt;&gt;" in page
    assert "Not available here, because Windows shows this account no exclusions" in page
    again = await program.run("collect", NODE, "-n", "hptui", "-o", str(file))
    assert again.code != 0
    assert "is there already" in again.err


async def test_what_has_been_answered_is_kept_when_the_rest_cannot_be_asked(
    program: Program, cluster: SimulatedCluster, tmp_path: Path
) -> None:
    file = tmp_path / "part.zip"
    process = await program.start("collect", NODE, "-n", "hptui", "-o", str(file))
    await until(lambda: cluster.counts.execs_started > 3)
    cluster.faults.exec = "refused"
    done = await finish(process)
    assert done.code == 4
    assert "questions have no answer in it" in done.err
    with zipfile.ZipFile(file) as zipped:
        answers = [name for name in zipped.namelist() if name.startswith("json/")]
    assert len(answers) >= 3
    assert f"{len(answers)} answers" in done.text
    assert cluster.pods("hptui") == []
