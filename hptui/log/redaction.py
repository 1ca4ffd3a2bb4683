"""The second wall: takes out of a text whatever looks like a secret, and whatever is known to be one."""

from __future__ import annotations

import re
import threading
from functools import cache

HIDDEN = "<hidden>"
KNOWN = 64
"""So many secrets are remembered word for word; the oldest are forgotten, as they have expired by then."""

SHORTEST = 6
"""Characters. A shorter secret would be found in every other word."""

_known: dict[str, None] = {}
_guard = threading.Lock()


def hide(secret: str) -> None:
    """From now on `secret` is in no line, whatever it looks like. From any thread."""
    if len(secret) < SHORTEST or secret in _known:
        return
    with _guard:
        _known[secret] = None
        while len(_known) > KNOWN:
            del _known[next(iter(_known))]


def redact(text: str) -> str:
    """`text` without secrets: those told to `hide`, and what has the form of one."""
    for secret in tuple(_known):
        text = text.replace(secret, HIDDEN)
    for pattern, put in _patterns():
        text = pattern.sub(put, text)
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Compiled when there is something to look through, which is seldom. None of them can take long on any text."""
    return (
        # PEM, also cut off, and as a kubeconfig has it in base64 ("-----" is LS0tLS1).
        (re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----(?s:.)*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z)"), HIDDEN),
        (re.compile(r"LS0tLS1[\w+/=-]+"), HIDDEN),
        # JSON Web Tokens: {" is eyJ; and the forms of some clouds.
        (re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*){0,4}"), HIDDEN),
        (re.compile(r"(?:k8s-aws-v1\.|ya29\.|sha256~|gh[pousr]_)[\w.-]{8,}"), HIDDEN),
        (re.compile(r"(?i)\b(bearer|basic|negotiate)(\s+)[\w.~+/=-]{8,}"), rf"\1\2{HIDDEN}"),
        # The user and password of an address.
        (re.compile(r"(\w://)[^/\s?#\"'<>]{1,500}@"), rf"\1{HIDDEN}@"),
        (
            re.compile(
                r"(?i)\b((?:proxy-)?authorization|(?:access|id|refresh|session)[_-]?token|token|password|passwd|pwd|secret|"
                r"api[_-]?key|client[_-]key[_-]data|client[_-]certificate[_-]data|client[_-]secret)"
                r"([\"']?\s{0,4}[:=]\s{0,4}[\"']?)([^\s\"',;&}]{1,4000})"
            ),
            rf"\1\2{HIDDEN}",
        ),
    )
