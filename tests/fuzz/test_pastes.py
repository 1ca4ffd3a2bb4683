"""Pasted text: nothing in it is a key or ends the paste, and what is asked about is what is sent."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.terminal.keys import paste
from hptui.terminal.pasting import clean
from hptui.terminal.replies import harmless
from hptui.terminal.state import Modes
from tests.fuzz.nasty import clean_text, raw, text

_KEYS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.mark.cases(250)
@given(text)
@example("a\x1b[201~; calc\r\n")
@example("\u009b201~x")
def test_pasted_text_holds_no_keys_and_hides_nothing(said: str) -> None:
    pasted = clean(said)
    assert not _KEYS.search(pasted.text)
    assert clean(pasted.text).text == pasted.text
    assert pasted.lines == len(pasted.text.rstrip("\n").split("\n"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", pasted.shown)
    typable = [c for c in pasted.text if c.isalnum()]
    assert [c for c in said if c.isalnum()] == typable


@pytest.mark.cases(200)
@given(text, st.booleans())
@example("\x1b[201~calc\n", True)
def test_what_is_sent_begins_and_ends_as_one_paste(said: str, bracketed: bool) -> None:
    sent = paste(clean(said).text, Modes(bracketed_paste=bracketed))
    body = sent.removeprefix(b"\x1b[200~").removesuffix(b"\x1b[201~") if bracketed else sent
    assert b"\x1b" not in body
    assert not bracketed or (sent.startswith(b"\x1b[200~") and sent.endswith(b"\x1b[201~"))


replies = st.one_of(
    raw,
    st.builds(
        lambda head, body, tail: head + body + tail,
        st.sampled_from(
            (
                b"\x1b[",
                b"\x1b]4;1;rgb:",
                b"\x1bP>|",
                b"\x1bP1$r",
                b"\x1bP0$r",
                b"\x1bP1+r",
                b"\x1b]52;c;",
                b"\x1b]l",
                b"\x1b[8;",
            )
        ),
        raw,
        st.sampled_from((b"R", b"n", b"c", b"\x1b\\", b"\x07", b"t", b"")),
    ),
)


@pytest.mark.cases(250)
@given(replies)
@example(b"\x1bP0$r\rcalc\r\x1b\\")
def test_no_answer_can_be_a_command(reply: bytes) -> None:
    answer = harmless(reply)
    assert answer in (b"", reply, b"\x1bP0$r\x1b\\")
    assert b"\r" not in answer
    assert b"\n" not in answer
    assert len(answer) < 400
    assert answer.count(b"\x1b") <= 2
    words = re.sub(rb"[^A-Za-z]", b"", answer)
    assert len(words) <= 260


@pytest.mark.cases(60)
@given(clean_text)
def test_a_paste_is_sent_as_it_was_shown(said: str) -> None:
    text = clean(said).text
    assert paste(text, Modes()).decode("utf-8", "replace").replace("\r", "\n") == text.replace("\r", "\n")
