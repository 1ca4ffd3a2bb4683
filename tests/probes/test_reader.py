"""Answers out of bytes: however they are cut, whatever else is printed, and never more than was said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.probes.reader import Answer, AnswerReader, readable_errors

N = "c0ffee"
START = {"hptui": "start", "nonce": N, "user": "NT AUTHORITY\\SYSTEM", "machine": "WIN1", "version": "5.1.20348.1",
         "mode": "FullLanguage", "pid": 4242}  # fmt: skip


def end(records: int, code: int = 0) -> dict[str, object]:
    return {"hptui": "end", "nonce": N, "code": code, "records": records}


def lines(*records: object, breaks: str = "\r\n") -> bytes:
    return "".join(json.dumps(record) + breaks for record in records).encode()


def read(data: bytes, *, pieces: int = 1 << 20) -> Answer:
    reader = AnswerReader(N)
    for at in range(0, len(data), pieces):
        reader.feed(data[at : at + pieces])
    return reader.answer()


WHOLE = lines(START, {"name": "ä 日本 😀"}, {"name": "b\\u0000"}, end(2))


def test_a_whole_answer() -> None:
    answer = read(WHOLE)
    assert answer.complete
    assert (answer.code, answer.lost, answer.noise) == (0, 0, ())
    assert [record["name"] for record in answer.records] == ["ä 日本 😀", "b\\u0000"]
    assert answer.start is not None
    assert (answer.start.user, answer.start.pid) == ("NT AUTHORITY\\SYSTEM", 4242)


@given(st.integers(1, len(WHOLE)))
def test_the_cuts_between_pieces_do_not_matter(pieces: int) -> None:
    assert read(WHOLE, pieces=pieces) == read(WHOLE)


@given(st.integers(0, len(WHOLE) - 4))
def test_an_answer_cut_anywhere_is_not_complete(length: int) -> None:
    assert not read(WHOLE[:length]).complete


def test_a_record_that_is_missing_in_the_middle_is_counted() -> None:
    answer = read(lines(START, {"a": 1}, end(3)))
    assert (answer.complete, answer.lost) == (False, 2)


def test_notes_stand_beside_the_records() -> None:
    note = {"hptui": "note", "nonce": N, "text": "3 names are missing"}
    other = {"hptui": "note", "nonce": "f" * 16, "text": "not ours"}
    answer = read(lines(START, {"a": 1}, note, other, end(1)))
    assert (answer.complete, answer.notes) == (True, ("3 names are missing",))


def test_another_nonce_ends_nothing() -> None:
    answer = read(lines(START, {"hptui": "end", "nonce": "beef", "code": 0, "records": 0}))
    assert not answer.complete
    assert answer.records == ()


def test_what_follows_the_end_does_not_count() -> None:
    answer = read(lines(START, end(0), {"late": 1}) + b"noise\n")
    assert (answer.complete, answer.records, answer.noise) == (True, (), ())


def test_warnings_in_between_are_noise_and_a_bom_is_none() -> None:
    data = (
        b"\xef\xbb\xbf"
        + lines(START, {"a": 1})
        + b"WARNING: something\r\n[1,2]\r\n{broken\r\n"
        + lines(end(1))
    )
    answer = read(data)
    assert answer.complete
    assert answer.noise == ("WARNING: something", "[1,2]", "{broken")


def test_an_error_ends_the_script_with_its_words() -> None:
    error = {"hptui": "error", "nonce": N, "message": "Zugriff verweigert", "type": "Denied,Get", "line": 14}
    answer = read(lines(START, error, end(0, 1)))
    assert answer.failure is not None
    assert (answer.failure.message, answer.failure.line, answer.code) == ("Zugriff verweigert", 14, 1)


def test_escaped_surrogates_and_nul_are_kept_as_the_host_has_them() -> None:
    answer = read(b'{"n":"\\ud800x\\u0000"}\n' + lines(end(1)))
    assert answer.records[0]["n"] == "\ud800x\x00"


def test_a_line_without_an_end_does_not_fill_memory() -> None:
    reader = AnswerReader(N)
    for _ in range(6):
        reader.feed(b"x" * (1 << 20))
    reader.feed(b"\n" + lines({"a": 1}, end(1)))
    answer = reader.answer()
    assert answer.complete
    assert answer.noise == ("(a line of more than 4 MiB)",)


# As powershell.exe 5.1 writes errors to a redirected stderr when it was given -EncodedCommand; the form is that of
# PowerShell/PowerShell issue 5912 and of the CLIXML page [MS-PSRP] 2.2.5.
CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    '<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T></TN></Obj>'
    '<S S="Error">Get-Item : Cannot find path &lt;C:\\x&gt;_x000D__x000A_</S>'
    '<S S="Error">At line:1 char:1_x000D__x000A_</S></Objs>'
)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (CLIXML, "Get-Item : Cannot find path <C:\\x>\nAt line:1 char:1"),
        ("plain words\r\n", "plain words"),
        ("#< CLIXML\r\n<Objs></Objs>", ""),
    ],
)
def test_errors_in_clixml_become_their_message(text: str, readable: str) -> None:
    assert readable_errors(text) == readable


@given(st.binary(max_size=400), st.integers(1, 50))
def test_no_bytes_break_it(data: bytes, pieces: int) -> None:
    reader = AnswerReader(N)
    for at in range(0, len(data), pieces):
        reader.feed(data[at : at + pieces])
        reader.feed_errors(data[at : at + pieces])
    answer = reader.answer()
    assert not answer.complete
    readable_errors(data.decode("utf-8", "replace"))
