"""The named pipes of a simulated node."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Pipe:
    name: str
    instances: int
    limit: int  # -1 for no limit


_KNOWN = (
    ("InitShutdown", 3, -1), ("lsass", 5, -1), ("ntsvcs", 3, -1), ("scerpc", 3, -1), ("epmapper", 3, -1),
    ("LSM_API_service", 3, -1), ("eventlog", 3, -1), ("atsvc", 3, -1), ("wkssvc", 4, -1), ("srvsvc", 4, -1),
    ("spoolss", 3, -1), ("winreg", 1, -1), ("trkwks", 3, -1), ("tapsrv", 3, -1), ("W32TIME_ALT", 1, -1),
    ("SessEnvPublicRpc", 3, -1), ("TermSrv_API_service", 3, -1), ("Ctx_WinStation_API_service", 3, -1),
    ("openssh-ssh-agent", 1, -1), ("PIPE_EVENTROOT\\CIMV2SCM EVENT PROVIDER", 2, -1), ("msfte", 1, -1),
    ("containerd-containerd", 8, -1), ("containerd-containerd.ttrpc", 12, -1), ("containerd-debug", 1, -1),
    ("csi-proxy-disk-v1", 1, -1), ("csi-proxy-filesystem-v1", 1, -1), ("csi-proxy-filesystem-v2alpha1", 1, -1),
    ("csi-proxy-iscsi-v1alpha2", 1, -1), ("csi-proxy-smb-v1", 1, -1), ("csi-proxy-system-v1alpha1", 1, -1),
    ("csi-proxy-volume-v1", 1, -1), ("csi-proxy-volume-v2alpha1", 1, -1), ("hnspipe", 1, -1),
    ("azure-vnet-telemetry", 1, -1), ("backup-agent", 1, 20), ("ProtectedPrefix\\Administrators\\vmcompute", 2, -1),
    ("ProtectedPrefix\\LocalService\\FTHPIPE", 1, -1), ("Winsock2\\CatalogChangeListener-2d8-0", 1, 1),
)  # fmt: skip

SERVED_BY = {
    "Spooler": "spoolss", "EventLog": "eventlog", "Schedule": "atsvc", "LanmanServer": "srvsvc", "LanmanWorkstation": "wkssvc",
    "RpcEptMapper": "epmapper", "PlugPlay": "ntsvcs", "RemoteRegistry": "winreg", "W32Time": "W32TIME_ALT",
    "TermService": "TermSrv_API_service",
}  # fmt: skip
"""The pipes that services serve, by the service's name."""


def make_pipes(random: Random, shims: list[str], pids: list[int]) -> list[Pipe]:
    pipes = [Pipe(name, instances, limit) for name, instances, limit in _KNOWN]
    for shim in shims:
        pipes.append(Pipe(f"containerd-shim-k8s.io-{shim}-log", 2, -1))
        pipes.append(Pipe(f"ProtectedPrefix\\Administrators\\containerd-shim-k8s.io-{shim}-pipe", 1, -1))
        pipes += [Pipe(f"ctr-{shim[::-1]}-{name}", 1, 1) for name in ("stdout", "stderr")]
    for pid in pids[:18]:
        pipes.append(Pipe(f"Winsock2\\CatalogChangeListener-{pid:x}-0", 1, 1))
    for pid in pids[18:22]:
        stamp = 133_770_000_000_000_000 + random.randrange(10**15)
        pipes.append(Pipe(f"PSHost.{stamp}.{pid}.DefaultAppDomain.powershell", 1, 1))
    for _ in range(6):
        pipes.append(Pipe(f"dotnet-diagnostic-{random.choice(pids)}", 1, -1))
    pipes.append(
        Pipe(f"mojo.{random.choice(pids)}.{random.randint(1000, 9999)}.{random.getrandbits(60)}", 1, 1)
    )
    # Nobody forbids such a name: .NET can't list it, and a terminal must not be given it as it is.
    pipes.append(Pipe("agent|telemetry<\x1b[31m>", 1, 4))
    return list({pipe.name: pipe for pipe in pipes}.values())
