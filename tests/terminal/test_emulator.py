"""The emulator behaves like one terminal, whichever engine parses for it."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hptui.errors import TerminalError
from hptui.terminal.cells import PLAIN, CellStyle, Underline
from hptui.terminal.emulator import Emulator, engine_names
from hptui.terminal.engine_here import LARGEST_COPY
from hptui.terminal.state import CursorShape, MouseEncoding, MouseTracking
from tests.terminal.conftest import Terminal

OpenTerminal = Callable[..., Terminal]

# What ConPTY writes when it starts, in the parts in which it comes.
CONPTY_START = [
    b"\x1b[1t\x1b[c\x1b[?1004h\x1b[?9001h",
    b"\x1b[?25l\x1b[2J\x1b[m\x1b[H\x1b]0;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\power",
    b"shell.exe\x07\x1b[?25h",
]


class TestConPty:
    def test_the_start_shows_nothing_and_is_answered(self, terminal: Terminal) -> None:
        for part in CONPTY_START:
            terminal.feed(part)
        assert terminal.screen == []
        assert terminal.at == (0, 0)
        assert terminal.heard.replies == [b"\x1b[?62;22c"]
        assert terminal.emulator.title == "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
        assert terminal.emulator.cursor.visible
        assert terminal.emulator.modes.win32_input
        assert terminal.emulator.modes.focus_events

    def test_the_start_is_understood_however_it_is_cut(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal()
        for byte in b"".join(CONPTY_START):
            terminal.feed(bytes([byte]))
        assert terminal.heard.replies == [b"\x1b[?62;22c"]
        assert terminal.emulator.modes.win32_input
        assert terminal.screen == []

    def test_win32_input_ends_by_its_mode_among_others_and_by_a_reset(self, terminal: Terminal) -> None:
        emulator = terminal.emulator
        for begin in ("\x1b[?9001h", "\x1b[?25;9001h", "\x1b[?9001;2004h"):
            for end in ("\x1b[?9001l", "\x1b[?1;9001l", "\x1bc", "\x1b[!p"):
                assert terminal.feed(begin).emulator.modes.win32_input, begin
                terminal.feed(end)
                assert not emulator.modes.win32_input, end
        terminal.feed("\x1b[?19001h")
        assert not emulator.modes.win32_input

    def test_its_whole_screen_repaint_leaves_one_picture(self, terminal: Terminal) -> None:
        for width in (40, 44):
            terminal.emulator.resize(width, 8)
            terminal.feed(
                "\x1b[?25l\x1b[HPS C:\\> dir\x1b[K\r\n\x1b[K\r\nfile.txt\x1b[K\r\n\x1b[K\x1b[4;1H\x1b[?25h"
            )
        assert terminal.screen == ["PS C:\\> dir", "", "file.txt"]
        assert terminal.at == (0, 3)


class TestText:
    def test_plain_lines(self, terminal: Terminal) -> None:
        terminal.feed("one\r\ntwo\r\n\r\nfour")
        assert terminal.screen == ["one", "two", "", "four"]
        assert terminal.at == (4, 3)

    def test_characters_cut_between_feeds(self, terminal: Terminal) -> None:
        for byte in "naïve 日本 😀".encode():
            terminal.feed(bytes([byte]))
        assert terminal.screen == ["naïve 日本 😀"]

    def test_wide_characters_take_two_cells(self, terminal: Terminal) -> None:
        terminal.feed("a日b")
        line = terminal.emulator.line(0)
        assert (line.text, line.width) == ("a日b", 4)
        assert terminal.at == (4, 0)

    def test_combining_characters_stay_with_their_base(self, terminal: Terminal) -> None:
        terminal.feed("xe\u0301y")
        line = terminal.emulator.line(0)
        assert (line.text, line.width) == ("xe\u0301y", 3)

    def test_a_wide_character_that_does_not_fit_goes_to_the_next_row(
        self, open_terminal: OpenTerminal
    ) -> None:
        terminal = open_terminal(20, 5)
        terminal.feed("x" * 19 + "日")
        assert terminal.screen == ["x" * 19, "日"]

    def test_long_lines_wrap_and_are_joined_in_text(self, terminal: Terminal) -> None:
        terminal.feed("word " * 20 + "\r\nnext")
        assert terminal.emulator.line(0).wrapped
        assert terminal.emulator.text().rstrip("\n") == ("word " * 20).rstrip() + "\nnext"

    def test_a_line_that_was_looked_at_before_it_wrapped(self, terminal: Terminal) -> None:
        for text in ("x" * 40, "日" * 20):
            terminal.feed("\x1bc" + text)
            assert not terminal.emulator.line(0).wrapped
            terminal.feed("日")
            assert terminal.emulator.line(0).wrapped
            assert terminal.emulator.text_before_cursor() == text + "日"

    def test_blank_cells_at_the_end_are_dropped_but_coloured_ones_are_not(self, terminal: Terminal) -> None:
        terminal.feed("a   \r\nb\x1b[41m  \x1b[m")
        assert terminal.emulator.line(0).width == 1
        assert terminal.emulator.line(1).width == 3
        assert terminal.emulator.line(2).runs == ()

    def test_erasing_paints_the_background(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[44m\x1b[K\r\n\x1b[48;2;9;8;7m\x1b[K")
        assert [(run.width, run.style.bg) for run in terminal.emulator.line(0).runs] == [(40, 4)]
        assert [(run.width, run.style.bg) for run in terminal.emulator.line(1).runs] == [(40, (9, 8, 7))]

    def test_a_line_outside_the_terminal_is_an_error(self, terminal: Terminal) -> None:
        for y in (-1, 8):
            with pytest.raises(IndexError):
                terminal.emulator.line(y)


class TestStyles:
    @pytest.mark.parametrize(
        ("sgr", "look"),
        [
            ("31", {"fg": 1}),
            ("97", {"fg": 15}),
            ("44", {"bg": 4}),
            ("103", {"bg": 11}),
            ("38;5;208", {"fg": 208}),
            ("48:5:17", {"bg": 17}),
            ("38;2;1;2;3", {"fg": (1, 2, 3)}),
            ("48:2::4:5:6", {"bg": (4, 5, 6)}),
            ("1", {"bold": True}),
            ("2", {"faint": True}),
            ("3", {"italic": True}),
            ("4", {"underline": 1}),
            ("21", {"underline": 2}),
            ("4:3", {"underline": 3}),
            ("4:4", {"underline": 4}),
            ("4:5", {"underline": 5}),
            ("4;58;5;9", {"underline": 1, "underline_colour": 9}),
            ("4;58:2::1:2:3", {"underline": 1, "underline_colour": (1, 2, 3)}),
            ("5", {"blink": True}),
            ("7", {"inverse": True}),
            ("8", {"invisible": True}),
            ("9", {"strike": True}),
            ("53", {"overline": True}),
            ("1;3;4;31;42", {"bold": True, "italic": True, "underline": 1, "fg": 1, "bg": 2}),
        ],
    )
    def test_sgr(self, terminal: Terminal, sgr: str, look: dict[str, object]) -> None:
        terminal.feed(f"\x1b[{sgr}mx\x1b[0my")
        styled, plain = terminal.emulator.line(0).runs
        assert styled.style == CellStyle(**look)  # type: ignore[arg-type]
        assert plain.style == PLAIN

    def test_looks_are_values(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[1;34ma\x1b[0m \x1b[34;1mb")
        first, _, last = terminal.emulator.line(0).runs
        assert first.style == last.style
        assert first.style.underline is Underline.NONE

    def test_links(self, terminal: Terminal) -> None:
        terminal.feed("see \x1b]8;id=1;https://example.org/a?b=c\x1b\\here\x1b]8;;\x1b\\.")
        assert [(run.text, run.style.link) for run in terminal.emulator.line(0).runs] == [
            ("see ", ""),
            ("here", "https://example.org/a?b=c"),
            (".", ""),
        ]

    def test_more_styles_than_fit_a_byte(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(400, 5)
        terminal.feed("".join(f"\x1b[38;2;{n};0;{n % 7}mx" for n in range(256)) + "\x1b[m" + "\x1b[1;7mend")
        runs = terminal.emulator.line(0).runs
        assert [run.style.fg for run in runs[:-1]] == [(n, 0, n % 7) for n in range(256)]
        assert runs[-1].style == CellStyle(bold=True, inverse=True)


class TestScreen:
    def test_the_alternate_screen_comes_clean_and_goes_without_trace(self, terminal: Terminal) -> None:
        terminal.feed("shell\r\n$ ")
        for _ in range(2):
            terminal.feed("\x1b[?1049h")
            assert terminal.emulator.modes.alternate_screen
            assert terminal.screen == []
            assert terminal.emulator.history == 0
            terminal.feed("\x1b[3;5Heditor")
            terminal.feed("\x1b[?1049l")
            assert terminal.screen == ["shell", "$"]
            assert terminal.at == (2, 1)

    def test_scroll_region_insert_and_delete(self, terminal: Terminal) -> None:
        terminal.feed("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1b[L new\x1b[r\x1b[1;1H\x1b[M")
        assert terminal.screen == [" new", "2", "4"]

    def test_origin_mode_homes_the_cursor_into_the_region_and_out(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[3;6r\x1b[8;9H\x1b[?6h")
        assert terminal.at == (0, 2)
        terminal.feed("in\x1b[?6l")
        assert terminal.at == (0, 0)
        assert terminal.screen == ["", "", "in"]

    def test_moves_up_and_down_stop_at_the_region(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[3;6r\x1b[4;1H")
        assert terminal.feed("\x1b[99B").at == (0, 5)
        assert terminal.feed("\x1b[99A").at == (0, 2)
        assert terminal.feed("\x1b[8;1H\x1b[99A").at == (0, 2)
        assert terminal.feed("\x1b[1;1H\x1b[99B").at == (0, 5)
        assert terminal.feed("\x1b[7;1H\x1b[99B").at == (0, 7)

    def test_the_alignment_pattern(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[3;6r\x1b[4;4H\x1b#8")
        assert terminal.screen == ["E" * 40] * 8
        assert terminal.at == (0, 0)

    def test_soft_reset_keeps_the_screen_and_the_cursor(self, terminal: Terminal) -> None:
        terminal.feed("text\x1b[2;4r\x1b[?6h\x1b[4h\x1b[?1h\x1b[1;31m\x1b[?25l\x1b[?6l\x1b[3;5H\x1b[!pX")
        emulator = terminal.emulator
        assert terminal.screen == ["text", "", "    X"]
        assert emulator.line(2).runs[-1].style == PLAIN
        assert emulator.cursor.visible
        assert not emulator.modes.application_cursor
        terminal.feed("\x1b[1;31m\x1b[").feed("!p")
        assert terminal.feed("\x1b[4;1Hplain").emulator.line(3).runs[0].style == PLAIN
        terminal.feed("\x1b[8;1Hbottom\n")  # a line feed at the bottom scrolls the whole screen again
        assert emulator.history == 1

    @pytest.mark.parametrize(
        ("sequence", "shape", "blinking"),
        [
            ("\x1b[1 q", CursorShape.BLOCK, True),
            ("\x1b[2 q", CursorShape.BLOCK, False),
            ("\x1b[4 q", CursorShape.UNDERLINE, False),
            ("\x1b[5 q", CursorShape.BAR, True),
        ],
    )
    def test_cursor_shapes(
        self, terminal: Terminal, sequence: str, shape: CursorShape, blinking: bool
    ) -> None:
        cursor = terminal.feed(sequence).emulator.cursor
        assert (cursor.shape, cursor.blinking) == (shape, blinking)

    def test_cursor_hidden_and_shown(self, terminal: Terminal) -> None:
        assert not terminal.feed("\x1b[?25l").emulator.cursor.visible
        assert terminal.feed("\x1b[?25h").emulator.cursor.visible


class TestModes:
    @pytest.mark.parametrize(
        ("number", "name"),
        [
            (1, "application_cursor"),
            (66, "application_keypad"),
            (5, "reverse_screen"),
            (67, "backarrow_sends_backspace"),
            (1004, "focus_events"),
            (1007, "alternate_scroll"),
            (2004, "bracketed_paste"),
        ],
    )
    def test_each_is_seen_set_and_reset(self, terminal: Terminal, number: int, name: str) -> None:
        assert getattr(terminal.feed(f"\x1b[?{number}h").emulator.modes, name)
        assert not getattr(terminal.feed(f"\x1b[?{number}l").emulator.modes, name)

    def test_keypad_by_its_escapes(self, terminal: Terminal) -> None:
        assert terminal.feed("\x1b=").emulator.modes.application_keypad
        assert not terminal.feed("\x1b>").emulator.modes.application_keypad

    def test_newline(self, terminal: Terminal) -> None:
        assert terminal.feed("\x1b[20h").emulator.modes.newline

    def test_mouse(self, terminal: Terminal) -> None:
        for number, tracking in (
            (9, MouseTracking.X10),
            (1000, MouseTracking.NORMAL),
            (1002, MouseTracking.BUTTON),
            (1003, MouseTracking.ANY),
        ):
            assert terminal.feed(f"\x1b[?{number}h").emulator.modes.mouse_tracking is tracking
            terminal.feed(f"\x1b[?{number}l")
            assert terminal.emulator.modes.mouse_tracking is MouseTracking.NONE
        for number, encoding in (
            (1005, MouseEncoding.UTF8),
            (1006, MouseEncoding.SGR),
            (1015, MouseEncoding.URXVT),
        ):
            assert terminal.feed(f"\x1b[?{number}h").emulator.modes.mouse_encoding is encoding
            terminal.feed(f"\x1b[?{number}l")

    def test_synchronized_output_says_since_when(self, terminal: Terminal) -> None:
        since = terminal.feed("\x1b[?2026h").emulator.modes.synchronized_since
        assert since is not None
        terminal.feed("more of the same picture")
        assert terminal.emulator.modes.synchronized_since == since
        assert terminal.feed("\x1b[?2026l").emulator.modes.synchronized_since is None


class TestAnswers:
    @pytest.mark.parametrize(
        ("asked", "answer"),
        [
            ("\x1b[c", b"\x1b[?62;22c"),
            ("\x1b[>c", b"\x1b[>1;0;0c"),
            ("\x1b[5n", b"\x1b[0n"),
            ("\x1b[3;7H\x1b[6n", b"\x1b[3;7R"),
            ("\x1b[18t", b"\x1b[8;8;40t"),
            ("\x1b[?2004h\x1b[?2004$p", b"\x1b[?2004;1$y"),
            ("\x1b[?2026$p", b"\x1b[?2026;2$y"),
            ("\x1b[?9001h\x1b[?9001$p", b"\x1b[?9001;1$y"),
            ("\x1bP$qm\x1b\\", b"\x1bP1$r0m\x1b\\"),
        ],
    )
    def test_questions_are_answered(self, terminal: Terminal, asked: str, answer: bytes) -> None:
        assert terminal.feed(asked).heard.replies == [answer]

    def test_default_colours_are_told_as_they_are(self, terminal: Terminal) -> None:
        terminal.emulator.set_colours((1, 2, 3), (0x10, 0x20, 0x30))
        terminal.feed("\x1b]10;?\x07\x1b]11;?\x07")
        assert b"".join(terminal.heard.replies) == (
            b"\x1b]10;rgb:0101/0202/0303\x07\x1b]11;rgb:1010/2020/3030\x07"
        )

    def test_answers_to_what_came_at_once_are_one_message(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[c" * 1000 + "\x1b[5n")
        assert terminal.heard.replies == [b"\x1b[?62;22c" * 1000 + b"\x1b[0n"]

    def test_size_is_reported_at_each_resize_where_asked(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[?2048h")
        terminal.emulator.resize(50, 9)
        assert terminal.heard.replies == [b"\x1b[48;8;40;0;0t", b"\x1b[48;9;50;0;0t"]

    def test_nothing_the_host_wrote_is_typed_back(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(clipboard=True)
        terminal.feed("\x1b]0;rm -rf /\x07\x1b]52;c;cm0gLXJm\x07")
        terminal.heard.replies.clear()
        for question in (
            "\x1b[20t", "\x1b[21t", "\x1b]52;c;?\x07", "\x05", "\x1bP$qrm -rf\x1b\\", "\x1bP+q726d\x1b\\",
            "\x1b]50;?\x07", "\x1b[?26n", "\x1b]l;?\x07", "\x1b[?u", "\x1b[14t",
        ):  # fmt: skip
            terminal.feed(question)
        assert set(terminal.heard.replies) <= {b"\x1bP0$r\x1b\\"}

    def test_the_clipboard_is_refused_unless_allowed(self, open_terminal: OpenTerminal) -> None:
        refused, allowed = open_terminal(), open_terminal(clipboard=True)
        for terminal in (refused, allowed):
            terminal.feed("\x1b]52;c;aGVsbG8=\x07")
        assert refused.heard.clipboard == []
        assert allowed.heard.clipboard == ["hello"]

    def test_more_than_a_clipboard_s_worth_is_refused(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(clipboard=True)
        for size in (LARGEST_COPY, LARGEST_COPY + 1):
            terminal.feed(b"\x1b]52;c;" + base64.b64encode(b"x" * size) + b"\x07")
        terminal.feed("\x18\x1b\\alive")
        assert [len(text) for text in terminal.heard.clipboard] == [LARGEST_COPY]
        assert terminal.screen == ["alive"]

    def test_the_bell_rings_once_for_what_comes_at_once(self, terminal: Terminal) -> None:
        assert terminal.feed("a\x07b" + "\x07" * 1000).heard.bells == 1
        assert terminal.feed("quiet").heard.bells == 1
        assert terminal.feed("\x07").heard.bells == 2

    def test_an_error_of_the_owner_comes_out_of_feed(self, engine: str) -> None:
        def fail(*_: object) -> None:
            raise LookupError("the owner's")

        for output in ("\x1b[5n", "\x07", "\x1b]2;title\x07", "\x1b]52;c;aGVsbG8=\x07"):
            emulator = Emulator(
                40, 8, engine=engine, on_reply=fail, on_bell=fail, on_title=fail, on_clipboard=fail
            )
            with pytest.raises(LookupError):
                emulator.feed(output.encode())
            emulator.feed(b"alive")
            assert emulator.line(0).text == "alive"
            emulator.close()

    def test_titles_are_cleaned_and_told_once(self, terminal: Terminal) -> None:
        terminal.feed("\x1b]0;one\x07\x1b]2;one\x07\x1b]2;two \u202etext\x1b\\")
        terminal.feed("\x1b]2;two \u202etext\x1b\\" + "\x1b]0;" + "long" * 200 + "\x07")
        assert terminal.heard.titles[:1] == ["two <U+202E>text"] or terminal.heard.titles[:2] == [
            "one",
            "two <U+202E>text",
        ]
        assert len(terminal.emulator.title) == 120

    def test_the_host_cannot_resize_the_terminal(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[8;400;900t\x1b[100t")
        assert (terminal.emulator.columns, terminal.emulator.rows) == (40, 8)


class TestHistory:
    def test_lines_scroll_into_it_in_order(self, terminal: Terminal) -> None:
        for number in range(100):
            terminal.feed(f"line {number}\r\n")
        emulator = terminal.emulator
        assert emulator.history == 93
        assert [emulator.line(y).text for y in range(100)] == [f"line {y}" for y in range(100)]

    def test_it_keeps_what_was_asked_for_and_counts_what_it_drops(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(scrollback=500)
        for number in range(6000):
            terminal.feed(f"line {number}\r\n")
        emulator = terminal.emulator
        assert 500 <= emulator.history < 6000
        assert emulator.dropped > 0
        for y in (0, emulator.history // 2, emulator.history):
            assert emulator.line(y).text == f"line {emulator.dropped + y}"

    def test_as_many_lines_are_kept_where_they_are_wide_or_rich(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(scrollback=1000)
        terminal.emulator.resize(200, 10)
        for number in range(1500):
            terminal.feed(f"{number} \x1b[38;2;1;{number % 256};3m" + "👩\u200d💻" * 40 + "\x1b[m\r\n")
        terminal.feed("\r\n" * 10)
        assert terminal.emulator.history >= 1000

    def test_a_flood_in_one_feed_is_counted_too(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(scrollback=500)
        terminal.feed("".join(f"line {number}\r\n" for number in range(100)))
        terminal.feed("".join(f"line {number}\r\n" for number in range(100, 1200)))
        emulator = terminal.emulator
        assert emulator.line(0).text == f"line {emulator.dropped}"

    def test_numbers_of_lines_are_not_used_again(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(scrollback=500)
        terminal.feed("old\r\n" * 300)
        seen = terminal.emulator.dropped + terminal.emulator.history + terminal.emulator.rows
        terminal.feed("new\r\n" * 6000)
        assert terminal.emulator.dropped >= seen

    def test_none_is_kept_where_none_is_wanted(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(scrollback=0)
        terminal.feed("line\r\n" * 100)
        assert terminal.emulator.history == 0

    def test_the_host_can_clear_it(self, terminal: Terminal) -> None:
        terminal.feed("line\r\n" * 50).feed("\x1b[3J")
        assert terminal.emulator.history == 0
        assert terminal.emulator.dropped == 43
        assert terminal.screen == ["line"] * 7

    def test_looking_at_it_changes_nothing_on_the_screen(self, terminal: Terminal) -> None:
        for number in range(100):
            terminal.feed(f"line {number}\r\n")
        terminal.emulator.take_damage()
        before = terminal.screen
        assert terminal.emulator.line(10).text == "line 10"
        assert terminal.emulator.take_damage() == frozenset()
        assert terminal.screen == before

    def test_the_alternate_screen_has_none_and_leaves_it_alone(self, terminal: Terminal) -> None:
        terminal.feed("line\r\n" * 50)
        history = terminal.emulator.history
        terminal.feed("\x1b[?1049h" + "x\r\n" * 50 + "\x1b[?1049l")
        assert terminal.emulator.history == history
        assert terminal.emulator.dropped == 0

    def test_text_of_all_of_it(self, terminal: Terminal) -> None:
        terminal.feed("".join(f"line {number}\r\n" for number in range(50)) + "end")
        assert terminal.emulator.text(0, 51) == "\n".join(f"line {number}" for number in range(50)) + "\nend"


class TestResize:
    def test_wrapped_lines_are_wrapped_anew(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(40, 8)
        text = "".join(f"{n:04}," for n in range(16))
        terminal.feed(text + "\r\n$ ")
        terminal.emulator.resize(60, 8)
        assert terminal.screen == [text[:60], text[60:], "$"]
        terminal.emulator.resize(30, 8)
        assert terminal.screen == [text[:30], text[30:60], text[60:], "$"]

    def test_wrapped_lines_of_the_history_too(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(40, 8)
        text = "".join(f"{n:04}," for n in range(10)) + "日本語" * 4
        terminal.feed((text + "\r\n") * 30)
        terminal.emulator.resize(25, 8)
        assert terminal.emulator.text(0, 18).split("\n") == [text] * 6

    def test_a_screen_that_grows_takes_nothing_back_from_the_history(self, terminal: Terminal) -> None:
        """ConPTY has no history: after growing, its cursor is in the row it was in before."""
        terminal.feed("".join(f"line {n}\r\n" for n in range(20)) + "prompt> ")
        at, history = terminal.at, terminal.emulator.history
        terminal.emulator.resize(40, 14)
        assert terminal.at == at
        assert terminal.emulator.history == history
        assert terminal.screen[-1] == "prompt>"
        assert terminal.emulator.line(history).text == f"line {history}"

    def test_the_cursor_stays_on_the_screen_when_it_shrinks(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(40, 20)
        terminal.feed("".join(f"line {n}\r\n" for n in range(15)) + "prompt> ")
        terminal.emulator.resize(40, 8)
        assert terminal.screen[-1] == "prompt>"
        assert terminal.at[1] < 8
        assert terminal.emulator.line(0).text == "line 0"

    def test_the_prompt_is_there_after_an_editor_was_open_while_it_shrank(
        self, open_terminal: OpenTerminal
    ) -> None:
        terminal = open_terminal(40, 20)
        terminal.feed("".join(f"line {n}\r\n" for n in range(15)) + "prompt> \x1b[?1049hediting")
        terminal.emulator.resize(40, 8)
        terminal.feed("\x1b[?1049l")
        assert terminal.screen[-1] == "prompt>"
        assert terminal.at == (8, terminal.screen.index("prompt>"))

    def test_sizes_that_make_no_sense_are_limited(self, terminal: Terminal) -> None:
        for asked, is_now in (((1, 1), (20, 5)), ((0, -3), (20, 5)), ((100_000, 100_000), (1000, 500))):
            assert terminal.emulator.resize(*asked) == is_now
            terminal.feed("x日\r\n" * 10)
        terminal.emulator.resize(40, 8)
        assert terminal.feed("\x1b[2J\x1b[Halive").screen == ["alive"]

    def test_132_columns(self, terminal: Terminal) -> None:
        terminal.feed("\x1b[?40h\x1b[?3h")
        assert terminal.emulator.columns == 132
        terminal.feed("x" * 132)
        assert terminal.emulator.line(0).width == 132


class TestDamage:
    def test_only_rows_that_look_different_are_told(self, terminal: Terminal) -> None:
        emulator = terminal.emulator
        emulator.take_damage()
        assert terminal.feed("one\r\ntwo").emulator.take_damage() == {0, 1}
        assert emulator.take_damage() == frozenset()
        assert terminal.feed("\x1b[1;1Hone").emulator.take_damage() == frozenset()
        assert terminal.feed("\x1b[1;2HN").emulator.take_damage() == {0}

    def test_scrolling_tells_the_rows_that_differ(self, terminal: Terminal) -> None:
        terminal.feed("".join(f"{n}\r\n" for n in range(7)))
        terminal.emulator.take_damage()
        terminal.feed("\n")
        assert terminal.emulator.take_damage() == set(range(7))

    def test_resizing_tells_all_rows(self, terminal: Terminal) -> None:
        terminal.feed("text")
        terminal.emulator.take_damage()
        terminal.emulator.resize(60, 10)
        assert set(range(8)) <= terminal.emulator.take_damage()


class TestRobustness:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        chunks=st.lists(
            st.one_of(
                st.binary(max_size=200),
                st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
                st.tuples(
                    st.sampled_from(["\x1b[", "\x1b[?", "\x1b]", "\x1bP", "\x1b", "\x9b", "\x1b[>", "\x1b_"]),
                    st.lists(st.integers(0, 70_000), max_size=5),
                    st.sampled_from(
                        [chr(n) for n in range(0x40, 0x7F)] + ["\x07", "\x1b\\", " q", "$p", "!p", "*|", "$x"]
                    ),
                ).map(lambda parts: (parts[0] + ";".join(map(str, parts[1])) + parts[2]).encode()),
            ),
            max_size=30,
        ),
        size=st.tuples(st.integers(1, 200), st.integers(1, 60)),
    )
    def test_anything_at_all_leaves_a_live_terminal(
        self, open_terminal: OpenTerminal, chunks: list[bytes], size: tuple[int, int]
    ) -> None:
        terminal = open_terminal(scrollback=50)
        for index, chunk in enumerate(chunks):
            terminal.feed(chunk)
            if index % 7 == 3:
                terminal.emulator.resize(*size)
            terminal.emulator.take_damage()
        emulator = terminal.emulator
        assert len(list(emulator.lines(0, 10_000))) == emulator.history + emulator.rows
        assert 0 <= emulator.cursor.y < emulator.rows
        assert emulator.modes is not None
        terminal.feed(b"\x18\x1b\\\x1bc")
        emulator.resize(40, 8)
        assert terminal.feed("alive").screen == ["alive"]

    def test_a_string_without_an_end_does_not_swallow_the_session(self, terminal: Terminal) -> None:
        terminal.feed(b"\x1b]0;")
        for _ in range(40):
            terminal.feed(b"x" * 4096)
        terminal.feed(b"\x1b\\\x1b[2J\x1b[Halive")
        assert terminal.screen == ["alive"]

    def test_repeating_a_character_a_million_times_ends(self, terminal: Terminal) -> None:
        terminal.feed("x\x1b[99999999b\x1b[2J\x1b[Halive")
        assert terminal.screen == ["alive"]


def test_the_best_engine_is_taken_unless_one_is_named() -> None:
    for name in (None, "auto"):
        emulator = Emulator(40, 8, engine=name)
        assert emulator.engine_name == engine_names()[0]
        assert emulator.engine_version
        emulator.close()


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TerminalError) as refusal:
        Emulator(40, 8, engine="vt52")
    assert "ghostty" in refusal.value.hint


def test_a_closed_terminal_takes_nothing_more_and_closes_once(terminal: Terminal) -> None:
    terminal.feed("\x1b[?2004h\x1b]2;title\x07")
    terminal.emulator.close()
    terminal.emulator.close()
    terminal.feed("late")
    assert terminal.emulator.modes.bracketed_paste
    assert terminal.emulator.title == "title"


@pytest.mark.parametrize("missing", [None, object()])
def test_without_the_native_library_the_other_engine_runs(
    monkeypatch: pytest.MonkeyPatch, missing: object
) -> None:
    monkeypatch.setitem(sys.modules, "hptui.terminal.engine_ghostty", missing)  # None: its import fails
    assert engine_names() == ["bittty"]
    emulator = Emulator(40, 8)
    assert emulator.engine_name == "bittty"
    emulator.close()
    with pytest.raises(TerminalError):
        Emulator(40, 8, engine="ghostty")


def test_both_engines_are_told_in_order_of_speed() -> None:
    assert engine_names()[-1] == "bittty"


def test_a_terminal_refuses_another_thread(terminal: Terminal) -> None:
    refused: list[BaseException] = []

    def meddle() -> None:
        try:
            terminal.feed("x")
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=meddle)
    thread.start()
    thread.join()
    assert refused
    assert terminal.screen == []


def test_the_history_is_read_right_whatever_was_read_before(open_terminal: Callable[..., Terminal]) -> None:
    """The native engine tells only what was written to, when it is asked for the same rows of its history again."""
    terminal = open_terminal(40, 8)
    terminal.feed("\r\n".join(f"item{n}" for n in range(40)))
    for _ in range(3):
        assert [line.text for line in terminal.emulator.lines(0, 20)] == [f"item{n}" for n in range(20)]
        terminal.feed("x")
