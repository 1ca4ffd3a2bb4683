"""The log file: its owner's alone, bounded, fit for several processes, and never worth the program."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hptui.errors import SettingsError
from hptui.log import keeping
from hptui.log.bounded_file import BoundedFile

log = logging.getLogger("hptui.somewhere")

posix = pytest.mark.skipif(os.name != "posix", reason="modes and owners as POSIX has them")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "folder" / "hptui.log"
    keeping.end_file()


def test_a_line_says_when_how_grave_who_and_where(file: Path) -> None:
    keeping.begin(str(file))
    log.warning("something %s", "happened")
    (line,) = file.read_text().splitlines()
    when, level, pid, place, words = line.split(maxsplit=4)
    assert when.endswith("Z")
    assert (level, pid, place, words) == ("warning", str(os.getpid()), "somewhere:", "something happened")


@pytest.mark.parametrize(
    ("level", "kept"),
    [("debug", "debug info warning error"), ("info", "info warning error"), ("error", "error")],
)
def test_the_level_says_how_much(file: Path, level: str, kept: str) -> None:
    keeping.begin(str(file), level)
    for name in ("debug", "info", "warning", "error"):
        log.log(keeping.LEVELS[name], "of %s", name)
    assert [line.split()[1] for line in file.read_text().splitlines()] == kept.split()


def test_the_last_lines_are_in_memory_without_a_file() -> None:
    keeping.begin()
    log.debug("not this")
    for number in range(keeping.KEPT + 5):
        log.info("line %d Bearer 0123456789abcdef", number)
    lines = keeping.recent()
    assert len(lines) == keeping.KEPT
    assert lines[-1].endswith(f"line {keeping.KEPT + 4} Bearer <hidden>")
    assert not any("not this" in line for line in lines)


@posix
def test_the_file_is_its_owners_alone(file: Path) -> None:
    file.parent.mkdir()
    file.touch(0o644)
    keeping.begin(str(file))
    log.info("a line")
    assert file.stat().st_mode & 0o777 == 0o600


@posix
def test_a_link_in_its_place_is_not_followed(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    (tmp_path / "precious").write_text("mine")
    file.symlink_to(tmp_path / "precious")
    with pytest.raises(SettingsError, match="cannot be written") as refused:
        keeping.begin(str(file))
    assert "--log-file" in refused.value.hint
    assert (tmp_path / "precious").read_text() == "mine"


@posix
def test_a_pipe_or_a_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(SettingsError):
            keeping.begin(str(path))


def test_remote_words_cannot_pass_for_a_line_or_move_a_cursor(file: Path) -> None:
    keeping.begin(str(file))
    log.info("it said %s", "x\n2026-01-01T00:00:00.000Z error forged\x1b[2J\u202e\r")
    first, second = file.read_text().splitlines()
    assert first.endswith("it said x")
    assert second == "    2026-01-01T00:00:00.000Z error forged\\x1b[2J\\u202e\\x0d"


def test_a_traceback_stands_below_without_secrets(file: Path) -> None:
    keeping.begin(str(file))
    try:
        raise ValueError("cannot use password=hunter2")
    except ValueError:
        log.exception("a fault")
    text = file.read_text()
    assert "\n    Traceback" in text
    assert "hunter2" not in text


def test_it_is_moved_away_when_full_and_two_are_all(tmp_path: Path) -> None:
    path = tmp_path / "log"
    written = BoundedFile(path, limit=1000)
    for number in range(200):
        written.write(f"{number:099}")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "log.1"]
    assert all(p.stat().st_size <= 1100 for p in tmp_path.iterdir())
    kept = [int(line) for name in ("log.1", "log") for line in (tmp_path / name).read_text().split()]
    assert kept == list(range(kept[0], 200))  # nothing is lost in between


def test_several_processes_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    script = (
        "import sys; from pathlib import Path; from hptui.log.bounded_file import BoundedFile\n"
        "f = BoundedFile(Path(sys.argv[1]), limit=20_000)\n"
        "for n in range(300): f.write(f'{sys.argv[2]}:{n:03}:' + sys.argv[2] * 100)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = [line for p in sorted(tmp_path.iterdir()) for line in p.read_text().splitlines()]
    assert all(line == f"{line[0]}:{line[2:5]}:{line[0] * 100}" for line in lines)
    assert len(lines) > 150  # the older half is gone by design, not more
    assert {p.name for p in tmp_path.iterdir()} == {"log", "log.1"}


def test_a_file_that_was_deleted_is_made_again(file: Path) -> None:
    keeping.begin(str(file))
    log.info("one")
    file.unlink()
    log.info("two")
    assert file.read_text().endswith("two\n")


def test_what_cannot_be_written_ends_nothing_and_is_told_once(file: Path) -> None:
    keeping.begin(str(file))
    file.unlink(missing_ok=True)
    file.mkdir()
    log.info("one")
    log.info("two")
    assert sum("cannot be written any more" in line for line in keeping.recent()[-4:]) == 1


def test_nobody_elses_library_is_listened_to(file: Path) -> None:
    keeping.begin(str(file), "debug")
    logging.getLogger("urllib3.connectionpool").warning("GET /?token=x")
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    assert [line.split(maxsplit=4)[4] for line in file.read_text().splitlines()] == [
        "Task exception was never retrieved"
    ]
