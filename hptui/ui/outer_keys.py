"""What the outer terminal's bytes mean, where Textual's reading of them loses a key or makes another of it.

Textual asks for the kitty keyboard protocol, and reads it well. Terminals that don't know it (VTE, tmux, Terminal.app,
consoles) send what xterm sends, of which Textual 8.2 makes something else: Alt with a mark or a digit loses its Alt or
becomes the character that macOS types, Alt+Backspace is Ctrl+W, Alt+B is Ctrl+Left, and Shift+F3 passes for a report of
where the cursor is. Programs bind all of these, so a terminal has to tell them apart.

What stands between the brackets of a paste is one paste. Textual takes an ESC in it for the begin of a key, and what
follows for typed, so that it would pass those who look at pastes first.

Alt is told as soon as the key after ESC is here, not when nothing has followed for a while; only what begins a longer
sequence has to wait.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from textual import events
from textual._parser import Peek1, Read1, TokenCallback
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

# After ESC these may begin a sequence: CSI, SS3, DCS, OSC, PM, APC, SOS. ESC itself is the Escape key again.
_INTRODUCERS = "[OP]^_X\x1b"
_AFTER_ESCAPE = {
    "\r": "alt+enter",
    "\t": "alt+tab",
    "\x7f": "alt+backspace",
    "\x08": "alt+ctrl+backspace",
    "\x00": "alt+ctrl+space",
    " ": "alt+space",
}
# VT220's numbers of F13 to F20, which consoles and PuTTY send for Shift+F1 to Shift+F8: as xterm sends those.
_SHIFTED_FUNCTIONS = {
    "25": "1;{}P",
    "26": "1;{}Q",
    "28": "13;{}~",
    "29": "1;{}S",
    "31": "15;{}~",
    "32": "17;{}~",
    "33": "18;{}~",
    "34": "19;{}~",
}
_VT220_FUNCTION = re.compile(r"\x1b\[(2[5689]|3[1-4])(?:;(\d+))?~")
_MODIFY_OTHER_KEYS = re.compile(r"\x1b\[27;(\d+);(\d+)~")
_KEYPAD_BEGIN = re.compile(r"\x1b\[57427((?:;\d+)?)(?:;[\d:]*)?u")
_MODIFIERS = ("shift", "alt", "ctrl")
_MOST_MODIFIERS = 8  # xterm's number for Shift, Alt and Ctrl


class KeyParser(XTermParser):
    """Textual's parser of what comes from the outer terminal, with those keys set right."""

    def __init__(self, debug: bool = False) -> None:
        self._pasting = False
        self._held = ""  # of a paste that goes on
        self._pasted = ""
        self._fed = ""  # the last characters, which may begin the bracket of a paste
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """As Textual's, but it never sees what is between the brackets of a paste."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasting:
                searched = max(0, len(self._held) - len(BRACKETED_PASTE_END) + 1)
                self._held += data
                end = self._held.find(BRACKETED_PASTE_END, searched)
                if end < 0:
                    return
                self._pasted, data = self._held[:end], self._held[end + len(BRACKETED_PASTE_END) :]
                self._held, self._pasting = "", False
                yield from super().feed(BRACKETED_PASTE_END)
                continue
            text = self._fed + data
            begin = text.find(BRACKETED_PASTE_START)
            self._pasting = begin >= 0
            until = begin + len(BRACKETED_PASTE_START) - len(self._fed) if self._pasting else len(data)
            self._fed = "" if self._pasting else text[1 - len(BRACKETED_PASTE_START) :]
            yield from super().feed(data[:until])
            data = data[until:]

    def parse(self, token_callback: TokenCallback[Message]) -> Generator[Read1 | Peek1, str, None]:
        def tell(token: Message) -> None:
            if isinstance(token, events.CursorPosition):
                token = _function_3(token)
            elif isinstance(token, events.Paste):
                token, self._pasted = events.Paste(self._pasted.replace("\x00", "")), ""
            token_callback(token)

        return super().parse(tell)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] not in _INTRODUCERS:
            yield from self._with_alt(sequence[1])
        elif alt:
            yield from self._with_alt(sequence)
        else:
            yield from super()._sequence_to_key_events(_as_textual_knows_it(sequence))

    def _with_alt(self, character: str) -> Iterable[events.Key]:
        if character in _AFTER_ESCAPE:
            yield events.Key(_AFTER_ESCAPE[character], None)
            return
        # As with the kitty protocol, Alt with ASCII types nothing: fields for text would take it in.
        typed = None if character.isascii() else character
        for event in super()._sequence_to_key_events(character):
            *held, key = event.key.split("+")
            if key.isupper() and key.lower() != key:
                key, held = key.lower(), ["shift"]
            yield events.Key("+".join([*sorted([*held, "alt"]), key]), typed)


def _as_textual_knows_it(sequence: str) -> str:
    """The same key in the form that Textual reads."""
    if match := _VT220_FUNCTION.fullmatch(sequence):
        number, modifiers = match.groups()
        shifted = (int(modifiers or 1) - 1 | 1) + 1
        return "\x1b[" + _SHIFTED_FUNCTIONS[number].format(shifted)
    if match := _MODIFY_OTHER_KEYS.fullmatch(sequence):
        modifiers, code = match.groups()
        return f"\x1b[{code};{modifiers}u"
    if match := _KEYPAD_BEGIN.fullmatch(sequence):
        return f"\x1b[1{match.group(1) or ';1'}E"
    return sequence


def _function_3(event: events.CursorPosition) -> Message:
    """F3 with modifiers, where a report of the cursor in the first row can't be meant: nobody asks for one here."""
    number = event.x + 1
    if event.y != 0 or not 2 <= number <= _MOST_MODIFIERS:
        return event
    held = [name for bit, name in enumerate(_MODIFIERS) if (number - 1) & 1 << bit]
    return events.Key("+".join([*sorted(held), "f3"]), None)


def install() -> None:
    """Have Textual's drivers read keys so. They take the parser by its name in their module."""
    import sys

    if sys.platform == "win32":
        from textual.drivers import win32 as driver
    else:
        from textual.drivers import linux_driver as driver
    driver.XTermParser = KeyParser  # type: ignore[attr-defined]
