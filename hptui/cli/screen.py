"""The screen's app, from the command line's point of view. Imports Textual, so it is imported late."""

from __future__ import annotations

from hptui.cli.connecting import Connector
from hptui.cli.output import tell
from hptui.cli.own_terminal import need_terminal
from hptui.hostprocess.guardian import Guardian, saved_terminal
from hptui.settings import Settings
from hptui.ui.app import HptuiApp


def run_screen(connector: Connector, settings: Settings, *, demo: bool) -> int:
    """Show the screen until it is left; its exit code. What it could not clean up is told on stderr."""
    need_terminal("For scripts there are `hptui nodes` and `hptui exec NODE -- COMMAND`.")
    # The demo's cluster dies with the program: there is nothing to guard.
    guardian = None if demo else Guardian(saved_terminal())
    app = HptuiApp(connector, settings, demo=demo, guardian=guardian)
    try:
        app.run()
    finally:
        if guardian is not None:
            guardian.close(left=bool(app.leftovers))
    for leftover in app.leftovers:
        tell(f"hptui: {leftover}")
    return app.return_code or (1 if app.leftovers else 0)
