"""How the known types of object are laid out: their columns, as Windows PowerShell's own format files have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hptui.demo.host.powershell.data.formats import date_text, short_date
from hptui.demo.host.powershell.data.values import Record, Value, to_text


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    width: int | None = None  # None takes what is left, or what it needs
    right: bool = False
    show: Callable[[Record], Value] | None = None  # the property of the same name without it

    def text(self, record: Record) -> str:
        value = self.show(record) if self.show is not None else record.get(self.header)
        return cell(value)


def cell(value: Value) -> str:
    """A value in a table's or list's cell."""
    if isinstance(value, (list, tuple, range)):
        shown = ", ".join(to_text(item) for item in list(value)[:4])
        return "{" + shown + ("..." if len(value) > 4 else "") + "}"
    if hasattr(value, "tzinfo"):
        return short_date(value)
    return to_text(value)


@dataclass(frozen=True, slots=True)
class View:
    columns: tuple[Column, ...]
    group: Callable[[Record], str] | None = None  # a heading above the rows that share it


def _kilobytes(name: str) -> Callable[[Record], Value]:
    return lambda record: int(record.get(name) or 0) // 1024


def _file_time(record: Record) -> str:
    stamp = record.get("LastWriteTime")
    return f"{date_text(stamp, 'd'):>10}  {date_text(stamp, 't'):>8}"


def _cpu(record: Record) -> str:
    seconds = record.get("CPU")
    return "" if seconds is None else f"{seconds:,.2f}"


def _parent(record: Record) -> str:
    return "    Directory: " + to_text(record.get("PSParentPath"))


_FILES = View(
    (
        Column("Mode", 7),
        Column("LastWriteTime", 25, True, _file_time),
        Column("Length", 14, True),
        Column("Name"),
    ),
    _parent,
)

VIEWS: dict[str, View] = {
    "System.Diagnostics.Process": View(
        (
            Column("Handles", 7, True, lambda r: r.get("HandleCount")),
            Column("NPM(K)", 7, True, _kilobytes("NonpagedSystemMemorySize64")),
            Column("PM(K)", 8, True, _kilobytes("PagedMemorySize64")),
            Column("WS(K)", 10, True, _kilobytes("WorkingSet64")),
            Column("CPU(s)", 10, True, _cpu),
            Column("Id", 6, True),
            Column("SI", 3, True, lambda r: r.get("SessionId")),
            Column("ProcessName"),
        )
    ),
    "System.Diagnostics.Process#IncludeUserName": View(
        (
            Column("Handles", 7, True, lambda r: r.get("HandleCount")),
            Column("WS(K)", 10, True, _kilobytes("WorkingSet64")),
            Column("CPU(s)", 8, True, _cpu),
            Column("Id", 6, True),
            Column("UserName", 22),
            Column("ProcessName"),
        )
    ),
    "System.ServiceProcess.ServiceController": View(
        (Column("Status", 8), Column("Name", 18), Column("DisplayName"))
    ),
    "System.IO.FileInfo": _FILES,
    "System.IO.DirectoryInfo": _FILES,
    "Microsoft.PowerShell.Commands.HistoryInfo": View((Column("Id", 4, True), Column("CommandLine"))),
    "System.Management.Automation.CommandInfo": View(
        (Column("CommandType", 15), Column("Name", 40), Column("Version", 10), Column("Source"))
    ),
    "System.Diagnostics.Eventing.Reader.EventLogRecord": View(
        (
            Column("TimeCreated", 24),
            Column("Id", 8, True),
            Column("LevelDisplayName", 16),
            Column("Message"),
        ),
        lambda record: f"   ProviderName: {to_text(record.get('ProviderName'))}",
    ),
    "System.Diagnostics.EventLogEntry": View(
        (
            Column("Index", 8, True),
            Column("Time", 13, False, lambda r: date_text(r.get("TimeGenerated"), "MMM dd HH:mm")),
            Column("EntryType", 11),
            Column("Source", 20),
            Column("InstanceID", 12, True, lambda r: r.get("InstanceId")),
            Column("Message"),
        )
    ),
    "Microsoft.PowerShell.Commands.GroupInfo": View(
        (Column("Count", 5, True), Column("Name", 25), Column("Group"))
    ),
    "System.Management.Automation.AliasInfo": View(
        (Column("CommandType", 15), Column("Name", 50, False, lambda r: r.get("DisplayName")), Column("Version", 10))
    ),
    "MSFT_NetTCPConnection": View(
        (
            Column("LocalAddress", 35),
            Column("LocalPort", 9),
            Column("RemoteAddress", 35),
            Column("RemotePort", 10),
            Column("State", 11),
            Column("OwningProcess", 13),
        )
    ),
    "MSFT_NetAdapter": View(
        (
            Column("Name", 25),
            Column("InterfaceDescription", 38),
            Column("ifIndex", 7, True),
            Column("Status", 12),
            Column("MacAddress", 17),
            Column("LinkSpeed", 10, True),
        )
    ),
    "Hotfix": View(
        (
            Column("Source", 13), Column("Description", 16), Column("HotFixID", 13), Column("InstalledBy", 20),
            Column("InstalledOn", 25),
        )
    ),
}  # fmt: skip

_CIM = "Microsoft.Management.Infrastructure.CimInstance#"
_WMI = "System.Management.ManagementObject#root\\cimv2\\"

TABLED: dict[str, tuple[str, ...]] = {
    f"{_CIM}Win32_OperatingSystem": (
        "SystemDirectory", "Organization", "BuildNumber", "RegisteredUser", "SerialNumber", "Version",
    ),
    f"{_CIM}Win32_ComputerSystem": (
        "Name", "PrimaryOwnerName", "Domain", "TotalPhysicalMemory", "Model", "Manufacturer",
    ),
    f"{_CIM}Win32_Process": ("ProcessId", "Name", "HandleCount", "WorkingSetSize", "VirtualSize"),
    f"{_CIM}Win32_Service": ("ProcessId", "Name", "StartMode", "State", "Status", "ExitCode"),
    f"{_CIM}Win32_LogicalDisk": ("DeviceID", "DriveType", "ProviderName", "VolumeName", "Size", "FreeSpace"),
}  # fmt: skip
"""Types that show as a table although they have more than four properties to show, and which."""

LISTED: dict[str, tuple[str, ...]] = {
    f"{_WMI}Win32_OperatingSystem": (
        "SystemDirectory", "Organization", "BuildNumber", "RegisteredUser", "SerialNumber", "Version",
    ),
    f"{_WMI}Win32_ComputerSystem": (
        "Domain", "Manufacturer", "Model", "Name", "PrimaryOwnerName", "TotalPhysicalMemory",
    ),
    f"{_WMI}Win32_Service": ("ExitCode", "Name", "ProcessId", "StartMode", "State", "Status"),
    f"{_WMI}Win32_LogicalDisk": ("DeviceID", "DriveType", "ProviderName", "FreeSpace", "Size", "VolumeName"),
    "MSFT_NetIPAddress": (
        "IPAddress", "InterfaceIndex", "InterfaceAlias", "AddressFamily", "Type", "PrefixLength", "PrefixOrigin",
        "SuffixOrigin", "AddressState", "SkipAsSource", "PolicyStore",
    ),
}  # fmt: skip
"""Types that show as a list, and which properties."""
