"""Pasted text is made safe, and a person can see what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.terminal.keys import paste
from hptui.terminal.pasting import clean
from hptui.terminal.state import Modes


@pytest.mark.parametrize(
    ("text", "cleaned", "lines", "removed", "shown"),
    [
        ("dir", "dir", 1, 0, "dir"),
        ("dir\r\n", "dir\n", 1, 0, "dir\n"),
        ("a\rb\r\nc\n", "a\nb\nc\n", 3, 0, "a\nb\nc\n"),
        ("a\n\nb", "a\n\nb", 3, 0, "a\n\nb"),
        ("a\tb", "a\tb", 1, 0, "a\tb"),
        ("x\x1b[201~\x03y", "x[201~y", 1, 2, "x\u241b[201~\u2403y"),
        ("del\x7f\x9b", "del", 1, 2, "del\u2421<U+009B>"),
        ("turn\u202eround", "turn\u202eround", 1, 0, "turn<U+202E>round"),
        ("", "", 1, 0, ""),
    ],
)
def test_what_is_sent_counted_and_shown(
    text: str, cleaned: str, lines: int, removed: int, shown: str
) -> None:
    pasted = clean(text)
    assert (pasted.text, pasted.lines, pasted.removed, pasted.shown) == (cleaned, lines, removed, shown)


@given(st.text())
def test_nothing_pasted_is_a_key(text: str) -> None:
    sent = paste(text, Modes(bracketed_paste=True))
    assert sent.startswith(b"\x1b[200~")
    assert sent.endswith(b"\x1b[201~")
    assert b"\x1b" not in sent[6:-6]
    assert all(byte in (9, 13) or byte >= 0x20 for byte in sent[6:-6])
