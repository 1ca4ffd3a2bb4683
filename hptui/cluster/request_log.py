"""A request as a line of the log: what was asked for, the answer and how long it took. Never the query, a header or a body.

An exec's query is its command line; the others' hold nothing that the path does not tell.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hptui.errors import ClusterError

log = logging.getLogger(__name__)

SLOW = 2.0  # seconds: an answer that takes longer is worth a line by itself


@contextmanager
def told(method: str, path: str) -> Iterator[Callable[[int], None]]:
    """Around one request; what it gives is called with the status. A good answer is a line for level debug only."""
    begun = time.monotonic()
    status = 0

    def answered(code: int) -> None:
        nonlocal status
        status = code

    try:
        yield answered
    except ClusterError as error:
        log.info("%s %s failed after %.0f ms: %s", method, _path(path), _ms(begun), error.message)
        raise
    took = time.monotonic() - begun
    level = logging.DEBUG if 100 <= status < 400 and took < SLOW else logging.INFO
    log.log(level, "%s %s: %d in %.0f ms", method, _path(path), status, took * 1000)


def _ms(begun: float) -> float:
    return (time.monotonic() - begun) * 1000


def _path(path: str) -> str:
    return path.partition("?")[0]
