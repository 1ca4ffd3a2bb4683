"""Named pipes that are known by their names: what they are, whose, and which must never be opened by a stranger.

Sources: [MS-…] are Microsoft's Open Specifications (learn.microsoft.com/openspecs/windows_protocols), each of which names its
pipe under "Transport" or "Standards Assignments"; the others are said with each. What is known from listings of real machines
only is called seen. A number in a name that is a process is captured as `pid`, or `hex` where it is hexadecimal, a container's id
as `container`.
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
_CONTAINERD = "github.com/containerd/containerd, defaults/defaults_windows.go"
_STREAMS = "github.com/containerd/containerd, pkg/cio/io_windows.go"
_SHIM = "github.com/microsoft/hcsshim, cmd/containerd-shim-runhcs-v1, start.go and serve.go"
_KUBEADM = "kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm"
_LIST = "gist.github.com/hfiref0x/46ff9ee96633f14beb457142fa86cc39"
_SEEN = "seen: github.com/rapid7/metasploit-framework, modules/auxiliary/scanner/smb/pipe_auditor.rb"
_SQL = "learn.microsoft.com/sql/tools/configuration-manager/named-pipes-properties"

CATALOGUE = (
    # What runs containers. Whoever connects takes a place, or is taken for the other side: a stream of a container waits for one
    # client and no more, and a shim sends its log to whoever came last.
    _known(r"containerd-containerd", _RUNTIME, "containerd's API, which the kubelet speaks CRI on", _CONTAINERD, never=True),
    _known(r"containerd-containerd\.ttrpc", _RUNTIME, "containerd's API for its shims", _CONTAINERD, never=True),
    _known(r"containerd-debug", _RUNTIME, "containerd's debug endpoint", _CONTAINERD, never=True),
    _known(rf"ctr-{_ID}-(?:stdin|stdout|stderr).*", _RUNTIME, "A standard stream of a container, or of what runs in it", _STREAMS,
           never=True),
    _known(r"ctr-.*-(?:stdin|stdout|stderr).*", _RUNTIME, "A standard stream that containerd made", _STREAMS, never=True),
    _known(rf"(?:ProtectedPrefix\\Administrators\\)?containerd-shim-.*?{_ID}.*", _RUNTIME, "A container's shim, or its log",
           _SHIM, never=True),
    _known(r"containerd-.*", _RUNTIME, "Belongs to containerd", _CONTAINERD, never=True),
    _known(r"ProtectedPrefix\\Administrators\\vmcompute.*|vmcompute.*", _RUNTIME, "Host Compute Service",
           "its name only: no page names such a pipe; an observation would settle it", never=True),
    _known(r"docker_engine.*", _RUNTIME, "Docker's API", "github.com/moby/moby, client/client_windows.go", never=True),
    _known(r"cri-dockerd", _RUNTIME, "CRI for Docker", _KUBEADM, never=True),
    _known(r"dockershim", _RUNTIME, "CRI for Docker in old kubelets", "github.com/kubernetes-sigs/cri-tools, docs/crictl.md",
           never=True),
    _known(r"hns.*", _RUNTIME, "Somebody's way to the Host Network Service",
           "its name only: no page names such a pipe; an observation would settle it", never=True),
    # What stands around Kubernetes
    _known(r"csi-proxy-(?P<group>[a-z]+)-v\w+", "CSI proxy", "csi-proxy's API for storage, one pipe for each group and version",
           "github.com/kubernetes-csi/csi-proxy", never=True),
    _known(r"rancher_wins.*", "Kubernetes", "Rancher's wins, which runs commands on the host",
           "github.com/rancher/wins", never=True),
    _known(r"azure-vnet-telemetry", "Kubernetes", "Where Azure's network plugin hands in its telemetry",
           "github.com/Azure/azure-container-networking, telemetry/telemetrybuffer.go", never=True),
    _known(r"azure-vnet.*|azure-cni.*", "Kubernetes", "Azure's network plugin", "github.com/Azure/azure-container-networking"),
    _known(r"kubelet-.*", "Kubernetes", "An endpoint of the kubelet, as for pod resources",
           "github.com/kubernetes/kubernetes, pkg/kubelet/util/util_windows.go", never=True),
    # Windows' own RPC endpoints
    _known(r"lsass|lsarpc|samr|netlogon|protected_storage", _RPC, "Local security authority: logon, accounts, policy, keys",
           "[MS-LSAD], [MS-DSSP], [MS-SAMR], [MS-NRPC], [MS-BKRP]", never=True),
    _known(r"efsrpc", _RPC, "Encrypting file system, in the local security authority", "[MS-EFSR]", never=True),
    _known(r"net\\NtControlPipe\d*", _SERVICES, "How the service control manager speaks to one service",
           "github.com/reactos/reactos, dll/win32/advapi32/service/sctrl.c", never=True),
    _known(r"InitShutdown", _RPC, "Remote shutdown", "[MS-RSP]", never=True),
    _known(r"svcctl", _RPC, "Service control manager", "[MS-SCMR]"),
    _known(r"ntsvcs", _RPC, "Services in services.exe, as Plug and Play", "[MS-BKRP] and [MS-DLTW] name it; " + _LIST),
    _known(r"scerpc", _RPC, "Security configuration", _LIST),
    _known(r"epmapper", _RPC, "Endpoint mapper: which RPC service listens where", "[MS-RPCE]"),
    _known(r"eventlog", _RPC, "Event log", "[MS-EVEN]"),
    _known(r"atsvc", _RPC, "Task scheduler", "[MS-TSCH]"),
    _known(r"wkssvc", _RPC, "Workstation service", "[MS-WKST]"),
    _known(r"srvsvc", _RPC, "Server service: shares and sessions", "[MS-SRVS]"),
    _known(r"browser", _RPC, "Computer browser", "[MS-BRWSA]"),
    _known(r"spoolss", _RPC, "Print spooler", "[MS-RPRN]"),
    _known(r"winreg", _RPC, "Remote registry", "[MS-RRP], [MS-RSP]"),
    _known(r"trkwks", _RPC, "Distributed link tracking", "[MS-DLTW]"),
    _known(r"tapsrv", _RPC, "Telephony", "[MS-TRP]"),
    _known(r"ROUTER", _RPC, "Routing and remote access", _LIST),
    _known(r"W32TIME(?:_ALT)?", _RPC, "Windows time", "[MS-W32T]"),
    _known(r"LSM_API_service|UNIFIED_API_service|TermSrv_API_service|Ctx_WinStation_API_service|SessEnvPublicRpc|TSVIP_Service",
           _RPC, "Remote desktop sessions", "[MS-TSTS]"),
    _known(r"cert", _RPC, "Certificate services", "[MS-ICPR]"),
    _known(r"keysvc", _RPC, "Cryptographic services", _LIST),
    _known(r"DAV RPC SERVICE", _RPC, "WebDAV client", _LIST),
    # Everything else that often turns up
    _known(r"Winsock2\\CatalogChangeListener-(?P<hex>[0-9a-f]+)-\d+", _SERVICES, "Winsock tells a process of changed providers",
           "seen on every machine; the number is a process by observation"),
    _known(r"PIPE_EVENTROOT\\.*", _SERVICES, "WMI event provider", _SEEN),
    _known(r"ProtectedPrefix\\(?:LocalService|NetworkService)\\.*", _SERVICES, "A pipe that only that account may make",
           "seen; what such a prefix is for: github.com/microsoft/hcsshim", never=True),
    _known(r"ProtectedPrefix\\Administrators\\.*", _SERVICES, "A pipe that only administrators may make",
           "github.com/microsoft/hcsshim, which uses it against squatting", never=True),
    _known(r"openssh-ssh-agent", "OpenSSH", "ssh-agent",
           "github.com/PowerShell/openssh-portable, contrib/win32/win32compat/ssh-agent/agent.c"),
    _known(r"PSHost\.\d+\.(?P<pid>\d+)\..*", "PowerShell", "A PowerShell process, for Enter-PSHostProcess",
           "github.com/PowerShell/PowerShell, engine/remoting/common/RemoteSessionNamedPipe.cs", never=True),
    _known(r"dotnet-diagnostic-(?P<pid>\d+).*", ".NET", "A .NET process's diagnostic port",
           "learn.microsoft.com/dotnet/core/diagnostics/diagnostic-port"),
    _known(r"(?:MSSQL\$[^\\]+\\)?sql\\query", "SQL Server", "SQL Server", _SQL),
    _known(r"MSSQL.*|SQLLocal\\.*", "SQL Server", "SQL Server", f"{_SQL}; the second is seen"),
    _known(r"MICROSOFT##WID\\tsql\\query", "SQL Server", "Windows Internal Database",
           "learn.microsoft.com/windows-server/administration/windows-server-update-services"),
    _known(r"iisipm.*|iislogpipe.*", "IIS", "Between IIS and a worker process", "seen on machines with IIS, by observation"),
    _known(r"mojo\.(?P<pid>\d+)\..*", "Chromium", "Between a Chromium or Edge process and its children",
           "seen; the number is a process by observation"),
    _known(r"crashpad_(?P<pid>\d+)_.*", "Chromium", "Crash reporter",
           "chromium.googlesource.com/crashpad/crashpad, client/crashpad_client_win.cc"),
    _known(r"msfte|(?:MsFteWds|SearchTextHarvester).*", _SERVICES, "Full-text or Windows search", _SEEN),
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
