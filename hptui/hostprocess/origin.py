"""Who and what makes a session's pod unmistakable: the person's machine, and an id that no other session has."""

from __future__ import annotations

import getpass
import secrets
import socket

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels, so that chance spells no words; no digits that look like letters."""

_LENGTH = 8


def new_session_id() -> str:
    """Eight characters out of 27: 2.8e11 of them."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def local_origin() -> str:
    """The local user and machine, as in "anna@workstation"."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or no name for it in the environment
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
