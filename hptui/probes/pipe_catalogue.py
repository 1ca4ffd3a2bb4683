"""Named pipes that are known by their names: what they are, whose, and which must never be opened by a stranger.

Sources: [MS-…] are Microsoft's Open Specifications (learn.microsoft.com/openspecs/windows_protocols), each of which names its
pipe under "Transport"; the others are said with each family. A number in a name that is a process is captured as `pid`, or `hex`
where it is hexadecimal, a container's id as `container`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ID = r"(?P<container>[0-9a-f]{64})"


@dataclass(frozen=True, slots=True)
class Known:
    pattern: re.Pattern[str]
    family: str
    what: str
    source: str
    openable: bool = True  # False for what must never be opened just to look


def _known(pattern: str, family: str, what: str, source: str, *, never: bool = False) -> Known:
    return Known(re.compile(pattern, re.IGNORECASE), family, what, source, not never)


_RUNTIME, _RPC, _SERVICES = "Container runtime", "Windows RPC", "Windows services"
_CONTAINERD = "github.com/containerd/containerd, defaults/defaults_windows.go and pkg/cio/io_windows.go"
_SHIM = "github.com/microsoft/hcsshim, cmd/containerd-shim-runhcs-v1/serve.go"

CATALOGUE = (
    # What runs containers. Whoever connects takes a place, or is taken for the other side.
    _known(r"containerd-containerd", _RUNTIME, "containerd's API, which the kubelet speaks CRI on", _CONTAINERD, never=True),
    _known(r"containerd-containerd\.ttrpc", _RUNTIME, "containerd's API for its shims", _CONTAINERD, never=True),
    _known(r"containerd-debug", _RUNTIME, "containerd's debug endpoint", _CONTAINERD, never=True),
    _known(rf"containerd-{_ID}-(?:\S+-)?(?:stdin|stdout|stderr)", _RUNTIME, "A container's standard streams", _CONTAINERD,
           never=True),
    _known(rf"(?:ProtectedPrefix\\Administrators\\)?containerd-shim-.*?{_ID}.*", _RUNTIME, "A container's shim", _SHIM,
           never=True),
    _known(r"containerd-.*", _RUNTIME, "Belongs to containerd", _CONTAINERD, never=True),
    _known(r"ProtectedPrefix\\Administrators\\vmcompute.*|vmcompute.*", _RUNTIME, "Host Compute Service",
           "learn.microsoft.com/virtualization/api/hcs/overview", never=True),
    _known(r"docker_engine.*", _RUNTIME, "Docker's API", "docs.docker.com/engine/daemon/remote-access", never=True),
    _known(r"dockershim|cri-dockerd", _RUNTIME, "CRI for Docker", "github.com/Mirantis/cri-dockerd", never=True),
    _known(r"hns.*", _RUNTIME, "Host Network Service",
           "learn.microsoft.com/windows-server/networking/technologies/hcn/hcn-top", never=True),
    # What stands around Kubernetes
    _known(r"csi-proxy-(?P<group>[a-z]+)-v\w+", "CSI proxy", "csi-proxy's API for storage, one pipe for each group and version",
           "github.com/kubernetes-csi/csi-proxy", never=True),
    _known(r"rancher_wins.*", "Kubernetes", "Rancher's wins, which runs commands on the host",
           "github.com/rancher/wins", never=True),
    _known(r"azure-vnet.*|azure-cni.*", "Kubernetes", "Azure's network plugin", "github.com/Azure/azure-container-networking"),
    _known(r"kubelet-.*", "Kubernetes", "An endpoint of the kubelet, as for pod resources",
           "kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins", never=True),
    # Windows' own RPC endpoints
    _known(r"lsass|lsarpc|samr|netlogon|protected_storage", _RPC, "Local security authority: logon, accounts, policy",
           "[MS-LSAD], [MS-SAMR], [MS-NRPC]", never=True),
    _known(r"net\\NtControlPipe\d+", _SERVICES, "How the service control manager speaks to one service",
           "Windows Internals, 7th edition, part 2, chapter 10", never=True),
    _known(r"InitShutdown", _RPC, "Remote shutdown", "[MS-RSP]", never=True),
    _known(r"ntsvcs|svcctl", _RPC, "Service control manager and Plug and Play", "[MS-SCMR]"),
    _known(r"scerpc", _RPC, "Security configuration", "Windows Internals, 6th edition, part 1"),
    _known(r"epmapper", _RPC, "Endpoint mapper: which RPC service listens where", "[MS-RPCE]"),
    _known(r"eventlog", _RPC, "Event log", "[MS-EVEN]"),
    _known(r"atsvc", _RPC, "Task scheduler", "[MS-TSCH]"),
    _known(r"wkssvc", _RPC, "Workstation service", "[MS-WKST]"),
    _known(r"srvsvc", _RPC, "Server service: shares and sessions", "[MS-SRVS]"),
    _known(r"browser", _RPC, "Computer browser", "[MS-BRWSA]"),
    _known(r"spoolss", _RPC, "Print spooler", "[MS-RPRN]"),
    _known(r"winreg", _RPC, "Remote registry", "[MS-RRP]"),
    _known(r"trkwks", _RPC, "Distributed link tracking", "[MS-DLTW]"),
    _known(r"tapsrv", _RPC, "Telephony", "[MS-TRP]"),
    _known(r"W32TIME(?:_ALT)?", _RPC, "Windows time", "[MS-W32T]"),
    _known(r"LSM_API_service|TermSrv_API_service|Ctx_WinStation_API_service|SessEnvPublicRpc", _RPC, "Remote desktop sessions",
           "[MS-TSTS]"),
    _known(r"efsrpc", _RPC, "Encrypting file system", "[MS-EFSR]"),
    _known(r"keysvc|cert", _RPC, "Certificates", "[MS-ICPR]"),
    _known(r"DAV RPC SERVICE", _RPC, "WebDAV client", "[MS-WDV]"),
    # Everything else that often turns up
    _known(r"Winsock2\\CatalogChangeListener-(?P<hex>[0-9a-f]+)-\d+", _SERVICES, "Winsock tells a process of changed providers",
           "names as in Windows Internals; the number is a process by observation"),
    _known(r"PIPE_EVENTROOT\\.*", _SERVICES, "WMI event provider", "Windows Internals, 6th edition, part 1"),
    _known(r"ProtectedPrefix\\(?:LocalService|NetworkService)\\.*", _SERVICES, "A pipe that only that account may make",
           "github.com/WireGuard/wireguard-windows, docs/attacksurface.md", never=True),
    _known(r"ProtectedPrefix\\Administrators\\.*", _SERVICES, "A pipe that only administrators may make",
           "github.com/WireGuard/wireguard-windows, docs/attacksurface.md", never=True),
    _known(r"openssh-ssh-agent", "OpenSSH", "ssh-agent", "github.com/PowerShell/openssh-portable"),
    _known(r"PSHost\.\d+\.(?P<pid>\d+)\..*", "PowerShell", "A PowerShell process, for Enter-PSHostProcess",
           "learn.microsoft.com/powershell/module/microsoft.powershell.core/enter-pshostprocess", never=True),
    _known(r"dotnet-diagnostic-(?P<pid>\d+).*", ".NET", "A .NET process's diagnostic port",
           "learn.microsoft.com/dotnet/core/diagnostics/diagnostic-port"),
    _known(r"clr-debug-pipe-(?P<pid>\d+).*", ".NET", "A .NET process's debugger transport", "github.com/dotnet/runtime"),
    _known(r"(?:MSSQL\$[^\\]+\\)?sql\\query", "SQL Server", "SQL Server",
           "learn.microsoft.com/sql/database-engine/configure-windows"),
    _known(r"MSSQL.*|SQLLocal\\.*", "SQL Server", "SQL Server", "learn.microsoft.com/sql/database-engine/configure-windows"),
    _known(r"MICROSOFT##WID\\tsql\\query", "SQL Server", "Windows Internal Database",
           "learn.microsoft.com/windows-server/administration"),
    _known(r"iisipm.*|iislogpipe.*", "IIS", "Between IIS and a worker process", "learn.microsoft.com/iis"),
    _known(r"mojo\.(?P<pid>\d+)\..*", "Chromium", "Between a Chromium or Edge process and its children",
           "chromium.googlesource.com, mojo/public/cpp/platform"),
    _known(r"crashpad_(?P<pid>\d+)_.*", "Chromium", "Crash reporter", "chromium.googlesource.com/crashpad"),
    _known(r"msfte", _SERVICES, "Full-text search", "learn.microsoft.com/sql/relational-databases/search"),
    _known(r"(?:MsFteWds|SearchTextHarvester).*", _SERVICES, "Windows search", "learn.microsoft.com/windows/win32/search"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a name says."""

    known: Known
    pid: int | None
    container: str


@lru_cache(maxsize=20_000)
def recognise(name: str) -> Recognised | None:
    """What is known of a pipe of this name, without the \\\\.\\pipe\\ in front; None where nothing is."""
    for known in CATALOGUE:
        if found := known.pattern.fullmatch(name):
            parts = found.groupdict()
            pid = int(parts["pid"]) if parts.get("pid") else None
            if parts.get("hex"):
                pid = int(parts["hex"], 16)
            return Recognised(known, pid, parts.get("container") or "")
    return None
