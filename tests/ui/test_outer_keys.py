"""What outer terminals send, read as Textual reads it, arrives at the host as the key that was pressed."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from hptui.ui import outer_keys
from hptui.ui.outer_keys import KeyParser
from hptui.ui.widgets.terminal_view import TerminalView
from tests.terminal.keys.tables import outer_terminals

LEADER = "f19"  # none of the table's
SENT = list(outer_terminals())


class OneTerminal(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def compose(self) -> ComposeResult:
        yield TerminalView(leader=LEADER, writer=self.sent.append)

    def on_mount(self) -> None:
        self.query_one(TerminalView).focus()


def read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What the parser makes of it, when nothing follows."""
    with monkeypatch.context() as patched:
        # No wait to see whether an ESC stands alone, nor a clock to run out.
        clock = iter(range(0, 1_000_000, 1000))
        patched.setattr("textual._parser.get_time", lambda: next(clock))
        parser = KeyParser()
        return [*parser.feed(data.decode()), *parser.tick()]


@pytest.mark.parametrize("terminal", sorted({sent.terminal for sent in SENT}))
@pytest.mark.parametrize("win32", [False, True], ids=["normal", "win32"])
async def test_keys_arrive(terminal: str, win32: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    app = OneTerminal()
    wrong = []
    async with app.run_test() as pilot:
        await pilot.pause()
        if win32:
            app.query_one(TerminalView).feed(b"\x1b[?9001h")
        for sent in (each for each in SENT if each.terminal == terminal):
            app.sent.clear()
            for message in read(sent.sends, monkeypatch):
                app.post_message(message)
            await pilot.pause()
            arrived, expected = b"".join(app.sent), sent.win32 if win32 else sent.normal
            if arrived != expected:
                wrong.append(f"{sent.key}: {sent.sends!r} arrives as {arrived!r}, not {expected!r}")
    assert not wrong, "\n".join(wrong)


def test_alt_with_a_key_is_told_at_once() -> None:
    for data in ("\x1ba", "\x1b.", "\x1b\x7f", "\x1b\r", "\x1bé"):
        parser = KeyParser()
        assert len(list(parser.feed(data))) == 1, data


def test_keys_typed_together_stay_apart() -> None:
    keys = [
        event.key
        for event in KeyParser().feed("\x1ba\x1b[1;5Db\x1b\x1b[A\x1b.")
        if isinstance(event, events.Key)
    ]
    assert keys == ["alt+a", "ctrl+left", "b", "escape", "up", "alt+full_stop"]


def test_what_is_no_key_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [
        type(message)
        for data in ("\x1b[<0;3;4M", "\x1b[200~ab\x1b[201~x", "\x1b[I", "\x1b[12;40R", "\x1b[1;40R")
        for message in read(data.encode(), monkeypatch)
    ]
    assert kinds == [
        events.MouseDown, events.Paste, events.Key, events.AppFocus, events.CursorPosition, events.CursorPosition,
    ]  # fmt: skip


@given(
    text=st.text(st.sampled_from("ab\x1b[20~1\r\n"), max_size=60).filter(
        lambda text: "\x1b[201~" not in text
    ),
    cuts=st.lists(st.integers(0, 80), max_size=6),
)
@example(text="safe\x1b and a line of more than thirty-two characters\r", cuts=[])
def test_a_paste_is_one_paste_whatever_is_in_it_and_however_it_comes(text: str, cuts: list[int]) -> None:
    whole = f"x\x1b[200~{text}\x1b[201~y"
    places = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    parser = KeyParser()
    told = []
    for message in (m for start, end in pairwise(places) for m in parser.feed(whole[start:end])):
        if isinstance(message, events.Paste):
            told.append(message.text)
        elif isinstance(message, events.Key):
            told.append(f"key {message.key}")
    assert told == ["key x", text, "key y"]


@pytest.mark.skipif(sys.platform == "win32", reason="another driver reads there")
def test_the_driver_reads_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.drivers import linux_driver  # not on every platform

    monkeypatch.setattr(linux_driver, "XTermParser", None)
    outer_keys.install()
    assert vars(linux_driver)["XTermParser"] is KeyParser
