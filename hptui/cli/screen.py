"""The screen's app, from the command line's point of view. Imports Textual, so it is imported late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hptui.cli.connecting import Connector
from hptui.cli.output import tell
from hptui.cli.own_terminal import need_terminal
from hptui.cli.unforeseen import tell_unforeseen
from hptui.format import clock
from hptui.hostprocess.guardian import Guardian, saved_terminal
from hptui.hostprocess.guardian_process import LIMIT as TRIES_FOR
from hptui.hostprocess.journal import Journal
from hptui.hostprocess.safety_net import SafetyNet
from hptui.settings import Loaded
from hptui.ui.app import HptuiApp


def run_screen(connector: Connector, loaded: Loaded, *, demo: bool) -> int:
    """Show the screen until it is left; its exit code. What it could not clean up is told on stderr."""
    need_terminal("For scripts there are `hptui nodes` and `hptui exec NODE -- COMMAND`.")
    guardian = Guardian(saved_terminal())
    # The demo's cluster dies with the program, and its pods with it: there is nothing to guard but the terminal.
    net = None if demo else SafetyNet(guardian, Journal())
    if demo:
        guardian.stand_by()
    app = HptuiApp(connector, loaded.settings, demo=demo, net=net, sources=loaded.sources)
    goes_on = False
    try:
        app.run()
    finally:
        if net is not None:
            goes_on = net.close(left=bool(app.leftovers))
        else:
            guardian.close()
    if app.fault is not None:
        tell_unforeseen(app.fault)
    leftovers = [] if demo else app.leftovers
    for leftover in leftovers:
        tell(f"hptui: {leftover}")
    if goes_on:
        until = clock(datetime.now(UTC) + timedelta(seconds=TRIES_FOR))
        tell(
            f"hptui: Its guardian, a process of its own, goes on deleting until {until} and says here what came of it. "
            "After that, `hptui sweep` and the next start look again."
        )
    return app.return_code or (1 if leftovers else 0)
