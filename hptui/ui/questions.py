"""The app's part in questions to hosts: which there are, how a person wants their answers, and the pods made for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.app import SystemCommand

from hptui.errors import HptuiError, ProbeError, SessionError
from hptui.hostprocess.account import every_kind
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.session import Session
from hptui.terminal.plain import plain
from hptui.ui.asked_host import AskedHost

if TYPE_CHECKING:
    from hptui.probes.catalogue import Catalogue
    from hptui.probes.probe import Probe
    from hptui.ui.answer_view import Choices
    from hptui.ui.app import HptuiApp
    from hptui.ui.opening import Opening


@runtime_checkable
class Asking(Protocol):
    """A screen from which questions can be put."""

    @property
    def asked_node(self) -> str:
        """ "" while there is none to ask."""
        ...

    def action_ask(self, name: str = "") -> None:
        """The question of this name, all of them by EVERYTHING's, or one to be chosen."""
        ...


class Questions:
    """One for the program. Pods made for questions are sessions like all others: guarded, in the journal, ended when it quits."""

    def __init__(self, app: HptuiApp, opening: Opening) -> None:
        self._app = app
        self._opening = opening
        self._choices: dict[str, Choices] = {}

    def catalogue(self) -> Catalogue:
        """The built-in ones and the person's own, as their files are now."""
        from hptui.probes.catalogue import catalogue

        return catalogue(self._app.settings.own_probes)

    def choices(self, probe: Probe) -> Choices:
        """How this person wants this probe's answers, as long as the program runs."""
        from hptui.ui.answer_view import Choices

        return self._choices.setdefault(probe.name, Choices())

    # Asking

    def ask_node(self, node: str, name: str = "") -> None:
        """The question `name`, or one to be chosen, to a node: through a session that is open there, or a pod of its own."""
        there = [s for s in self._app.sessions if s.spec.node == node and s.can_attach]
        usual = self._app.settings.account.casefold()
        there.sort(key=lambda session: session.spec.account.name.casefold() != usual)
        self._ask(AskedHost(node, there[0] if there else None, self._begin), name)

    def ask_session(self, session: Session, name: str = "") -> None:
        """The same as this session's account."""
        self._ask(AskedHost(session.spec.node, session, self._begin), name)

    def _ask(self, host: AskedHost, name: str) -> None:
        from hptui.probes.collection import EVERYTHING
        from hptui.ui.screens.answer import AnswerScreen

        if name == EVERYTHING.name:
            self.collect(host, lambda: None, ends_pod=True)
            return
        try:
            probe = self.catalogue().find(name) if name else None
        except ProbeError as error:
            self._app.tell_error(error)
            return
        self._app.push_screen(AnswerScreen(host, probe))

    def collect(self, host: AskedHost, done: Callable[[], None], *, ends_pod: bool = False) -> None:
        """Every question that only reads, into a file that the person names; `done` comes when that is left.

        Where a pod has to be made for it, `ends_pod` deletes that with the screen; else it stays for further questions.
        """
        from hptui.probes.collection import Collection, usual_name
        from hptui.ui.screens.collect import CollectScreen, file_question

        app = self._app

        def named(path: Path | None) -> None:
            if path is None:
                done()
                return
            collection = Collection(self.catalogue().probes, path)

            def begin() -> None:
                app.push_screen(CollectScreen(host, collection, ends_pod=ends_pod), lambda _: done())

            if host.is_there:
                begin()
            else:
                self.make_pod(host, begin, done)

        name = usual_name(host.node)
        count = len(Collection(self.catalogue().probes, Path(name)).probes)
        app.push_screen(file_question(host.node, count, name), named)

    # Pods made for questions

    def _begin(self, spec: SessionSpec) -> Session:
        cluster = self._app.cluster
        if cluster is None:
            raise SessionError("There is no cluster to make a pod in.")
        session = Session(cluster, spec)
        self._app.hold(session)
        return session

    def make_pod(self, host: AskedHost, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """Ask whether a pod may be made, as any launch is asked for; `then` comes when it may, `otherwise` when not."""
        from hptui.ui.screens.ask_pod import AskPodScreen

        app = self._app
        node, cluster = app.node(host.node), app.cluster
        if node is None or cluster is None:
            app.tell_error(
                HptuiError(f"{host.node} is no node of this cluster now.", title="There is nothing to ask")
            )
            otherwise()
            return

        def chosen(spec: SessionSpec | None) -> None:
            if spec is None:
                otherwise()
            else:
                if host.own and host.session is not None:
                    self.let_go(host.session)  # its time may be over, and its pod still there
                host.make_pod(spec)
                then()

        def ask() -> None:
            app.push_screen(AskPodScreen(node, cluster, app.settings), chosen)

        self._opening.if_allowed(host.node, ask, otherwise)

    def begin(self, spec: SessionSpec) -> Session:
        """A pod for one question, which whoever asks lets go of. Raises SessionError without a cluster."""
        return self._begin(spec)

    def ask_accounts(self, name: str, probe: Probe, arguments: Mapping[str, str]) -> None:
        """The same question as every kind of account, each in a pod of its own, after a yes."""
        from hptui.ui.screens.accounts import AccountsScreen
        from hptui.ui.screens.question import QuestionScreen
        from hptui.ui.tones import heading, tell

        app = self._app
        node, cluster = app.node(name), app.cluster
        if node is None or cluster is None:
            app.tell_error(
                HptuiError(f"{name} is no node of this cluster now.", title="There is nothing to ask")
            )
            return
        accounts = every_kind(app.settings.account)

        def answered(yes: bool | None) -> None:
            if yes:
                app.push_screen(AccountsScreen(node, cluster, probe, arguments, accounts))

        lines = [
            tell(plain(f"Start {len(accounts)} short pods on {name}, one after another?"), "strong"),
            tell(plain(f"As {', '.join(accounts)}. Each is deleted when it has answered.")),
        ]

        def question() -> None:
            app.push_screen(QuestionScreen(heading(probe.title), lines, "Ask them"), answered)

        self._opening.if_allowed(name, question)

    def let_go(self, session: Session) -> None:
        """Delete the pod behind whatever is shown; only a failure is worth a word."""
        self._app.run_worker(self._close(session), group="let-go", exit_on_error=False)

    async def _close(self, session: Session) -> None:
        try:
            await session.close()
        except HptuiError as error:
            self._app.tell_error(error)
        self._app.forget(session)

    # The command palette

    def commands(self, screen: object) -> Iterable[SystemCommand]:
        """One for each question to what is in front, where that can be asked."""
        if not isinstance(screen, Asking) or not screen.asked_node:
            return
        from hptui.probes.collection import EVERYTHING

        where = f"to the host {plain(screen.asked_node)}"
        yield SystemCommand(
            f"Ask: {EVERYTHING.title}",
            f"Put every question that only reads {where}",
            partial(screen.action_ask, EVERYTHING.name),
        )
        yield SystemCommand(
            "Ask the host", f"Choose a question and put it {where}", lambda: screen.action_ask()
        )
        for probe in self.catalogue().probes:
            yield SystemCommand(
                f"Ask: {plain(probe.title)}",
                f"Put the question {probe.name} {where}",
                partial(screen.action_ask, probe.name),
                discover=False,  # there are dozens: only what is typed brings them
            )
