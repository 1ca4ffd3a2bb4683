"""What the outer terminal can show besides what Textual knows of.

Kinds of underline are written with colons (4:3), and a terminal that doesn't know them may take that for two things,
underlined and italic. So they are written only where the terminal is known to read them: by its name, or by what terminfo
has of it (Smulx).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# By TERM, of which what follows a dash or a plus doesn't matter, and by what terminals set besides.
_TERMS = ("xterm-kitty", "xterm-ghostty", "ghostty", "wezterm", "foot", "alacritty", "contour", "rio", "tmux")
_PROGRAMS = frozenset({"kitty", "ghostty", "WezTerm", "iTerm.app", "mintty", "tmux", "rio", "vscode"})
_SINCE = {"VTE_VERSION": 5200, "KONSOLE_VERSION": 220400}


def tells_underlines(environ: Mapping[str, str]) -> bool:
    """Whether curly, dotted and dashed underlines, and their colours, may be written."""
    term = environ.get("TERM", "")
    if term.startswith("screen") and environ.get("TERM_PROGRAM") != "tmux":
        return False  # what it was started in has left its marks, and is not what reads
    if any(term == name or term.startswith((f"{name}-", f"{name}+")) for name in _TERMS):
        return True
    if environ.get("TERM_PROGRAM") in _PROGRAMS or "KITTY_WINDOW_ID" in environ:
        return True
    if any(environ.get(name, "").isdigit() and int(environ[name]) >= least for name, least in _SINCE.items()):
        return True
    return _has_smulx(term)


@lru_cache(maxsize=4)
def _has_smulx(term: str) -> bool:
    try:
        import curses

        curses.setupterm(term, 1)
        return bool(curses.tigetstr("Smulx"))
    except Exception:  # noqa: BLE001 - no curses, no entry, no terminal: then it isn't known
        return False
