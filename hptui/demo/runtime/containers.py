"""Container instances: a first process and the execs in it, how they end together, and which ones there are."""

from __future__ import annotations

import asyncio
import secrets
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from hptui.demo.objects.plain import Json, uid_of
from hptui.demo.process import HostProcess, ProcessIO, ProcessRequest
from hptui.demo.runtime.logbook import Logbook

KILLED = 0xC000013A
"""STATUS_CONTROL_C_EXIT: what a Windows process that was ended with its container reports."""

CRASHED = 0xE0434352
"""What a .NET program that died of an exception reports; here: of an error in the simulation."""

Starter = Callable[[ProcessRequest, ProcessIO], HostProcess]

_STDIN_ROOM = 64  # pieces


def signed(code: int) -> int:
    """An exit code as the pod's status gives it: a signed 32-bit number."""
    return code - (1 << 32) if code >= 1 << 31 else code


class Stdin:
    """Bytes on their way to a process; who writes waits while nobody reads."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_STDIN_ROOM)
        self._closed = False

    async def write(self, data: bytes) -> None:
        if data and not self._closed:
            await self._pieces.put(data)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._pieces.put(b"")

    async def read(self) -> bytes:
        if self._closed and self._pieces.empty():
            return b""
        return await self._pieces.get()


@dataclass(slots=True)
class FirstProcessIO:
    """The first process's pipes: output goes to the log and to whoever is attached."""

    log: Logbook
    stdin: Stdin | None

    async def read(self) -> bytes:
        return await self.stdin.read() if self.stdin else b""

    async def write(self, data: bytes) -> None:
        self.log.write(data)
        for tap in list(self.log.taps):
            await tap(data)
        if not self.log.taps:
            await asyncio.sleep(0)  # a process that prints for ever must not starve the others

    async def write_error(self, data: bytes) -> None:
        await self.write(data)

    async def wait_resized(self) -> tuple[int, int]:
        await asyncio.Event().wait()
        raise AssertionError("never set")


_KILLED_WITHIN = 0.2  # seconds that a process may take for its last words


async def _code_of(process: HostProcess) -> int:
    try:
        return await process.run() & 0xFFFFFFFF
    except asyncio.CancelledError:
        return KILLED
    except Exception:  # noqa: BLE001
        traceback.print_exc()  # an error of the simulation: seen on the server's stderr, and as a crash
        return CRASHED


@dataclass(slots=True)
class Container:
    """A container from its creation on. `ended` is set when its first process is gone."""

    name: str
    id: str = field(default_factory=lambda: secrets.token_hex(32))
    log: Logbook = field(default_factory=Logbook)
    stdin: Stdin | None = None
    started: float = 0.0  # seconds since 1970; 0 before
    finished: float = 0.0
    exit_code: int | None = None  # unsigned
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _first: asyncio.Task[int] | None = None
    _execs: set[asyncio.Task[int]] = field(default_factory=set)
    _forced: int | None = None

    @property
    def running(self) -> bool:
        return self._first is not None and not self.ended.is_set()

    @property
    def busy(self) -> int:
        """How many execs run in it."""
        return len(self._execs)

    def start(self, starter: Starter, request: ProcessRequest) -> None:
        """Raises CannotStart."""
        process = starter(request, FirstProcessIO(self.log, self.stdin))
        self.started = time.time()
        self._first = asyncio.create_task(_code_of(process), name=f"first process of {self.name}")
        self._first.add_done_callback(self._first_ended)

    def _first_ended(self, task: asyncio.Task[int]) -> None:
        code = KILLED if task.cancelled() else task.result()
        self.exit_code = code if self._forced is None else self._forced
        self.finished = time.time()
        self.log.close()
        for exec_ in list(self._execs):
            exec_.cancel()
        self.ended.set()

    def exec(self, process: HostProcess) -> asyncio.Task[int]:
        """Run another process in the container; the task gives its exit code, also when it is killed."""
        task = asyncio.create_task(_code_of(process), name=f"exec in {self.name}")
        self._execs.add(task)
        task.add_done_callback(self._execs.discard)
        return task

    async def kill(self, code: int | None = None) -> None:
        """End everything in the container; returns when it has ended. `code` is what its status will show."""
        if self._first is None:
            self.log.close()
            self.ended.set()
            return
        self._forced = code if self._forced is None else self._forced
        self._first.cancel()
        await self.ended.wait()
        while self._execs:
            await asyncio.wait(set(self._execs), timeout=_KILLED_WITHIN)
            for exec_ in self._execs:  # it still wants to print something, and its client is gone
                exec_.cancel()


class Containers:
    """The instances that still have a log, of every pod; the kubelets write here, logs, execs and metrics read."""

    def __init__(self) -> None:
        self._pods: dict[str, dict[str, list[Container]]] = {}  # by the pod's uid, then the container's name

    def of(self, pod: Json, name: str) -> list[Container]:
        """One container's instances, the newest last."""
        return self._pods.get(uid_of(pod), {}).get(name, [])

    def all(self, uid: str) -> list[Container]:
        return [instance for found in self._pods.get(uid, {}).values() for instance in found]

    def keep(self, uid: str, container: Container) -> None:
        """The new instance and the one before it: the kubelet keeps the log of one that is dead."""
        kept = self._pods.setdefault(uid, {}).setdefault(container.name, [])
        kept.append(container)
        del kept[:-2]

    def forget(self, uid: str) -> list[Container]:
        """The pod is gone; gives what it leaves behind."""
        left = self.all(uid)
        self._pods.pop(uid, None)
        return left
