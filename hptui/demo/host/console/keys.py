"""Bytes from a terminal as keys: plain UTF-8, VT sequences, and the win32 input sequences that ConPTY asks for with ?9001."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A named key (`left`, `enter`, `ctrl+c` …), or text when `name` is empty."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the terminal, as to DA1."""

    text: str


_CSI = re.compile(r"\x1b\[([0-9;:?<=>!]*)([ -/]*)([@-~])")
_PARTIAL = re.compile(r"\x1b(?:\[[0-9;:?<=>! -/]*|O|\][^\x07\x1b]*)?\Z")
_OSC = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_LETTERS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end", "Z": "shift+tab"}
_TILDES = {
    "1": "home",
    "2": "insert",
    "3": "delete",
    "4": "end",
    "5": "pageup",
    "6": "pagedown",
    "7": "home",
    "8": "end",
    "19": "f8",
}
_CONTROLS = {
    "\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "ctrl+backspace", "\x1b": "escape",
}  # fmt: skip
_VIRTUAL = {
    8: "backspace", 9: "tab", 13: "enter", 27: "escape", 33: "pageup", 34: "pagedown", 35: "end", 36: "home",
    37: "left", 38: "up", 39: "right", 40: "down", 45: "insert", 46: "delete", 119: "f8",
}  # fmt: skip
_SPACE = 32
_H = 72


class KeyDecoder:
    """Feed bytes, get keys; keeps what is not yet whole."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._pasting = False
        self._surrogate = 0  # the first half of a character that comes as two key records

    def feed(self, data: bytes) -> list[Key | Reply]:
        text = self._pending + self._decoder.decode(data)
        self._pending = ""
        keys: list[Key | Reply] = []
        place = 0
        while place < len(text):
            char = text[place]
            if char == "\x1b":
                used = self._escape(text, place, keys)
                if used == 0:
                    self._pending = text[place:]
                    break
                place += used
            elif char >= " " and char != "\x7f":
                end = place + 1
                while end < len(text) and text[end] >= " " and text[end] != "\x7f":
                    end += 1
                keys.append(Key("", text[place:end]))
                place = end
            else:
                keys.append(self._control(char))
                place += 1
        return keys

    @property
    def waiting(self) -> bool:
        return bool(self._pending)

    def lone_escape(self) -> list[Key | Reply]:
        """A pending ESC that nothing followed is the Escape key."""
        if self._pending == "\x1b":
            self._pending = ""
            return [Key("escape")]
        return []

    def _control(self, char: str) -> Key:
        if self._pasting and char in "\r\n\t":
            return Key("newline" if char != "\t" else "", "\t" if char == "\t" else "")
        if char in _CONTROLS:
            return Key(_CONTROLS[char])
        if char == "\x00":
            return Key("ctrl+space")
        return Key(f"ctrl+{chr(ord(char) + 96)}" if ord(char) < 27 else "")

    def _escape(self, text: str, place: int, keys: list[Key | Reply]) -> int:
        """Reads one sequence at `place`; how many characters it took, 0 when it isn't whole."""
        found = _CSI.match(text, place)
        if found is not None:
            keys.extend(self._sequence(found.group(1), found.group(2), found.group(3), found.group()))
            return len(found.group())
        osc = _OSC.match(text, place)
        if osc is not None:
            keys.append(Reply(osc.group()))
            return len(osc.group())
        if _PARTIAL.match(text, place):
            return 0
        if text.startswith("\x1bO", place):
            name = _LETTERS.get(text[place + 2], "")
            if name:
                keys.append(Key(name))
            return 3
        following = text[place + 1]
        if following == "\x7f":
            keys.append(Key("ctrl+backspace"))
            return 2
        if following.isprintable() and not following.isspace():
            keys.append(Key(f"alt+{following.lower()}"))
            return 2
        keys.append(Key("escape"))
        return 1

    def _sequence(self, parameters: str, between: str, final: str, whole: str) -> list[Key | Reply]:
        if final == "_":
            return self._win32(parameters)
        if final in ("c", "n", "R", "t", "y", "u") or between:
            return [Reply(whole)]
        if final in "IO":
            return []  # focus
        if final == "~":
            number, _, modifier = parameters.partition(";")
            if number in ("200", "201"):
                self._pasting = number == "200"
                return []
            return [Key(_modified(_TILDES[number], modifier))] if number in _TILDES else []
        if final in _LETTERS:
            return [Key(_modified(_LETTERS[final], parameters.partition(";")[2]))]
        return []

    def _win32(self, parameters: str) -> list[Key | Reply]:
        """Vk;Sc;Uc;Kd;Cs;Rc: only keys going down count."""
        fields = [int(part) if part.isdigit() else 0 for part in parameters.split(";")] + [0] * 6
        virtual, _, code, down, state, repeat = fields[:6]
        if not down:
            return []
        first, self._surrogate = self._surrogate, 0
        control, shift, alt = bool(state & 0x0C), bool(state & 0x10), bool(state & 0x03)
        times = max(1, min(repeat, 50))
        if virtual in _VIRTUAL:
            name = _VIRTUAL[virtual]
            prefix = "ctrl+" if control else "shift+" if shift and name == "tab" else ""
            return [Key(prefix + name)] * times
        if virtual == _H and control and not alt:
            return [Key("backspace")] * times
        if alt and not control and 32 < code < 127:
            return [Key(f"alt+{chr(code).lower()}")] * times
        if code and code < 32:
            return [self._control(chr(code))] * times
        if control and not alt and virtual == _SPACE:
            return [self._control("\0")] * times
        if control and not alt and 65 <= virtual <= 90:
            return [Key(f"ctrl+{chr(virtual + 32)}")] * times
        if 0xD800 <= code < 0xDC00:
            self._surrogate = code
            return []
        if 0xDC00 <= code < 0xE000:
            if not first:
                return []  # half a character is none
            code = 0x10000 + ((first - 0xD800) << 10) + (code - 0xDC00)
        return [Key("", chr(code))] * times if code else []


def _modified(name: str, modifier: str) -> str:
    number = int(modifier) if modifier.isdigit() else 1
    return f"ctrl+{name}" if (number - 1) & 4 else name
