"""A simulated Windows node: one per node name, shared by every process that runs on it.

Everything about it follows from the node's name and its Windows build, so it is the same on each run; what is done to it
(a stopped service, a written file, a started process) stays for as long as the program runs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

from hptui.demo.host.windows.builds import windows_build
from hptui.demo.host.windows.containers import HostContainer, make_containers
from hptui.demo.host.windows.eventlog import NEWEST, EventRecord, make_event, make_events
from hptui.demo.host.windows.files import KUBELET_LOG, FileSystem, kubelet_line, make_files
from hptui.demo.host.windows.network import Network, make_network
from hptui.demo.host.windows.pipes import SERVED_BY, Pipe, make_pipes
from hptui.demo.host.windows.processes import ProcessTable
from hptui.demo.host.windows.services import Service, make_services
from hptui.demo.host.windows.upkeep import Upkeep, make_upkeep


class Machine:
    """What there is on one node."""

    def __init__(self, node: str, os_build: str) -> None:
        self.node = node
        self.build = windows_build(os_build)
        self._seed = int.from_bytes(
            hashlib.sha256(f"{node}|{self.build.number}".encode()).digest()[:8], "big"
        )
        random = self._random("machine")
        self._in_containers: Counter[str] = Counter()
        self._every = 0.0  # seconds between two things that it writes into its logs by itself
        self._lived_to = self.now()
        self._happened = 0  # of those things
        self.boot = self.now() - timedelta(seconds=random.randint(90_000, 2_600_000))
        self.memory = random.choice((8, 16, 16, 32)) * 2**30  # bytes
        self.cores = random.choice((2, 4, 4, 8))
        self.sid = "S-1-5-21-" + "-".join(str(random.randint(10**8, 4 * 10**9)) for _ in range(3))
        self.shims = [f"{random.getrandbits(256):064x}" for _ in range(random.randint(2, 6))]
        self.services: list[Service] = make_services(self._random("services"))
        self.processes = ProcessTable(self._random("processes"), self.boot, self.services, self.shims)

    def _random(self, part: str) -> Random:
        return Random(f"{self._seed}{part}")

    @property
    def name(self) -> str:
        """The NetBIOS name: upper case, 15 characters at most."""
        return self.node.split(".")[0].upper()[:15]

    @property
    def host_name(self) -> str:
        return self.node.split(".")[0]

    def now(self) -> datetime:
        """By its own clock, which goes wrong on one node of those that are made up."""
        return datetime.now(UTC) + timedelta(seconds=-437 if self.node == "rke2-win-05" else 0)

    # What happens by itself

    def set_pace(self, every: float) -> None:
        """An event and a line of the kubelet's log every so many seconds from now on; 0 for never."""
        if every != self._every:
            self._every, self._lived_to = every, self.now()

    def live_until(self, at: datetime) -> None:
        """What has to have happened by then: the times follow from the pace, the words from how much happened before."""
        while self._every and (then := self._lived_to + timedelta(seconds=self._every)) <= at:
            self._lived_to = then
            self._happened += 1
            random = self._random(f"happens {self._happened}")
            self._events.insert(0, make_event(random, NEWEST + self._happened, then))
            line = kubelet_line(random, then).encode() + b"\n"
            self._files.write(KUBELET_LOG, line, then, append=True)

    @property
    def files(self) -> FileSystem:
        self.live_until(self.now())
        return self._files

    @property
    def events(self) -> list[EventRecord]:
        """Newest first."""
        self.live_until(self.now())
        return self._events

    @cached_property
    def _files(self) -> FileSystem:
        return make_files(
            self._random("files"), self.boot, self.now(), self.shims, self.node, crictl=self.upkeep.has_crictl
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        return make_upkeep(
            self._random("upkeep"),
            self.node,
            self.name,
            self.sid,
            self.build.number,
            self.memory,
            self.boot,
            self.shims,
        )

    @cached_property
    def containers(self) -> tuple[HostContainer, ...]:
        return make_containers(self.shims, self.boot)

    @cached_property
    def network(self) -> Network:
        return make_network(self._random("network"), self.build, list(self.processes.all()))

    @property
    def stopped_badly(self) -> bool:
        """Whether the boot before this one ended in a bug check."""
        return self._seed % 3 == 0

    @cached_property
    def _events(self) -> list[EventRecord]:
        random = self._random("events")
        return make_events(random, self.boot, self.now(), self.name, badly=self.stopped_badly)

    @property
    def pipes(self) -> list[Pipe]:
        """A stopped service takes its pipe with it."""
        silent = {
            SERVED_BY[each.name] for each in self.services if each.name in SERVED_BY and not each.running
        }
        made = make_pipes(self._random("pipes"), self.shims, list(self.processes.by_pid)[8:40])
        return [pipe for pipe in made if pipe.name not in silent]

    @property
    def free_memory(self) -> int:
        used = sum(process.working_set for process in self.processes.all())
        return max(self.memory // 8, self.memory - int(used * 1.6))

    def enter_container(self, directory: str) -> None:
        """A process starts in a container's directory, which the container runtime makes."""
        self._in_containers[directory] += 1
        self.files.make_directory(directory, self.now())

    def leave_container(self, directory: str) -> None:
        """The last one out: containerd 1.6 removes the container's own directory under C:\\C."""
        self._in_containers[directory] -= 1
        if not self._in_containers[directory] and directory.upper().startswith("C:\\C\\"):
            self.files.remove(directory)

    def stop(self, service: Service) -> None:
        """Its process ends with it, unless others live there as well."""
        if service.running:
            service.running = False
            if not any(each.running and each.pid == service.pid for each in self.services):
                self.processes.end(service.pid)
            service.pid = 0

    def start(self, service: Service) -> None:
        if not service.running:
            service.running = True
            path = service.path.strip('"')
            parent = self.processes.pid_of("services")
            started = self.processes.start(
                service.process, path, "NT AUTHORITY\\SYSTEM", service.path, parent, self.now()
            )
            service.pid = started.pid

    def service(self, name: str) -> Service | None:
        lowered = name.lower()
        return next(
            (each for each in self.services if lowered in (each.name.lower(), each.display.lower())), None
        )


_MACHINES: dict[tuple[str, str], Machine] = {}


def machine_for(node: str, os_build: str) -> Machine:
    """The node's machine, made when it is first asked for."""
    key = (node, os_build)
    if key not in _MACHINES:
        _MACHINES[key] = Machine(node, os_build)
    return _MACHINES[key]
