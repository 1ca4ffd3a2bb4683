"""Local groups and users of the node, its drives, and restarting it, which this simulation does not do."""

from __future__ import annotations

from hptui.demo.host.powershell.data.operators import wildcard
from hptui.demo.host.powershell.data.values import Record, Value
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.accounts import LOCAL_GROUPS

_DESCRIPTIONS = {
    "administrators": "Administrators have complete and unrestricted access to the computer/domain",
    "users": "Users are prevented from making accidental or intentional system-wide changes",
    "guests": "Guests have the same access as members of the Users group by default",
    "hyper-v administrators": "Members of this group have complete and unrestricted access to all features of Hyper-V.",
    "event log readers": "Members of this group can read event logs from local machine",
    "node-debuggers": "May look at the node, and change nothing",
}
_USERS = (
    ("azureuser", True, "", 500),
    ("DefaultAccount", False, "A user account managed by the system.", 503),
    ("Guest", False, "Built-in account for guest access to the computer/domain", 501),
    ("WDAGUtilityAccount", False, "A user account managed and used by the system.", 504),
)


def _group_sid(call: Call, sid: str) -> str:
    return sid or f"{call.shell.machine.sid}-1001"


@command("Get-LocalGroup", "Name:0 SID", "glg")
async def get_local_group(call: Call) -> None:
    """Gets the local security groups."""
    patterns = call.texts("name") or ["*"]
    for pattern in patterns:
        found = False
        for key, (name, sid, _) in sorted(LOCAL_GROUPS.items()):
            plain = name.removeprefix("BUILTIN\\")
            if wildcard(pattern).match(plain):
                found = True
                properties: dict[str, Value] = {
                    "Name": plain, "Description": _DESCRIPTIONS.get(key, ""), "SID": _group_sid(call, sid),
                }  # fmt: skip
                await call.put(Record("Microsoft.PowerShell.Commands.LocalGroup", properties, text=plain))
        if not found and "*" not in pattern:
            await call.complain(
                call.error(
                    f"Group {pattern} was not found.",
                    "ObjectNotFound",
                    "GroupNotFound",
                    "GroupNotFoundException",
                    pattern,
                )
            )


@command("Get-LocalGroupMember", "Group:0 Member:1 SID", "glgm")
async def get_local_group_member(call: Call) -> None:
    """Gets members from a local group."""
    name = call.text("group")
    if name.lower() not in LOCAL_GROUPS:
        raise call.error(
            f"Group {name} was not found.", "ObjectNotFound", "GroupNotFound", "GroupNotFoundException", name
        )
    if name.lower() == "administrators":
        member: dict[str, Value] = {
            "ObjectClass": "User", "Name": f"{call.shell.machine.name}\\azureuser", "PrincipalSource": "Local",
        }  # fmt: skip
        await call.put(Record("Microsoft.PowerShell.Commands.LocalPrincipal", member))


@command("Get-LocalUser", "Name:0 SID", "glu")
async def get_local_user(call: Call) -> None:
    """Gets local user accounts."""
    for name, enabled, description, number in _USERS:
        if any(wildcard(pattern).match(name) for pattern in call.texts("name") or ["*"]):
            properties: dict[str, Value] = {"Name": name, "Enabled": enabled, "Description": description}
            if call.given("sid"):
                properties["SID"] = f"{call.shell.machine.sid}-{number}"
            await call.put(Record("Microsoft.PowerShell.Commands.LocalUser", properties, text=name))


@command("Get-PSDrive", "Name:0 PSProvider", "gdr")
async def get_ps_drive(call: Call) -> None:
    """Gets drives in the current session."""
    drives = (("C", "FileSystem", "C:\\"), ("Env", "Environment", ""), ("HKLM", "Registry", "HKEY_LOCAL_MACHINE"),
              ("Variable", "Variable", ""))  # fmt: skip
    for name, provider, root in drives:
        if wildcard(call.text("name", "*")).match(name) and wildcard(call.text("psprovider", "*")).match(
            provider
        ):
            properties: dict[str, Value] = {"Name": name, "Provider": provider, "Root": root}
            await call.put(Record("System.Management.Automation.PSDriveInfo", properties, text=name))


@command("Restart-Computer", "ComputerName:0 Force? Wait?")
async def restart_computer(call: Call) -> None:
    """Restarts the operating system on local and remote computers."""
    await _shut_down(call, "restarted")


@command("Stop-Computer", "ComputerName:0 Force?")
async def stop_computer(call: Call) -> None:
    """Stops (shuts down) local and remote computers."""
    await _shut_down(call, "stopped")


async def _shut_down(call: Call, what: str) -> None:
    if not call.shell.token.holds("SeShutdownPrivilege"):
        raise call.error(
            f"Failed to restart the computer {call.shell.machine.name} with the following error message: Access is denied.",
            "OperationStopped",
            "RestartcomputerFailed",
            "InvalidOperationException",
            call.shell.machine.name,
        )
    raise call.error(
        f"The simulated computer {call.shell.machine.name} cannot be {what}: there is no Windows behind it.",
        "NotImplemented",
        "NotSimulated",
        "NotSupportedException",
        call.shell.machine.name,
    )
