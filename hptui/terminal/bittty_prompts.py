"""Where prompts begin, for an engine that says so once and keeps nothing of it.

Places are counted from the first line the terminal ever had. They hold while lines come and go, but not when wrapped
lines are wrapped anew: then a prompt is found again by how many printed lines lie between it and the cursor's.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable

_MOST = 10_000


class Prompts:
    def __init__(self) -> None:
        self._places: list[int] = []

    def __contains__(self, place: int) -> bool:
        at = bisect_left(self._places, place)
        return at < len(self._places) and self._places[at] == place

    def add(self, place: int) -> None:
        if place not in self:
            insort(self._places, place)
            del self._places[:-_MOST]

    def forget_from(self, place: int) -> None:
        """Forget all from `place` on: what stood there was erased."""
        del self._places[bisect_left(self._places, place) :]

    def by_line(self, wrapped: Callable[[int], bool], cursor: int, first: int) -> list[int]:
        """How many printed lines each prompt is above the cursor's. `first` is the oldest place there is."""
        self._places = self._places[bisect_left(self._places, first) : bisect_left(self._places, cursor + 1)]
        if not self._places:
            return []
        ends = 0
        above: dict[int, int] = {}
        for place in range(cursor, self._places[0] - 1, -1):
            if place < cursor and not wrapped(place):
                ends += 1
            above[place] = ends
        return [above[place] for place in self._places]

    def place(self, above: list[int], wrapped: Callable[[int], bool], cursor: int, first: int) -> None:
        """Find the prompts again, as told by `by_line` before lines were wrapped anew."""
        self._places = []
        left = sorted(above)
        ends, place = 0, cursor
        while left and place >= first:
            if place > first and wrapped(place - 1):
                place -= 1  # not where its line begins
                continue
            while left and left[0] == ends:
                left.pop(0)
                self.add(place)
            ends, place = ends + 1, place - 1
