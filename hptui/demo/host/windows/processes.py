"""The processes of a simulated node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hptui.demo.host.windows.services import Service

SYSTEM, LOCAL, NETWORK = (
    "NT AUTHORITY\\SYSTEM",
    "NT AUTHORITY\\LOCAL SERVICE",
    "NT AUTHORITY\\NETWORK SERVICE",
)
_ACCOUNTS = {
    "LocalSystem": SYSTEM,
    "NT AUTHORITY\\LocalService": LOCAL,
    "NT AUTHORITY\\NetworkService": NETWORK,
}


@dataclass(slots=True)
class WindowsProcess:
    pid: int
    parent: int
    name: str  # without .exe
    user: str
    started: datetime
    command_line: str
    path: str
    working_set: int  # bytes
    private: int  # bytes
    handles: int
    threads: int
    cpu: float  # seconds
    session: int = 0
    protected: bool = False  # ends for nobody
    stop: Callable[[int], None] | None = None  # ends what really runs as this process, with an exit code

    @property
    def image(self) -> str:
        return (
            self.name
            if self.pid in (0, 4) or self.name in ("Registry", "Memory Compression")
            else f"{self.name}.exe"
        )


_SYSTEM_PROCESSES = (
    # name, path, working set in MB, protected
    ("Registry", "", 68, True),
    ("smss", "C:\\Windows\\System32\\smss.exe", 1, True),
    ("csrss", "C:\\Windows\\system32\\csrss.exe", 5, True),
    ("wininit", "C:\\Windows\\system32\\wininit.exe", 6, True),
    ("csrss", "C:\\Windows\\system32\\csrss.exe", 5, True),
    ("winlogon", "C:\\Windows\\system32\\winlogon.exe", 8, False),
    ("services", "C:\\Windows\\system32\\services.exe", 10, True),
    ("lsass", "C:\\Windows\\system32\\lsass.exe", 22, True),
    ("fontdrvhost", "C:\\Windows\\system32\\fontdrvhost.exe", 3, False),
    ("LogonUI", "C:\\Windows\\system32\\LogonUI.exe", 42, False),
    ("dwm", "C:\\Windows\\system32\\dwm.exe", 31, False),
)
_NODE_PROCESSES = (
    ("kubelet", "C:\\k\\kubelet.exe", 92),
    ("kube-proxy", "C:\\k\\kube-proxy.exe", 54),
    ("azure-vnet-telemetry", "C:\\k\\azurecni\\bin\\azure-vnet-telemetry.exe", 19),
    ("WmiPrvSE", "C:\\Windows\\system32\\wbem\\wmiprvse.exe", 21),
    ("conhost", "C:\\Windows\\system32\\conhost.exe", 11),
)


class ProcessTable:
    """Processes by their id; new ones get the next free multiple of four."""

    def __init__(self, random: Random, boot: datetime, services: list[Service], shims: list[str]) -> None:
        self._random = random
        self._boot = boot
        self.by_pid: dict[int, WindowsProcess] = {}
        self._next = 500
        self._add(WindowsProcess(0, 0, "Idle", "", boot, "", "", 8192, 61440, 0, 4, 0.0, protected=True))
        self._add(
            WindowsProcess(
                4, 0, "System", SYSTEM, boot, "", "", 151_552, 200_704, 3100, 170, 2210.5, protected=True
            )
        )
        for name, path, size, protected in _SYSTEM_PROCESSES:
            self._make(name, path, SYSTEM, size, path, protected=protected)
        self._service_processes(services)
        for name, path, size in _NODE_PROCESSES:
            self._make(name, path, SYSTEM, size, f"{path} {_ARGUMENTS.get(name, '')}".strip())
        for shim in shims:
            path = "C:\\Program Files\\containerd\\containerd-shim-runhcs-v1.exe"
            prefix = "\\\\.\\pipe\\ProtectedPrefix\\Administrators\\containerd-shim-k8s.io"
            line = (
                f'"{path}" --namespace k8s.io --address \\\\.\\pipe\\containerd-containerd --publish-binary containerd '
                f"--id {shim} serve --socket {prefix}-{shim}-pipe --is-sandbox"
            )
            self._make("containerd-shim-runhcs-v1", path, SYSTEM, 24, line)
            self._make(
                "vmcompute",
                "C:\\Windows\\system32\\vmcompute.exe",
                SYSTEM,
                11,
                "C:\\Windows\\system32\\vmcompute.exe",
            )
        self._adopt()

    def pid_of(self, name: str) -> int:
        """Of the first process of this name; 0 where there is none."""
        return next((process.pid for process in self.all() if process.name == name), 0)

    def _adopt(self) -> None:
        """Give each its parent, as Windows starts them; those whose parent has ended, as the first csrss, have none."""
        for process in self.all():
            parent = self.by_pid.get(self.pid_of(_PARENTS.get(process.name, "services")))
            if parent is not None and parent.pid and process.pid > 4:
                process.parent = parent.pid
                process.started = max(process.started, parent.started + timedelta(seconds=1))

    def _service_processes(self, services: list[Service]) -> None:
        own: dict[str, int] = {}
        for service in services:
            if not service.running or service.process in ("kubelet", "nssm"):
                if service.process == "nssm":
                    service.pid = self._make("nssm", "C:\\k\\nssm.exe", SYSTEM, 6, "C:\\k\\nssm.exe")
                continue
            if service.process == "lsass":
                service.pid = next(p.pid for p in self.by_pid.values() if p.name == "lsass")
                continue
            key = service.path
            if key not in own:
                path = (
                    service.path.split('"')[1]
                    if service.path.startswith('"')
                    else service.path.split(" -")[0]
                )
                own[key] = self._make(
                    service.process,
                    path,
                    _ACCOUNTS[service.account],
                    self._random.randint(6, 60),
                    service.path,
                )
            service.pid = own[key]

    def _make(self, name: str, path: str, user: str, size: int, line: str, *, protected: bool = False) -> int:
        random = self._random
        working_set = int(size * 1024 * 1024 * random.uniform(0.8, 1.25))
        process = WindowsProcess(
            self.next_pid(),
            0,
            name,
            user,
            self._boot + timedelta(seconds=random.randint(4, 90)),
            line,
            path,
            working_set,
            int(working_set * random.uniform(0.5, 1.4)),
            random.randint(90, 1400),
            random.randint(3, 40),
            round(random.expovariate(1 / (size * 4)), 2),
            protected=protected,
        )
        self._add(process)
        return process.pid

    def _add(self, process: WindowsProcess) -> None:
        self.by_pid[process.pid] = process

    def next_pid(self) -> int:
        self._next += 4 * self._random.randint(1, 24)
        return self._next

    def start(self, name: str, path: str, user: str, line: str, parent: int, now: datetime) -> WindowsProcess:
        """A process that somebody starts now."""
        size = 68 if name == "powershell" else 5
        random = self._random
        process = WindowsProcess(
            self.next_pid(),
            parent,
            name,
            user,
            now,
            line,
            path,
            size * 1024 * 1024 + random.randint(0, 9) * 65536,
            size * 900_000,
            620 if size > 50 else 84,
            14 if size > 50 else 3,
            0.31 if size > 50 else 0.02,
        )
        self._add(process)
        return process

    def end(self, pid: int) -> None:
        self.by_pid.pop(pid, None)

    def kill(self, pid: int, code: int) -> None:
        """TerminateProcess: it is gone from the table at once, and what runs as it ends with this exit code."""
        process = self.by_pid.pop(pid, None)
        if process is not None and process.stop is not None:
            process.stop(code)

    def tree(self, pid: int) -> list[WindowsProcess]:
        """A process and all that it has started, itself last."""
        found: list[WindowsProcess] = []
        for child in self.all():
            if child.parent == pid and child.pid != pid:
                found += self.tree(child.pid)
        own = self.by_pid.get(pid)
        return [*found, own] if own is not None else found

    def all(self) -> list[WindowsProcess]:
        return sorted(self.by_pid.values(), key=lambda process: process.pid)


_PARENTS = {
    # "" where the parent has ended
    "Registry": "System", "smss": "System", "csrss": "", "wininit": "", "winlogon": "", "services": "wininit",
    "lsass": "wininit", "fontdrvhost": "wininit", "LogonUI": "winlogon", "dwm": "winlogon", "WmiPrvSE": "svchost",
    "conhost": "kubelet",
    "kubelet": "nssm", "kube-proxy": "nssm", "azure-vnet-telemetry": "", "containerd-shim-runhcs-v1": "containerd",
}  # fmt: skip
_ARGUMENTS = {
    "kubelet": "--config=C:\\k\\kubeletconfig.yaml --container-runtime-endpoint=npipe:////./pipe/containerd-containerd",
    "kube-proxy": "--v=3 --proxy-mode=kernelspace --kubeconfig=C:\\k\\config",
    "conhost": "0x4",
}
