"""A fault of hptui's own is told in sentences; its traceback goes into a file that only its owner can read."""

from __future__ import annotations

import asyncio
import re
import stat
import sys
from importlib import metadata
from pathlib import Path

import pytest

from hptui.cli import ERROR, run
from tests.cli.conftest import Program, finish
from tests.cli.pseudo_terminal import PseudoTerminal


def broken(_: str) -> str:
    raise LookupError("a fault \x1b[31mof our own")


def test_it_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(metadata, "version", broken)
    assert run(["hptui", "version"]) == ERROR
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hptui: Something unforeseen: LookupError: a fault")
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert "hptui diagnostics" in err
    found = re.search(r"written in (\S+);", err)
    assert found is not None
    file = Path(found[1])
    assert "Traceback" in file.read_text(encoding="utf-8")
    assert "test_unforeseen.py" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


@pytest.fixture
def alone(tmp_path: Path) -> Program:
    """Without a cluster."""
    return Program(tmp_path / "no-kubeconfig", tmp_path)


def written(folder: Path) -> str:
    (file,) = folder.glob("hptui-*/unforeseen.txt")
    return file.read_text(encoding="utf-8")


FAULTY = """
from hptui.cli import run
from hptui.ui.app import HptuiApp

def broken(self):
    secret = "hunter2"
    raise LookupError("a fault of our own")

HptuiApp.action_help = broken
raise SystemExit(run(["hptui", "demo"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_the_screen_ends_in_sentences_as_well(alone: Program, tmp_path: Path) -> None:
    terminal = PseudoTerminal(110, 30)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            FAULTY,
            stdin=terminal.slave,
            stdout=terminal.slave,
            stderr=terminal.slave,
            env=alone.environment | {"TMPDIR": str(tmp_path)},
            start_new_session=True,
        )
        await terminal.sees(b"DEMO")
        terminal.type(b"?")
        await terminal.sees(b"hptui diagnostics")
        done = await finish(process)
    finally:
        terminal.close()
    assert done.code == ERROR
    assert b"Something unforeseen: LookupError: a fault of our own" in terminal.seen
    assert b"Traceback" not in terminal.seen
    assert b"hunter2" not in terminal.seen
    assert "in broken" in written(tmp_path)
