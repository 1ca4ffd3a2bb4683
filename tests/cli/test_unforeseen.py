"""A fault of hptui's own is told in sentences; its traceback goes into a file that only its owner can read."""

from __future__ import annotations

import re
import stat
from importlib import metadata
from pathlib import Path

import pytest

from hptui.cli import ERROR, run


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
    assert "hptui doctor -o json" in err
    found = re.search(r"written in (\S+);", err)
    assert found is not None
    file = Path(found[1])
    assert "Traceback" in file.read_text(encoding="utf-8")
    assert "test_unforeseen.py" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
