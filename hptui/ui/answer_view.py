"""What of an answer is shown, and in which order, as plain data: sorted, filtered, as a tree, with what has changed.

Rows are numbers, their places in `rows`, because twenty thousand of them are arranged anew at every key of a filter. A number
below zero is no row but a heading, which a tree by prefix has.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hptui.probes.probe import Column, Kind, Probe
from hptui.probes.table import Changes, Row, Steps, T, Table, matching, sorted_places
from hptui.probes.values import Value

SLICE = 0.008  # seconds of work between two turns of the event loop

ADDED, CHANGED, GONE, DIFFERS = "+", "~", "−", "≠"
_NO_CHANGES = Changes(frozenset(), {}, ())
_STAND_ALONE: frozenset[int] = frozenset()


async def in_turns(steps: Steps[T]) -> T:
    """All of the work, with the event loop's turn after every few milliseconds."""
    while True:
        until = time.perf_counter() + SLICE
        try:
            while time.perf_counter() < until:
                next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Heading:
    """A prefix, over the rows that stand below it."""

    path: tuple[str, ...]
    count: int  # rows in it and below
    folded: bool


Path = tuple[str, ...]


@dataclass(slots=True)
class Choices:
    """How a person wants the answers of one probe shown; kept while the program runs."""

    arguments: dict[str, str] = field(default_factory=dict)  # those of the last time
    hidden: set[str] = field(default_factory=set)  # columns
    sort: str = ""  # a column; "" is the probe's own order
    descending: bool = False
    tree: bool = True  # where the probe has one
    utc: bool = False


PLACE = "at"
"""The column with a line's place in its file."""


class AnswerView:
    """`lines` are the places of the rows to show, from the top; `branches` what stands before each in a tree."""

    EVEN = False
    """Whether all columns of text share what room there is; else the one with the longest has more of it."""

    def __init__(self, probe: Probe, choices: Choices) -> None:
        self.probe = probe
        self.choices = choices
        self.table: Table | None = None
        self.rows: Sequence[Row] = ()
        self.lines: Sequence[int] = ()
        self.branches: dict[int, str] = {}
        self.context: frozenset[int] = _STAND_ALONE
        """Rows that don't match the filter and stand there for those below them."""
        self.changes = _NO_CHANGES
        self.words = ""
        self.headings: list[Heading] = []
        self.widths: Sequence[int] = ()  # of all columns
        self._texts: Sequence[str] | None = None
        self._paths: dict[int, Path] = {}  # by a row's identity: what is gone keeps its own
        self._folded: set[tuple[Value, ...]] = set()
        self._order: list[int] | None = None
        self._matched: tuple[str, list[int]] | None = None

    # What is known

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.table.columns if self.table is not None else self.probe.columns

    @property
    def shown_columns(self) -> list[int]:
        """Places of the columns that are shown; never none."""
        shown = [place for place, each in enumerate(self.columns) if each.key not in self.choices.hidden]
        return shown or list(range(len(self.columns)))[:1]

    @property
    def has_parents(self) -> bool:
        return bool(self.probe.parent) and len(self.probe.key) == 1

    @property
    def has_tree(self) -> bool:
        return self.has_parents or bool(self._paths)

    @property
    def is_tree(self) -> bool:
        return self.choices.tree and self.has_tree

    @property
    def tree_column(self) -> int:
        """The column that the branches are drawn in: the first one with a name in it."""
        shown = self.shown_columns
        names = [place for place in shown if self.columns[place].kind is Kind.TEXT]
        return (names or shown or [0])[0]

    @property
    def sort_column(self) -> int | None:
        """The place of the column that the rows are sorted by."""
        key = self.choices.sort or self.probe.sort.removeprefix("-")
        return next((place for place, column in enumerate(self.columns) if column.key == key), None)

    @property
    def descending(self) -> bool:
        return self.choices.descending if self.choices.sort else self.probe.sort.startswith("-")

    @property
    def newest(self) -> int | None:
        """Where what is new of a log comes: 0 for the first line, -1 for the last; None for what is no log, or in a tree."""
        place = self.sort_column
        if place is None or self.is_tree:
            return None
        column = self.columns[place]
        if column.kind is not Kind.TIME and column.key != PLACE:
            return None
        return 0 if self.descending else -1

    @property
    def total(self) -> int:
        """Rows of the answer, without those that are gone."""
        return len(self.table.rows) if self.table is not None else 0

    @property
    def matched(self) -> int:
        """Rows of the answer that are shown for themselves."""
        total, context = self.total, self.context
        shown = sum(1 for place in self.lines if 0 <= place < total and place not in context)
        folded = sum(heading.count for heading in self.headings if heading.folded)
        return shown + folded

    def mark(self, place: int) -> str:
        """+ for a row that is new, ~ for one with changed cells, − for one that is gone."""
        if place < 0:
            return ""
        if place >= self.total:
            return GONE
        key = self.rows[place].key
        return ADDED if key in self.changes.added else CHANGED if key in self.changes.changed else ""

    def changed_cells(self, place: int) -> frozenset[int]:
        if not 0 <= place < self.total:
            return _STAND_ALONE
        return self.changes.changed.get(self.rows[place].key, _STAND_ALONE)

    def line_of(self, key: tuple[Value, ...]) -> int | None:
        """The line with the row of this key."""
        rows = self.rows
        return next(
            (line for line, place in enumerate(self.lines) if place >= 0 and rows[place].key == key), None
        )

    def heading(self, place: int) -> Heading | None:
        """What stands in a line that holds no row."""
        return self.headings[-1 - place] if place < 0 else None

    # What changes it

    def put(self, table: Table, changes: Changes | None = None, paths: Sequence[Path] | None = None) -> None:
        """A new answer; `changes` from the one before, of which what is gone stays in sight; `paths` of its rows."""
        self.table = table
        self.changes = changes or _NO_CHANGES
        self.rows = [*table.rows, *self.changes.gone]
        old, self._paths = self._paths, {}
        if paths is not None:
            self._paths = {id(row): path[:_DEEPEST_PATH] for row, path in zip(table.rows, paths, strict=True)}
            self._paths |= {id(row): old.get(id(row), ()) for row in self.changes.gone}
        self._order = self._texts = None
        self.arrange()

    def take_texts(self, texts: Sequence[str] | None) -> None:
        """What the filter looks in, for `rows`; until it is there, nothing is filtered."""
        self._texts, self._matched = texts, None
        if self.words or texts is None:
            self.arrange()

    def set_words(self, words: str) -> None:
        self.words = words
        self.arrange()

    def sort_by(self, column: int, *, descending: bool) -> None:
        self.choices.sort, self.choices.descending = self.columns[column].key, descending
        self._order = None
        self.arrange()

    def set_tree(self, tree: bool) -> None:
        self.choices.tree = tree
        self.arrange()

    def fold(self, place: int) -> None:
        """Hide what is below this row or heading of a tree, or show it again."""
        heading = self.heading(place)
        self._folded ^= {_fold_key(heading.path) if heading is not None else self.rows[place].key}
        self.arrange()

    def fold_all(self) -> None:
        """Only what stands at the left edge; again for everything."""
        if not self.is_tree:
            return
        if self._folded:
            self._folded.clear()
        elif self.has_parents:
            self._folded = {row.key for row in self.rows}
        else:
            self._folded = {_fold_key(path[:1]) for path in self._paths.values() if path}
        self.arrange()

    # Arranging

    def arrange(self) -> None:
        """`lines` anew."""
        self._matched = self._match()
        order = self._sorted()
        self.branches, self.context, self.headings = {}, _STAND_ALONE, []
        found = None if self._matched is None else set(self._matched[1])
        if self.is_tree and self.has_parents:
            self._arrange_tree(order, found)
        elif self.is_tree:
            self._arrange_paths(order if found is None else [place for place in order if place in found])
        else:
            self.lines = order if found is None else [place for place in order if place in found]

    def _match(self) -> tuple[str, list[int]] | None:
        """The words with what matches them; typing on looks only through what matched before."""
        words = self.words
        if not words.strip() or self._texts is None:
            return None
        before = self._matched
        narrower = before is not None and words.startswith(before[0]) and "!" not in words
        return words, matching(self._texts, words, before[1] if before is not None and narrower else None)

    def _sorted(self) -> list[int]:
        if self._order is None:
            column = self.sort_column
            own = not self.choices.sort and not self.changes.gone
            if column is None or own:  # as the table already is
                self._order = list(range(len(self.rows)))
            else:
                self._order = sorted_places(self.rows, column, descending=self.descending)
        return self._order

    def _arrange_tree(self, order: list[int], found: set[int] | None) -> None:
        children, roots = self._families(order)
        kept = found if found is None else found | self._above(found, children)
        lines: list[int] = []
        seen: set[int] = set()
        for start in (roots, order):  # what hangs on no root goes round in a circle: it comes last
            self._descend([place for place in start if place not in seen], children, kept, lines, seen)
        self.lines = lines
        if found is not None:
            self.context = frozenset(place for place in lines if place not in found)

    def _arrange_paths(self, order: Iterable[int]) -> None:
        """Headings by their names, each with what stands below it before the rows of its own."""
        top = _Branch(())
        for place in order:
            branch = top
            for label in self._paths.get(id(self.rows[place]), ()):
                branch.count += 1
                branch = branch.below.setdefault(label, _Branch((*branch.path, label)))
            branch.count += 1
            branch.rows.append(place)
        self.lines = []
        self._lay_out(top)

    def _lay_out(self, branch: _Branch) -> None:
        lines = self.lines
        assert isinstance(lines, list)
        for label in sorted(branch.below, key=str.casefold):
            below = branch.below[label]
            folded = _fold_key(below.path) in self._folded
            self.headings.append(Heading(below.path, below.count, folded))
            lines.append(-len(self.headings))
            if not folded:
                self._lay_out(below)
        indent = "  " * len(branch.path)
        if indent:
            self.branches |= dict.fromkeys(branch.rows, indent)
        lines += branch.rows

    def _families(self, order: Iterable[int]) -> tuple[dict[Value, list[int]], list[int]]:
        """The rows by the key of their parent, and those without one."""
        parent = next(i for i, column in enumerate(self.columns) if column.key == self.probe.parent)
        keys = {row.key[0] for row in self.rows}
        children: dict[Value, list[int]] = {}
        roots: list[int] = []
        for place in order:
            row = self.rows[place]
            above = row.cells[parent]
            if above is None or above not in keys or above == row.key[0]:
                roots.append(place)
            else:
                children.setdefault(above, []).append(place)
        return children, roots

    def _above(self, found: set[int], children: dict[Value, list[int]]) -> set[int]:
        """Everything that stands over a row that was found."""
        parents = {child: key for key, below in children.items() for child in below}
        by_key = {row.key[0]: place for place, row in enumerate(self.rows)}
        above: set[int] = set()
        for place in found:
            while place in parents and (up := by_key[parents[place]]) not in above:
                above.add(up)
                place = up
        return above

    def _descend(
        self,
        start: Sequence[int],
        children: dict[Value, list[int]],
        kept: set[int] | None,
        lines: list[int],
        seen: set[int],
    ) -> None:
        """Lines and branches below `start`, without a call for each depth: a host may say that they are thousands."""
        stack = [(place, "", "") for place in reversed(start)]
        while stack:
            place, own, below = stack.pop()
            if place in seen or (kept is not None and place not in kept):
                continue
            seen.add(place)
            lines.append(place)
            key = self.rows[place].key
            under = [c for c in children.get(key[0], ()) if c not in seen and (kept is None or c in kept)]
            folded = bool(under) and key in self._folded
            self.branches[place] = own + ("▸ " if folded else "")
            if folded:
                self._skip(under, children, seen)
                continue
            deeper = below if len(below) < _DEEPEST else below[:_DEEPEST]
            last = len(under) - 1
            stack += [
                (child, deeper + ("└ " if at == last else "├ "), deeper + ("  " if at == last else "│ "))
                for at, child in reversed(list(enumerate(under)))
            ]

    def _skip(self, under: Iterable[int], children: dict[Value, list[int]], seen: set[int]) -> None:
        """What is folded away is not to come again as what hangs on nothing."""
        waiting = list(under)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting += children.get(self.rows[place].key[0], ())


@dataclass(slots=True)
class _Branch:
    path: Path
    count: int = 0
    below: dict[str, _Branch] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)


def _fold_key(path: Path) -> tuple[Value, ...]:
    """Told apart from the keys of rows."""
    return ("heading", *path)


_DEEPEST = 40  # characters of branches
_DEEPEST_PATH = 8  # prefixes
