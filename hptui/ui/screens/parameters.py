"""What a question may be told: a line for each parameter, checked before it is asked."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Select, Static

from hptui.errors import ProbeError
from hptui.probes.probe import Kind, Parameter, Probe
from hptui.terminal.plain import plain, visible
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.key_line import KeyLine

PARAMETERS = KeyGroup("parameters", "What a question may be told")
FLAGS = (("yes", "true"), ("no", "false"))


class ParametersScreen(ModalScreen[dict[str, str] | None]):
    """Answers the arguments, as Probe.arguments takes them."""

    BINDINGS = [
        PARAMETERS.key("ctrl+o,f5", "ask", "Ask", "Ask with these; enter does it too", shown="^o"),
        PARAMETERS.key("ctrl+r", "defaults", "Defaults", "What the question is told where nobody says otherwise", shown="^r"),
        PARAMETERS.key("escape", "cancel", "Back", "Ask nothing", shown="esc"),
    ]  # fmt: skip

    def __init__(self, probe: Probe, given: Mapping[str, str]) -> None:
        super().__init__()
        self._probe = probe
        self._given = given

    def compose(self) -> ComposeResult:
        with Vertical(id="parameters"):
            for parameter in self._probe.parameters:
                yield Label(join(visible(parameter.title), tell(f"  {parameter.name}", "dim")))
                yield self._field(parameter, self._given.get(parameter.name, parameter.default))
            yield Static(id="parameters-note")
        yield KeyLine(note="enter asks")

    def _field(self, parameter: Parameter, value: str) -> Input | Select[str]:
        if parameter.kind is Kind.FLAG:
            return Select(FLAGS, value=value, allow_blank=False, compact=True, id=_id(parameter))
        whole = parameter.kind is Kind.NUMBER
        return Input(
            plain(value),
            placeholder="a whole number" if whole else visible(parameter.default),
            restrict=r"-?\d{0,15}" if whole else None,
            compact=True,
            id=_id(parameter),
        )

    def on_mount(self) -> None:
        self.query_one("#parameters").border_title = heading(self._probe.title)
        self.query("Input, Select").first().focus()

    @on(Input.Submitted)
    def action_ask(self) -> None:
        values = {parameter.name: self._value(parameter) for parameter in self._probe.parameters}
        try:
            self._probe.arguments(values)
        except ProbeError as error:
            self.query_one("#parameters-note", Static).update(tell(visible(error.message), "bad"))
            return
        self.dismiss(values)

    def _value(self, parameter: Parameter) -> str:
        field = self.query_one(f"#{_id(parameter)}")
        return field.value.strip() if isinstance(field, Input) else str(getattr(field, "value", ""))

    def action_defaults(self) -> None:
        for parameter in self._probe.parameters:
            field = self.query_one(f"#{_id(parameter)}")
            if isinstance(field, Input | Select):
                field.value = parameter.default

    def action_cancel(self) -> None:
        self.dismiss(None)


def _id(parameter: Parameter) -> str:
    return f"parameter-{parameter.name}"
