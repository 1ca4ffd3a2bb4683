"""The services of a simulated node, and which of them an account may stop and start."""

# ruff: noqa: E501  (one service or event a line, as they are)

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(slots=True)
class Service:
    name: str
    display: str
    running: bool
    start_mode: str  # Auto, Manual or Disabled
    account: str
    path: str
    process: str = ""  # image name of the process it lives in
    pid: int = 0

    @property
    def state(self) -> str:
        return "Running" if self.running else "Stopped"


_SVCHOST = "C:\\Windows\\system32\\svchost.exe -k"
_S, _L, _N = "LocalSystem", "NT AUTHORITY\\LocalService", "NT AUTHORITY\\NetworkService"

# name | display name | state and start mode | account | path or svchost group
_TABLE = """
AppIDSvc|Application Identity|sM|L|LocalServiceNetworkRestricted
Appinfo|Application Information|sM|S|netsvcs
BFE|Base Filtering Engine|rA|L|LocalServiceNoNetworkFirewall
BITS|Background Intelligent Transfer Service|sM|S|netsvcs
CertPropSvc|Certificate Propagation|sM|S|netsvcs
containerd|containerd|rA|S|"C:\\Program Files\\containerd\\containerd.exe" --run-service
CoreMessagingRegistrar|CoreMessaging|rA|L|LocalServiceNoNetwork
CryptSvc|Cryptographic Services|rA|N|NetworkService
csi-proxy|csi-proxy|rA|S|C:\\k\\csi-proxy.exe -windows-service -log_file=C:\\k\\csi-proxy.log
DcomLaunch|DCOM Server Process Launcher|rA|S|DcomLaunch
defragsvc|Optimize drives|sM|S|defragsvc
Dhcp|DHCP Client|rA|L|LocalServiceNetworkRestricted
DiagTrack|Connected User Experiences and Telemetry|sD|S|utcsvc
Dnscache|DNS Client|rA|N|NetworkService
DPS|Diagnostic Policy Service|rA|L|LocalServiceNoNetwork
EventLog|Windows Event Log|rA|L|LocalServiceNetworkRestricted
EventSystem|COM+ Event System|rA|L|LocalService
FontCache|Windows Font Cache Service|rA|L|LocalService
gpsvc|Group Policy Client|rA|S|netsvcs
hns|Host Network Service|rM|S|NetSvcs
HvHost|HV Host Service|rM|S|LocalSystemNetworkRestricted
IKEEXT|IKE and AuthIP IPsec Keying Modules|sM|S|netsvcs
iphlpsvc|IP Helper|rA|S|NetSvcs
KeyIso|CNG Key Isolation|rM|S|C:\\Windows\\system32\\lsass.exe
kubelet|kubelet|rA|S|C:\\k\\nssm.exe
kubeproxy|kubeproxy|rA|S|C:\\k\\nssm.exe
LanmanServer|Server|rA|S|netsvcs
LanmanWorkstation|Workstation|rA|N|NetworkService
lmhosts|TCP/IP NetBIOS Helper|rM|L|LocalServiceNetworkRestricted
LSM|Local Session Manager|rA|S|DcomLaunch
mpssvc|Windows Defender Firewall|rA|L|LocalServiceNoNetworkFirewall
MSDTC|Distributed Transaction Coordinator|rA|N|C:\\Windows\\System32\\msdtc.exe
Netlogon|Netlogon|sM|S|C:\\Windows\\system32\\lsass.exe
Netman|Network Connections|sM|S|LocalSystemNetworkRestricted
NlaSvc|Network Location Awareness|rA|N|NetworkService
nsi|Network Store Interface Service|rA|L|LocalService
PlugPlay|Plug and Play|rM|S|DcomLaunch
PolicyAgent|IPsec Policy Agent|sM|N|NetworkServiceNetworkRestricted
Power|Power|rA|S|DcomLaunch
ProfSvc|User Profile Service|rA|S|netsvcs
RemoteRegistry|Remote Registry|sM|L|localService
RpcEptMapper|RPC Endpoint Mapper|rA|N|RPCSS
RpcSs|Remote Procedure Call (RPC)|rA|N|rpcss
SamSs|Security Accounts Manager|rA|S|C:\\Windows\\system32\\lsass.exe
Schedule|Task Scheduler|rA|S|netsvcs
SENS|System Event Notification Service|rA|S|netsvcs
Spooler|Print Spooler|rA|S|C:\\Windows\\System32\\spoolsv.exe
sshd|OpenSSH SSH Server|sM|S|C:\\Windows\\System32\\OpenSSH\\sshd.exe
SysMain|SysMain|rA|S|LocalSystemNetworkRestricted
TermService|Remote Desktop Services|rM|N|NetworkService
Themes|Themes|rA|S|netsvcs
TrustedInstaller|Windows Modules Installer|sM|S|C:\\Windows\\servicing\\TrustedInstaller.exe
UserManager|User Manager|rA|S|netsvcs
vmcompute|Hyper-V Host Compute Service|rM|S|C:\\Windows\\system32\\vmcompute.exe
W32Time|Windows Time|rA|L|LocalService
Wcmsvc|Windows Connection Manager|rA|L|LocalServiceNetworkRestricted
WdiSystemHost|Diagnostic System Host|sM|S|LocalSystemNetworkRestricted
WinDefend|Windows Defender Antivirus Service|rA|S|"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090.11-0\\MsMpEng.exe"
WinHttpAutoProxySvc|WinHTTP Web Proxy Auto-Discovery Service|rM|L|LocalServiceNetworkRestricted
Winmgmt|Windows Management Instrumentation|rA|S|netsvcs
WinRM|Windows Remote Management (WS-Management)|rA|N|NetworkService
wuauserv|Windows Update|sM|S|netsvcs
"""

DEPENDENTS = {
    "rpcss": ("Schedule", "EventLog", "Winmgmt"),
    "hns": ("kubeproxy",),
    "containerd": ("kubelet",),
    "lanmanserver": (),
}
PROTECTED = frozenset({"rpcss", "dcomlaunch", "lsm", "rpceptmapper", "samss", "windefend", "bfe", "mpssvc"})
"""Services that take no stop from anyone."""


def make_services(random: Random) -> list[Service]:
    accounts = {"S": _S, "L": _L, "N": _N}
    modes = {"A": "Auto", "M": "Manual", "D": "Disabled"}
    services = []
    for line in _TABLE.strip().splitlines():
        name, display, state, account, place = line.split("|")
        path = place if "\\" in place else f"{_SVCHOST} {place} -p"
        image = path.split('"')[1] if path.startswith('"') else path.split(" -")[0]
        services.append(
            Service(
                name,
                display,
                state[0] == "r",
                modes[state[1]],
                accounts[account],
                path,
                image.rsplit("\\", 1)[-1].removesuffix(".exe"),
            )
        )
    if random.random() < 0.3:
        next(each for each in services if each.name == "Spooler").running = False
    return services
