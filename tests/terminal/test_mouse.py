"""Mouse reports by tracking and encoding."""

from __future__ import annotations

import pytest

from hptui.terminal.mouse import MouseAction, MouseButton, encode_mouse
from hptui.terminal.state import Modes, MouseEncoding, MouseTracking

PRESS, RELEASE, MOVE = MouseAction.PRESS, MouseAction.RELEASE, MouseAction.MOVE
LEFT, RIGHT, NONE, WHEEL = MouseButton.LEFT, MouseButton.RIGHT, MouseButton.NONE, MouseButton.WHEEL_UP


def modes(tracking: MouseTracking, encoding: MouseEncoding = MouseEncoding.SGR) -> Modes:
    return Modes(mouse_tracking=tracking, mouse_encoding=encoding)


@pytest.mark.parametrize(
    ("tracking", "wanted"),
    [
        (MouseTracking.NONE, set()),
        (MouseTracking.X10, {(PRESS, LEFT)}),
        (MouseTracking.NORMAL, {(PRESS, LEFT), (RELEASE, LEFT), (PRESS, WHEEL)}),
        (MouseTracking.BUTTON, {(PRESS, LEFT), (RELEASE, LEFT), (PRESS, WHEEL), (MOVE, LEFT)}),
        (MouseTracking.ANY, {(PRESS, LEFT), (RELEASE, LEFT), (PRESS, WHEEL), (MOVE, LEFT), (MOVE, NONE)}),
    ],
)
def test_only_what_the_host_asked_for_is_told(
    tracking: MouseTracking, wanted: set[tuple[MouseAction, MouseButton]]
) -> None:
    events = [(PRESS, LEFT), (RELEASE, LEFT), (PRESS, WHEEL), (MOVE, LEFT), (MOVE, NONE)]
    told = {event for event in events if encode_mouse(*event, 0, 0, modes(tracking))}
    assert told == wanted


@pytest.mark.parametrize(
    ("encoding", "press", "release", "wheel"),
    [
        (MouseEncoding.SGR, b"\x1b[<2;10;5M", b"\x1b[<2;10;5m", b"\x1b[<64;10;5M"),
        (MouseEncoding.LEGACY, b"\x1b[M\x22\x2a\x25", b"\x1b[M\x23\x2a\x25", b"\x1b[M\x60\x2a\x25"),
        (MouseEncoding.UTF8, b"\x1b[M\x22\x2a\x25", b"\x1b[M\x23\x2a\x25", b"\x1b[M\x60\x2a\x25"),
        (MouseEncoding.URXVT, b"\x1b[34;10;5M", b"\x1b[35;10;5M", b"\x1b[96;10;5M"),
    ],
)
def test_encodings(encoding: MouseEncoding, press: bytes, release: bytes, wheel: bytes) -> None:
    asked = modes(MouseTracking.NORMAL, encoding)
    assert encode_mouse(PRESS, RIGHT, 9, 4, asked) == press
    assert encode_mouse(RELEASE, RIGHT, 9, 4, asked) == release
    assert encode_mouse(PRESS, WHEEL, 9, 4, asked) == wheel


def test_modifiers_and_movement_are_told() -> None:
    asked = modes(MouseTracking.ANY)
    assert encode_mouse(PRESS, LEFT, 0, 0, asked, shift=True, ctrl=True) == b"\x1b[<20;1;1M"
    assert encode_mouse(MOVE, LEFT, 0, 0, asked, alt=True) == b"\x1b[<40;1;1M"
    assert encode_mouse(MOVE, NONE, 0, 0, asked) == b"\x1b[<35;1;1M"


def test_far_cells_are_told_only_by_encodings_that_can() -> None:
    assert encode_mouse(PRESS, LEFT, 300, 2, modes(MouseTracking.NORMAL, MouseEncoding.LEGACY)) == b""
    assert encode_mouse(PRESS, LEFT, 300, 2, modes(MouseTracking.NORMAL)) == b"\x1b[<0;301;3M"
    assert encode_mouse(PRESS, LEFT, 300, 2, modes(MouseTracking.NORMAL, MouseEncoding.UTF8)) == (
        b"\x1b[M" + " \u014d#".encode()
    )
