"""What the simulated kubelet asks of the simulated Windows host: run this command in that container.

The API server's side (exec, attach, and the container's own first process) knows only this file; the host's side (PowerShell,
cmd and the programs of a Windows node) implements `start_process`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProcessRequest:
    """One process to run on a simulated host."""

    argv: Sequence[str]
    node: str
    os_build: str  # "10.0.20348.2700"; the host answers as that Windows would
    containerd: str  # "1.7.20"
    account: str  # runAsUserName as in the pod's spec; "" for what the container runtime takes by default
    tty: bool = False
    columns: int = 80
    rows: int = 25
    environment: Mapping[str, str] = field(default_factory=dict)
    pod: str = ""
    namespace: str = ""
    container_id: str = ""
    host_events: float = (
        0.0  # seconds between two things that the host writes into its logs by itself; 0 for never
    )


class ProcessIO(Protocol):
    """The process's ends of its pipes. With a tty everything goes to stdout, as through ConPTY."""

    async def read(self) -> bytes:
        """The next bytes from stdin; empty at its end."""
        ...

    async def write(self, data: bytes) -> None:
        """To stdout; waits while the client does not read."""
        ...

    async def write_error(self, data: bytes) -> None:
        """To stderr (to stdout with a tty)."""
        ...

    async def wait_resized(self) -> tuple[int, int]:
        """Waits for the terminal's next size: columns, rows. Only with a tty."""
        ...


class HostProcess(Protocol):
    """A running process of the simulated host."""

    async def run(self) -> int:
        """Run to the end; the exit code, unsigned 32 bit. Cancelling it kills the process."""
        ...


class CannotStart(Exception):
    """The host could not start the process: text as containerd's shim words it, exit code as kubectl sees it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
