"""Programs on a pty with a PowerShell prompt in them: hptui, and kubectl as the reference, on one simulated cluster."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NODE = "akswin22000001"
COLUMNS, ROWS = 120, 40
LIMIT = 60.0  # seconds until something must have been seen
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
PROMPT = b"PS C:"


@dataclass
class Shell:
    """A program on a pty."""

    fd: int
    pid: int

    def read(self, seconds: float) -> bytes:
        """What comes within `seconds`, at once when something does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        data = os.read(self.fd, 1 << 16)
        # kubectl hands the host's question for a terminal's name to the terminal: that is us.
        if b"\x1b[c" in data:
            os.write(self.fd, b"\x1b[?1;2c")
        return data

    def until(self, mark: bytes) -> float:
        """Reads until `mark` has come; returns the seconds that took."""
        begun = time.perf_counter()
        tail = b""
        while mark not in tail:
            if time.perf_counter() > begun + LIMIT:
                raise TimeoutError(f"{mark!r} was not seen")
            tail = tail[-len(mark) :] + self.read(0.5)
        return time.perf_counter() - begun

    def read_for(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def calm(self) -> None:
        """Reads until nothing comes for a while, or at most for some seconds: a clock may tick."""
        end = time.perf_counter() + 3.0
        while self.read(0.3) and time.perf_counter() < end:
            pass

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)


@contextmanager
def cluster(*options: str, module: str = "hptui.demo.server") -> Iterator[str]:
    """The simulated cluster as a process of its own; its kubeconfig."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["kubeconfig"]
        server.communicate(timeout=20)


@contextmanager
def kubectl(kubeconfig: str) -> Iterator[Shell]:
    """`kubectl exec -it` in a pod like a session's, at its prompt."""
    environment = {**os.environ, "KUBECONFIG": kubeconfig}

    def run(*command: str, text: bytes = b"") -> bytes:
        return subprocess.run(command, env=environment, check=True, capture_output=True, input=text).stdout

    manifest = run(sys.executable, "-m", "hptui", "manifest", NODE)
    prefix = ("kubectl", "-n", "hptui")
    pod = run(*prefix, "create", "-f", "-", "-o", "name", text=manifest).decode().strip()
    run(*prefix, "wait", "--for=condition=Ready", pod)
    with on_pty([*prefix, "exec", "-it", pod, "--", POWERSHELL, "-NoLogo"], environment) as shell:
        shell.until(PROMPT)
        shell.calm()
        yield shell


@contextmanager
def hptui(kubeconfig: str) -> Iterator[Shell]:
    """hptui with one session at its prompt."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.toml").touch()
        environment = {**os.environ, "KUBECONFIG": kubeconfig, "HPTUI_CONFIG": f"{folder}/empty.toml"}
        with on_pty([sys.executable, "-m", "hptui"], environment) as shell:
            shell.until(NODE.encode())
            shell.calm()
            shell.write(b"jjs")
            shell.until(PROMPT)
            shell.calm()
            yield shell


@contextmanager
def both(arrivals: Path | None = None) -> Iterator[tuple[Shell, Shell]]:
    """kubectl and hptui on the same cluster at the same time, so that measurements can take turns.

    `arrivals` is to hold a line with the time, by `time.monotonic`, for each piece that is typed and comes to the host."""
    server = (
        cluster("--brisk")
        if arrivals is None
        else cluster(str(arrivals), "--brisk", module="tests.bench.listening_server")
    )
    with server as kubeconfig, kubectl(kubeconfig) as reference, hptui(kubeconfig) as ours:
        yield reference, ours


def in_turns(
    count: int, measure: Callable[[Shell], Sequence[float]], shells: Sequence[Shell]
) -> list[list[float]]:
    """What `measure` finds for each shell, in turns, so that the machine's other work meets all alike."""
    found: list[list[float]] = [[] for _ in shells]
    for _ in range(count):
        for mine, shell in zip(found, shells, strict=True):
            mine.extend(measure(shell))
    return found


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


@contextmanager
def on_pty(command: Sequence[str], environment: dict[str, str]) -> Iterator[Shell]:
    pid, fd = pty.fork()
    if pid == 0:
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        os.execvpe(command[0], list(command), {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        yield Shell(fd, pid)
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(fd, 65536):
                pass
        os.close(fd)
        os.waitpid(pid, 0)
