"""The page of keys, below the screen: nothing is missing from it, and long lines stay under their text."""

from __future__ import annotations

import importlib
import pkgutil

from textual.binding import Binding
from textual.screen import Screen

from hptui.ui import screens
from hptui.ui.app import EVERYWHERE_KEYS
from hptui.ui.screens.help import all_bindings, keys_page


def test_the_keys_of_every_screen_are_told() -> None:
    for module in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        importlib.import_module(module.name)
    told = {binding.id for binding in all_bindings(EVERYWHERE_KEYS)}
    waiting: list[type] = [Screen]
    seen: set[type] = set()
    while waiting:
        screen: type
        for screen in waiting.pop().__subclasses__():
            waiting.append(screen)
            if screen.__module__.startswith("hptui.") and screen not in seen:
                seen.add(screen)
                own = [
                    binding for binding in vars(screen).get("BINDINGS", ()) if isinstance(binding, Binding)
                ]
                assert {binding.id for binding in own} <= told, f"{screen.__name__} is missing"
    assert len(seen) > 20


def test_a_long_line_goes_on_under_its_text() -> None:
    page = keys_page(all_bindings(EVERYWHERE_KEYS), "ctrl+right_square_bracket", "about", lambda b: b.key, 74)
    lines = str(page).splitlines()
    at = next(
        number
        for number, line in enumerate(lines)
        if line.endswith("A session on this node at once, with the settings' choices:")
    )
    assert lines[at + 1] == " " * 15 + "SYSTEM unless set"
    assert all(len(line) <= 74 for line in lines[:-1])
