"""What was typed, as people write it: from the bytes that a terminal sent, in a recording of it."""

from __future__ import annotations

import re

from hptui.terminal.plain import plain

# Windows key records (?9001), the terminal's own answers and reports, sequences of keys, and all else one by one.
_TOKEN = re.compile(
    r"\x1b\[(?P<key>\d{1,5});\d{0,5};(?P<unit>\d{1,6});(?P<down>[01]);(?P<state>\d{0,5});\d{0,5}_"
    r"|\x1b\[(?:M.{3}|[?>=<][0-?]*[ -/]*[@-~]|[IO]|[0-9;]*[Rcnty]|[0-9;?]*\$y)|\x1b[P\]][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|(?P<paste>\x1b\[20[01]~)"
    r"|\x1b(?:O|\[[0-9;]*)(?P<letter>[A-HPQS~])"
    r"|(?P<alt>\x1b(?=[!-~]))|(?P<other>.)",
    re.DOTALL,
)
_LETTERS = {"A": "↑", "B": "↓", "C": "→", "D": "←", "H": "⇱", "F": "⇲"}
_VIRTUAL_KEYS = {33: "⇞", 34: "⇟", 35: "⇲", 36: "⇱", 37: "←", 38: "↑", 39: "→", 40: "↓", 46: "⌦"}
_CHARACTERS = {"\r": "⏎", "\n": "⏎", "\t": "⇥", "\x1b": "␛", "\x7f": "⌫", "\x08": "⌫"}
_MODIFIER_KEYS = {16, 17, 18, 20, 144, 145}
_OTHER = "◌"  # a key without a sign of its own


def readable(text: str) -> str:
    """Text as it is, keys as signs, ^C for Ctrl+C; nothing of what the terminal itself answered."""
    return "".join(_sign(match) for match in _TOKEN.finditer(text))


def _sign(match: re.Match[str]) -> str:
    if match["key"] is not None:
        return _record(int(match["key"]), int(match["unit"]), match["down"] == "1")
    if match["letter"] is not None:
        return _LETTERS.get(match["letter"], _OTHER)
    if match["alt"] is not None:
        return "M-"
    return "" if match["other"] is None else _character(match["other"])


def _record(key: int, unit: int, down: bool) -> str:
    """A key that was pressed, by the character it makes, else by its own number."""
    if not down or key in _MODIFIER_KEYS:
        return ""
    if unit:
        return _character(chr(unit)) if unit < 0xD800 or 0xDFFF < unit < 0x110000 else ""
    return _VIRTUAL_KEYS.get(key, _OTHER)


def _character(character: str) -> str:
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    return f"^{chr(ord(character) ^ 64)}" if character < " " else plain(character)
