"""One question as every kind of account, a short pod for each, and the answers side by side with their differences marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from hptui.cluster.model import Node
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import HptuiError
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.images import needs_node_images
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session
from hptui.probes.asking import ask
from hptui.probes.matrix import Asked, Matrix, side_by_side
from hptui.probes.probe import Probe
from hptui.terminal.plain import plain, visible
from hptui.ui.house import House
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.ask_pod import DEADLINE
from hptui.ui.screens.launch import default_spec
from hptui.ui.tones import cell, join, tell
from hptui.ui.widgets.key_line import KeyLine

ACCOUNTS = KeyGroup("accounts", "Accounts side by side")
_LABEL, _NARROW_LABEL, _NARROW = 28, 20, 100  # columns
_LEAST = 11  # columns of an account; the copy has the whole text


class AccountsScreen(Screen[None]):
    """Asks one account after another; what was asked by then stays when one can't be."""

    DEFAULT_CSS = """
    #accounts-title { height: 1; background: $panel; padding: 0 1; }
    #accounts-state { height: auto; padding: 0 1; }
    #accounts-matrix { height: 1fr; }
    """

    BINDINGS = [
        ACCOUNTS.key("d", "differing", "Differing", "Only what differs, or everything"),
        ACCOUNTS.key("c", "copy", "Copy", "Copy the whole, with tabs between its values"),
        ACCOUNTS.key("escape", "back", "Back", "Back to the answer; a pod that is still there is deleted", shown="esc"),
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
        self._node = node
        self._cluster = cluster
        self._probe = probe
        self._arguments = arguments
        self._accounts = accounts
        self._asked: list[Asked] = []
        self._session: Session | None = None  # whose pod is there now
        self._only_differing = False
        self.matrix: Matrix | None = None
        self.state = Static(id="accounts-state")
        self.table: DataTable[object] = DataTable(
            id="accounts-matrix", cursor_type="row", zebra_stripes=True, fixed_columns=2
        )

    @property
    def house(self) -> House:
        return cast(House, self.app)

    @property
    def is_complete(self) -> bool:
        return len(self._asked) == len(self._accounts)

    def compose(self) -> ComposeResult:
        title = f"{self._probe.title} on {self._node.name}, as every kind of account"
        yield Static(tell(plain(title), "title"), id="accounts-title")
        yield self.state
        yield self.table
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        self._ask_all()

    def on_resize(self) -> None:
        self._show()

    def on_unmount(self) -> None:
        self._let_go()

    # Asking

    @work(group="accounts", exclusive=True)
    async def _ask_all(self) -> None:
        for account in self._accounts:
            try:
                asked = await self._ask(account)
            except HptuiError as error:
                asked = Asked(account, None, f"could not be asked: {error.message}")
            finally:
                self._let_go()
            self._asked.append(asked)
            self._show()

    async def _ask(self, account: str) -> Asked:
        """Raises HptuiError where no pod of this account can be had."""
        session = self._session = self.house.questions.begin(await self._spec(account))

        async def open_(command: Sequence[str], stdin: bool) -> ExecChannel:
            return await session.start(command=command, tty=False, stdin=stdin)

        label = session.spec.account.label
        result = await ask(self._probe, self._arguments, open_, node=self._node.name, account=label)
        return Asked(account, result)

    async def _spec(self, account: str) -> SessionSpec:
        settings = self.house.settings
        images = await self._cluster.node_images(self._node.name) if needs_node_images(settings.image) else ()
        spec = default_spec(self._node, settings, self._cluster.info, tuple(images))
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
        self.state.update(self._states())
        if any(asked.result is not None for asked in self._asked):
            self.matrix = side_by_side(self._asked)
            self._fill(self.matrix)
        self.refresh_bindings()

    def _states(self) -> Content:
        """Whose turn it is, and who could not be asked."""
        said = []
        for place, account in enumerate(self._accounts):
            if place < len(self._asked):
                asked = self._asked[place]
                if asked.result is None:
                    said.append(tell(plain(f"{account}: {asked.why}"), "bad"))
            elif place == len(self._asked):
                said.append(tell(plain(f"Asking as {account} in a pod of its own … esc stops"), "dim"))
        if not said and self.matrix is not None:
            count = len(self.matrix.differing)
            said.append(tell(f"{count} of {len(self.matrix.rows)} differ", "warn" if count else "good"))
        return join(*said, separator="\n")

    def _fill(self, matrix: Matrix) -> None:
        width = self.size.width
        label = _LABEL if width >= _NARROW else _NARROW_LABEL
        room = max(_LEAST, (width - label - 8) // len(self._accounts) - 2)
        self.table.clear(columns=True)
        self.table.add_columns(
            cell(""),
            cell(_short(matrix.title, label)),
            *(cell(_short(head, room), "strong") for head in matrix.heads),
        )
        for row in matrix.rows:
            if row.differs or not self._only_differing:
                tone = "warn" if row.differs else ""
                self.table.add_row(
                    cell("≠" if row.differs else "", tone),
                    cell(_short(visible(row.label), label), "strong"),
                    *(cell(_short(visible(text), room), tone) for text in row.cells),
                )

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("differing", "copy"):
            return True if self.matrix is not None else None
        return True

    def action_differing(self) -> None:
        self._only_differing = not self._only_differing
        self._show()

    def action_copy(self) -> None:
        if self.matrix is not None:
            lines = [["", *self.matrix.heads], *([row.label, *row.cells] for row in self.matrix.rows)]
            text = "\n".join("\t".join(visible(part) for part in line) for line in lines)
            self.app.copy_to_clipboard(text)
            self.notify("Copied the whole table", markup=False)

    def action_back(self) -> None:
        self.dismiss(None)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
