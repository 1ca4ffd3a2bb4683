"""What goes wrong on purpose: the faults that tests and the curious can ask for, and counters to see what happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, fields

from hptui.demo.objects.plain import Json
from hptui.demo.objects.refusals import Refusal, status

_WORDS = {
    429: ("TooManyRequests", "Too many requests, please try again later."),
    500: ("InternalError", "Internal error occurred: simulated failure"),
    502: ("", "Bad Gateway"),
    503: ("ServiceUnavailable", "apiserver is shutting down"),
    504: ("Timeout", "Timeout: request did not complete within the allotted timeout"),
}


@dataclass(slots=True)
class Faults:
    """The faults in force. Plain values: set them directly, or over POST /demo/faults."""

    latency: float = 0.0  # seconds before every answer and every message of a stream
    bandwidth: float = 0.0  # bytes a second to the client; 0 for no limit
    refuse_next: int = 0  # so many of the next requests fail …
    refuse_code: int = 503  # … with this status
    retry_after: int = 1  # seconds, in the Retry-After header of those
    metrics: str = (
        "ok"  # ok, absent (no such group), down (503 from the backend), gone (503 from the API server)
    )
    pulls: str = "ok"  # ok, failing (no registry answers) or missing (they don't have the image)
    delete: str = "ok"  # ok, or stuck: pods stay Terminating
    create: str = "ok"  # ok; the object is made and the answer never comes (hang) or is a 504 (timeout)
    exec: str = "ok"  # ok, refused (500) or silent (accepted, nothing comes)
    exec_chunk: int = 0  # split output into pieces of so many bytes; 0 for as it comes

    def update(self, wanted: Json) -> None:
        """Raises ValueError for a fault that doesn't exist or a value of the wrong type."""
        known = {f.name: type(getattr(self, f.name)) for f in fields(self)}
        for name, value in wanted.items():
            kind = known.get(name)
            if kind is None:
                raise ValueError(f"no fault is called {name!r}; there are {', '.join(sorted(known))}")
            if kind is not str and isinstance(value, str):
                value = kind(value)
            if kind is float and isinstance(value, int):
                value = float(value)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ValueError(f"{name} wants {kind.__name__}, not {value!r}")
            setattr(self, name, value)

    def to_json(self) -> Json:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    async def before_answer(self) -> None:
        """Delay or refuse the request that has just come in."""
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.refuse_next > 0:
            self.refuse_next -= 1
            raise self._refusal()

    def _refusal(self) -> Refusal:
        reason, message = _WORDS.get(self.refuse_code, ("", f"simulated status {self.refuse_code}"))
        headers = {"Retry-After": str(self.retry_after)} if self.refuse_code in (429, 503) else {}
        if not reason:
            return Refusal(self.refuse_code, message + "\n", headers)
        return Refusal(self.refuse_code, status(self.refuse_code, message, reason), headers)

    async def before_whole(self, size: int) -> None:
        """Delay a whole answer by its size; its latency has been taken already."""
        if self.bandwidth:
            await asyncio.sleep(size / self.bandwidth)

    async def before_piece(self, size: int) -> None:
        """Delay a piece of a stream as the slow link would."""
        delay = self.latency + (size / self.bandwidth if self.bandwidth else 0.0)
        if delay:
            await asyncio.sleep(delay)


@dataclass(slots=True)
class Counts:
    """What the server has seen."""

    requests: Counter[str] = field(default_factory=Counter)  # "GET /api/v1/nodes" and the like
    statuses: Counter[int] = field(default_factory=Counter)
    pods_created: int = 0
    pods_deleted: int = 0
    execs_started: int = 0
    execs_open: int = 0
    watches_open: int = 0
    output_written: int = 0  # bytes taken from processes by execs

    def to_json(self) -> Json:
        return {
            "requests": dict(self.requests),
            "statuses": {str(code): count for code, count in self.statuses.items()},
            "pods_created": self.pods_created,
            "pods_deleted": self.pods_deleted,
            "execs_started": self.execs_started,
            "execs_open": self.execs_open,
            "watches_open": self.watches_open,
            "output_written": self.output_written,
        }
