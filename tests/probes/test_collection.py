"""Many answers in one file, and what a self-test says of each."""

from __future__ import annotations

import asyncio
import io
import json
import os
import stat
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hptui.errors import SessionError, TerminalError
from hptui.probes.asking import Outcome, Result
from hptui.probes.collection import Collection, archive, names
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import AnswerReader
from hptui.probes.self_test import askable, examine, not_asked, summary

ASKED = datetime(2026, 11, 27, 2, 14, 7, tzinfo=UTC)
THINGS = parse_probe(
    "things", "# title: <b>Things</b>\n# key: n\n# column: n number\n# column: text text Text\n1|O\n"
)


def result(*records: Mapping[str, object], outcome: Outcome = Outcome.ANSWERED, noise: bytes = b"") -> Result:
    reader = AnswerReader("00")
    reader.feed(noise)
    for record in [*records, {"hptui": "end", "nonce": "00", "code": 0, "records": len(records)}]:
        reader.feed(json.dumps(record).encode() + b"\n")
    return Result(THINGS, {}, "win-1", "SYSTEM", ASKED, 0.5, outcome, reader.answer())


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_an_archive_holds_a_page_and_the_data_and_nothing_that_runs() -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="y">\x1b[31m\u202e'
    found = result({"n": 1, "text": hostile}, {"n": 2, "text": "a\nb"}, *({"n": n} for n in range(3, 700)))
    with zipfile.ZipFile(io.BytesIO(archive([found]))) as zipped:
        assert zipped.namelist() == names([found]) == ["summary.html", "json/things.json", "csv/things.csv"]
        assert zipped.getinfo("summary.html").date_time == (2026, 11, 27, 2, 14, 6)  # zip counts in twos
        page = zipped.read("summary.html").decode()
        data = json.loads(zipped.read("json/things.json"))
    assert data["rows"][0]["text"] == hostile
    assert len(data["rows"]) == 699
    assert "and 199 more rows" in page
    assert "a\nb" in page
    tags = Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "img", "b", "link", "iframe", "object"}
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_an_archive_of_nothing_can_be_read() -> None:
    with zipfile.ZipFile(io.BytesIO(archive([]))) as zipped:
        assert zipped.namelist() == ["summary.html"]


def test_what_should_be_looked_at() -> None:
    fine = examine(result({"n": 1, "text": "x"}))
    assert (fine.outcome, fine.rows, fine.remarks, fine.bad) == ("answered", 1, (), False)
    odd = examine(result({"n": "viele", "y": 1}, {"n": "viele", "y": 2}, noise=b"WARNING: x\n"))
    assert odd.bad
    assert odd.remarks == (
        "n: 2 are no number, as 'viele'",
        "nothing in text",
        "no column for y",
        "1 rows have the key of another",
        "1 lines that are no records, as: WARNING: x",
    )
    failed = examine(result(outcome=Outcome.FAILED))
    assert failed.bad
    missing = examine(result(outcome=Outcome.NOT_HERE))
    assert not missing.bad
    assert summary([fine, odd, failed, missing]) == "4 probes: 2 answered, 1 failed, 1 not here; 2 to look at"


def test_what_wants_a_yes_or_a_word_is_not_asked() -> None:
    def probe(head: str) -> Probe:
        return parse_probe("p", f"# title: P\n{head}1|O\n")

    assert askable(probe(""))
    assert not askable(probe("# warning: It hurts.\n"))
    told = probe('# parameter: path text "" Where\n# required: path\n')
    assert not askable(told)
    assert not_asked(told).why == "it must be told path"


async def test_what_is_collected_before_it_is_cancelled_is_kept_and_nothing_leaves_no_file(
    tmp_path: Path,
) -> None:
    kept, never = Collection([THINGS], tmp_path / "kept.zip"), Collection([THINGS], tmp_path / "never.zip")

    async def one_and_no_more() -> None:
        kept.results.append(result({"n": 1}))
        raise asyncio.CancelledError

    async def none() -> None:
        raise SessionError("lost")

    with pytest.raises(asyncio.CancelledError):
        await kept.fill(one_and_no_more)
    assert (kept.is_kept, kept.unanswered) == (True, 0)
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600 or os.name == "nt"
    assert zipfile.is_zipfile(kept.file)
    with pytest.raises(SessionError):
        await never.fill(none)
    assert not never.is_kept
    assert not never.file.exists()
    with pytest.raises(TerminalError, match="is there already"):
        await Collection([THINGS], kept.file).fill(none)
    assert zipfile.is_zipfile(kept.file)
