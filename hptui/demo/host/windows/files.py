"""The file system of a simulated node: directories, files with their sizes and times, and who may touch them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random


@dataclass(slots=True)
class Entry:
    name: str
    directory: bool
    changed: datetime
    size: int = 0
    content: bytes | None = None  # None for files whose bytes nobody has asked to see
    hidden: bool = False
    children: dict[str, Entry] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return len(self.content) if self.content is not None else self.size

    @property
    def mode(self) -> str:
        return (
            ("d-----" if self.directory else "-a----")
            if not self.hidden
            else ("d--hs-" if self.directory else "-a-hs-")
        )


class FileDenied(Exception):
    """Access to the path is denied."""


def normal(path: str, base: str = "C:\\") -> str:
    """A whole path with backslashes, . and .. resolved."""
    path = path.strip().strip('"').replace("/", "\\")
    if path.startswith("\\\\"):
        return path
    if path.startswith("\\"):
        path = base[:2] + path
    elif not (len(path) > 1 and path[1] == ":"):
        path = f"{base.rstrip(chr(92))}\\{path}"
    elif len(path) == 2:
        path += "\\"
    drive, rest = path[:2].upper(), path[2:]
    kept: list[str] = []
    for part in rest.split("\\"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return f"{drive}\\" + "\\".join(kept)


class FileSystem:
    """One drive, C:."""

    def __init__(self, root: Entry) -> None:
        self.root = root

    def find(self, path: str) -> Entry | None:
        drive, _, rest = path.partition("\\")
        if drive.upper() != "C:":
            return None
        entry = self.root
        for part in rest.split("\\"):
            if not part:
                continue
            found = entry.children.get(part.lower())
            if found is None:
                return None
            entry = found
        return entry

    def real_path(self, path: str) -> str:
        """The path with the names as they are stored."""
        kept = ["C:"]
        entry = self.root
        for part in path.split("\\")[1:]:
            if part:
                found = entry.children.get(part.lower())
                kept.append(found.name if found else part)
                entry = found or Entry(part, True, self.root.changed)
        return "\\".join(kept) if len(kept) > 1 else "C:\\"

    def make_directory(self, path: str, now: datetime) -> Entry:
        entry = self.root
        for part in path.split("\\")[1:]:
            if part:
                entry = entry.children.setdefault(part.lower(), Entry(part, True, now))
        return entry

    def write(self, path: str, content: bytes, now: datetime, *, append: bool = False) -> None:
        """Raises FileNotFoundError when the directory isn't there, FileDenied when the path is a directory."""
        parent_path, _, name = path.rpartition("\\")
        parent = self.find(parent_path + "\\" if parent_path.endswith(":") else parent_path)
        if parent is None or not parent.directory:
            raise FileNotFoundError(path)
        entry = parent.children.get(name.lower())
        if entry is not None and entry.directory:
            raise FileDenied(path)
        if entry is None:
            entry = parent.children[name.lower()] = Entry(name, False, now, content=b"")
        entry.content = (entry.content or b"") + content if append else content
        entry.changed = now

    def remove(self, path: str) -> None:
        parent_path, _, name = path.rpartition("\\")
        parent = self.find(parent_path + "\\" if parent_path.endswith(":") else parent_path)
        if parent is not None:
            parent.children.pop(name.lower(), None)


_DIRECTORIES = """
hpc
k
k\\azurecni\\bin
AzureData
PerfLogs
Program Files\\containerd
Program Files\\Common Files
Program Files\\Windows Defender
Program Files\\WindowsPowerShell\\Modules
Program Files (x86)\\Common Files
ProgramData\\containerd\\root\\io.containerd.content.v1.content\\blobs\\sha256
ProgramData\\containerd\\root\\io.containerd.snapshotter.v1.windows\\snapshots
ProgramData\\containerd\\state
ProgramData\\Microsoft\\Windows\\WER\\ReportArchive
ProgramData\\Microsoft\\Windows\\WER\\ReportQueue
Users\\Default
Users\\Public\\Documents
Users\\Administrator
Windows\\Minidump
Windows\\System32\\config\\systemprofile
Windows\\System32\\drivers\\etc
Windows\\System32\\WindowsPowerShell\\v1.0\\Modules
Windows\\System32\\wbem
Windows\\Temp
Windows\\Logs\\CBS
Windows\\ServiceProfiles\\LocalService
Windows\\ServiceProfiles\\NetworkService
Windows\\SystemTemp
var\\log\\pods
var\\log\\containers
var\\lib\\kubelet\\pods
"""

_SYSTEM_FILES = """
ntoskrnl.exe cmd.exe conhost.exe csrss.exe lsass.exe services.exe smss.exe svchost.exe wininit.exe winlogon.exe
whoami.exe hostname.exe ipconfig.exe netstat.exe ping.exe tasklist.exe taskkill.exe systeminfo.exe findstr.exe find.exe
sort.exe more.com fltMC.exe net.exe net1.exe netsh.exe sc.exe nslookup.exe route.exe arp.exe w32tm.exe tracert.exe
quser.exe where.exe chcp.com reg.exe wevtutil.exe timeout.exe mode.com hcsdiag.exe vmcompute.exe pktmon.exe
kernel32.dll ntdll.dll user32.dll advapi32.dll HostNetSvc.dll vmcomputeproxy.dll computecore.dll
"""
_NODE_FILES = """
kubelet.exe kube-proxy.exe nssm.exe csi-proxy.exe config kubeletconfig.yaml kubeletstart.ps1 kubeproxystart.ps1
hns.v2.psm1 windowsnodereset.ps1 windowslogscleanup.ps1 debug-collect-windows-logs.ps1
"""
_KUBELET_LINES = (
    'I{day} {time}   3188 server.go:1218] "Started kubelet"',
    'I{day} {time}   3188 kubelet.go:2439] "SyncLoop ADD" source="api" pods=["kube-system/csi-azuredisk-node-win-x7k2p"]',
    'I{day} {time}   3188 reconciler_common.go:251] "operationExecutor.VerifyControllerAttachedVolume started for volume"',
    'W{day} {time}   3188 helpers.go:847] "Failed to get network stats for container" err="failed to get network stats"',
    'E{day} {time}   3188 cri_stats_provider.go:448] "Failed to get the info of the filesystem with mountpoint"',
    'I{day} {time}   3188 kubelet.go:2455] "SyncLoop (probe)" probe="readiness" status="ready" pod="kube-system/konnectivity"',
)
KUBELET_LOG = "C:\\k\\kubelet.log"
_HOSTS = (
    "# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\r\n# This is a sample HOSTS file used by Microsoft TCP/IP for Windows.\r\n"
    "#\r\n# localhost name resolution is handled within DNS itself.\r\n#\t127.0.0.1       localhost\r\n"
    "#\t::1             localhost\r\n"
)


def make_files(
    random: Random, boot: datetime, now: datetime, shims: Iterable[str], name: str, *, crictl: bool = True
) -> FileSystem:
    installed = boot - timedelta(days=120)
    files = FileSystem(Entry("C:", True, installed))
    for path in _DIRECTORIES.strip().splitlines():
        files.make_directory(f"C:\\{path}", installed)
    for word in _SYSTEM_FILES.split():
        _place(files, f"C:\\Windows\\System32\\{word}", installed, random.randint(12, 900) * 1024)
    for word in _NODE_FILES.split():
        _place(
            files, f"C:\\k\\{word}", boot, random.randint(1, 60) * (1024**2 if word.endswith("exe") else 200)
        )
    shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    _place(files, shell, installed, 452_608)
    for word in ("containerd.exe", "containerd-shim-runhcs-v1.exe", "ctr.exe", "crictl.exe", "config.toml"):
        size = random.randint(5, 48) * 1024**2
        if crictl or word != "crictl.exe":
            _place(files, f"C:\\Program Files\\containerd\\{word}", boot, size)
    _text(files, "C:\\Windows\\System32\\drivers\\etc\\hosts", _HOSTS, installed)
    _text(files, KUBELET_LOG, kubelet_log(random, boot, now), now)
    _text(files, "C:\\k\\kubelet.err.log", kubelet_log(random, boot, now, errors=True), now)
    _text(
        files,
        "C:\\k\\containerd.err.log",
        f'time="{boot:%Y-%m-%dT%H:%M:%SZ}" level=info msg="containerd successfully booted in 0.3s"\n',
        boot,
    )
    _text(
        files,
        "C:\\AzureData\\CustomDataSetupScript.log",
        f"{boot:%Y-%m-%dT%H:%M:%S}: provisioning of {name} done\r\n",
        boot,
    )
    _odd_encodings(files, boot)
    for shim in shims:
        files.make_directory(
            f"C:\\ProgramData\\containerd\\state\\io.containerd.runtime.v2.task\\k8s.io\\{shim}", boot
        )
    for number in range(random.randint(9, 40)):
        path = f"C:\\ProgramData\\containerd\\root\\io.containerd.snapshotter.v1.windows\\snapshots\\{number + 1}"
        files.make_directory(path, boot + timedelta(hours=number))
    for _ in range(12):
        digest = f"{random.getrandbits(256):064x}"
        _place(
            files,
            f"C:\\ProgramData\\containerd\\root\\io.containerd.content.v1.content\\blobs\\sha256\\{digest}",
            boot,
            random.randint(1, 900) * 2**20,
        )
    pagefile = Entry("pagefile.sys", False, boot, 2_550_136_832, hidden=True)
    files.root.children["pagefile.sys"] = pagefile
    for entry in ("$Recycle.Bin", "System Volume Information", "Documents and Settings"):
        files.root.children[entry.lower()] = Entry(entry, True, installed, hidden=True)
    files.root.children["users"].children["all users"] = Entry("All Users", True, installed, hidden=True)
    return files


def _odd_encodings(files: FileSystem, boot: datetime) -> None:
    """What Windows PowerShell writes with > is UTF-16, what older programs write is the machine's ANSI code page."""
    folder = files.make_directory("C:\\AzureData", boot)
    texts = {
        "reset.log": "\ufeffHNS networks removed\r\nrestarting kubelet – done\r\n".encode("utf-16-le"),
        "setup.log": "Laufwerk C: hat keine Bezeichnung für Übersicht\r\nfertig\r\n".encode("cp1252"),
    }
    for name, content in texts.items():
        folder.children[name] = Entry(name, False, boot, content=content)


def kubelet_log(random: Random, boot: datetime, now: datetime, *, errors: bool = False) -> str:
    lines = []
    seconds = (now - boot).total_seconds()
    for place in range(180):
        stamp = boot + timedelta(seconds=seconds * place / 180)
        kinds = _KUBELET_LINES[3:5] if errors else _KUBELET_LINES[1:]
        lines.append(_kubelet_line(_KUBELET_LINES[0] if place == 0 else random.choice(kinds), stamp))
    return "\n".join(lines) + "\n"


def kubelet_line(random: Random, at: datetime) -> str:
    """One of those that come all the time."""
    return _kubelet_line(random.choice(_KUBELET_LINES[1:]), at)


def _kubelet_line(form: str, at: datetime) -> str:
    return form.format(day=f"{at:%m%d}", time=f"{at:%H:%M:%S.%f}")


def _place(files: FileSystem, path: str, changed: datetime, size: int) -> None:
    parent, _, name = path.rpartition("\\")
    files.make_directory(parent, changed).children[name.lower()] = Entry(name, False, changed, size)


def _text(files: FileSystem, path: str, text: str, changed: datetime) -> None:
    parent, _, name = path.rpartition("\\")
    files.make_directory(parent, changed).children[name.lower()] = Entry(
        name, False, changed, content=text.encode()
    )


_OPEN_TO_ALL = ("C:\\WINDOWS\\TEMP", "C:\\USERS\\PUBLIC", "C:\\HPC")
_CLOSED = (
    "C:\\WINDOWS\\SYSTEM32\\CONFIG", "C:\\SYSTEM VOLUME INFORMATION", "C:\\PROGRAMDATA\\CONTAINERD",
    "C:\\USERS\\ADMINISTRATOR", "C:\\WINDOWS\\MINIDUMP", "C:\\K\\CONFIG", "C:\\PERFLOGS",
)  # fmt: skip


def may_read(path: str, *, administrator: bool) -> bool:
    return administrator or not path.upper().startswith(_CLOSED)


def may_write(path: str, *, administrator: bool) -> bool:
    return administrator or path.upper().startswith(_OPEN_TO_ALL)
