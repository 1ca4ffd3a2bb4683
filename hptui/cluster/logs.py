"""A container's log, followed to its end: waits for the container, survives drops, neither loses nor repeats a line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from urllib3.exceptions import ReadTimeoutError

from hptui.cluster.alarm import Alarm
from hptui.cluster.backoff import Backoff, Pace
from hptui.cluster.listing import decode_one, list_all
from hptui.cluster.model import (
    ContainerPhase,
    ContainerStatus,
    Live,
    LogEnded,
    LogLine,
    LogLines,
    LogUpdate,
    PodStatus,
    Stale,
)
from hptui.cluster.pods import PODS, exactly, pod_path, pods_path, selecting
from hptui.cluster.reflector import UNMENDABLE, chunks_of, stubborn, watch_events
from hptui.cluster.resume import ResumableLog
from hptui.cluster.threads import Closed, ThreadStream
from hptui.cluster.transport import Query, Transport
from hptui.errors import ClusterError, InvalidError, NotFoundError, UnreachableError

log = logging.getLogger(__name__)

UNDER_WAY = 256 * 1024  # bytes of lines between the thread and the loop
LONGEST = 1024 * 1024  # bytes: a longer line is cut, so that a binary file in a log can't fill the memory
_WAITING = "is waiting to start"


def lines_in(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines as they come, and what follows the last line break at the end; one longer than LONGEST comes in pieces."""
    rest: list[bytes] = []
    size = 0
    for chunk in chunks:
        head, found, tail = chunk.rpartition(b"\n")
        if found:
            yield from b"".join((*rest, head)).split(b"\n")
            rest, size = [], 0
        rest.append(tail)
        size += len(tail)
        if size > LONGEST:
            yield b"".join(rest)
            rest, size = [], 0
    if last := b"".join(rest):
        yield last


class _Ended(Exception):
    """The log has ended, and how that is known."""


class LogFollow(ThreadStream["LogLine | LogEnded | Live | Stale", LogUpdate]):
    """The lines of one container instance, from now (or the last `tail` lines) to its end."""

    def __init__(
        self, transport: Transport, namespace: str, name: str, container: str, tail: int | None, pace: Pace
    ) -> None:
        super().__init__("hptui-log", limit=UNDER_WAY)
        self._transport = transport
        self._namespace = namespace
        self._name = name
        self._container = container
        self._tail = tail
        self._backoff = Backoff(pace)
        self._log = ResumableLog(from_tail=tail is not None)
        self._heard = datetime.now(UTC)
        self._live = False
        self._ever_live = False
        self._uid = ""
        self._refusals = 0

    def combine(self, items: Sequence[LogLine | LogEnded | Live | Stale]) -> Sequence[LogUpdate]:
        updates: list[LogUpdate] = []
        for is_line, group in groupby(items, key=lambda item: isinstance(item, LogLine)):
            if is_line:
                updates.append(LogLines(tuple(item for item in group if isinstance(item, LogLine))))
            else:
                updates.extend(item for item in group if not isinstance(item, LogLine))
        return updates

    # On the thread

    def run(self) -> None:
        while True:
            try:
                if self._follow():
                    self._watch_pod(self._check_ended, patience=self._backoff.wait())
                else:
                    self._watch_pod(_has_started)
            except _Ended as ended:
                self.put(LogEnded(str(ended)))
                return
            except ClusterError as error:
                if self.was_woken() and not self.stopped:
                    self._backoff.forgive()
                else:
                    self._fail(error)

    def _follow(self) -> bool:
        """One answer of the log to its end; False when the container has nothing to say yet."""
        query: list[tuple[str, str]] = [("follow", "true"), ("timestamps", "true")]
        if self._container:
            query.append(("container", self._container))
        if self._log.since:
            query.append(("sinceTime", self._log.since))
            self._log.resume()
        elif self._tail is not None:
            query.append(("tailLines", str(self._tail)))
        try:
            response = self._open(query)
        except InvalidError as error:
            if _WAITING in error.message:
                return False
            raise
        self.was_woken()  # while it was asked for, which has just succeeded
        try:
            self.blocking(response.shutdown)
            if response.status == 204:
                return False
            self._say_live()
            with self._transport.mapped():
                self._read(response)
            return True
        finally:
            response.close()
            self.blocking(None)

    def _open(self, query: Query) -> Any:
        """A log that says nothing for as long as a watch lasts is asked for anew, at the same place."""
        path = f"{pod_path(self._namespace, self._name)}/log"
        return self._transport.open(path, query, accept="*/*", silence=self._transport.limits.watch)

    def _read(self, response: Any) -> None:
        """Hand on whole lines. A rest without a line break counts only where the server ended the answer in good order."""
        for raw in lines_in(self._listened_to(response)):
            line = self._log.take(raw)
            if line is not None:
                self.put(line, len(raw) + 1)

    def _listened_to(self, response: Any) -> Iterator[bytes]:
        for chunk in chunks_of(response):
            self._heard = datetime.now(UTC)
            yield chunk

    def _watch_pod(
        self, settled: Callable[[ContainerStatus], bool], *, patience: float | None = None
    ) -> None:
        """Watch the pod until its container is `settled`, or `patience` seconds are over. Raises _Ended when the pod is."""
        path, query = pods_path(self._namespace), selecting(fields=exactly({"metadata.name": self._name}))
        ends = None if patience is None else time.monotonic() + patience
        while ends is None or time.monotonic() < ends:
            pods, version = list_all(self._transport, PODS, path, query)
            if not pods:
                raise self._gone()
            if self._look(pods[0], settled):
                return
            with Alarm(ends) as alarm:

                def opened(response: Any, alarm: Alarm = alarm) -> None:
                    self.blocking(response.shutdown)
                    alarm.set(response.shutdown)

                try:
                    for event in watch_events(self._transport, path, query, version, opened):
                        if event.type == "DELETED":
                            raise self._gone()
                        pod = decode_one(PODS, event.object) if event.type != "BOOKMARK" else None
                        if pod is not None and self._look(pod, settled):
                            return
                except UnreachableError:
                    if not alarm.rang:
                        raise
                finally:
                    self.blocking(None)

    def _look(self, pod: PodStatus, settled: Callable[[ContainerStatus], bool]) -> bool:
        if self._uid and pod.uid != self._uid:
            raise _Ended("The pod is gone; another has its name.")
        self._uid = pod.uid
        wanted = [one for one in pod.containers if self._container in ("", one.name)]
        if pod.phase in ("Succeeded", "Failed") and not wanted:
            raise _Ended(f"The pod ended before its container started: {pod.reason or pod.phase}.")
        return bool(wanted) and settled(wanted[0])

    def _check_ended(self, container: ContainerStatus) -> bool:
        """After the end of an answer: did the container end, or only the connection?"""
        if container.phase is ContainerPhase.TERMINATED:
            code = "" if container.exit_code is None else f" with exit code {container.exit_code}"
            raise _Ended(f"The container ended{code}.")
        restarted = container.started and self._log.newest and container.started > self._log.newest
        if container.phase is ContainerPhase.WAITING or restarted:
            raise _Ended("The container ended; another instance takes its place.")
        return False

    def _gone(self) -> Exception:
        if self._uid or self._ever_live:
            return _Ended("The pod is gone.")
        return NotFoundError(f"There is no pod {self._name} in namespace {self._namespace}.", status=404)

    def _say_live(self) -> None:
        self._refusals = 0
        if not self._live:
            log.info("The log of %s is followed", self._name)
            self._live = self._ever_live = True
            self.put(Live(datetime.now(UTC)))

    def _fail(self, error: ClusterError) -> None:
        if self.stopped or self._transport.closed:
            raise Closed
        if isinstance(error, NotFoundError) and self._ever_live:
            self.put(LogEnded("The pod is gone."))
            raise Closed
        if isinstance(error, UNMENDABLE):
            self._refusals += 1
            if not self._ever_live or self._refusals >= stubborn(error):
                raise error
        if self._live and isinstance(error.__cause__, ReadTimeoutError):
            return  # a silent log is no fault: the connection is made anew, unseen
        wait = self._backoff.wait(error.retry_after)
        log.info("The log of %s broke: %s; next try in %.1f s", self._name, error, wait)
        self._live = False
        retry_at = datetime.now(UTC) + timedelta(seconds=wait)
        self.put(Stale(self._heard, error.message, retry_at, error.hint))
        self.pause(wait)


def _has_started(container: ContainerStatus) -> bool:
    return container.phase in (ContainerPhase.RUNNING, ContainerPhase.TERMINATED)
