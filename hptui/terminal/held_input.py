"""What a person types, held back until the host has shown it: a recording must not hold what is typed blindly.

What can be known. Whether a Windows console echoes is a mode of the console on the host (ENABLE_ECHO_INPUT, and
PSReadLine draws its line without it); neither ConPTY nor the exec channel tells it to the client. What can be seen is
the screen. So text counts as shown when it stands right before the cursor, where it did not stand when it was typed.
Text that has not come to stand there after `ECHO_LIMIT` is dropped for good, and with it the rest of that line.

What follows from that. A password typed at a prompt that shows nothing, or stars, is not kept, nor is how long it was.
Text that a full-screen program takes without showing it (a key that scrolls, say) is not kept either, nor what is
echoed later than the limit. And what the host itself prints is always kept: a host that shows a secret has it recorded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

ECHO_LIMIT = 2.0  # seconds
_LONGEST = 300  # characters compared at a time

# Windows key records (?9001), mouse reports, sequences of keys, control characters, and all else one by one.
_TOKEN = re.compile(
    r"\x1b\[\d+;\d+;(?P<unit>\d+);(?P<down>[01]);\d+;\d+_"
    r"|(?P<control>\x1b\[M.{3}|\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|\x1b?[\x00-\x1f\x7f])"
    r"|.",
    re.DOTALL,
)
_LINE_ENDS = ("\r", "\n", "\x03")


@dataclass(slots=True)
class _Held:
    raw: str
    text: str  # what of it would be shown, "" for keys that type nothing
    ends_line: bool
    at: float  # seconds, when it was typed
    before: str  # what stood before the cursor then


class HeldInput:
    """Passes on what was typed, in order: keys that type no text at once, text when it is shown."""

    def __init__(self, keep: Callable[[str], None], dropped: Callable[[], None]) -> None:
        """`keep` takes what may be kept; `dropped` is told once per line that something was not."""
        self._keep = keep
        self._dropped = dropped
        self._held: deque[_Held] = deque()
        self._shown = ""  # of the text being typed, what was shown already
        self._blind = False  # the line being typed is not shown

    def __bool__(self) -> bool:
        """Something is held."""
        return bool(self._held)

    def typed(self, text: str, before: str, now: float) -> None:
        """Take what was typed. `before` is what stands before the cursor, `now` in seconds."""
        for match in _TOKEN.finditer(text):
            raw = match[0]
            if match["control"]:
                self._held.append(_Held(raw, "", raw[-1] in _LINE_ENDS, now, before))
            elif match["unit"] is None:
                self._held.append(_Held(raw, raw, False, now, before))
            else:
                self._take_record(raw, int(match["unit"]), match["down"] == "1", now, before)
        self.seen(before, now)

    def _take_record(self, raw: str, unit: int, down: bool, now: float, before: str) -> None:
        """Take a Windows key record. The record of a key that goes up says what it typed as well."""
        if unit < 0x20 or unit == 0x7F:
            self._held.append(_Held(raw, "", down and unit in (3, 10, 13), now, before))
        elif down:
            self._held.append(_Held(raw, _character(unit), False, now, before))
        elif self._held and self._held[-1].text == _character(unit):
            self._held[-1].raw += raw

    def seen(self, before: str, now: float) -> None:
        """Look whether what is held is shown by now: `before` is what stands before the cursor."""
        held = self._held
        while held:
            if not held[0].text:
                self._pass_key(held.popleft())
            elif self._blind:
                held.popleft()
            elif count := self._count_shown(before):
                for _ in range(count):
                    item = held.popleft()
                    self._shown = (self._shown + item.text)[-_LONGEST:]
                    self._keep(item.raw)
            elif now - held[0].at > ECHO_LIMIT:
                held.popleft()
                self._blind, self._shown = True, ""
                self._dropped()
            else:
                return

    def end(self) -> None:
        """No more will be seen: what is still held is dropped."""
        if any(item.text for item in self._held):
            self._dropped()
        self._held.clear()

    def _pass_key(self, key: _Held) -> None:
        self._shown = ""
        if key.ends_line:
            self._blind = False
        self._keep(key.raw)

    def _count_shown(self, before: str) -> int:
        """How many of the characters held first stand right before the cursor."""
        first = self._held[0]
        if before == first.before and not self._shown:
            return 0
        piece = ""
        for item in self._held:
            if not item.text or len(piece) >= _LONGEST:
                break
            piece += item.text
        for count in range(len(piece), 0, -1):
            if before.endswith((self._shown + piece[:count])[-_LONGEST:]):
                return count
        return 0


def _character(unit: int) -> str:
    """The character of a UTF-16 unit; one half of a pair stands for itself and is never shown."""
    return chr(unit & 0xFFFF)
