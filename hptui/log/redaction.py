"""The second wall: takes out of a text whatever looks like a secret, and whatever is known to be one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
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
    # All are looked for in the text as it came: what one of them takes out may be what another knows its secret by.
    spans = sorted({*_known_in(text), *_formed_in(text)})
    parts, done = [], 0
    for start, end in spans:
        if start >= done:
            parts += [text[done:start], HIDDEN]
        done = max(done, end)
    parts.append(text[done:])
    return "".join(parts)


def _known_in(text: str) -> Iterator[tuple[int, int]]:
    for secret in tuple(_known):
        start = text.find(secret)
        while start >= 0:
            yield start, start + len(secret)
            start = text.find(secret, start + 1)


def _formed_in(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _patterns():
        for found in pattern.finditer(text):
            yield found.span("secret")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled when there is something to look through, which is seldom. None of them can take long on any text."""
    return tuple(
        map(
            re.compile,
            (
                # PEM, also cut off, and as a kubeconfig has it in base64 ("-----" is LS0tLS1).
                r"(?P<secret>-----BEGIN [A-Z0-9 ]{1,40}-----(?s:.)*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z))",
                r"(?P<secret>LS0tLS1[\w+/=-]+)",
                # JSON Web Tokens: {" is eyJ; and the forms of some clouds.
                r"(?P<secret>eyJ[\w-]{8,}(?:\.[\w-]*){0,4})",
                r"(?P<secret>(?:k8s-aws-v1\.|ya29\.|sha256~|gh[pousr]_)[\w.-]{8,})",
                r"(?i)\b(?:bearer|basic|negotiate)\s+(?P<secret>[\w.~+/=-]{8,})",
                # The user and password of an address.
                r"\w://(?P<secret>[^/\s?#\"'<>]{1,500})@",
                r"(?i)\b(?:(?:proxy-)?authorization|(?:access|id|refresh|session)[_-]?token|token|password|passwd|pwd|secret|"
                r"api[_-]?key|client[_-]key[_-]data|client[_-]certificate[_-]data|client[_-]secret)"
                r"[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<secret>[^\s\"',;&}]{1,4000})",
            ),
        )
    )
