"""Several answers side by side as a table to show: what differs is marked, and can be all that is shown."""

from __future__ import annotations

from hptui.probes.matrix import Matrix, matrix_table
from hptui.probes.probe import Probe
from hptui.probes.table import search_texts, whole
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import DIFFERS, AnswerView, Choices


class MatrixView(AnswerView):
    """Its first column says what a row is about, its last whether it differs; those between have an answer each."""

    EVEN = True

    def __init__(self, probe: Probe) -> None:
        super().__init__(Probe(f"{probe.name}-accounts", probe.title, "", about=probe.about), Choices())
        self.choices.hidden = {"differs"}  # which the mark says
        self.only_differing = False

    def show(self, matrix: Matrix) -> None:
        table = matrix_table(matrix)
        self.widths = whole(width_steps(table))
        self.put(table)
        self.take_texts(search_texts(table.rows, table.columns))

    def set_only_differing(self, only: bool) -> None:
        self.only_differing = only
        self.arrange()

    def arrange(self) -> None:
        super().arrange()
        if self.only_differing:
            self.lines = [place for place in self.lines if self.rows[place].cells[-1]]

    def mark(self, place: int) -> str:
        return DIFFERS if self.rows[place].cells[-1] else ""

    def changed_cells(self, place: int) -> frozenset[int]:
        """Those that differ from the first answer's."""
        _, *cells, _ = self.rows[place].cells
        return frozenset(at for at, cell in enumerate(cells, 1) if cell != cells[0])
