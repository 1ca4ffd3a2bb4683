"""A session in hptui's pane against `kubectl exec -it` on the same simulated cluster, through a pty.

Reference: kubectl, a client nobody here wrote, with the same pod, shell and keys in the same run.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import statistics
import string
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NODE = "akswin22000001"
LIMIT = 60.0  # seconds until something must have been seen
KEYS = string.ascii_letters  # each once on a line, so that its echo can't be mistaken
PAUSE = 0.02  # seconds between two keys, as of a fast typist
ROUNDS = 4
LINES = 2_300_000  # about 20 MB of numbers
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"


def bench() -> Iterable[str]:
    if shutil.which("kubectl") is None:
        yield "skipped: kubectl is not installed"
        return
    with _cluster() as kubeconfig:
        with _kubectl(kubeconfig) as shell:
            reference = _measure(shell)
        with _hptui(kubeconfig) as shell:
            ours = _measure(shell)
    for name, unit in (("echo p50", "ms"), ("echo p95", "ms"), ("20 MB", "s"), ("ctrl+c", "ms")):
        a, b = reference[name], ours[name]
        yield f"{name}: {b / a:.2f} times kubectl ({b:.1f} {unit} against {a:.1f} {unit})"


@dataclass
class Shell:
    """A program on a pty, with a PowerShell prompt in it."""

    fd: int
    seen: bytearray = field(default_factory=bytearray)

    def read(self, seconds: float) -> bytes:
        """What comes within `seconds`, at once when something does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        data = os.read(self.fd, 1 << 16)
        # kubectl hands the host's question for a terminal's name to the terminal: that is us.
        if b"\x1b[c" in data:
            os.write(self.fd, b"\x1b[?1;2c")
        return data

    def until(self, mark: bytes) -> None:
        end = time.perf_counter() + LIMIT
        tail = b""
        while mark not in tail:
            if time.perf_counter() > end:
                raise TimeoutError(f"{mark!r} was not seen")
            tail = tail[-len(mark) :] + self.read(0.5)

    def calm(self) -> None:
        while self.read(0.3):
            pass

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)


def _measure(shell: Shell) -> dict[str, float]:
    shell.calm()
    echoes = [seconds for _ in range(ROUNDS) for seconds in _echoes(shell)]
    echoes.sort()
    return {
        "echo p50": statistics.median(echoes) * 1000,
        "echo p95": echoes[int(len(echoes) * 0.95)] * 1000,
        "20 MB": _flood(shell),
        "ctrl+c": statistics.median(_interrupt(shell) for _ in range(3)) * 1000,
    }


def _echoes(shell: Shell) -> list[float]:
    """Seconds from a key to its echo, for each of KEYS on one line, which is cleared afterwards."""
    found = []
    for key in KEYS:
        begun = time.perf_counter()
        shell.write(key.encode())
        shell.until(key.encode())
        found.append(time.perf_counter() - begun)
        time.sleep(PAUSE)
    shell.write(b"\x03")
    shell.calm()
    return found


def _flood(shell: Shell) -> float:
    begun = time.perf_counter()
    shell.write(f"1..{LINES}; 'the' + 'end'\r".encode())
    shell.until(b"theend")
    seconds = time.perf_counter() - begun
    shell.calm()
    return seconds


def _interrupt(shell: Shell) -> float:
    """Seconds from Ctrl+C in a flood to the last byte of it."""
    shell.write(b"while (1) { 1..1000 }\r")
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        shell.read(0.1)
    begun = last = time.perf_counter()
    shell.write(b"\x03")
    while shell.read(0.5):
        last = time.perf_counter()
    return last - begun


@contextmanager
def _cluster() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "hptui.demo.server", "--brisk"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["kubeconfig"]
        server.communicate(timeout=20)


@contextmanager
def _kubectl(kubeconfig: str) -> Iterator[Shell]:
    environment = {**os.environ, "KUBECONFIG": kubeconfig}
    manifest = subprocess.run(
        [sys.executable, "-m", "hptui", "manifest", NODE], env=environment, check=True, capture_output=True
    ).stdout
    kubectl = ["kubectl", "-n", "hptui"]
    made = subprocess.run(
        [*kubectl, "create", "-f", "-", "-o", "name"],
        input=manifest,
        env=environment,
        check=True,
        capture_output=True,
    )
    pod = made.stdout.decode().strip()
    subprocess.run(
        [*kubectl, "wait", "--for=condition=Ready", pod], env=environment, check=True, capture_output=True
    )
    with _on_pty([*kubectl, "exec", "-it", pod, "--", POWERSHELL, "-NoLogo"], environment) as shell:
        shell.until(b"PS C:")
        yield shell


@contextmanager
def _hptui(kubeconfig: str) -> Iterator[Shell]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.toml").touch()
        environment = {**os.environ, "KUBECONFIG": kubeconfig, "HPTUI_CONFIG": f"{folder}/empty.toml"}
        with _on_pty([sys.executable, "-m", "hptui"], environment) as shell:
            shell.until(NODE.encode())
            shell.calm()
            shell.write(b"jjs")
            shell.until(b"PS C:")
            yield shell


@contextmanager
def _on_pty(command: Sequence[str], environment: dict[str, str]) -> Iterator[Shell]:
    pid, fd = pty.fork()
    if pid == 0:
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        os.execvpe(command[0], list(command), {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        yield Shell(fd)
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(fd, 65536):
                pass
        os.close(fd)
        os.waitpid(pid, 0)
