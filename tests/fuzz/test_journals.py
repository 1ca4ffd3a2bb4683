"""The journal's files: cut, damaged, written by somebody else; what they say can be read, told and struck out."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cluster.connect import ConnectOptions
from hptui.hostprocess.clean_up import left_behind
from hptui.hostprocess.journal import Entry, Journal, address, forget, read_journals
from hptui.terminal.plain import plain
from tests.fuzz.nasty import assert_harmless, clean_text, json_values, moments, raw, text

ENTRY = Entry(
    "https://h:6443", "c", "/k", "default", "hptui-n-abcd1234", "abcd1234", "n", "NT AUTHORITY\\SYSTEM", 3600,
    "2026-11-23T05:48:05+00:00",
)  # fmt: skip
entries = st.builds(
    lambda changed: {**asdict(ENTRY), **changed},
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys([f.name for f in fields(Entry)] + ["more"], clean_text | json_values)
        | {"created": moments},
    ),
)
lines = (
    st.one_of(
        entries.map(lambda entry: {"created": entry}),
        st.builds(
            lambda key, value: {key: value}, st.sampled_from(("seen", "gone", "created", "uid")), json_values
        ),
        st.builds(lambda uid: {"seen": "abcd1234", "uid": uid}, json_values),
        json_values,
    ).map(lambda line: json.dumps(line).encode())
    | raw
)


@pytest.mark.cases(100)
@given(written=st.lists(lines, max_size=6), cut=st.integers(0, 40))
@example(written=[b"[" * 100_000], cut=0)
@example(written=[b'{"created": ' + b"1" * 5000 + b"}"], cut=0)
@example(
    written=[json.dumps({"created": {**asdict(ENTRY), "created": "0001-01-01T00:00:00+14:00"}}).encode()],
    cut=0,
)
def test_any_file_is_read_and_never_lost_unread(folder: Path, written: list[bytes], cut: int) -> None:
    place = folder / "journal"
    place.mkdir(exist_ok=True)
    path = place / "1-x.jsonl"
    content = b"\n".join(written) + b"\n"
    path.write_bytes(content[: len(content) - cut] if cut else content)
    found = read_journals(place)
    assert found.living == ()
    for entry in found.dead:
        for value in asdict(entry).values():
            assert isinstance(value, str | int)
            assert_harmless(plain(str(value)))
        assert entry.created_at.tzinfo is not None
        left_behind(entry, ConnectOptions(context=entry.context))
    for problem in found.problems:
        assert_harmless(plain(problem))
    unreadable = sum("cannot be read" in problem for problem in found.problems)
    assert path.exists() == bool(found.dead or unreadable)
    forget(place, {entry.session_id for entry in found.dead})
    assert read_journals(place).dead == ()
    path.unlink(missing_ok=True)


@pytest.mark.cases(10)
@given(
    values=st.fixed_dictionaries(
        {}, optional={f.name: text for f in fields(Entry) if f.name not in ("deadline", "created", "uid")}
    )
)
def test_what_is_written_is_read_again(folder: Path, values: dict[str, Any]) -> None:
    entry = Entry(**{**asdict(ENTRY), **values})
    journal = Journal(folder / "own")
    assert journal.add(entry) == ""
    journal.seen(entry.session_id, "u")
    (found,) = read_journals(folder / "own").living
    assert asdict(found) == {**asdict(entry), "uid": "u"}
    journal.gone(entry.session_id)
    assert list((folder / "own").iterdir()) == []


@pytest.mark.cases(100)
@given(text, text, text)
def test_no_password_of_an_address_is_kept(before: str, secret: str, after: str) -> None:
    kept = address(
        f"https://{before.replace('/', '')}:{'secret' + secret.replace('/', '').replace('@', '')}@h/{after}"
    )
    assert "secret" not in kept.removesuffix(after.rstrip("/").lower())
