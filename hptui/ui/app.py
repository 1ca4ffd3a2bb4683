"""The program on the screen: theme, keys, signals and an end that leaves nothing behind. No I/O of its own.

The app owns the cluster and the open sessions, because both must be let go of whatever screen is shown. Clean-up stands in
`on_unmount`: Textual awaits it to its end on exit and on a crash, while a worker's `finally` is cut short.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import SystemCommand
from textual.geometry import Size
from textual.screen import Screen

from hptui.errors import HptuiError, TerminalError
from hptui.hostprocess.session import Session
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui import outer_keys
from hptui.ui.login_watch import LOOK_EVERY, LoginWatch
from hptui.ui.opening import Opening
from hptui.ui.program import ALWAYS, EVERYWHERE, OVER_DIALOGS, Program
from hptui.ui.questions import Questions
from hptui.ui.screens.fleet import FleetScreen
from hptui.ui.screens.object_view import ReadScreen

if TYPE_CHECKING:
    from hptui.cluster.model import Node
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.safety_net import SafetyNet
    from hptui.terminal.engine_process import EngineProcess
    from hptui.ui.screens.quit import Answer
    from hptui.ui.screens.sessions import SessionsScreen
    from hptui.ui.widgets.session_pane import SessionPane

log = logging.getLogger(__name__)

Connector = Callable[[], Awaitable["Cluster"]]

AHEAD = (
    "hptui.ui.screens.launch",
    "hptui.ui.screens.sessions",
    "hptui.ui.widgets.session_pane",
    "hptui.ui.screens.answer",
)
CLOSE_LIMIT = 20.0  # seconds for deleting all pods at the end
FORCED_LIMIT = 1.0  # seconds, when the person has said not to wait
# Of these none has priority: while a terminal has the focus, every key is the host's.
EVERYWHERE_KEYS = [
    *ALWAYS,
    EVERYWHERE.key("ctrl+p,colon", "command_palette", "Commands", "Search for a command by its name", shown="^p"),
    EVERYWHERE.key("q,ctrl+q", "quit", "Quit", "Quit; asks when sessions are open", shown="q"),
    EVERYWHERE.key("ctrl+c", "help_quit", "", "Copy what the mouse has selected; else it says how to quit", show=False),
]  # fmt: skip
MIN_COLUMNS, MIN_ROWS = 80, 24
GARBAGE = (2000, 10, 100)  # as gc.set_threshold has it: everything that lives is seldom looked through


class HptuiApp(Program, inherit_bindings=False):
    """`connector` makes the cluster, after the first paint; `demo` says in plain sight that nothing here is real."""

    BINDINGS = [*EVERYWHERE_KEYS, *OVER_DIALOGS]

    def __init__(
        self,
        connector: Connector,
        settings: Settings,
        *,
        demo: bool = False,
        net: SafetyNet | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """`sources` says by key where a setting comes from."""
        super().__init__(settings)
        self._sources = sources or {}
        outer_keys.install()
        self.demo = demo
        self.cluster: Cluster | None = None
        self.sessions: list[Session] = []
        self.leftovers: list[str] = []  # what could not be seen gone; told on stderr at the end
        self._connector = connector
        self._net = net
        self._sessions_screen: SessionsScreen | None = None
        self._fleet = FleetScreen()
        self._engine_process: EngineProcess | None = None
        self.opening = Opening(self)
        self.questions = Questions(self, self.opening)
        self._small = False
        self._login = LoginWatch()
        self._close_limit = CLOSE_LIMIT

    # Start

    def on_mount(self) -> None:
        self.theme = self.settings.theme
        self.catch_signals()
        # Installed screens stay alive below others: their sessions and watches go on.
        self.install_screen(self._fleet, "fleet")
        self.push_screen("fleet")
        self.set_interval(LOOK_EVERY, self._look_at_login)
        # Paint first: the client library alone takes longer to import than the whole screen to appear.
        self.call_after_refresh(self.connect)
        self.call_after_refresh(lambda: self._check_size(self.size))

    def connect(self) -> None:
        self._connect()

    @work(group="connect", exclusive=True)
    async def _connect(self) -> None:
        try:
            old, self.cluster = self.cluster, None
            if old is not None and not self.open_sessions:
                await old.close()
            self.cluster = await self._connector()
        except HptuiError as error:
            self._fleet.fail(error)
            return
        self._fleet.begin(self.cluster)
        self._offer_to_finish(self.cluster)
        self._import_ahead()

    @work(group="leftovers", exclusive=True)
    async def _offer_to_finish(self, cluster: Cluster) -> None:
        """What a run that is over has left in this cluster is shown, to be deleted now."""
        if self._net is not None:
            from hptui.ui.screens.leftovers import offer

            await offer(self, cluster, self._net.journal.folder, self.settings)

    @work(group="import", exclusive=True)
    async def _import_ahead(self) -> None:
        """What the next key may need, imported while the person looks at the nodes."""
        for module in AHEAD:
            await asyncio.to_thread(importlib.import_module, module)
        if not self.is_headless:  # then the process isn't ours alone
            # Looking for garbage among all these modules kept keys waiting for 0.1 s about every second of a flood.
            gc.freeze()
            gc.set_threshold(*GARBAGE)
        await asyncio.to_thread(self._try_engine, self.engine_process)

    def _try_engine(self, process: EngineProcess) -> None:
        """Start the terminal's engine, which checks itself when it is first used."""
        from hptui.terminal.emulator import Emulator

        with suppress(TerminalError):  # told when a terminal is wanted
            Emulator(80, 24, engine=self.settings.engine, process=process).close()

    @property
    def engine_process(self) -> EngineProcess:
        """Where the terminals' native engine runs, apart from all that must survive it."""
        if self._engine_process is None:
            from hptui.terminal.engine_process import EngineProcess

            self._engine_process = EngineProcess()
        return self._engine_process

    # Sessions

    @property
    def open_sessions(self) -> list[Session]:
        """Those whose pod may still exist."""
        return [session for session in self.sessions if not session.is_over]

    def hold(self, session: Session) -> None:
        """From before its pod is created until that is seen gone, somebody else knows of it; of another's pod that other."""
        if session in self.sessions:
            return
        self.sessions.append(session)
        if (
            self._net is not None
            and not session.is_joined
            and (warning := self._net.hold(session, session.cluster))
        ):
            self.notify(plain(warning), title="No journal", severity="warning", markup=False)

    def node(self, name: str) -> Node | None:
        """As the fleet knows it."""
        return self._fleet.state.nodes.get(name)

    def show_pane(self, pane: SessionPane) -> None:
        """A new tab, in front."""
        from hptui.ui.screens.sessions import SessionsScreen

        if self._sessions_screen is None:
            self._sessions_screen = SessionsScreen(self.settings)
            self.install_screen(self._sessions_screen, "sessions")
        self._sessions_screen.add(pane)
        self.action_sessions()

    def _look_at_login(self) -> None:
        """A credential that comes to its end is told before anything breaks."""
        if self.cluster is None:
            return
        aloud = self._login.look(self.cluster.credential, self.open_sessions)
        self._fleet.header.login = self._login.notice
        if self._sessions_screen is not None:
            self._sessions_screen.show_login(self._login.notice)
        if aloud is not None:
            self.notify(
                f"{plain(aloud.words)}\n{plain(self.cluster.options.pinned(aloud.hint))}",
                title="Log in again",
                severity="warning",
                markup=False,
            )

    def forget(self, session: Session) -> None:
        """A tab was closed; its session is over, and where its pod may remain the end of the program tries again."""
        if session.is_over and session in self.sessions:
            self.sessions.remove(session)

    # Actions

    def action_sessions(self) -> None:
        if self._sessions_screen is None or not self._sessions_screen.has_panes:
            self.notify("No session is open. enter on a node opens one.")
        elif self._sessions_screen not in self.screen_stack:
            self.push_screen("sessions")
        else:
            while self.screen is not self._sessions_screen:
                self.pop_screen()

    def action_help(self, _: str = "") -> None:
        from hptui.ui.screens.help import HelpScreen, all_bindings, groups_here

        here = groups_here(self.screen)
        bindings = all_bindings(EVERYWHERE_KEYS)
        self.push_screen(HelpScreen(bindings, self.settings.leader, self._about(), here=here))

    def _about(self) -> str:
        from hptui import __version__

        return f"hptui {__version__}" + (
            " · DEMO: a simulated cluster, nothing here is real" if self.demo else ""
        )

    async def action_quit(self) -> None:
        from hptui.ui.screens.quit import QuitScreen

        if any(isinstance(screen, QuitScreen) for screen in self.screen_stack):
            return
        if self.open_sessions:
            self.push_screen(QuitScreen(self.open_sessions), self._leave)
        else:
            self.exit(0)

    def _leave(self, answer: Answer | None) -> None:
        from hptui.ui.screens.quit import Answer

        if answer is Answer.FORCE:
            self._close_limit = FORCED_LIMIT
        if answer in (Answer.LEAVE, Answer.FORCE):
            self.exit(0)

    def action_help_quit(self) -> None:
        self.notify("q quits")

    def show_object(self, title: str, path: str) -> None:
        """Any object as YAML, read now."""
        if self.cluster is not None:
            self.push_screen(ReadScreen(title, partial(_yaml_of, self.cluster, path), self.tell_error))

    def tell_error(self, error: HptuiError) -> None:
        """An error that does not end what is shown."""
        log.info("Told: %s", error.heading)
        text = "\n".join(plain(part) for part in (error.message, error.hint) if part)
        self.notify(text, title=plain(error.heading), severity="error", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Keys", "Every key of the program", self.action_help)
        yield SystemCommand("Nodes", "Go to the nodes; sessions stay open", self.action_fleet)
        for number, session in enumerate(self.open_sessions, 1):
            yield SystemCommand(
                f"Session {number}: {session.label}", "Go to this session", partial(self._go, session)
            )
        yield SystemCommand(
            "Play a recording", "Choose a recorded session and play it", self.action_recordings
        )
        yield from self.questions.commands(screen)
        yield SystemCommand("Doctor", "Look at everything that a session needs", self.action_doctor)
        yield SystemCommand(
            "Copy diagnostics", "What a report about hptui needs, shown and copied", self.action_diagnostics
        )
        yield SystemCommand("Reconnect", "Connect to the cluster again from the kubeconfig", self.connect)
        yield SystemCommand(
            "Screenshot",
            "Save the screen as an SVG file",
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )
        yield SystemCommand("Quit", "Quit; asks when sessions are open", self.action_quit)

    def action_recordings(self) -> None:
        from hptui.ui.screens.recordings import offer

        offer(self, self.settings, self.tell_error)

    def action_doctor(self) -> None:
        from hptui.ui.screens.doctor import DoctorScreen

        self.push_screen(DoctorScreen(self._connector, self.settings))

    def action_diagnostics(self) -> None:
        from hptui.ui.screens.diagnostics import DiagnosticsScreen

        self.push_screen(DiagnosticsScreen(self._connector, self.settings, self._sources, self.sessions))

    def action_fleet(self) -> None:
        while len(self.screen_stack) > 1 and self.screen is not self._fleet:
            self.pop_screen()

    def _go(self, session: Session) -> None:
        self.action_sessions()
        if self._sessions_screen is not None:
            self._sessions_screen.go_to(session)

    # Size

    def on_resize(self, event: events.Resize) -> None:
        if not self.is_running:
            return
        if self._sessions_screen is not None:
            self._sessions_screen.window_resized(event.size)
        self._check_size(event.size)

    def _check_size(self, size: Size) -> None:
        small = size.width < MIN_COLUMNS or size.height < MIN_ROWS
        if small and not self._small:
            self.notify(
                f"hptui is made for {MIN_COLUMNS}x{MIN_ROWS} and more; this window has "
                f"{size.width}x{size.height}. Sessions go on; parts of the screen may be cut.",
                title="A small window",
                severity="warning",
            )
        self._small = small

    # End

    async def on_unmount(self) -> None:
        await self._close_sessions()
        if self.cluster is not None:
            await self.cluster.close()
        if self._engine_process is not None:
            self._engine_process.close()

    async def _close_sessions(self) -> None:
        pending = self.open_sessions
        if not pending:
            return
        closings = [asyncio.ensure_future(session.close()) for session in pending]
        await asyncio.wait(closings, timeout=self._close_limit)
        for closing in closings:
            if closing.done() and not closing.cancelled():
                closing.exception()  # told below as a leftover
        self.leftovers = [leftover(session) for session in pending if not session.is_over]


def leftover(session: Session) -> str:
    """What to tell the person at the end about a pod that was not seen gone."""
    if session.error is not None:
        return "\n".join(plain(part) for part in (session.error.message, session.error.hint) if part)
    return f"The pod {session.spec.pod_name} was not seen gone: {session.left_behind}"


async def _yaml_of(cluster: Cluster, path: str) -> str:
    from hptui.hostprocess.yaml_text import to_yaml

    return to_yaml(dict(await cluster.read_object(path)))
