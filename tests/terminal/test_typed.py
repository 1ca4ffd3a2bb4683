"""What was typed is shown as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.terminal.keys import encode
from hptui.terminal.state import Modes
from hptui.terminal.typed import readable

KEYS: list[tuple[str, str | None, str]] = [
    ("a", "a", "a"),
    ("A", "A", "A"),
    ("é", "é", "é"),
    ("enter", "\r", "⏎"),
    ("tab", "\t", "⇥"),
    ("backspace", "\x7f", "⌫"),
    ("escape", "\x1b", "␛"),
    ("left", None, "←"),
    ("up", None, "↑"),
    ("ctrl+c", "\x03", "^C"),
]


@pytest.mark.parametrize("win32_input", [False, True])
@pytest.mark.parametrize(("key", "character", "sign"), KEYS)
def test_keys_have_signs_however_they_were_sent(
    key: str, character: str | None, sign: str, win32_input: bool
) -> None:
    data = encode(key, character, Modes(win32_input=win32_input)).decode()
    assert readable(data) == sign


def test_answers_of_the_terminal_were_not_typed() -> None:
    answers = "\x1b[?62;22c\x1b[24;80R\x1b[I\x1b[O\x1b[<0;3;4M\x1b[M !!\x1b]11;rgb:0/0/0\x1b\\\x1bP1$r0m\x1b\\\x1b[8;24;80t"
    assert readable(f"a{answers}b") == "ab"


def test_pastes_are_their_text() -> None:
    assert readable("\x1b[200~dir\rcd\x1b[201~") == "dir⏎cd"


@given(st.text(max_size=60) | st.text("\x1b[]O0123456789;_~PM\x07ac\\", max_size=60))
def test_nothing_of_it_can_move_a_cursor(text: str) -> None:
    assert all(character >= " " and character != "\x7f" for character in readable(text))
