"""Keys and pastes to bytes. Tables: what is pressed, as Textual names it, and what the host gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.terminal.keys import encode, focus, paste
from hptui.terminal.state import Modes

NORMAL = Modes()
APPLICATION = Modes(application_cursor=True, application_keypad=True)
WIN32 = Modes(win32_input=True)

CHARACTERS = [
    ("a", "a", b"a"),
    ("A", "A", b"A"),
    ("Z", None, b"Z"),
    ("space", " ", b" "),
    ("exclamation_mark", "!", b"!"),
    ("slash", "/", b"/"),
    ("backslash", None, b"\\"),
    ("underscore", None, b"_"),
    ("minus", "-", b"-"),
    ("plus", "+", b"+"),
    ("at", "@", b"@"),
    ("left_curly_bracket", None, b"{"),
    ("vertical_line", "|", b"|"),
    ("circumflex_accent", "^", b"^"),
    ("grave_accent", "`", b"`"),
    ("é", "é", "é".encode()),
    ("latin_small_letter_e_with_acute", "é", "é".encode()),
    ("日", "日", "日".encode()),
    ("grinning_face", "😀", "😀".encode()),
    ("full_stop", ".", b"."),
    ("number_sign", None, b"#"),
    ("decimal", None, b"."),
    ("add", None, b"+"),
]

EDITING = [
    ("enter", b"\r"),
    ("return", b"\r"),
    ("shift+enter", b"\r"),
    ("ctrl+enter", b"\n"),
    ("alt+enter", b"\x1b\r"),
    ("tab", b"\t"),
    ("shift+tab", b"\x1b[Z"),
    ("alt+tab", b"\x1b\t"),
    ("escape", b"\x1b"),
    ("alt+escape", b"\x1b\x1b"),
    ("backspace", b"\x7f"),
    ("ctrl+backspace", b"\x08"),
    ("alt+backspace", b"\x1b\x7f"),
    ("insert", b"\x1b[2~"),
    ("delete", b"\x1b[3~"),
    ("shift+delete", b"\x1b[3;2~"),
    ("ctrl+delete", b"\x1b[3;5~"),
    ("pageup", b"\x1b[5~"),
    ("ctrl+pageup", b"\x1b[5;5~"),
    ("pagedown", b"\x1b[6~"),
    ("alt+pagedown", b"\x1b[6;3~"),
]

CONTROL = [
    *((f"ctrl+{chr(96 + n)}", bytes([n])) for n in range(1, 27)),
    ("ctrl+space", b"\x00"),
    ("ctrl+@", b"\x00"),
    ("ctrl+at", b"\x00"),
    ("ctrl+2", b"\x00"),
    ("ctrl+left_square_bracket", b"\x1b"),
    ("ctrl+backslash", b"\x1c"),
    ("ctrl+right_square_bracket", b"\x1d"),
    ("ctrl+circumflex_accent", b"\x1e"),
    ("ctrl+6", b"\x1e"),
    ("ctrl+underscore", b"\x1f"),
    ("ctrl+slash", b"\x1f"),
    ("ctrl+minus", b"\x1f"),
    ("ctrl+question_mark", b"\x7f"),
    ("ctrl+8", b"\x7f"),
    ("ctrl+1", b"1"),
    ("ctrl+comma", b","),
    ("ctrl+shift+c", b"\x03"),
    ("alt+a", b"\x1ba"),
    ("alt+shift+a", b"\x1bA"),
    ("alt+ctrl+a", b"\x1b\x01"),
    ("ctrl+alt+a", b"\x1b\x01"),
    ("alt+full_stop", b"\x1b."),
    ("alt+space", b"\x1b "),
    ("alt+é", "\x1bé".encode()),
]

CURSOR = [("up", "A"), ("down", "B"), ("right", "C"), ("left", "D"), ("home", "H"), ("end", "F")]
MODIFIERS = [
    ("shift+", 2),
    ("alt+", 3),
    ("alt+shift+", 4),
    ("ctrl+", 5),
    ("ctrl+shift+", 6),
    ("alt+ctrl+", 7),
    ("alt+ctrl+shift+", 8),
]

FUNCTIONS = [
    ("f1", b"\x1bOP"),
    ("f2", b"\x1bOQ"),
    ("f3", b"\x1bOR"),
    ("f4", b"\x1bOS"),
    ("f5", b"\x1b[15~"),
    ("f6", b"\x1b[17~"),
    ("f7", b"\x1b[18~"),
    ("f8", b"\x1b[19~"),
    ("f9", b"\x1b[20~"),
    ("f10", b"\x1b[21~"),
    ("f11", b"\x1b[23~"),
    ("f12", b"\x1b[24~"),
    ("shift+f1", b"\x1b[1;2P"),
    ("f13", b"\x1b[1;2P"),
    ("f15", b"\x1b[1;2R"),
    ("f17", b"\x1b[15;2~"),
    ("f24", b"\x1b[24;2~"),
    ("ctrl+f5", b"\x1b[15;5~"),
    ("ctrl+f17", b"\x1b[15;6~"),
    ("alt+f4", b"\x1b[1;3S"),
]


@pytest.mark.parametrize(("key", "character", "expected"), CHARACTERS)
def test_characters(key: str, character: str | None, expected: bytes) -> None:
    assert encode(key, character, NORMAL) == expected


@pytest.mark.parametrize(("key", "expected"), EDITING + CONTROL + FUNCTIONS)
def test_keys(key: str, expected: bytes) -> None:
    assert encode(key, None, NORMAL) == expected


@pytest.mark.parametrize(("key", "final"), CURSOR)
def test_cursor_keys_by_mode_and_modifier(key: str, final: str) -> None:
    assert encode(key, None, NORMAL) == f"\x1b[{final}".encode()
    assert encode(key, None, APPLICATION) == f"\x1bO{final}".encode()
    for modifiers, number in MODIFIERS:
        for modes in (NORMAL, APPLICATION):
            assert encode(modifiers + key, None, modes) == f"\x1b[1;{number}{final}".encode()


def test_the_number_pad_by_mode() -> None:
    assert [encode(key, None, APPLICATION) for key in ("decimal", "divide", "multiply", "subtract", "add")] == [
        b"\x1bOn", b"\x1bOo", b"\x1bOj", b"\x1bOm", b"\x1bOk",
    ]  # fmt: skip
    assert encode("kp_begin", None, NORMAL) == b"\x1b[E"


def test_backspace_by_mode_and_as_the_outer_terminal_sends_it() -> None:
    swapped = Modes(backarrow_sends_backspace=True)
    assert encode("backspace", "\x7f", NORMAL) == b"\x7f"
    assert encode("backspace", "\x08", NORMAL) == b"\x08"
    assert encode("backspace", "\x7f", swapped) == b"\x08"
    assert encode("ctrl+backspace", None, swapped) == b"\x7f"


def test_enter_in_newline_mode() -> None:
    assert encode("enter", "\r", Modes(newline=True)) == b"\r\n"


@pytest.mark.parametrize(
    "key",
    ["<ignore>", "caps_lock", "left_shift", "media_play", "super+a", "hyper+up", "nonsense_key", "ctrl+", "", "ctrl+nonsense"],
)  # fmt: skip
def test_what_the_host_cannot_be_told_is_nothing(key: str) -> None:
    assert encode(key, None, NORMAL) == b""
    assert encode(key, None, WIN32) == b""


@pytest.mark.parametrize(
    ("key", "character", "down"),
    [
        ("a", "a", "65;30;97;1;0"),
        ("A", "A", "65;30;65;1;16"),
        ("1", "1", "49;2;49;1;0"),
        ("exclamation_mark", "!", "49;2;33;1;16"),
        ("slash", "/", "191;53;47;1;0"),
        ("space", " ", "32;57;32;1;0"),
        ("ctrl+space", None, "32;57;32;1;8"),
        ("ctrl+c", "\x03", "67;46;3;1;8"),
        ("ctrl+r", None, "82;19;18;1;8"),
        ("ctrl+shift+r", None, "82;19;18;1;24"),
        ("alt+a", None, "65;30;97;1;2"),
        ("alt+ctrl+a", None, "65;30;0;1;10"),
        ("ctrl+backslash", None, "220;43;28;1;8"),
        ("enter", "\r", "13;28;13;1;0"),
        ("shift+enter", None, "13;28;13;1;16"),
        ("ctrl+enter", None, "13;28;10;1;8"),
        ("escape", "\x1b", "27;1;27;1;0"),
        ("tab", "\t", "9;15;9;1;0"),
        ("shift+tab", None, "9;15;9;1;16"),
        ("backspace", "\x7f", "8;14;8;1;0"),
        ("backspace", "\x08", "8;14;127;1;8"),
        ("up", None, "38;72;0;1;256"),
        ("ctrl+left", None, "37;75;0;1;264"),
        ("shift+home", None, "36;71;0;1;272"),
        ("delete", None, "46;83;0;1;256"),
        ("f1", None, "112;59;0;1;0"),
        ("f2", None, "113;60;0;1;0"),
        ("f11", None, "122;87;0;1;0"),
        ("f12", None, "123;88;0;1;0"),
        ("f15", None, "126;102;0;1;0"),
        ("é", "é", "0;0;233;1;0"),
        ("divide", None, "111;53;47;1;256"),
    ],
)
def test_windows_key_records(key: str, character: str | None, down: str) -> None:
    virtual, scan, typed, _, state = down.split(";")
    expected = f"\x1b[{down};1_\x1b[{virtual};{scan};{typed};0;{state};1_"
    assert encode(key, character, WIN32) == expected.encode()


def test_a_windows_record_holds_one_utf16_unit() -> None:
    assert encode("grinning_face", "😀", WIN32) == (
        b"\x1b[0;0;55357;1;0;1_\x1b[0;0;55357;0;0;1_\x1b[0;0;56832;1;0;1_\x1b[0;0;56832;0;0;1_"
    )


def test_every_printable_ascii_character_is_a_key_of_the_windows_keyboard() -> None:
    for code in range(0x20, 0x7F):
        record = encode(chr(code), chr(code), WIN32)
        assert f";{code};1;".encode() in record
        assert not record.startswith(b"\x1b[0;")


@given(
    key=st.one_of(st.text(max_size=12), st.sampled_from([key for key, _ in EDITING + CONTROL + FUNCTIONS])),
    character=st.one_of(st.none(), st.characters(codec="utf-8")),
    win32=st.booleans(),
)
def test_no_key_is_an_error(key: str, character: str | None, win32: bool) -> None:
    assert isinstance(encode(key, character, Modes(win32_input=win32)), bytes)


class TestPaste:
    def test_line_ends_become_enter(self) -> None:
        assert paste("a\nb\r\nc\rd", NORMAL) == b"a\rb\rc\rd"

    def test_it_is_bracketed_where_asked(self) -> None:
        assert paste("ls\n", Modes(bracketed_paste=True)) == b"\x1b[200~ls\r\x1b[201~"

    def test_tabs_and_text_stay(self) -> None:
        assert paste("a\tb é 日", NORMAL) == "a\tb é 日".encode()

    @given(st.text())
    def test_nothing_in_it_ends_the_bracket_or_is_a_control_character(self, text: str) -> None:
        data = paste(text, Modes(bracketed_paste=True))
        inner = data.removeprefix(b"\x1b[200~").removesuffix(b"\x1b[201~").decode()
        assert not any((ord(c) < 0x20 and c not in "\t\r") or 0x7F <= ord(c) <= 0x9F for c in inner)


def test_focus_is_reported_where_asked() -> None:
    asked = Modes(focus_events=True)
    assert (focus(True, asked), focus(False, asked), focus(True, NORMAL)) == (b"\x1b[I", b"\x1b[O", b"")
