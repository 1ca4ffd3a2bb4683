"""Every key with every modifier in every mode, and PSReadLine's own, as the tables have them."""

from __future__ import annotations

from collections import Counter

import pytest

from hptui.terminal.keys import encode
from hptui.terminal.state import Modes
from tests.terminal.keys.tables import Bound, Pressed, every_key, psreadline

NORMAL = Modes()
APPLICATION = Modes(application_cursor=True, application_keypad=True)
WIN32 = Modes(win32_input=True)
KEYS = list(every_key())


@pytest.mark.parametrize("pressed", KEYS, ids=lambda pressed: pressed.key)
def test_a_key(pressed: Pressed) -> None:
    assert encode(pressed.key, None, NORMAL) == pressed.normal
    assert encode(pressed.key, None, APPLICATION) == pressed.application
    assert encode(pressed.key, None, WIN32) == pressed.win32


@pytest.mark.parametrize("bound", list(psreadline()), ids=lambda bound: f"{bound.function} {bound.key}")
def test_a_key_of_psreadline(bound: Bound) -> None:
    assert encode(bound.key, None, NORMAL) == bound.normal
    assert encode(bound.key, None, WIN32) == bound.win32


def test_records_tell_all_keys_apart() -> None:
    assert len(KEYS) >= 700
    shared = [record for record, count in Counter(pressed.win32 for pressed in KEYS).items() if count > 1]
    assert shared == []
