"""When hptui itself is wrong: a sentence for the person, and a file with what the makers need, instead of a traceback."""

from __future__ import annotations

import logging
import tempfile
import traceback
from pathlib import Path

from hptui.cli.output import tell
from hptui.errors import TerminalError
from hptui.failures.failure import REPORT

log = logging.getLogger(__name__)


def tell_unforeseen(bug: Exception) -> None:
    """The file is for its owner only: an error's text can hold anything."""
    log.error("A fault of hptui's own", exc_info=bug)
    tell(f"hptui: Something unforeseen: {type(bug).__name__}: {bug}")
    place = _write_down(bug)
    if place is not None:
        tell(f"  Where it happened is written in {place}; send that along.")
    tell(f"  {REPORT}")


def _write_down(bug: Exception) -> Path | None:
    from hptui import __version__
    from hptui.terminal.private_file import save_text

    try:
        where = Path(tempfile.mkdtemp(prefix="hptui-")) / "unforeseen.txt"
        save_text(where, f"hptui {__version__}\n{''.join(traceback.format_exception(bug))}")
    except (TerminalError, OSError):
        return None
    return where
