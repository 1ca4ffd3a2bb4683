"""The whole program on a simulated cluster, driven by Textual's pilot: what the tests of the screen share."""

from __future__ import annotations

import asyncio
import atexit
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import Pace, brisk
from hptui.hostprocess.safety_net import SafetyNet
from hptui.settings import Settings
from hptui.terminal.engine_process import EngineProcess
from hptui.ui.app import HptuiApp
from hptui.ui.screens.fleet import FleetScreen
from hptui.ui.screens.sessions import SessionsScreen
from hptui.ui.widgets.node_table import NodeTable
from hptui.ui.widgets.session_pane import SessionPane

LIMIT = 20.0  # seconds until a condition must hold; far more than it takes
NODE = "akswin22000001"  # a node with nothing wrong: 2022, containerd 1.7 or later


@dataclass
class Looking:
    """What every test of a screen does: press keys, and look until something is there."""

    app: App[Any]
    pilot: Pilot[Any]

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until `condition` holds; the screen's text is told when it never does."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LIMIT
        while not condition():
            if loop.time() > end:
                raise AssertionError(f"never: {what or condition}\n{self.text()}")
            await asyncio.sleep(0.01)
        await self.settle()

    async def sees(self, *texts: str) -> None:
        """Wait until all of `texts` are on the screen."""
        await self.until(lambda: all(text in self.text() for text in texts), f"on the screen: {texts}")

    async def press(self, *keys: str) -> None:
        """Press `keys`, each once the one before has been dealt with.

        Textual's pilot waits after each until the process is idle, which one with a simulated cluster in it seldom is.
        """
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            event = events.Key(name, _character_of(name))
            event.set_sender(self.app)
            driver.send_message(event)
            await self.settle()
        await self.app._animator.wait_until_complete()

    async def settle(self) -> None:
        """Wait until the app, the screen and its widgets have dealt with what they were sent.

        A key goes from the app to the widget with the focus and may bubble back up: three rounds.
        """
        for _ in range(3):
            if not self.app.is_running:
                return
            answers: dict[MessagePump, asyncio.Event] = {}
            for pump in [self.app, *self.app.screen.walk_children(with_self=True)]:
                answered = asyncio.Event()
                if pump.call_later(answered.set):
                    answers[pump] = answered
            for asked, answered in answers.items():
                while asked.is_running and not asked._closing and not answered.is_set():
                    with suppress(TimeoutError):  # one that is removed meanwhile never answers
                        await asyncio.wait_for(answered.wait(), 0.05)

    def text(self) -> str:
        """What the screen shows now."""
        visible_screen_stack.set(self.app._background_screens)  # what is seen around a dialog is theirs
        strips = self.app.screen._compositor.render_strips()  # the only way to the painted text
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@dataclass
class Stage(Looking):
    app: HptuiApp
    cluster: SimulatedCluster

    async def type(self, text: str) -> None:
        """Type `text` and enter, key by key."""
        names = {
            " ": "space",
            "\\": "backslash",
            ".": "full_stop",
            "-": "minus",
            "$": "dollar_sign",
            "|": "vertical_line",
        }
        await self.press(*(names.get(c, c) for c in text), "enter")

    async def leader(self, key: str) -> None:
        await self.press("ctrl+right_square_bracket", key)

    @property
    def fleet(self) -> FleetScreen:
        return self.app._fleet

    @property
    def table(self) -> NodeTable:
        return self.fleet.query_one(NodeTable)

    @property
    def sessions(self) -> SessionsScreen:
        screen = self.app.screen
        assert isinstance(screen, SessionsScreen), f"not at a session:\n{self.text()}"
        return screen

    @property
    def pane(self) -> SessionPane:
        pane = self.sessions.pane
        assert pane is not None
        return pane

    def terminal_text(self) -> str:
        return self.pane.terminal.emulator.text()

    async def prompt(self) -> None:
        """Wait until the shell shows its prompt."""
        await self.until(lambda: isinstance(self.app.screen, SessionsScreen), "the session's screen")
        await self.until(lambda: "PS C:\\" in self.terminal_text(), "a prompt")

    async def choose(self, node: str) -> None:
        """Put the cursor on a node."""
        await self.until(lambda: node in self.fleet.state.nodes and self.table.row_count > 0, f"node {node}")
        await self.until(lambda: node in self.table._row_locations, f"row {node}")
        self.table.move_cursor(row=self.table.get_row_index(node))
        await self.until(lambda: self.table.node == node, f"cursor on {node}")

    async def open_shell(self, node: str = NODE) -> None:
        """A SYSTEM session with the default choices, up to its prompt."""
        await self.choose(node)
        await self.press("s")
        await self.prompt()

    def pods(self) -> list[str]:
        """The names of hptui's pods in the cluster."""
        return [
            pod["metadata"]["name"]
            for pod in self.cluster.pods()
            if pod["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "hptui"
        ]


def _character_of(key: str) -> str | None:
    """What a terminal would print for a key by Textual's name of it."""
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        return key if len(key) == 1 else None


@asynccontextmanager
async def on_stage(
    size: tuple[int, int] = (120, 40),
    *,
    user: str = "admin",
    settings: Settings | None = None,
    pace: Pace | None = None,
    namespace: str | None = None,
    painted: bool = False,
    own_engine: bool = False,
    **world: Any,
) -> AsyncIterator[Stage]:
    """A cluster, and the program on it as `user`."""
    async with (
        SimulatedCluster(pace=pace or brisk(), **world) as cluster,
        playing(
            cluster,
            size,
            user=user,
            settings=settings,
            namespace=namespace,
            painted=painted,
            own_engine=own_engine,
        ) as stage,
    ):
        yield stage


@asynccontextmanager
async def playing(
    cluster: SimulatedCluster,
    size: tuple[int, int] = (120, 40),
    *,
    user: str = "admin",
    settings: Settings | None = None,
    namespace: str | None = None,
    net: SafetyNet | None = None,
    painted: bool = False,
    own_engine: bool = False,
) -> AsyncIterator[Stage]:
    """The program on a cluster that outlives it. Left without a key pressed, it ends as by a signal."""
    settings = settings or Settings()
    kubeconfig = str(cluster.kubeconfig_for(user))
    options = ConnectOptions(
        kubeconfig=kubeconfig, namespace=namespace, request_timeout=min(15, settings.request_timeout)
    )

    async def connector() -> Cluster:
        return await connect(options)

    app = HptuiApp(connector, settings, demo=True, net=net)
    if not own_engine:
        app._engine_process = _engine_of_all_tests()
    try:
        with nullcontext() if painted else unpainted():
            async with app.run_test(size=size, notifications=True) as pilot:
                yield Stage(app, pilot, cluster)
    except WorkerFailed as failed:
        raise failed.error from None  # Textual's own says neither where nor why


class _LastingEngine(EngineProcess):
    """An engine process that outlives the programs that use it: each test's own would cost it a third of a second."""

    def close(self) -> None:
        """Not yet."""

    def end(self) -> None:
        super().close()


@cache
def _engine_of_all_tests() -> EngineProcess:
    engine = _LastingEngine()
    atexit.register(engine.end)
    return engine


@contextmanager
def unpainted() -> Iterator[None]:
    """Nothing is painted but what a test looks at: a third of a test's time went into pictures that no terminal got."""

    def nothing(compositor: Compositor, *_args: object, **_keywords: object) -> None:
        compositor._dirty_regions.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", nothing)
        yield
