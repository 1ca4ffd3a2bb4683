"""Asks once before a pod is made for questions: where, as whom, for how long, and that it goes again."""

from __future__ import annotations

from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import Node, NodeImage
from hptui.cluster.port import Cluster
from hptui.errors import HptuiError
from hptui.hostprocess.images import needs_node_images
from hptui.hostprocess.manifest import SessionSpec
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.launch import LaunchScreen, default_spec
from hptui.ui.screens.question import READABLE_AFTER
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.key_line import KeyLine

ASK_POD = KeyGroup("ask-pod", "A pod for questions")
DEADLINE = 1800
"""Seconds: long enough to look around, and no session that is left open by mistake."""


class AskPodScreen(ModalScreen[SessionSpec | None]):
    """Answers the pod to make."""

    BINDINGS = [
        ASK_POD.key("enter,y", "make", "Make it and ask", "Launch the pod and put the question", shown="enter"),
        ASK_POD.key("o", "others", "Other choices", "Another account, image, time or namespace"),
        ASK_POD.key("escape,n", "cancel", "Back", "Launch nothing", shown="esc"),
    ]  # fmt: skip

    def __init__(self, node: Node, cluster: Cluster, settings: Settings) -> None:
        super().__init__()
        self._node = node
        self._cluster = cluster
        self._settings = settings
        self._spec: SessionSpec | None = None
        self._readable = False
        self._text = Static()

    def compose(self) -> ComposeResult:
        with Vertical(id="ask-pod"):
            yield self._text
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#ask-pod").border_title = heading(f"Ask {self._node.name}")
        self.set_timer(READABLE_AFTER, self._become_readable)
        self._choose()

    def _become_readable(self) -> None:
        self._readable = True
        self.refresh_bindings()

    @property
    def readable(self) -> bool:
        """Whether a key is an answer by now: one that was typed for what is below is none."""
        return self._readable

    @property
    def is_ready(self) -> bool:
        """Whether it is known which pod would be made."""
        return self._spec is not None

    @work(group="ask-pod", exclusive=True)
    async def _choose(self) -> None:
        """The settings' choices, for which the node may have to be looked at."""
        images: tuple[NodeImage, ...] = ()
        try:
            if needs_node_images(self._settings.image):
                self._text.update(tell("Looking at what the node has …", "dim"))
                images = tuple(await self._cluster.node_images(self._node.name))
            spec = default_spec(self._node, self._settings, self._cluster.info, images)
        except HptuiError as error:
            self._text.update(
                join(
                    tell(plain(error.message), "bad"),
                    tell(plain(error.hint), "strong"),
                    tell("o makes other choices", "dim"),
                    separator="\n",
                )
            )
            return
        self._spec = replace(spec, deadline=min(spec.deadline, DEADLINE))
        self._text.update(
            join(
                "No session is open on ",
                tell(plain(spec.node), "strong"),
                ". To ask it, a short pod is made:\n\n  as ",
                tell(spec.account.name, "strong"),
                f"\n  in the namespace {plain(spec.namespace)}",
                f"\n  deleted when you leave the answers, at the latest after {fmt.length(self._spec.deadline)}",
            )
        )
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return (self._readable and (True if self.is_ready else None)) if action == "make" else True

    def action_make(self) -> None:
        if self._spec is not None:
            self.dismiss(self._spec)

    def action_others(self) -> None:
        def chosen(spec: SessionSpec | None) -> None:
            if spec is not None:
                self.dismiss(spec)

        self.app.push_screen(LaunchScreen(self._node, self._cluster, self._settings), chosen)

    def action_cancel(self) -> None:
        self.dismiss(None)
