"""Whether a connection that says nothing still lives: when to ask, and when to give it up.

A link counts as dead only when a question of ours has stayed without any answer, never because time has passed: a laptop that
slept, or a program that stood still, has asked nothing meanwhile, and its link may be well. All times are passed in.
"""

from __future__ import annotations

PATIENCE = 3  # times the interval: how long the answer to a ping may take …
LONGEST = 30.0  # … but no more than so many seconds
QUIET = 5.0  # seconds without a word after which a key is a question of its own: is anybody there?


class Pulse:
    """`every` so many seconds a ping is due; 0 for only when asked for."""

    def __init__(self, every: float, now: float) -> None:
        self._every = every
        self._patience = min(PATIENCE * every, LONGEST) if every > 0 else LONGEST
        self._heard = self._pinged = self._looked = now
        self._unanswered: float | None = None  # when the oldest ping left that nothing has followed
        self._asked = False

    def heard(self, now: float) -> None:
        """Anything from the other side, or the proof that it takes what we send."""
        self._heard = now
        self._unanswered = None

    def written(self, now: float) -> None:
        """A person has typed: after a silence, this is the moment to find out."""
        if self._every > 0 and now - self._heard > QUIET and self._unanswered is None:
            self._asked = True

    def ask(self) -> None:
        """Find out now."""
        self._asked = True

    def look(self, now: float) -> bool:
        """Whether a ping is due. Forgets what it has waited for when nobody has looked for long: then we were not there."""
        expected = self._every > 0 or self._unanswered is not None
        late = expected and now - self._looked > self._patience + self._every
        self._looked = now
        if late:
            self._unanswered = None
            self._asked = True
        if not self._asked and (self._every <= 0 or now - self._pinged < self._every):
            return False
        self._asked = False
        self._pinged = now
        if self._unanswered is None:
            self._unanswered = now
        return True

    def dead_for(self, now: float) -> float | None:
        """The seconds of silence, once a ping has been without an answer for too long."""
        if self._unanswered is None or now - self._unanswered <= self._patience:
            return None
        return now - self._heard

    def wait(self, now: float) -> float | None:
        """The seconds until there is something to look at; None for never."""
        if self._asked:
            return 0.0
        ends = [self._pinged + self._every] if self._every > 0 else []
        if self._unanswered is not None:
            ends.append(self._unanswered + self._patience)
        return max(0.0, min(ends) - now) if ends else None
