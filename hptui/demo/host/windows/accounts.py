"""Who a process runs as: the token that a HostProcess container gets for each kind of account.

SYSTEM holds BUILTIN\\Administrators, enabled and as owner. Local service and NetworkService do not, although their
integrity level is System as well. For a local group the container runtime makes a user of 20 hex characters, member of that
group only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

MANDATORY = "Mandatory group, Enabled by default, Enabled group"
OWNER = "Enabled by default, Enabled group, Group owner"
ADMINISTRATORS_SID = "S-1-5-32-544"


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    type: str  # Well-known group, Alias, Label
    sid: str
    attributes: str


@dataclass(frozen=True, slots=True)
class Privilege:
    name: str
    description: str
    enabled: bool

    @property
    def state(self) -> str:
        return "Enabled" if self.enabled else "Disabled"


@dataclass(frozen=True, slots=True)
class Token:
    user: str  # as whoami prints it, lower case
    name: str  # as WindowsIdentity.Name has it
    sid: str
    groups: tuple[Group, ...]
    privileges: tuple[Privilege, ...]
    integrity: Group
    profile: str

    @property
    def administrator(self) -> bool:
        return any(
            group.sid == ADMINISTRATORS_SID and "Enabled group" in group.attributes for group in self.groups
        )

    @property
    def system(self) -> bool:
        return self.sid == "S-1-5-18"

    def holds(self, privilege: str) -> bool:
        return any(each.name == privilege for each in self.privileges)


_DESCRIPTIONS = {
    "SeAssignPrimaryTokenPrivilege": "Replace a process level token",
    "SeAuditPrivilege": "Generate security audits",
    "SeBackupPrivilege": "Back up files and directories",
    "SeChangeNotifyPrivilege": "Bypass traverse checking",
    "SeCreateGlobalPrivilege": "Create global objects",
    "SeCreatePagefilePrivilege": "Create a pagefile",
    "SeCreatePermanentPrivilege": "Create permanent shared objects",
    "SeCreateSymbolicLinkPrivilege": "Create symbolic links",
    "SeDebugPrivilege": "Debug programs",
    "SeDelegateSessionUserImpersonatePrivilege": "Obtain an impersonation token for another user in the same session",
    "SeImpersonatePrivilege": "Impersonate a client after authentication",
    "SeIncreaseBasePriorityPrivilege": "Increase scheduling priority",
    "SeIncreaseQuotaPrivilege": "Adjust memory quotas for a process",
    "SeIncreaseWorkingSetPrivilege": "Increase a process working set",
    "SeLoadDriverPrivilege": "Load and unload device drivers",
    "SeLockMemoryPrivilege": "Lock pages in memory",
    "SeManageVolumePrivilege": "Perform volume maintenance tasks",
    "SeProfileSingleProcessPrivilege": "Profile single process",
    "SeRemoteShutdownPrivilege": "Force shutdown from a remote system",
    "SeRestorePrivilege": "Restore files and directories",
    "SeSecurityPrivilege": "Manage auditing and security log",
    "SeShutdownPrivilege": "Shut down the system",
    "SeSystemEnvironmentPrivilege": "Modify firmware environment values",
    "SeSystemProfilePrivilege": "Profile system performance",
    "SeSystemtimePrivilege": "Change the system time",
    "SeTakeOwnershipPrivilege": "Take ownership of files or other objects",
    "SeTcbPrivilege": "Act as part of the operating system",
    "SeTimeZonePrivilege": "Change the time zone",
    "SeUndockPrivilege": "Remove computer from docking station",
}


def _privileges(enabled: str, disabled: str) -> tuple[Privilege, ...]:
    on = [f"Se{name}Privilege" for name in enabled.split()]
    off = [f"Se{name}Privilege" for name in disabled.split()]
    return tuple(Privilege(name, _DESCRIPTIONS[name], name in on) for name in sorted(on + off))


_SYSTEM_PRIVILEGES = _privileges(
    "Audit ChangeNotify CreateGlobal CreatePagefile CreatePermanent CreateSymbolicLink Debug "
    "DelegateSessionUserImpersonate Impersonate IncreaseBasePriority IncreaseWorkingSet LockMemory "
    "ProfileSingleProcess SystemProfile Tcb TimeZone",
    "AssignPrimaryToken Backup IncreaseQuota LoadDriver ManageVolume Restore Security Shutdown SystemEnvironment "
    "Systemtime TakeOwnership Undock",
)
_SERVICE_PRIVILEGES = _privileges(
    "ChangeNotify CreateGlobal Impersonate",
    "AssignPrimaryToken Audit IncreaseQuota IncreaseWorkingSet TimeZone Systemtime",
)
_NETWORK_PRIVILEGES = _privileges(
    "ChangeNotify CreateGlobal Impersonate", "AssignPrimaryToken Audit IncreaseQuota IncreaseWorkingSet"
)
_ADMINISTRATOR_PRIVILEGES = _privileges(
    "ChangeNotify CreateGlobal Impersonate",
    "Backup CreatePagefile CreateSymbolicLink Debug DelegateSessionUserImpersonate IncreaseBasePriority IncreaseQuota "
    "IncreaseWorkingSet LoadDriver ManageVolume ProfileSingleProcess RemoteShutdown Restore Security Shutdown "
    "SystemEnvironment SystemProfile Systemtime TakeOwnership TimeZone Undock",
)
_USER_PRIVILEGES = _privileges("ChangeNotify", "IncreaseWorkingSet")

_EVERYONE = Group("Everyone", "Well-known group", "S-1-1-0", MANDATORY)
_USERS = Group("BUILTIN\\Users", "Alias", "S-1-5-32-545", MANDATORY)
_SERVICE = Group("NT AUTHORITY\\SERVICE", "Well-known group", "S-1-5-6", MANDATORY)
_CONSOLE = Group("CONSOLE LOGON", "Well-known group", "S-1-2-1", MANDATORY)
_AUTHENTICATED = Group("NT AUTHORITY\\Authenticated Users", "Well-known group", "S-1-5-11", MANDATORY)
_ORGANIZATION = Group("NT AUTHORITY\\This Organization", "Well-known group", "S-1-5-15", MANDATORY)
_LOCAL = Group("LOCAL", "Well-known group", "S-1-2-0", MANDATORY)
_NTLM = Group("NT AUTHORITY\\NTLM Authentication", "Well-known group", "S-1-5-64-10", MANDATORY)
_LOCAL_ACCOUNT = Group("NT AUTHORITY\\Local account", "Well-known group", "S-1-5-113", MANDATORY)
_SYSTEM_LEVEL = Group("Mandatory Label\\System Mandatory Level", "Label", "S-1-16-16384", "")
_HIGH_LEVEL = Group("Mandatory Label\\High Mandatory Level", "Label", "S-1-16-12288", "")
_MEDIUM_LEVEL = Group("Mandatory Label\\Medium Mandatory Level", "Label", "S-1-16-8192", "")

LOCAL_GROUPS: dict[str, tuple[str, str, bool]] = {
    # name in lower case: name, SID (empty for the node's own groups), administrator
    "administrators": ("BUILTIN\\Administrators", ADMINISTRATORS_SID, True),
    "users": ("BUILTIN\\Users", "S-1-5-32-545", False),
    "guests": ("BUILTIN\\Guests", "S-1-5-32-546", False),
    "backup operators": ("BUILTIN\\Backup Operators", "S-1-5-32-551", False),
    "remote desktop users": ("BUILTIN\\Remote Desktop Users", "S-1-5-32-555", False),
    "network configuration operators": ("BUILTIN\\Network Configuration Operators", "S-1-5-32-556", False),
    "performance monitor users": ("BUILTIN\\Performance Monitor Users", "S-1-5-32-558", False),
    "performance log users": ("BUILTIN\\Performance Log Users", "S-1-5-32-559", False),
    "event log readers": ("BUILTIN\\Event Log Readers", "S-1-5-32-573", False),
    "hyper-v administrators": ("BUILTIN\\Hyper-V Administrators", "S-1-5-32-578", False),
    "remote management users": ("BUILTIN\\Remote Management Users", "S-1-5-32-580", False),
    "node-debuggers": ("node-debuggers", "", False),
}


class UnknownAccount(Exception):
    """Logon fails for this name, as it does for a user with a password or a group that isn't there."""


def token_for(
    account: str, machine: str, machine_sid: str, container_id: str, *, groups: bool = True
) -> Token:
    """The token for a runAsUserName. `groups` is False where the container runtime is too old for local groups."""
    name = account.strip()
    known = _service_token(name or "NT AUTHORITY\\SYSTEM")
    if known is not None:
        return known
    plain = name.split("\\")[-1].lower()
    domain = name.split("\\")[0].lower() if "\\" in name else ""
    if not groups or plain not in LOCAL_GROUPS or domain not in ("", "builtin", ".", machine.lower()):
        raise UnknownAccount(name)
    return _group_token(plain, machine, machine_sid, container_id)


def _service_token(name: str) -> Token | None:
    domain, _, user = name.partition("\\")
    if domain != "NT AUTHORITY":
        return None
    lowered = user.lower().replace(" ", "")
    common = (_EVERYONE, _USERS, _SERVICE, _CONSOLE, _AUTHENTICATED, _ORGANIZATION)
    if lowered == "system":
        return Token(
            "nt authority\\system", "NT AUTHORITY\\SYSTEM", "S-1-5-18",
            (Group("BUILTIN\\Administrators", "Alias", ADMINISTRATORS_SID, OWNER), _EVERYONE, _AUTHENTICATED),
            _SYSTEM_PRIVILEGES, _SYSTEM_LEVEL, "C:\\Windows\\system32\\config\\systemprofile",
        )  # fmt: skip
    if lowered == "localservice":
        return Token(
            "nt authority\\local service", "NT AUTHORITY\\LOCAL SERVICE", "S-1-5-19", (*common, _LOCAL),
            _SERVICE_PRIVILEGES, _SYSTEM_LEVEL, "C:\\Windows\\ServiceProfiles\\LocalService",
        )  # fmt: skip
    if lowered == "networkservice":
        return Token(
            "nt authority\\network service", "NT AUTHORITY\\NETWORK SERVICE", "S-1-5-20", (*common, _LOCAL),
            _NETWORK_PRIVILEGES, _SYSTEM_LEVEL, "C:\\Windows\\ServiceProfiles\\NetworkService",
        )  # fmt: skip
    return None


def _group_token(plain: str, machine: str, machine_sid: str, container_id: str) -> Token:
    name, sid, administrator = LOCAL_GROUPS[plain]
    seed = hashlib.sha256(f"{container_id or machine}|{plain}".encode())
    user = seed.hexdigest()[:20]
    number = 1100 + int(seed.hexdigest()[20:24], 16) % 4000
    if not sid:
        name, sid = f"{machine.upper()}\\{name}", f"{machine_sid}-1001"
    own = Group(name, "Alias", sid, OWNER if administrator else MANDATORY)
    groups = (
        _EVERYONE,
        own,
        _SERVICE,
        _CONSOLE,
        _AUTHENTICATED,
        _ORGANIZATION,
        _LOCAL_ACCOUNT,
        _LOCAL,
        _NTLM,
    )
    privileges = _ADMINISTRATOR_PRIVILEGES if administrator else _USER_PRIVILEGES
    return Token(
        f"{machine.lower()}\\{user}", f"{machine.upper()}\\{user}", f"{machine_sid}-{number}", groups, privileges,
        _HIGH_LEVEL if administrator else _MEDIUM_LEVEL, "C:\\Users\\Default",
    )  # fmt: skip
