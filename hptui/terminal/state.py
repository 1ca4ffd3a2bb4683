"""What a terminal is set to, apart from what stands on its screen: cursor and modes."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class CursorShape(enum.Enum):
    BLOCK = "block"
    UNDERLINE = "underline"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Cursor:
    x: int  # cells from the left edge, from 0
    y: int  # rows from the top of the screen, from 0
    visible: bool
    shape: CursorShape
    blinking: bool


class MouseTracking(enum.Enum):
    """Which mouse events the host wants (xterm, Mouse Tracking)."""

    NONE = "none"
    X10 = "x10"  # ?9: presses
    NORMAL = "normal"  # ?1000: presses and releases
    BUTTON = "button"  # ?1002: and movement while a button is down
    ANY = "any"  # ?1003: and all movement


class MouseEncoding(enum.Enum):
    """How the host wants them written (xterm, Extended coordinates)."""

    LEGACY = "legacy"
    UTF8 = "utf8"  # ?1005
    SGR = "sgr"  # ?1006
    URXVT = "urxvt"  # ?1015
    SGR_PIXELS = "sgr-pixels"  # ?1016


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes that decide what is sent to the host, and when the screen may be painted."""

    application_cursor: bool = False  # ?1, DECCKM
    application_keypad: bool = False  # ESC =, DECKPAM
    bracketed_paste: bool = False  # ?2004
    focus_events: bool = False  # ?1004
    alternate_screen: bool = False  # ?47, ?1047, ?1049
    reverse_screen: bool = False  # ?5, DECSCNM: the whole screen with its colours exchanged
    alternate_scroll: bool = False  # ?1007: the wheel sends arrows on the alternate screen
    backarrow_sends_backspace: bool = False  # ?67, DECBKM
    newline: bool = False  # 20, LNM: Enter sends CR LF
    win32_input: bool = False  # ?9001: keys as Windows key records
    mouse_tracking: MouseTracking = MouseTracking.NONE
    mouse_encoding: MouseEncoding = MouseEncoding.LEGACY
    # The host is in the middle of a picture (?2026) since this time.monotonic(), or not: None.
    synchronized_since: float | None = None
