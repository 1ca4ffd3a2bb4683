"""Keys and pasted text to the bytes a host expects, by the modes it has set.

Keys come as names: what Textual calls them ("a", "ctrl+left", "alt+shift+x", "f5", "circumflex_accent"), modifiers in
any order. The bytes are xterm's (ctlsequences, "Alt and Meta Keys", "PC-Style Function Keys"), which Windows' ConPTY
reads; where the host asked for Windows key records (?9001) those are sent instead.

xterm has no bytes of their own for F13 to F24: its terminfo entry calls Shift+F1 to Shift+F12 so, and so they are sent.
Windows key records have them.

A key with Shift and a modifier comes by its name without Shift where the outer terminal speaks the kitty protocol
("alt+shift+slash"). What Shift makes of it is the keyboard's affair, which nobody tells; the US keyboard's is taken.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from hptui.terminal.pasting import clean
from hptui.terminal.state import Modes
from hptui.terminal.win32_keys import RECORD_ONLY, record, shifted

ESC = b"\x1b"


class Press(NamedTuple):
    """A key that was pressed: its name without modifiers, and the character it stands for, if any."""

    key: str
    character: str
    shift: bool = False
    alt: bool = False
    ctrl: bool = False

    @property
    def modifier(self) -> int:
        """xterm's modifier parameter: 1 plus shift 1, alt 2, ctrl 4."""
        return 1 + self.shift + 2 * self.alt + 4 * self.ctrl


_MODIFIERS = {"shift", "alt", "ctrl"}
# Keys of the person's desktop, not of the host.
_FOREIGN_MODIFIERS = {"super", "hyper", "meta"}

# What keyboards call characters, and Textual after them, where it isn't the Unicode name.
_CHARACTER_NAMES = {
    "space": " ",
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "left_square_brace": "[",
    "right_square_brace": "]",
}
# The number pad, where the outer terminal tells it apart: its character, and its final in application mode (DECKPAM).
_KEYPAD = {
    "decimal": (".", b"n"),
    "divide": ("/", b"o"),
    "multiply": ("*", b"j"),
    "subtract": ("-", b"m"),
    "add": ("+", b"k"),
    "separator": (",", b"l"),
    "equal": ("=", b"X"),
}
_CURSOR = {"up": b"A", "down": b"B", "right": b"C", "left": b"D", "home": b"H", "end": b"F", "kp_begin": b"E"}
_EDITING = {"insert": b"2", "delete": b"3", "pageup": b"5", "pagedown": b"6"}
_FUNCTION_FINALS = {"f1": b"P", "f2": b"Q", "f3": b"R", "f4": b"S"}
_FUNCTION_NUMBERS = {
    "f5": b"15",
    "f6": b"17",
    "f7": b"18",
    "f8": b"19",
    "f9": b"20",
    "f10": b"21",
    "f11": b"23",
    "f12": b"24",
}
# Ctrl with characters other than letters, as the VT220 had them.
_CONTROL = {
    " ": b"\x00",
    "@": b"\x00",
    "`": b"\x00",
    "2": b"\x00",
    "[": b"\x1b",
    "{": b"\x1b",
    "3": b"\x1b",
    "\\": b"\x1c",
    "|": b"\x1c",
    "4": b"\x1c",
    "]": b"\x1d",
    "}": b"\x1d",
    "5": b"\x1d",
    "^": b"\x1e",
    "~": b"\x1e",
    "6": b"\x1e",
    "_": b"\x1f",
    "/": b"\x1f",
    "-": b"\x1f",
    "7": b"\x1f",
    "?": b"\x7f",
    "8": b"\x7f",
}


def encode(key: str, character: str | None, modes: Modes) -> bytes:
    """The bytes for a key, b"" for one the host can't be told about.

    `character` is what the key types, where the outer terminal said so.
    """
    press = _press(key, character)
    if press is None:
        return b""
    if modes.win32_input:
        return record(press.key, press.character, shift=press.shift, alt=press.alt, ctrl=press.ctrl)
    if press.key in _KEYPAD and modes.application_keypad and press.modifier == 1:
        return ESC + b"O" + _KEYPAD[press.key][1]
    if press.key in RECORD_ONLY:
        press = _as_shifted_function(press)
    special = _special(press, modes)
    return _typed(press) if special is None else special


@lru_cache(maxsize=512)
def _press(key: str, character: str | None) -> Press | None:
    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    held = set(modifiers)
    if held & _FOREIGN_MODIFIERS or held - _MODIFIERS:
        return None
    shift, alt, ctrl = "shift" in held, "alt" in held, "ctrl" in held
    if base == "backspace" and character == "\x08" and not ctrl:
        ctrl = True  # the outer terminal's way to say Ctrl+Backspace
    typed = character if character and character.isprintable() else ""
    if base in _KEYPAD:
        typed = _KEYPAD[base][0]
    elif not typed:
        typed = _character_named(base)
        if shift and len(typed) == 1:
            typed = shifted(typed)
    if not typed and base not in _SPECIAL and base not in RECORD_ONLY:
        return None
    return Press(base, typed, shift, alt, ctrl)


def _as_shifted_function(press: Press) -> Press:
    """F13 and its like as xterm's terminfo entry has them."""
    if press.key.startswith("f"):
        return press._replace(key=f"f{int(press.key[1:]) - 12}", shift=True)
    return press


def _character_named(name: str) -> str:
    if len(name) == 1:
        return name
    if name in _CHARACTER_NAMES:
        return _CHARACTER_NAMES[name]
    if name in _SPECIAL or name in RECORD_ONLY:
        return ""
    spoken = name.replace("_", " ").upper()
    try:
        return unicodedata.lookup(spoken)
    except KeyError:
        return _hyphenated().get(spoken, "")


@lru_cache(maxsize=1)
def _hyphenated() -> dict[str, str]:
    """Characters whose Unicode names have hyphens, which the names of keys don't keep."""
    named = ((unicodedata.name(chr(code), ""), chr(code)) for code in range(0x20, 0x3000))
    return {name.replace("-", " "): character for name, character in named if "-" in name}


def _special(press: Press, modes: Modes) -> bytes | None:
    """Keys that type no character; None for those that do."""
    key, modifier = press.key, press.modifier
    parameter = b"%d" % modifier
    if key in _CURSOR:
        if modifier == 1:
            return ESC + (b"O" if modes.application_cursor else b"[") + _CURSOR[key]
        return ESC + b"[1;" + parameter + _CURSOR[key]
    if key in _FUNCTION_FINALS:
        if modifier == 1:
            return ESC + b"O" + _FUNCTION_FINALS[key]
        return ESC + b"[1;" + parameter + _FUNCTION_FINALS[key]
    if number := _EDITING.get(key) or _FUNCTION_NUMBERS.get(key):
        return ESC + b"[" + number + (b"" if modifier == 1 else b";" + parameter) + b"~"
    alt = ESC if press.alt else b""
    match key:
        case "enter" | "return":
            line_end = b"\n" if press.ctrl else b"\r"
            return alt + (b"\r\n" if modes.newline and not press.ctrl else line_end)
        case "tab":
            return alt + (ESC + b"[Z" if press.shift else b"\t")
        case "escape":
            return alt + ESC
        case "backspace":
            # Ctrl sends the one that the plain key does not.
            return alt + (b"\x08" if press.ctrl != modes.backarrow_sends_backspace else b"\x7f")
    return None


def _typed(press: Press) -> bytes:
    alt = ESC if press.alt else b""
    if not press.ctrl:
        return alt + press.character.encode("utf-8", "replace")
    character = press.character.lower()
    if len(character) == 1 and "a" <= character <= "z":
        return alt + bytes([ord(character) - 96])
    return alt + (_CONTROL.get(character) or character.encode("utf-8", "replace"))


_SPECIAL = (
    {"enter", "return", "tab", "escape", "backspace"}
    | _CURSOR.keys()
    | _EDITING.keys()
    | _FUNCTION_FINALS.keys()
    | _FUNCTION_NUMBERS.keys()
)


def paste(text: str, modes: Modes) -> bytes:
    """Pasted text as the host gets it: line ends as Enter, control characters removed, bracketed where it asks.

    With its control characters gone the text can't hold the end of the bracket, nor anything else the host would take
    for a key.
    """
    data = clean(text).text.replace("\n", "\r").encode("utf-8", "replace")
    return b"\x1b[200~" + data + b"\x1b[201~" if modes.bracketed_paste else data


def focus(gained: bool, modes: Modes) -> bytes:
    """The report that the terminal gained or lost the focus, where the host asks for it (?1004)."""
    if not modes.focus_events:
        return b""
    return b"\x1b[I" if gained else b"\x1b[O"
