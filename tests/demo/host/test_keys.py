"""What comes from a terminal is understood as keys, however it is cut into pieces, and nothing that comes does harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.demo.host.console.keys import Key, KeyDecoder, Reply


def keys(*pieces: bytes) -> list[Key | Reply]:
    """All keys; texts that follow each other are one."""
    decoder = KeyDecoder()
    found: list[Key | Reply] = []
    for piece in pieces:
        for key in decoder.feed(piece):
            last = found[-1] if found else None
            if isinstance(key, Key) and not key.name and isinstance(last, Key) and not last.name:
                found[-1] = Key("", last.text + key.text)
            else:
                found.append(key)
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"abc", [Key("", "abc")]),
        ("ü世😀".encode(), [Key("", "ü世😀")]),
        (b"\r", [Key("enter")]),
        (b"\x7f\x08", [Key("backspace"), Key("ctrl+backspace")]),
        (b"\x1bd\x1b.\x1b[19~", [Key("alt+d"), Key("alt+."), Key("f8")]),
        (b"\x1b[68;32;100;1;2;1_\x1b[119;66;0;1;0;1_", [Key("alt+d"), Key("f8")]),
        (b"\x1b[8;14;127;1;8;1_\x1b[72;35;8;1;8;1_", [Key("ctrl+backspace"), Key("backspace")]),
        (b"\x03\x0c", [Key("ctrl+c"), Key("ctrl+l")]),
        (b"\x1b[A\x1bOB\x1b[1;5C", [Key("up"), Key("down"), Key("ctrl+right")]),
        (b"\x1b[3~\x1b[H\x1b[4~", [Key("delete"), Key("home"), Key("end")]),
        (b"\x1b[?61;4c", [Reply("\x1b[?61;4c")]),
        (b"\x1b[I\x1b[O", []),
        (b"\x1b[200~a\rb\x1b[201~", [Key("", "a"), Key("newline"), Key("", "b")]),
        (b"\x1b[65;30;97;1;0;1_\x1b[65;30;97;0;0;1_", [Key("", "a")]),
        (b"\x1b[67;46;3;1;8;1_", [Key("ctrl+c")]),
        (b"\x1b[37;75;0;1;264;2_", [Key("ctrl+left"), Key("ctrl+left")]),
        (b"\x1b[32;57;32;1;8;1_", [Key("ctrl+space")]),
        (b"\x1b[32;57;32;1;0;1_", [Key("", " ")]),
        (b"\0", [Key("ctrl+space")]),
        # One character in two records, each going down and up, and halves that stay alone.
        (
            b"\x1b[0;0;55357;1;0;1_\x1b[0;0;55357;0;0;1_\x1b[0;0;56832;1;0;1_\x1b[0;0;56832;0;0;1_",
            [Key("", "\U0001f600")],
        ),
        (b"\x1b[0;0;55357;1;0;1_\x1b[65;30;97;1;0;1_\x1b[0;0;56832;1;0;1_", [Key("", "a")]),
    ],
)
def test_keys(data: bytes, expected: list[Key | Reply]) -> None:
    assert keys(data) == expected


def test_a_lone_escape_is_a_key_once_nothing_follows() -> None:
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.waiting
    assert decoder.lone_escape() == [Key("escape")]
    assert not decoder.waiting


PIECES = st.sampled_from(
    [
        b"a",
        b"\x1b",
        b"[",
        b"A",
        b"1;5C",
        b"~",
        b"\xc3\xbc",
        b"\xe4\xb8\x96",
        b"\r",
        b"\x1b[65;0;97;1;0;1_",
        b"O",
        b"]",
    ]
)


@given(st.lists(PIECES, max_size=30), st.data())
def test_cuts_do_not_matter(pieces: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(pieces)
    cut = data.draw(st.integers(0, len(whole)))
    assert keys(whole[:cut], whole[cut:]) == keys(whole)


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    keys(data)
