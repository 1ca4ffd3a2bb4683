"""CIM classes of the node: Get-CimInstance and Get-WmiObject."""

from __future__ import annotations

import re
from collections.abc import Callable

from hptui.demo.host.machine import Machine
from hptui.demo.host.powershell.data.operators import wildcard
from hptui.demo.host.powershell.data.values import Record, Value, to_text
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.processes import WindowsProcess

_CIM = "Microsoft.Management.Infrastructure.CimInstance#"
_WMI = "System.Management.ManagementObject#root\\cimv2\\"


def _operating_system(machine: Machine) -> list[dict[str, Value]]:
    kilobytes, free = machine.memory // 1024, machine.free_memory // 1024
    return [
        {
            "SystemDirectory": "C:\\Windows\\system32",
            "Organization": "",
            "BuildNumber": str(machine.build.number),
            "RegisteredUser": "",
            "SerialNumber": "00454-60000-00001-AA491",
            "Version": machine.build.version,
            "Caption": f"Microsoft {machine.build.product}",
            "CSName": machine.name,
            "InstallDate": machine.boot.replace(microsecond=0),
            "LastBootUpTime": machine.boot.replace(microsecond=0),
            "LocalDateTime": machine.now(),
            "OSArchitecture": "64-bit",
            "NumberOfProcesses": len(machine.processes.by_pid),
            "FreePhysicalMemory": free,
            "TotalVisibleMemorySize": kilobytes,
            "FreeVirtualMemory": free * 5 // 4,
            "TotalVirtualMemorySize": kilobytes * 5 // 4,
            "FreeSpaceInPagingFiles": kilobytes // 5,
            "Status": "OK",
            "OperatingSystemSKU": 8,
        }
    ]


def _computer_system(machine: Machine) -> list[dict[str, Value]]:
    return [
        {
            "Name": machine.name,
            "PrimaryOwnerName": "",
            "Domain": "WORKGROUP",
            "TotalPhysicalMemory": machine.memory,
            "Model": "Virtual Machine",
            "Manufacturer": "Microsoft Corporation",
            "NumberOfLogicalProcessors": machine.cores,
            "HypervisorPresent": True,
        }
    ]


def _process(process: WindowsProcess) -> dict[str, Value]:
    return {
        "ProcessId": process.pid,
        "Name": process.image if process.pid else "System Idle Process",
        "HandleCount": process.handles,
        "WorkingSetSize": process.working_set,
        "VirtualSize": process.private + 2**41,
        "ParentProcessId": process.parent,
        "CommandLine": process.command_line or None,
        "ExecutablePath": process.path or None,
        "CreationDate": process.started,
        "ThreadCount": process.threads,
        "SessionId": process.session,
        "KernelModeTime": int(process.cpu * 4_000_000),
        "UserModeTime": int(process.cpu * 6_000_000),
    }


def _services(machine: Machine) -> list[dict[str, Value]]:
    return [
        {
            "ProcessId": service.pid,
            "Name": service.name,
            "StartMode": service.start_mode,
            "State": service.state,
            "Status": "OK",
            "ExitCode": 0 if service.running else 1077 if service.start_mode == "Manual" else 0,
            "DisplayName": service.display,
            "StartName": service.account,
            "PathName": service.path,
        }
        for service in machine.services
    ]


def _instances(machine: Machine, name: str) -> list[dict[str, Value]] | None:
    classes: dict[str, Callable[[Machine], list[dict[str, Value]]]] = {
        "win32_operatingsystem": _operating_system,
        "win32_computersystem": _computer_system,
        "win32_process": lambda machine: [_process(each) for each in machine.processes.all()],
        "win32_service": _services,
        "win32_logicaldisk": lambda machine: list(machine.upkeep.disks),
        "win32_pagefileusage": lambda machine: list(machine.upkeep.page_files),
        "win32_quickfixengineering": lambda machine: list(machine.upkeep.hotfixes),
        "win32_useraccount": lambda machine: list(machine.upkeep.users),
        "win32_processor": lambda machine: [
            {
                "DeviceID": "CPU0", "Name": "Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz", "NumberOfCores": machine.cores,
                "NumberOfLogicalProcessors": machine.cores, "MaxClockSpeed": 2793, "LoadPercentage": 7,
            }
        ],
    }  # fmt: skip
    found = classes.get(name.lower())
    return None if found is None else found(machine)


_CONDITION = re.compile(r"(\w+)\s*(=|<>|!=|like|<=|>=|<|>)\s*('[^']*'|\"[^\"]*\"|[\w.]+)", re.IGNORECASE)


def _matches(instance: dict[str, Value], condition: str) -> bool:
    """A WQL condition: comparisons joined by AND and OR."""
    record = Record("", instance)
    return any(
        all(_holds(record, found) for found in _CONDITION.finditer(part))
        for part in re.split(r"\bor\b", condition, flags=re.IGNORECASE)
    )


def _holds(record: Record, found: re.Match[str]) -> bool:
    name, operator, value = found.groups()
    wanted = value.strip("'\"").replace("\\\\", "\\")
    actual = to_text(record.get(name))
    if operator.lower() == "like":
        return wildcard(wanted.replace("%", "*").replace("_", "?")).match(actual) is not None
    if operator in ("=", "<>", "!="):
        return (actual.lower() == wanted.lower()) is (operator == "=")
    left, right = (float(text) if text.replace(".", "").isdigit() else 0.0 for text in (actual, wanted))
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]


@command("Get-CimInstance", "ClassName:0 Filter Property Namespace Query ComputerName KeyOnly?", "gcim")
async def get_cim_instance(call: Call) -> None:
    """Gets the CIM instances of a class from a CIM server."""
    await _put(call, _CIM, "Invalid class ", "CimException", "HRESULT 0x80041010")


@command("Get-WmiObject", "Class:0 Property:1 Filter Namespace Query ComputerName List?", "gwmi")
async def get_wmi_object(call: Call) -> None:
    """Gets instances of Windows Management Instrumentation (WMI) classes."""
    await _put(
        call,
        _WMI,
        f'Invalid class "{call.text("class")}"',
        "ManagementException",
        "GetWMIManagementException",
    )


async def _put(call: Call, kind: str, complaint: str, exception: str, identifier: str) -> None:
    name = call.text("classname", call.text("class"))
    condition = call.text("filter")
    if query := re.match(
        r"select\s+.*?\s+from\s+(\w+)(?:\s+where\s+(.*))?", call.text("query"), re.IGNORECASE
    ):
        name, condition = query.group(1), query.group(2) or ""
    instances = _instances(call.shell.machine, name)
    if instances is None:
        raise call.error(complaint, "MetadataError", identifier, exception, name)
    for instance in instances:
        if condition and not _matches(instance, condition):
            continue
        await call.put(
            Record(kind + _spelling(name), instance, text=f"{_spelling(name)}: {instance.get('Name', '')}")
        )


def _spelling(name: str) -> str:
    known = (
        "Win32_OperatingSystem",
        "Win32_Process",
        "Win32_Service",
        "Win32_LogicalDisk",
        "Win32_ComputerSystem",
    )
    return next((each for each in known if each.lower() == name.lower()), name)
