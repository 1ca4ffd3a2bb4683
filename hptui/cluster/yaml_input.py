"""YAML that somebody else may have written: read with limits, and every fault of it as one error in words.

The parser in C recurses and has no limit: a file of nothing but brackets ends the process. An alias costs nothing until what it
stands for is written out or merged, and nine lines can stand for a billion values. So the events are counted before anything is
built from them.
"""

from __future__ import annotations

from collections.abc import Iterable

import yaml

LARGEST = 16 << 20  # bytes
DEEPEST = 100  # values within values
MOST = 200_000  # values, those behind an alias counted each time

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotReadable(Exception):
    """What is wrong, as the end of a sentence; `line` counts from 1, 0 where it is not known."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load(text: bytes) -> object:
    """The one document in `text`. Raises NotReadable."""
    if len(text) > LARGEST:
        raise NotReadable(f"it has more than {LARGEST >> 20} MiB")
    try:
        _check(yaml.parse(text, Loader=_Loader))
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise NotReadable(str(problem), mark.line + 1 if mark is not None else 0) from error
    except (
        ValueError,
        OverflowError,
    ) as error:  # a date that no calendar has, a number of ten thousand digits
        raise NotReadable(f"a value cannot be read: {error}") from error


def _check(events: Iterable[yaml.Event]) -> None:
    """Raises NotReadable for what is too deep or too large to be built."""
    open_values: list[tuple[str | None, int]] = []  # anchor, and the count when it began
    sizes: dict[str, int] = {}
    count = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise NotReadable(
                    f"the alias {event.anchor} stands within what it stands for, or for nothing", line
                )
            count += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            sizes.pop(event.anchor or "", None)
            open_values.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_values.pop()
            if anchor:
                sizes[anchor] = count - before
        if len(open_values) > DEEPEST:
            raise NotReadable(f"its values lie more than {DEEPEST} deep within each other", line)
        if count > MOST:
            raise NotReadable(f"it stands for more than {MOST:,} values", line)
