"""What a person types, held back until the host has shown it: a recording must not hold what is typed blindly.

What can be known. Whether a Windows console echoes is a mode of the console on the host (ENABLE_ECHO_INPUT, and
PSReadLine draws its line without it); neither ConPTY nor the exec channel tells it to the client. What can be seen is
the screen. So text counts as shown when it stands where the cursor was when it was typed, and did not stand there then;
or right before the cursor, where it did not stand either (a line can be drawn anew elsewhere). Of a line that was typed
before the host had shown the one before it, the place isn't known: it has to end a line that begins with a prompt.
Text that is not shown after `ECHO_LIMIT` is dropped for good, and with it the rest of that line.

What follows from that. A password typed at a prompt that shows nothing, or stars, is not kept, nor is how long it was.
Text that a full-screen program takes without showing it (a key that scrolls, say) is not kept either, nor what is
echoed later than the limit. And what the host itself prints is always kept: a host that shows a secret has it recorded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from math import inf

from hptui.terminal.typing_place import Place, Screen

ECHO_LIMIT = 2.0  # seconds
_LONGEST = 300  # characters compared at a time

# Windows key records (?9001), mouse reports, sequences of keys, Alt with a character, control characters, and all
# else one by one.
_TOKEN = re.compile(
    r"\x1b\[\d+;\d+;(?P<unit>\d+);(?P<down>[01]);(?P<state>\d+);\d+_"
    r"|(?P<control>\x1b\[M.{3}|\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|\x1b.|[\x00-\x1f\x7f])"
    r"|.",
    re.DOTALL,
)
_LINE_ENDS = ("\r", "\n", "\x03")
_ALT, _CTRL = 0x03, 0x0C  # of a key record's state, left and right
_PROMPT_ENDS = (">", "$", "#")


@dataclass(slots=True)
class _Held:
    raw: str
    text: str  # what of it would be shown, "" for keys that type nothing
    ends_line: bool
    at: float  # seconds, when it was typed
    before: str  # what stood before the cursor then
    place: Place | None  # the cursor's then, None if a line typed earlier was still to be shown
    rest: str  # what stood from there to the end of the line


class HeldInput:
    """Passes on what was typed, in order: keys that type no text at once, text when it is shown."""

    def __init__(self, keep: Callable[[str], None], dropped: Callable[[], None]) -> None:
        """`keep` takes what may be kept; `dropped` is told once per line that something was not."""
        self._keep = keep
        self._dropped = dropped
        self._held: deque[_Held] = deque()
        self._shown = ""  # of the text being typed, what was shown already
        self._next: Place | None = None  # where what follows that is to stand
        self._line_shown = False  # something of the line being typed was shown
        self._blind = False  # the line being typed is not shown
        self._last: Place | None = None  # of the text that was looked for last

    def __bool__(self) -> bool:
        """Something is held."""
        return bool(self._held)

    def typed(self, text: str, screen: Screen, now: float) -> None:
        """Take what was typed, before anything comes of it. `now` is in seconds."""
        before, place = screen.before(), screen.place()
        if self._is_answered(before, place):
            self.seen(screen, inf)
        rest = screen.text_from(place) or ""
        ahead = any(item.ends_line for item in self._held)

        def hold(raw: str, shown: str, ends_line: bool) -> None:
            nonlocal ahead
            self._held.append(_Held(raw, shown, ends_line, now, before, None if ahead else place, rest))
            ahead = ahead or ends_line

        for match in _TOKEN.finditer(text):
            raw = match[0]
            if match["control"]:
                hold(raw, "", raw[-1] in _LINE_ENDS)
            elif match["unit"] is None:
                hold(raw, raw, False)
            else:
                unit, down = int(match["unit"]), match["down"] == "1"
                if _types_text(unit, int(match["state"])):
                    self._hold_record(raw, unit, down, hold)
                else:
                    hold(raw, "", down and unit in (3, 10, 13))
        self.seen(screen, now)

    def _is_answered(self, before: str, place: Place) -> bool:
        """Whether the host has taken the lines held and asks for the next: they won't be shown any more."""
        ended = False
        for item in self._held:
            ended = item.ends_line or (ended and not item.text)
        first = self._held[0].place if self._held else None
        below = first is not None and first.screen == place.screen and first.line < place.line
        return ended and below and before.rstrip().endswith(_PROMPT_ENDS)

    def _hold_record(self, raw: str, unit: int, down: bool, hold: Callable[[str, str, bool], None]) -> None:
        """Take a Windows key record. The record of a key that goes up says what it typed as well."""
        if down:
            hold(raw, _character(unit), False)
        elif self._held and self._held[-1].text == _character(unit):
            self._held[-1].raw += raw

    def seen(self, screen: Screen, now: float) -> None:
        """Look whether what is held is shown by now, or has been held for too long."""
        held = self._held
        while held:
            if not held[0].text:
                self._pass_key(held.popleft())
            elif self._blind:
                held.popleft()
            elif count := self._count_shown(screen):
                for _ in range(count):
                    item = held.popleft()
                    self._shown = (self._shown + item.text)[-_LONGEST:]
                    self._keep(item.raw)
                self._line_shown = True
            elif now - held[0].at > ECHO_LIMIT:
                self._last = held.popleft().place or self._last
                self._blind, self._shown, self._next = True, "", None
                self._dropped()
            else:
                return

    def end(self) -> None:
        """No more will be seen: what is still held is dropped, except for keys that type nothing."""
        if any(item.text for item in self._held) and not self._blind:
            self._dropped()
        for item in self._held:
            if not item.text:
                self._keep(item.raw)
        self._held.clear()

    def _pass_key(self, key: _Held) -> None:
        self._shown, self._next = "", None
        if key.ends_line:
            self._blind = self._line_shown = False
        self._keep(key.raw)

    def _count_shown(self, screen: Screen) -> int:
        """How many of the characters held first are shown."""
        piece, ends_line, more = self._piece()
        first = self._held[0]
        place = self._next or first.place
        if place is not None:
            self._last = place
            if count := self._count_at(place, piece, ends_line, more, screen):
                self._next = place._replace(offset=place.offset + count)
                return count
        elif ends_line and not more and (count := self._count_ahead(piece, screen)):
            return count
        if count := self._count_before_cursor(piece, ends_line, screen.before()):
            self._last = self._next = screen.place()
        return count

    def _piece(self) -> tuple[str, bool, bool]:
        """The text held first, whether its line is ended after it, and whether it goes on."""
        piece = ""
        for item in self._held:
            if not item.text:
                return piece, any(key.ends_line for key in self._held), not item.ends_line
            if len(piece) >= _LONGEST:
                return piece, any(key.ends_line for key in self._held), True
            piece += item.text
        return piece, False, False

    def _count_at(self, place: Place, piece: str, ends_line: bool, more: bool, screen: Screen) -> int:
        """How much of `piece` stands at a place. What the host itself may have printed there doesn't count: unless
        all of it stands there, nothing but what was there before may follow, or else the cursor."""
        text, cursor = screen.text_from(place), screen.place()
        if text is None:
            return 0
        first = self._held[0]
        here = cursor.offset - place.offset if cursor.line == place.line else -1
        if here < 0 and not piece.strip() and self._line_shown:
            return len(piece)  # blanks at the end of a line, which can't be seen
        if here == 0 or (text == first.rest and place == first.place and here < 0):
            return 0
        text = text.ljust(here)
        count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, piece, strict=False)))
        if here < 0 and piece.strip() and piece.rstrip() == text.rstrip():
            return len(piece)
        if count and (here == count or text[count:].rstrip() in ("", first.rest.rstrip())):
            return count
        return count if count == len(piece) and (more or (self._line_shown and not ends_line)) else 0

    def _count_ahead(self, piece: str, screen: Screen) -> int:
        """All of `piece` if it ends a line with a prompt, below what was typed before it."""
        wanted = piece.rstrip()
        if self._last is None or not wanted:
            return 0
        for place, text in screen.texts_below(self._last):
            text = text.rstrip()
            if text.endswith(wanted) and text[: -len(wanted)].rstrip().endswith(_PROMPT_ENDS):
                self._last = place
                return len(piece)
        return 0

    def _count_before_cursor(self, piece: str, ends_line: bool, before: str) -> int:
        """How much of `piece` stands right before the cursor: all, where its line is ended already."""
        if before == self._held[0].before and not self._shown:
            return 0
        for count in range(len(piece), len(piece) - 1 if ends_line else 0, -1):
            if before.endswith((self._shown + piece[:count])[-_LONGEST:]):
                return count
        return 0


def _types_text(unit: int, state: int) -> bool:
    """Whether a key record is of text: Alt or Ctrl make it a command, both together are AltGr."""
    return unit >= 0x20 and unit != 0x7F and bool(state & _ALT) == bool(state & _CTRL)


def _character(unit: int) -> str:
    """The character of a UTF-16 unit; one half of a pair stands for itself and is never shown."""
    return chr(unit & 0xFFFF)
