"""Mouse events to the bytes a host expects (xterm, "Mouse Tracking" and "Extended coordinates")."""

from __future__ import annotations

import enum

from hptui.terminal.state import Modes, MouseEncoding, MouseTracking


class MouseAction(enum.Enum):
    PRESS = "press"
    RELEASE = "release"
    MOVE = "move"


class MouseButton(enum.IntEnum):
    """xterm's numbers."""

    LEFT = 0
    MIDDLE = 1
    RIGHT = 2
    NONE = 3  # movement with no button down
    WHEEL_UP = 64
    WHEEL_DOWN = 65
    WHEEL_LEFT = 66
    WHEEL_RIGHT = 67


_MOVED = 32


def encode_mouse(
    action: MouseAction,
    button: MouseButton,
    x: int,
    y: int,
    modes: Modes,
    *,
    shift: bool = False,
    alt: bool = False,
    ctrl: bool = False,
) -> bytes:
    """The report of an event at a cell (from 0), b"" for one the host didn't ask for."""
    if not _wanted(action, button, modes.mouse_tracking):
        return b""
    code = int(button)
    if modes.mouse_tracking is not MouseTracking.X10:
        code += 4 * shift + 8 * alt + 16 * ctrl
    if action is MouseAction.MOVE:
        code += _MOVED
    column, row = max(0, x) + 1, max(0, y) + 1
    released = action is MouseAction.RELEASE
    match modes.mouse_encoding:
        case MouseEncoding.SGR | MouseEncoding.SGR_PIXELS:
            return b"\x1b[<%d;%d;%d%s" % (code, column, row, b"m" if released else b"M")
        case MouseEncoding.URXVT:
            return b"\x1b[%d;%d;%dM" % (_released(code, released) + 32, column, row)
        case MouseEncoding.UTF8:
            numbers = (_released(code, released), column, row)
            return b"\x1b[M" + "".join(chr(number + 32) for number in numbers).encode()
        case MouseEncoding.LEGACY:
            if max(column, row) > 223:
                return b""  # a byte can't say where
            return b"\x1b[M" + bytes(number + 32 for number in (_released(code, released), column, row))


def _released(code: int, released: bool) -> int:
    """Before SGR a release didn't say of which button."""
    return code | 3 if released else code


def _wanted(action: MouseAction, button: MouseButton, tracking: MouseTracking) -> bool:
    match tracking:
        case MouseTracking.NONE:
            return False
        case MouseTracking.X10:
            return action is MouseAction.PRESS and button <= MouseButton.RIGHT
        case MouseTracking.NORMAL:
            return action is not MouseAction.MOVE
        case MouseTracking.BUTTON:
            return action is not MouseAction.MOVE or button is not MouseButton.NONE
        case MouseTracking.ANY:
            return True
