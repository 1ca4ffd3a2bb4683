"""What a terminal may answer a host.

A reply is typed into the host's keyboard. If what it says can be chosen by whoever wrote the output (a title, a
clipboard, an echoed request), printing a file can type a command. So replies pass only in the shapes known to carry
nothing but numbers, states and names of ours, whatever the engine would like to say.
"""

from __future__ import annotations

import re

_ST = rb"(?:\x1b\\|\x07)"
_HARMLESS = re.compile(
    rb"(?:"
    # Cursor and status reports, device attributes, mode states. No kitty keyboard flags: that would promise its keys.
    rb"\x1b\[[?>=]?[0-9;]{0,64}\$?[Rncy]"
    # The size in characters, asked for (18 t) or at each resize (?2048); in pixels nobody here knows it.
    rb"|\x1b\[(?:8|48);[0-9]{1,5};[0-9]{1,5}(?:;0;0)?t"
    # XTVERSION, DECRPTUI (DA3), DECRQCRA's checksum.
    rb"|\x1bP>\|[A-Za-z0-9 ().+_-]{0,64}\x1b\\"
    rb"|\x1bP!\|[0-9A-Fa-f]{0,16}\x1b\\"
    rb"|\x1bP[0-9]{0,5}!~[0-9A-Fa-f]{4}\x1b\\"
    # DECRQSS: only valid answers, which are parameters and a final; a refusal may echo the request.
    rb'|\x1bP1\$r[0-9;:]{0,96}[ "$*\']?[mqrstpx|}~]\x1b\\'
    # XTGETTCAP, in hexadecimal.
    rb"|\x1bP[01]\+r[0-9A-Fa-f=;]{0,256}\x1b\\"
    # Colours: OSC 4, 10 to 19.
    rb"|\x1b\](?:4;[0-9]{1,3}|1[0-9]);rgb:[0-9a-f]{1,4}/[0-9a-f]{1,4}/[0-9a-f]{1,4}" + _ST + rb")"
)
# A refusal of DECRQSS without the echo.
_REFUSAL = re.compile(rb"\x1bP0\$r[^\x1b]*\x1b\\")


def harmless(reply: bytes) -> bytes:
    """The reply as it may be sent, or nothing."""
    if _HARMLESS.fullmatch(reply):
        return reply
    if _REFUSAL.fullmatch(reply):
        return b"\x1bP0$r\x1b\\"
    return b""
