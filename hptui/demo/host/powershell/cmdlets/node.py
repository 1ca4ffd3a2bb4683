"""Processes of the node, and what is known of the computer as a whole."""

from __future__ import annotations

from datetime import timedelta

from hptui.demo.host.powershell.data.operators import to_integer, wildcard
from hptui.demo.host.powershell.data.values import CUSTOM_OBJECT, Record, Value, to_text
from hptui.demo.host.powershell.dotnet.members import read
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.processes import WindowsProcess

_STOPPED = 0xFFFFFFFF
"""The exit code of what Stop-Process has ended: .NET's Process.Kill gives -1."""


def process_record(process: WindowsProcess, *, owner: bool = False) -> Record:
    properties: dict[str, Value] = {
        "Name": process.name,
        "Id": process.pid,
        "ProcessName": process.name,
        "HandleCount": process.handles,
        "Handles": process.handles,
        "SessionId": process.session,
        "SI": process.session,
        "CPU": process.cpu,
        "WorkingSet64": process.working_set,
        "WorkingSet": process.working_set,
        "WS": process.working_set,
        "PagedMemorySize64": process.private,
        "PM": process.private,
        "PrivateMemorySize64": process.private,
        "NonpagedSystemMemorySize64": process.handles * 60,
        "NPM": process.handles * 60,
        "VirtualMemorySize64": process.private + 2**41,
        "TotalProcessorTime": timedelta(seconds=process.cpu),
        "StartTime": process.started,
        "Path": process.path or None,
        "Company": "Microsoft Corporation" if "\\windows\\" in process.path.lower() else None,
        "PriorityClass": None if process.protected else "Normal",
        "Responding": True,
        "MainWindowTitle": "",
        "Threads": list(range(process.threads)),
        "HasExited": False,
    }
    if owner:
        properties["UserName"] = process.user or None
    return Record(
        "System.Diagnostics.Process", properties, text=f"System.Diagnostics.Process ({process.name})"
    )


async def _chosen(call: Call) -> list[WindowsProcess]:
    every = call.shell.machine.processes.all()
    names, ids = (
        call.texts("name"),
        [to_integer(each) for each in call.get("id")] if isinstance(call.get("id"), list) else [],
    )
    if call.given("id") and not ids:
        ids = [call.integer("id")]
    ids += [to_integer(read(item, "Id")) for item in call.input if isinstance(item, Record)]
    if not names and not ids:
        return sorted(every, key=lambda process: process.name.lower())
    found: list[WindowsProcess] = []
    for pattern in names:
        matching = [process for process in every if wildcard(pattern).match(process.name)]
        if not matching and not any(mark in pattern for mark in "*?["):
            await call.complain(
                call.error(
                    f'Cannot find a process with the name "{pattern}". Verify the process name and call the cmdlet again.',
                    "ObjectNotFound",
                    "NoProcessFoundForGivenName",
                    "ProcessCommandException",
                    pattern,
                )
            )
        found += sorted(matching, key=lambda process: process.name.lower())
    for pid in ids:
        process = call.shell.machine.processes.by_pid.get(pid)
        if process is None:
            await call.complain(
                call.error(
                    f"Cannot find a process with the process identifier {pid}.",
                    "ObjectNotFound",
                    "NoProcessFoundForGivenId",
                    "ProcessCommandException",
                    str(pid),
                    "Int32",
                )
            )
        else:
            found.append(process)
    return found


@command("Get-Process", "Name:0 Id IncludeUserName? ComputerName Module? FileVersionInfo?", "ps gps")
async def get_process(call: Call) -> None:
    """Gets the processes that are running on the local computer."""
    owner = call.switch("includeusername")
    if owner and not call.shell.token.administrator:
        raise call.error(
            "The 'IncludeUserName' parameter requires elevated user rights. Try running the command again in a session "
            "that has been opened with elevated user rights (that is, Run as Administrator).",
            "InvalidOperation",
            "IncludeUserNameRequiresElevation",
            "InvalidOperationException",
        )
    for process in await _chosen(call):
        await call.put(process_record(process, owner=owner))


@command("Stop-Process", "Id:0 Name Force? PassThru? InputObject", "kill spps")
async def stop_process(call: Call) -> None:
    """Stops one or more running processes."""
    token = call.shell.token
    if not call.given("id") and not call.given("name") and not call.input:
        raise call.error(
            "Cannot process command because of one or more missing mandatory parameters: Id.",
            "InvalidArgument",
            "MissingMandatoryParameter",
            "ParameterBindingException",
        )
    for process in await _chosen(call):
        own = process.user.lower() == token.name.lower()
        if process.protected or not (own or token.administrator):
            await call.complain(
                call.error(
                    f'Cannot stop process "{process.name} ({process.pid})" because of the following error: Access is denied',
                    "CloseError",
                    "CouldNotStopProcess",
                    "ProcessCommandException",
                    f"System.Diagnostics.Process ({process.name})",
                    "Process",
                )
            )
            continue
        call.shell.machine.processes.kill(process.pid, _STOPPED)
        if call.switch("passthru"):
            await call.put(process_record(process))


@command("Get-ComputerInfo", "Property:0", "gin")
async def get_computer_info(call: Call) -> None:
    """Gets a consolidated object of system and operating system properties."""
    machine = call.shell.machine
    build = machine.build
    properties: dict[str, Value] = {
        "WindowsBuildLabEx": f"{build.number}.1.amd64fre.fe_release.210507-1500",
        "WindowsCurrentVersion": "6.3",
        "WindowsEditionId": "ServerDatacenter",
        "WindowsInstallationType": "Server Core",
        "WindowsProductName": build.product,
        "WindowsVersion": build.release if build.number < 20000 else "2009",
        "BiosManufacturer": "Microsoft Corporation",
        "CsDNSHostName": machine.host_name,
        "CsDomain": "WORKGROUP",
        "CsManufacturer": "Microsoft Corporation",
        "CsModel": "Virtual Machine",
        "CsName": machine.name,
        "CsNumberOfLogicalProcessors": machine.cores,
        "CsTotalPhysicalMemory": machine.memory,
        "OsName": f"Microsoft {build.product}",
        "OsVersion": build.version,
        "OsBuildNumber": str(build.number),
        "OsLastBootUpTime": machine.boot,
        "OsUptime": machine.now() - machine.boot,
        "OsFreePhysicalMemory": machine.free_memory // 1024,
        "OsTotalVisibleMemorySize": machine.memory // 1024,
        "OsLocalDateTime": machine.now(),
        "TimeZone": "(UTC) Coordinated Universal Time",
    }
    wanted = call.texts("property")
    if wanted:
        properties = {
            key: value
            for key, value in properties.items()
            if any(wildcard(pattern).match(key) for pattern in wanted)
        }
    await call.put(Record(CUSTOM_OBJECT, properties))


@command("Get-HotFix", "Id:0")
async def get_hotfix(call: Call) -> None:
    """Gets the hotfixes that are installed on the computer."""
    machine = call.shell.machine
    for number, kind in ((5044281, "Security Update"), (5043050, "Update"), (5042352, "Update")):
        name = f"KB{number + machine.build.number % 97}"
        if not call.given("id") or to_text(call.get("id")).lower() == name.lower():
            await call.put(
                Record(
                    "Hotfix",
                    {"Source": machine.name, "Description": kind, "HotFixID": name, "InstalledBy": "NT AUTHORITY\\SYSTEM",
                     "InstalledOn": (machine.boot - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)},
                )
            )  # fmt: skip


@command("Get-Host", "")
async def get_host(call: Call) -> None:
    """Gets an object that represents the current host program."""
    await call.put(call.shell.variables.read("host"))


@command("Get-Culture", "")
async def get_culture(call: Call) -> None:
    """Gets the current culture set in the operating system."""
    await call.put(
        Record(
            "System.Globalization.CultureInfo",
            {"LCID": 1033, "Name": "en-US", "DisplayName": "English (United States)"},
        )
    )


@command("Get-TimeZone", "")
async def get_time_zone(call: Call) -> None:
    """Gets the current time zone."""
    await call.put(
        Record(
            "System.TimeZoneInfo",
            {
                "Id": "UTC",
                "DisplayName": "(UTC) Coordinated Universal Time",
                "StandardName": "Coordinated Universal Time",
                "DaylightName": "Coordinated Universal Time",
                "BaseUtcOffset": timedelta(0),
                "SupportsDaylightSavingTime": False,
            },
        )
    )
