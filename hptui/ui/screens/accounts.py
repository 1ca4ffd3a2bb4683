"""One question as every kind of account, a short pod for each, and the answers side by side with their differences marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.content import Content

from hptui.cluster.model import Node
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import HptuiError
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.images import needs_node_images
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session
from hptui.probes.asking import ask
from hptui.probes.matrix import Asked as AskedAs
from hptui.probes.matrix import Matrix, matrix_json, side_by_side
from hptui.probes.probe import Probe
from hptui.probes.table import Table
from hptui.terminal.plain import plain, visible
from hptui.ui.keys import KeyGroup
from hptui.ui.matrix_view import MatrixView
from hptui.ui.screens.ask_pod import DEADLINE
from hptui.ui.screens.launch import default_spec
from hptui.ui.screens.table_actions import TableActions, TableKeys
from hptui.ui.tones import tell
from hptui.ui.widgets.answer_bar import AnswerBar, Asked, rows_shown

ACCOUNTS = KeyGroup("accounts", "Accounts side by side")


class AccountsScreen(TableActions):
    """Asks one account after another; what was asked by then stays when one can't be."""

    BINDINGS = [
        ACCOUNTS.key("d", "differing", "Differing", "Only what differs, or everything"),
        ACCOUNTS.key("A", "copy", "Copy all", "Copy the whole, with tabs between its values", show=False),
        ACCOUNTS.key("escape", "back", "Back", "Close what is open, then back; a pod that is still there is deleted",
                     shown="esc"),
    ]  # fmt: skip

    def __init__(
        self,
        node: Node,
        cluster: Cluster,
        probe: Probe,
        arguments: Mapping[str, str],
        accounts: Sequence[str],
    ) -> None:
        super().__init__()
        self.node = node.name
        self._on = node
        self._cluster = cluster
        self._probe = probe
        self._arguments = arguments
        self._accounts = accounts
        self._asked: list[AskedAs] = []
        self._session: Session | None = None  # whose pod is there now
        self.matrix: Matrix | None = None
        self.view: MatrixView = MatrixView(probe)
        self.bar = AnswerBar()

    @property
    def is_complete(self) -> bool:
        return len(self._asked) == len(self._accounts)

    def compose(self) -> ComposeResult:
        self.bar = AnswerBar(demo=self.house.demo)
        yield self.bar
        yield from self.below_bar()
        yield TableKeys()

    def on_mount(self) -> None:
        self.table.show(self.view)
        self.show_state()
        self._ask_all()

    def on_unmount(self) -> None:
        self._let_go()

    # Asking

    @work(group="accounts", exclusive=True)
    async def _ask_all(self) -> None:
        for account in self._accounts:
            try:
                asked = await self._ask(account)
            except HptuiError as error:
                asked = AskedAs(account, None, f"could not be asked: {error.message}")
            finally:
                self._let_go()
            self._asked.append(asked)
            self._show()

    async def _ask(self, account: str) -> AskedAs:
        """Raises HptuiError where no pod of this account can be had."""
        session = self._session = self.house.questions.begin(await self._spec(account))

        async def open_(command: Sequence[str], stdin: bool) -> ExecChannel:
            return await session.start(command=command, tty=False, stdin=stdin)

        label = session.spec.account.label
        result = await ask(self._probe, self._arguments, open_, node=self.node, account=label)
        return AskedAs(account, result)

    async def _spec(self, account: str) -> SessionSpec:
        settings = self.house.settings
        images = await self._cluster.node_images(self.node) if needs_node_images(settings.image) else ()
        spec = default_spec(self._on, settings, self._cluster.info, tuple(images))
        return replace(
            spec,
            account=parse_account(account),
            session_id=new_session_id(),
            deadline=min(spec.deadline, DEADLINE),
        )

    def _let_go(self) -> None:
        """Its pod is deleted behind whatever is shown."""
        session, self._session = self._session, None
        if session is not None:
            self.house.questions.let_go(session)

    # What is shown

    def _show(self) -> None:
        if any(asked.result is not None for asked in self._asked):
            self.matrix = side_by_side(self._asked)
            self.view.show(self.matrix)
            self.table.show(self.view)
            if self.app.screen is self and self.focused is not self.filter:
                self.table.focus()
        self.show_state()

    def show_state(self) -> None:
        self.bar.asked = Asked(
            node=self.node,
            account="every kind of account",
            title=self._probe.title,
            arguments=tuple(self._arguments.items()),
            rows=rows_shown(self.view) if self.matrix is not None else "",
            words=self.view.words,
            state=self._state,
        )
        why = [f"{asked.head}: {asked.why}" for asked in self._asked if asked.result is None]
        self.note.update(Content("\n").join(tell(plain(line), "bad") for line in why))
        self.notes.display = bool(why)
        self.refresh_bindings()

    @property
    def _state(self) -> Content:
        """Whose turn it is; at the end how much differs."""
        if not self.is_complete:
            account = self._accounts[len(self._asked)]
            return tell(plain(f"… asking as {account} in a pod of its own · esc stops"), "warn")
        if self.matrix is None:
            return Content("")
        count = len(self.matrix.differing)
        only = ", which are shown" if self.view.only_differing else ""
        return tell(f"{count} of {len(self.matrix.rows)} differ{only}", "warn" if count else "good")

    def as_json(self, table: Table) -> str:
        return matrix_json(self._asked, table)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("differing", "copy"):
            return True if self.matrix is not None else None
        return super().check_action(action, parameters)

    def action_differing(self) -> None:
        self.view.set_only_differing(not self.view.only_differing)
        self.table.arranged()
        self.show_state()

    def action_copy(self) -> None:
        if self.matrix is not None:
            lines = [["", *self.matrix.heads], *([row.label, *row.cells] for row in self.matrix.rows)]
            text = "\n".join("\t".join(visible(part) for part in line) for line in lines)
            self.app.copy_to_clipboard(text)
            self.notify("Copied the whole table", markup=False)

    def action_back(self) -> None:
        """One thing at a time."""
        if self.focused is self.filter or self.filter.value:
            self.clear_filter()
        elif self.detail.is_open:
            self.set_detail(False)
        else:
            self.dismiss()
