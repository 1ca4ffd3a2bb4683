"""One known failure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    id: str  # stable
    title: str  # what the person sees first
    words: str  # a piece of what stands below it, said by hptui, the server or the node
    why: str  # sentences
    hint: str  # what to do, as it is shown; {names} are filled in where it is recognised
    place: str  # module:name, where it is recognised


REPORT = "If this is not what you expect, report it with these words and what `hptui diagnostics` prints."
"""The last thing to say about what hptui does not know."""
