"""What a host prints: the same screen however it is cut, a title and answers that harm nobody, and no end of the program."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.text import Text
from textual.content import Content

from hptui.terminal.emulator import Emulator, engine_names
from hptui.terminal.plain import plain
from hptui.terminal.replies import harmless
from hptui.terminal.search import Search
from hptui.ui.tones import tell
from tests.fuzz.nasty import assert_harmless, cuts, pieces, raw, text

SEQUENCES = (
    b"\x1b[?1049h",
    b"\x1b[?1049l",
    b"\x1b[999;999H",
    b"\x1b[2J",
    b"\x1b[3J",
    b"\x1b[999L",
    b"\x1b[999M",
    b"\x1b[99999999999b",
    b"\x1b[38;2;1;2;3m",
    b"\x1b[38;5;999m",
    b"\x1b[m",
    b"\x1b[5;1r",
    b"\x1b[?6h",
    b"\x1b7",
    b"\x1b8",
    b"\x1bc",
    b"\x1b#8",
    b"\x1bD",
    b"\x1bM",
    b"\x1b[6n",
    b"\x1b[c",
    b"\x1b[>c",
    b"\x1bP$qm\x1b\\",
    b"\x1bP+q544e\x1b\\",
    b"\x1b]4;1;?\x07",
    b"\x1b]10;?\x07",
    b"\x1b]52;c;?\x07",
    b"\x1b]0;a\x1b[31mb\x07",
    b"\x1b]2;\xe2\x80\xaex\x07",
    b"\x1b]8;;http://x\x07y\x1b]8;;\x07",
    b"\x1b]133;A\x07",
    b"\x1b[?2026h",
    b"\x1b[?2026l",
    b"\x1b[?9001h",
    b"\x1b[18t",
    b"\x1b[21t",
    b"\x1b[>q",
    b"\x1b[?2048h",
    b"\x1b_Gi=1\x1b\\",
    b"\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17m",
    b"\t\t\t",
    b"\r\n",
    b"\x08",
    b"\xe4\xbd\xa0",
    b"\xe4\xbd",
    b"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
    b"e\xcc\x81" * 30,
    b"\x84",
    b"\x9b31m",
)
output = st.lists(st.sampled_from(SEQUENCES) | raw, max_size=10).map(b"".join)
ENGINES = engine_names()


def fed(engine: str, parts: list[bytes]) -> tuple[str, str, bytes]:
    """The screen, the title and what was answered."""
    answers: list[bytes] = []
    emulator = Emulator(20, 5, scrollback=100, engine=engine, on_reply=answers.append)
    try:
        for part in parts:
            emulator.feed(part)
        assert_harmless(emulator.title)
        assert len(emulator.title) <= 300
        for answer in answers:
            # Several may come as one: each of them must pass by itself.
            assert (
                all(
                    harmless(b"\x1b" + one) or one == b"\\"
                    for one in answer.split(b"\x1b")[1:]
                    if one not in (b"\\",)
                )
                or b"\x1b\\" in answer
            )
            assert b"\r" not in answer
            assert b"\n" not in answer
        search = Search(emulator, "a|x")
        while not search.scan(100):
            pass
        return emulator.text(), emulator.title, b"".join(answers)
    finally:
        emulator.close()


@pytest.mark.cases(15)
@pytest.mark.parametrize("engine", ENGINES)
@given(data=st.data(), said=output)
@example(data=None, said=b"\x1b]0;\xe2\x80\xae[red]\x07")
def test_the_screen_is_the_same_however_it_is_cut(
    engine: str, data: st.DataObject | None, said: bytes
) -> None:
    whole = fed(engine, [said])
    assert fed(engine, data.draw(cuts(said)) if data is not None else [said]) == whole


@pytest.mark.cases(100)
@given(st.lists(pieces | text, max_size=4).map("".join))
@example("[/x][red]\\[")
def test_shown_text_is_never_markup(said: str) -> None:
    shown = plain(said)
    assert Content(shown).plain == shown
    assert Text(shown).plain == shown
    assert tell(shown, "dim").plain == shown
