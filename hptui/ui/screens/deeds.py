"""What can be done to the row under the cursor: asked first, done once, and the rows asked for anew."""

from __future__ import annotations

from textual import work
from textual.content import Content

from hptui.errors import HptuiError, ProbeError
from hptui.probes.actions import Deed, deed_for, has_deed
from hptui.probes.asking import Outcome, Result, ask
from hptui.terminal.plain import plain, visible
from hptui.ui.asked_host import AskedHost
from hptui.ui.screens.answer_actions import AnswerActions
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.table_actions import ANSWER
from hptui.ui.tones import heading, tell


class Deeds(AnswerActions):
    """Whoever inherits from it knows the `host`, and asks again by `action_refresh`."""

    BINDINGS = [
        ANSWER.key("x", "deed", "End, restart", "End this process, or restart this service; asked first"),
    ]

    host: AskedHost

    def action_refresh(self) -> None:
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "deed":
            return has_deed(self.view.probe) and (True if self.table.row is not None else None)
        return super().check_action(action, parameters)

    def action_deed(self) -> None:
        if (row := self.table.row) is None:
            return
        try:
            deed = deed_for(self.view.probe, row.record)
        except ProbeError as error:
            self.house.tell_error(error)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._do(deed)

        lines = [tell(visible(deed.question), "strong"), Content(visible(deed.cost))]
        self.app.push_screen(QuestionScreen(heading(deed.script.title), lines, "Do it"), answered)

    @work(group="deed")
    async def _do(self, deed: Deed) -> None:
        try:
            result = await ask(
                deed.script, deed.arguments, self.host.open, node=self.node, account=self.host.account
            )
        except HptuiError as error:
            self.house.tell_error(error)
            return
        self._tell(deed, result)
        self.action_refresh()

    def _tell(self, deed: Deed, result: Result) -> None:
        """In words: what it is like now, or why not."""
        done, problems = outcome(result)
        if result.outcome is Outcome.CUT:
            problems.append("Whether it was done is not known: look at the rows.")
        if done:
            self.notify(plain("; ".join(done)), title=deed.script.title, markup=False)
        for problem in problems:
            self.notify(plain(problem), title=deed.script.title, severity="error", markup=False)


def outcome(result: Result) -> tuple[list[str], list[str]]:
    """What has been done, and what has not."""
    done: list[str] = []
    problems = [result.why] if result.why else []
    for record in result.answer.records:
        name = str(record.get("name") or "")
        if problem := record.get("problem"):
            problems.append(str(problem))
        elif "ended" in record:
            (done if record["ended"] else problems).append(
                f"{name} has ended" if record["ended"] else f"{name} still runs"
            )
        else:
            done.append(f"{name}: {str(record.get('after')).lower()}, process {record.get('pid')}")
    return done, problems
