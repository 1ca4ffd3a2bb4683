"""Where a shell's prompts are: as the host marks them (OSC 133), else as they look.

Windows PowerShell marks nothing unless its profile says so, and the ConPTY of Server 2019 and 2022 keeps such marks to itself; so
a line that begins as the prompts of PowerShell and cmd do counts as one where the host has marked none.
"""

from __future__ import annotations

import re

from hptui.terminal.emulator import Emulator

# "PS C:\\hpc> ", "[server]: PS C:\\>", "C:\\Windows>", and what a nested PowerShell shows: "PS C:\\>> ".
_LOOKS_LIKE_ONE = re.compile(r"(?:\[[^\]]{1,100}\]: )?PS [^<>|]{1,400}>|[A-Za-z]:\\[^<>|]{0,400}>")
_AT_A_TIME = 200  # lines


def at_prompt(emulator: Emulator) -> bool:
    """Whether a shell waits for a line of which nothing is typed yet, by its looks."""
    if emulator.modes.alternate_screen:
        return False
    return _LOOKS_LIKE_ONE.fullmatch(emulator.text_before_cursor().rstrip(" ")) is not None


def previous_prompt(emulator: Emulator, y: int) -> int | None:
    """The nearest line above `y` on which a prompt begins."""
    if (marked := emulator.previous_prompt(y)) is not None or _marks_prompts(emulator):
        return marked
    stop = min(y, emulator.history + emulator.rows)
    while stop > 0:
        start = max(0, stop - _AT_A_TIME)
        if found := _looking_so(emulator, start, stop):
            return found[-1]
        stop = start
    return None


def next_prompt(emulator: Emulator, y: int) -> int | None:
    """The nearest line below `y` on which a prompt begins."""
    if (marked := emulator.next_prompt(y)) is not None or _marks_prompts(emulator):
        return marked
    start, end = max(0, y + 1), emulator.history + emulator.rows
    while start < end:
        if found := _looking_so(emulator, start, start + _AT_A_TIME):
            return found[0]
        start += _AT_A_TIME
    return None


def _marks_prompts(emulator: Emulator) -> bool:
    return emulator.next_prompt(-1) is not None


def _looking_so(emulator: Emulator, start: int, stop: int) -> list[int]:
    # A line that the one above was wrapped into begins nothing.
    found, wrapped = [], False
    for y, line in enumerate(emulator.lines(max(0, start - 1), stop), max(0, start - 1)):
        if y >= start and not wrapped and _LOOKS_LIKE_ONE.match(line.text):
            found.append(y)
        wrapped = line.wrapped
    return found
