"""The fleet: the cluster's Windows nodes, live, with what is wrong with each and a way onto it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import closing
from typing import cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from hptui.cluster.model import Stale
from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError, HptuiError
from hptui.hostprocess.manifest import SELECTOR
from hptui.hostprocess.permission import launching
from hptui.terminal.plain import plain
from hptui.ui.fleet_state import FleetState
from hptui.ui.house import House
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.header import Header
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.node_detail import NodeDetail
from hptui.ui.widgets.node_table import NodeTable

USAGE_EVERY = 15.0  # seconds; the metrics server itself samples about that often
AGES_EVERY = 5.0  # seconds
ROWS_AT_ONCE = 250

NODES = KeyGroup("fleet", "Nodes")


class FleetScreen(Screen[None]):
    """The first screen; it stays below all others for as long as the program runs."""

    BINDINGS = [
        NODES.key("s", "shell", "Shell", "A session on this node at once, with the settings' choices: SYSTEM unless set"),
        NODES.key("slash", "filter", "Filter", "Show only nodes with these words in name, version, label or state", shown="/"),
        NODES.key("a", "ask('admin')", "Admin?", "Whether a session on this node would be an administrator, and why"),
        NODES.key("p", "ask('pipes')", "Pipes", "The node's named pipes"),
        NODES.key("h", "ask", "Ask host", "A question to this node's host: processes, services, network and more"),
        NODES.key("S", "join", "Second shell", "A shell in a session of yours on this node, also another hptui's", shown="S"),
        NODES.key("o", "sort", "Sort", "Sort by the next column; a click on a title does it too"),
        NODES.key("O", "reverse", "Reverse", "Turn the order around", show=False),
        NODES.key("y", "yaml", "YAML", "The node as the API server has it"),
        NODES.key("c", "copy_name", "Copy name", "Copy the node's name", show=False),
        NODES.key("r", "reconnect", "Reconnect", "Connect again from the kubeconfig", show=False),
        NODES.key("t", "app.sessions", "Sessions", "Go to the open sessions; the leader key does it too"),
        NODES.key("escape", "clear_filter", "Clear filter", "Leave the filter and show all nodes", show=False),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.state = FleetState()
        self._failure: HptuiError | None = None  # what ended the watch of the nodes
        # Held, not queried: an update may come while the screen is being taken down.
        self.header = Header()
        self.nodes = Vertical(id="nodes")
        self.table = NodeTable(self.state, id="node-table")
        self.note = Static(tell("Connecting to the cluster …", "dim"), id="nodes-note")
        self.detail = NodeDetail(id="node-detail")
        self.filter = Input(
            placeholder="words to find in name, version, label or state; enter keeps, escape clears",
            id="filter",
        )

    @property
    def house(self) -> House:
        return cast(House, self.app)

    def compose(self) -> ComposeResult:
        yield self.header
        with Container(id="fleet"):
            with self.nodes:
                yield self.table
                yield self.note
            yield self.detail
        yield self.filter
        yield KeyLine(typing="enter keeps the filter · esc shows all nodes")

    @property
    def is_current(self) -> bool:
        """Not below a screen that hides it: Textual would paint all of that again for each change in here."""
        if not super().is_current:
            return False
        top = self.app.screen
        return top is self or top.styles.background.a < 1

    def on_mount(self) -> None:
        self.nodes.border_title = "Windows nodes"
        self.filter.display = False
        self.header.demo = self.house.demo
        self.set_interval(AGES_EVERY, self._renew_ages)
        self.table.focus()

    # What the app tells

    def begin(self, cluster: Cluster) -> None:
        """Show this cluster from now on, from the beginning."""
        self.state = FleetState(pin=cluster.options.pinned)
        self._failure = None
        table = self.table
        table.begin(self.state)
        self.header.info = cluster.info
        self.header.launching = launching(self.house.settings, cluster.info.context)
        self.header.failed = False
        self._note("Reading the nodes …")
        self._follow_nodes(cluster)
        self._follow_sessions(cluster)
        self._poll_usage(cluster)
        self._identify(cluster)

    def fail(self, error: HptuiError) -> None:
        """There is no cluster to show, or no more news of it: say why and what to try."""
        self._failure = error
        self.state.connection = None
        self.state.silence = error.sentence
        self.header.failed = True
        self._show_summary()
        self._show_detail(self.table.node)

    # Workers: each ends in updates of the state

    @work(group="fleet-nodes", exclusive=True)
    async def _follow_nodes(self, cluster: Cluster) -> None:
        try:
            with closing(cluster.watch_nodes()) as stream:
                async for update in stream:
                    changed, removed = self.state.apply_nodes(update)
                    await self._show_nodes(changed, removed)
        except HptuiError as error:
            self.fail(error)

    @work(group="fleet-sessions", exclusive=True)
    async def _follow_sessions(self, cluster: Cluster) -> None:
        for namespace in (None, cluster.info.namespace):
            try:
                with closing(cluster.watch_pods(namespace=namespace, labels=SELECTOR)) as stream:
                    async for update in stream:
                        await self._show_nodes(self.state.apply_pods(update) & self.state.nodes.keys())
                        self._show_detail(self.table.node)
                return
            except ForbiddenError:
                self.state.sessions_note = (
                    f"Only the namespace {cluster.info.namespace} is searched for open sessions: "
                    "the right to list pods in all namespaces is missing."
                )
            except HptuiError as error:
                self.state.sessions_note = f"Open sessions are not known: {error.message}"
                return

    @work(group="fleet-usage", exclusive=True)
    async def _poll_usage(self, cluster: Cluster) -> None:
        while True:
            try:
                await self._show_nodes(self.state.apply_usage(await cluster.node_usage()))
            except HptuiError as error:
                self.state.usage_note = f"CPU and memory are not known. {error.sentence}"
            self._show_detail(self.table.node)
            await asyncio.sleep(USAGE_EVERY)

    @work(group="fleet-identify", exclusive=True)
    async def _identify(self, cluster: Cluster) -> None:
        try:
            self.header.info = await cluster.identify()
        except HptuiError as error:
            self.log(f"could not identify: {error.message}")

    # Showing

    async def _show_nodes(self, changed: Iterable[str], removed: Iterable[str] = ()) -> None:
        table = self.table
        names = list(changed)
        table.update_nodes((), removed)
        for start in range(0, len(names), ROWS_AT_ONCE):
            table.update_nodes(names[start : start + ROWS_AT_ONCE])
            # Thousands of rows at once would keep keys waiting.
            await asyncio.sleep(0)
        self._show_summary()

    def _show_summary(self) -> None:
        header = self.header
        header.connection = self.state.connection
        header.nodes = len(self.state.nodes)
        header.able = self.state.ready_for_hostprocess
        table = self.table
        silence = self._silence()
        table.set_class(bool(self.state.nodes and silence), "stale")
        self.nodes.border_subtitle = heading(silence) if self.state.nodes else ""
        if silence and not self.state.nodes:
            self._note_silence()
        elif self.state.nodes and not table.row_count:
            self._note("No node matches the filter. escape clears it.")
        elif self.state.complete and not self.state.nodes:
            self._note(
                "This cluster has no Windows node: none is labelled kubernetes.io/os=windows.\n"
                "A node that joins appears here by itself."
            )
        elif self.state.nodes:
            self.note.display = False
            self.nodes.remove_class("empty")

    def _silence(self) -> str:
        """Why there is no news of the nodes now, if so."""
        if self._failure is not None:
            return f"{self._failure.message} r tries again."
        return self.state.connection.reason if isinstance(self.state.connection, Stale) else ""

    def _note_silence(self) -> None:
        """In the place of nodes that have never been heard of: why, and what to try."""
        if self._failure is not None:
            why = (
                self._failure.heading,
                self._failure.message,
                self._failure.hint,
                "r tries again · q quits",
            )
        elif isinstance(self.state.connection, Stale):
            broken = self.state.connection
            why = ("No nodes yet", broken.reason, broken.hint, "it is tried again by itself · q quits")
        else:
            return
        told = zip(why, ("bad", "", "strong", "dim"), strict=True)
        self._show_note(join(*(tell(plain(text), tone) for text, tone in told if text), separator="\n\n"))

    def _note(self, text: str) -> None:
        self._show_note(tell(text, "dim"))

    def _show_note(self, text: Content) -> None:
        note = self.note
        note.update(text)
        note.display = True
        self.nodes.set_class(not self.table.row_count, "empty")

    def _show_detail(self, node: str | None) -> None:
        self.detail.show(self.state, node)

    def _renew_ages(self) -> None:
        table = self.table
        table.update_nodes(table.names_in_view())
        self._show_detail(table.node)

    @on(NodeTable.NodeHighlighted)
    def _node_highlighted(self, event: NodeTable.NodeHighlighted) -> None:
        self._show_detail(event.node)
        self.refresh_bindings()

    @on(NodeTable.NodeChosen)
    def _node_chosen(self, event: NodeTable.NodeChosen) -> None:
        self._launch(event.node)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.table.filter_words = event.value
        self._show_summary()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.filter.display = bool(self.filter.value)
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """Words typed quickly after the slash are the filter's: they are in the table's queue before the focus has moved."""
        if event.key == self.house.settings.leader and self.filter is not self.focused:
            event.stop()
            event.prevent_default()
            self.house.action_sessions()
        elif event.key == "slash":
            event.stop()
            event.prevent_default()
            self.action_filter()
        elif self.focused is self.filter and event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self.filter.insert_text_at_cursor(event.character)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("shell", "join", "ask", "yaml", "copy_name") and self.table.node is None:
            return None
        return True

    def _launch(self, node: str, *, at_once: bool = False) -> None:
        # A key that was pressed twice comes here again when another screen is already in front.
        if self.house.cluster is not None and node in self.state.nodes and self.app.screen is self:
            self.house.opening.launch(self.state.nodes[node], at_once=at_once)

    def action_shell(self) -> None:
        if node := self.table.node:
            self._launch(node, at_once=True)

    @property
    def asked_node(self) -> str:
        return self.table.node or ""

    def action_ask(self, name: str = "") -> None:
        """The question `name`, or one to be chosen, to the node under the cursor."""
        node = self.table.node
        if node and self.house.cluster is not None and self.app.screen is self:
            self.house.questions.ask_node(node, name)

    def action_join(self) -> None:
        if (node := self.table.node) and self.house.cluster is not None and self.app.screen is self:
            self.house.opening.join(node, self.state.sessions_on(node))

    def action_filter(self) -> None:
        box = self.filter
        box.display = True
        self.set_focus(box)  # at once; focus() would be later than a key that is already on its way

    def action_clear_filter(self) -> None:
        box = self.filter
        box.value = ""
        box.display = False
        self.table.focus()

    def action_sort(self) -> None:
        self.table.next_sort()

    def action_reverse(self) -> None:
        table = self.table
        table.sort_by(table.sort_column, not table.sort_reverse)

    def action_yaml(self) -> None:
        if node := self.table.node:
            self.house.show_object(f"Node {node}", f"/api/v1/nodes/{node}")

    def action_copy_name(self) -> None:
        if node := self.table.node:
            self.house.copy_to_clipboard(node)
            self.notify(f"Copied {plain(node)}", markup=False)

    def action_reconnect(self) -> None:
        self.house.connect()
