"""Keys as Windows key records, for a host in win32 input mode (?9001).

The form is `CSI Vk ; Sc ; Uc ; Kd ; Cs ; Rc _` (microsoft/terminal, doc/specs/#4999): virtual key, scan code, the
UTF-16 unit it types, down or up, the state of the control keys, and a repeat count. Every press is sent as a key going
down and up again; outer terminals don't say when a key is released.

Virtual keys and scan codes are those of the US keyboard, which is what names like "ctrl+slash" mean here. Characters
that it has no key for go as records with no key, only the character.
"""

from __future__ import annotations

_ALT, _CTRL, _SHIFT, _ENHANCED = 0x02, 0x08, 0x10, 0x100

# Name: virtual key, scan code, character, whether it is one of the keys that came after the number pad's.
_NAMED: dict[str, tuple[int, int, int, bool]] = {
    "backspace": (0x08, 0x0E, 0x08, False),
    "tab": (0x09, 0x0F, 0x09, False),
    "enter": (0x0D, 0x1C, 0x0D, False),
    "return": (0x0D, 0x1C, 0x0D, False),
    "escape": (0x1B, 0x01, 0x1B, False),
    "pageup": (0x21, 0x49, 0, True),
    "pagedown": (0x22, 0x51, 0, True),
    "end": (0x23, 0x4F, 0, True),
    "home": (0x24, 0x47, 0, True),
    "left": (0x25, 0x4B, 0, True),
    "up": (0x26, 0x48, 0, True),
    "right": (0x27, 0x4D, 0, True),
    "down": (0x28, 0x50, 0, True),
    "insert": (0x2D, 0x52, 0, True),
    "delete": (0x2E, 0x53, 0, True),
    "kp_begin": (0x0C, 0x4C, 0, False),
    "multiply": (0x6A, 0x37, 0x2A, False),
    "add": (0x6B, 0x4E, 0x2B, False),
    "subtract": (0x6D, 0x4A, 0x2D, False),
    "decimal": (0x6E, 0x53, 0x2E, False),
    "divide": (0x6F, 0x35, 0x2F, True),
    **{f"f{n}": (0x6F + n, 0x3A + n, 0, False) for n in range(1, 11)},
    "f11": (0x7A, 0x57, 0, False),
    "f12": (0x7B, 0x58, 0, False),
    **{f"f{n}": (0x6F + n, 0x57 + n, 0, False) for n in range(13, 24)},
    "f24": (0x87, 0x76, 0, False),
    "print_screen": (0x2C, 0x37, 0, True),
    "pause": (0x13, 0x45, 0, False),
    "menu": (0x5D, 0x5D, 0, True),
}
# Those that have no bytes of their own outside of records.
RECORD_ONLY = frozenset({*(f"f{n}" for n in range(13, 25)), "print_screen", "pause", "menu"})


def _us_keyboard() -> dict[str, tuple[int, int, bool]]:
    """Character: virtual key, scan code, whether Shift is held."""
    keys: dict[str, tuple[int, int, bool]] = {" ": (0x20, 0x39, False)}
    for row, first in (("qwertyuiop", 0x10), ("asdfghjkl", 0x1E), ("zxcvbnm", 0x2C)):
        for scan, letter in enumerate(row, first):
            keys[letter] = (ord(letter.upper()), scan, False)
            keys[letter.upper()] = (ord(letter.upper()), scan, True)
    for scan, (digit, shifted) in enumerate(zip("1234567890", "!@#$%^&*()", strict=True), 0x02):
        keys[digit] = (ord(digit), scan, False)
        keys[shifted] = (ord(digit), scan, True)
    for pair, virtual, scan in (
        ("-_", 0xBD, 0x0C),
        ("=+", 0xBB, 0x0D),
        ("[{", 0xDB, 0x1A),
        ("]}", 0xDD, 0x1B),
        (";:", 0xBA, 0x27),
        ("'\"", 0xDE, 0x28),
        ("`~", 0xC0, 0x29),
        ("\\|", 0xDC, 0x2B),
        (",<", 0xBC, 0x33),
        (".>", 0xBE, 0x34),
        ("/?", 0xBF, 0x35),
    ):
        keys[pair[0]] = (virtual, scan, False)
        keys[pair[1]] = (virtual, scan, True)
    return keys


_US = _us_keyboard()
_US_SHIFTED = {
    character: other
    for character, (virtual, _, held) in _US.items()
    for other, (same, _, other_held) in _US.items()
    if same == virtual and other_held and not held
}


def shifted(character: str) -> str:
    """What a key types with Shift held."""
    return _US_SHIFTED.get(character) or character.upper()


def record(key: str, character: str, *, shift: bool, alt: bool, ctrl: bool) -> bytes:
    """The records of one press: `key` as `keys.encode` names it, and the character it types, "" for none."""
    state = _ALT * alt | _CTRL * ctrl | _SHIFT * shift
    if key in _NAMED:
        virtual, scan, typed, enhanced = _NAMED[key]
        if key == "backspace" and ctrl:
            typed = 0x7F
        elif key == "enter" and ctrl:
            typed = 0x0A
        return _down_and_up(virtual, scan, typed, state | _ENHANCED * enhanced)
    if character in _US:
        virtual, scan, shifted = _US[character]
        state |= _SHIFT * shifted
        return _down_and_up(virtual, scan, _unit_typed(character, alt=alt, ctrl=ctrl), state)
    units = character.encode("utf-16-le", "replace")
    return b"".join(
        _down_and_up(0, 0, int.from_bytes(units[at : at + 2], "little"), state)
        for at in range(0, len(units), 2)
    )


def _unit_typed(character: str, *, alt: bool, ctrl: bool) -> int:
    """What a key of the US keyboard types with these modifiers, as Windows has it."""
    if not ctrl:
        return ord(character)
    if alt:
        return 0
    if "A" <= character.upper() <= "Z":
        return ord(character.upper()) - 0x40
    return {" ": 0x20, "[": 0x1B, "\\": 0x1C, "]": 0x1D, "^": 0x1E, "_": 0x1F}.get(character, 0)


def _down_and_up(virtual: int, scan: int, typed: int, state: int) -> bytes:
    return b"".join(b"\x1b[%d;%d;%d;%d;%d;1_" % (virtual, scan, typed, down, state) for down in (1, 0))
