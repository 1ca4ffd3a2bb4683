"""Other machines' text in one line of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.terminal.plain import plain, visible, visible_parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is, é 日本 😀", "as it is, é 日本 😀"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mtrue\x1b[m", "true"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0\x1b\\after", "after"),
        ("\x1b(Bafter\x1b7", "after"),
        ("\x9b31mred", "red"),
        ("\x9d0;title\x9cafter", "after"),
        ("cut \x1b[3", "cut "),
        ("cut \x1b", "cut "),
        ("cut \x1b]0;tit", "cut "),
        ("bell\x07 back\x08 null\x00 del\x7f", "bell back null del"),
        ("line\r\n", "line"),
        ("para\u2029graph", "paragraph"),
        ("user\u202egnp.exe", "user<U+202E>gnp.exe"),
        ("\ufeffbom", "<U+FEFF>bom"),
        ("a\tb", "a       b"),
        ("日本\tb", "日本    b"),
        ("e\u0301\tb", "e\u0301       b"),
        ("half\ud800", "half\ufffd"),
        ("[red]stays[/red]", "[red]stays[/red]"),
    ],
)
def test_text_made_safe(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = plain(text)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
    assert plain(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is, é 日本 😀", "as it is, é 日本 😀"),
        ("a\r\nb\nc\rd", "a↵b↵c<U+000D>d"),
        ("a\tb\x1b[31m", "a⇥b<U+001B>[31m"),
        ("10\xa0000 1\u202f000", "10␣000 1␣000"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("user\u202egnp.exe", "user<U+202E>gnp.exe"),
        ("half\ud800", "half<U+D800>"),
    ],
)
def test_text_of_which_nothing_is_lost(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert "".join(part for part, _ in visible_parts(text)) == shown


@given(st.text(alphabet=st.characters()))
def test_visible_text_is_one_line_that_can_be_printed_and_can_not_steer(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert plain(shown) == shown
    shown.encode()
