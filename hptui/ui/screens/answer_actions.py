"""What there is to do with one host's answer beyond its table: see what else was printed, know when and as whom it was given."""

from __future__ import annotations

from hptui.probes.asking import Result
from hptui.probes.export import as_json
from hptui.probes.table import Table
from hptui.ui.screens.object_view import ObjectScreen
from hptui.ui.screens.table_actions import ANSWER, TableActions


class AnswerActions(TableActions):
    """Whoever inherits from it sets `result` with the rows."""

    BINDINGS = [
        ANSWER.key("n", "said", "Printed", "What the host printed besides the answer"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.result: Result | None = None  # of what is shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.said) if action == "said" else super().check_action(action, parameters)

    def as_json(self, table: Table) -> str:
        assert self.result is not None
        return as_json(self.result, table)

    @property
    def said(self) -> str:
        """What the host printed that is no answer."""
        if self.result is None:
            return ""
        answer = self.result.answer
        return "\n".join([*answer.noise, answer.errors]).strip()

    def action_said(self) -> None:
        self.app.push_screen(ObjectScreen(f"What {self.node} printed besides the answer", self.said))
