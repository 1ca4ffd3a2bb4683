"""The screen's app, from the command line's point of view. Imports Textual, so it is imported late."""

from __future__ import annotations

import sys

from hptui.cli.connecting import Connector
from hptui.cli.output import tell
from hptui.errors import ScreenError
from hptui.settings import Settings
from hptui.ui.app import HptuiApp


def run_screen(connector: Connector, settings: Settings, *, demo: bool) -> int:
    """Show the screen until it is left; its exit code. What it could not clean up is told on stderr."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ScreenError(
            "This is not a terminal.",
            hint="For scripts there are `hptui nodes` and `hptui exec NODE -- COMMAND`.",
        )
    app = HptuiApp(connector, settings, demo=demo)
    app.run()
    for leftover in app.leftovers:
        tell(f"hptui: {leftover}")
    return app.return_code or (1 if app.leftovers else 0)
