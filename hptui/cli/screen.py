"""The screen's app, from the command line's point of view. Imports Textual, so it is imported late."""

from __future__ import annotations

from hptui.cli.connecting import Connector
from hptui.cli.output import tell
from hptui.cli.own_terminal import need_terminal
from hptui.cli.unforeseen import tell_unforeseen
from hptui.hostprocess.guardian import Guardian, saved_terminal
from hptui.hostprocess.journal import Journal
from hptui.hostprocess.safety_net import SafetyNet
from hptui.settings import Loaded
from hptui.ui.app import HptuiApp


def run_screen(connector: Connector, loaded: Loaded, *, demo: bool) -> int:
    """Show the screen until it is left; its exit code. What it could not clean up is told on stderr."""
    need_terminal("For scripts there are `hptui nodes` and `hptui exec NODE -- COMMAND`.")
    # The demo's cluster dies with the program: there is nothing to guard.
    net = None if demo else SafetyNet(Guardian(saved_terminal()), Journal())
    app = HptuiApp(connector, loaded.settings, demo=demo, net=net, sources=loaded.sources)
    try:
        app.run()
    finally:
        if net is not None:
            net.close(left=bool(app.leftovers))
    if app.fault is not None:
        tell_unforeseen(app.fault)
    for leftover in app.leftovers:
        tell(f"hptui: {leftover}")
    return app.return_code or (1 if app.leftovers else 0)
