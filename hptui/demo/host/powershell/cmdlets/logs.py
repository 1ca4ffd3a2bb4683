"""The event logs: Get-WinEvent and Get-EventLog."""

from __future__ import annotations

from collections.abc import Iterable

from hptui.demo.host.powershell.data.errors import PowerShellError
from hptui.demo.host.powershell.data.operators import to_integer, wildcard
from hptui.demo.host.powershell.data.values import HashTable, Record, as_list, to_text
from hptui.demo.host.powershell.dotnet import conversions
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.eventlog import LEVELS, EventRecord

_ENTRY_TYPES = {1: "Error", 2: "Error", 3: "Warning", 4: "Information"}


def _readable(call: Call, log: str) -> bool:
    """Security is for administrators; the others are for everybody but ephemeral users of a plain group."""
    token = call.shell.token
    if token.administrator or any(group.sid == "S-1-5-32-573" for group in token.groups):
        return True
    return log.lower() in ("application", "system", "microsoft-windows-host-network-service-admin")


def _record(event: EventRecord, machine: str) -> Record:
    return Record(
        "System.Diagnostics.Eventing.Reader.EventLogRecord",
        {
            "TimeCreated": event.at,
            "Id": event.id,
            "LevelDisplayName": LEVELS[event.level],
            "Message": event.message,
            "Level": event.level,
            "LogName": event.log,
            "ProviderName": event.provider,
            "RecordId": event.index,
            "MachineName": machine,
            "UserId": "S-1-5-18",
        },
    )


def _no_match(call: Call) -> PowerShellError:
    return call.error(
        "No events were found that match the specified selection criteria.",
        "ObjectNotFound",
        "NoMatchingEventsFound",
        "Exception",
    )


@command(
    "Get-WinEvent",
    "LogName:0 ListLog FilterHashtable FilterXPath ProviderName MaxEvents Oldest? Path ComputerName",
)
async def get_win_event(call: Call) -> None:
    """Gets events from event logs and event tracing log files on local and remote computers."""
    machine = call.shell.machine
    if call.given("listlog"):
        await _list_logs(call)
        return
    events: Iterable[EventRecord] = machine.events
    table = call.get("filterhashtable")
    names = call.texts("logname")
    if isinstance(table, HashTable):
        names = [to_text(name) for name in as_list(table.read("LogName"))]
        events = _filtered(events, table)
    providers = [name.lower() for name in call.texts("providername")]
    for name in names:
        if not any(mark in name for mark in "*?") and not any(
            each.log.lower() == name.lower() for each in machine.events
        ):
            if name.lower() == "security":
                await call.complain(
                    call.error(
                        "Attempted to perform an unauthorized operation.",
                        "NotSpecified",
                        "Attempted to perform an unauthorized operation.",
                        "UnauthorizedAccessException",
                    )
                    if not _readable(call, name)
                    else _no_match(call)
                )
            else:
                await call.complain(
                    call.error(
                        f'There is not an event log on the localhost computer that matches "{name}".',
                        "ObjectNotFound",
                        "NoMatchingLogsFound",
                        "Exception",
                        name,
                    )
                )
            return
    chosen = [
        event
        for event in events
        if (not names or any(wildcard(name).match(event.log) for name in names))
        and (not providers or event.provider.lower() in providers)
        and _readable(call, event.log)
    ]
    if call.switch("oldest"):
        chosen.reverse()
    limit = call.integer("maxevents", len(chosen))
    if not chosen:
        await call.complain(_no_match(call))
    for event in chosen[:limit]:
        if call.shell.pace.due():
            await call.shell.pace.rest()
        await call.put(_record(event, machine.name))


def _filtered(events: Iterable[EventRecord], table: HashTable) -> Iterable[EventRecord]:
    levels = [to_integer(level) for level in as_list(table.read("Level"))]
    identifiers = [to_integer(number) for number in as_list(table.read("Id"))]
    providers = [to_text(name).lower() for name in as_list(table.read("ProviderName"))]
    start = conversions.parse_date(table.read("StartTime")) if table.read("StartTime") is not None else None
    end = conversions.parse_date(table.read("EndTime")) if table.read("EndTime") is not None else None
    for event in events:
        if (
            (not levels or event.level in levels)
            and (not identifiers or event.id in identifiers)
            and (not providers or event.provider.lower() in providers)
            and (start is None or event.at >= start)
            and (end is None or event.at <= end)
        ):
            yield event


async def _list_logs(call: Call) -> None:
    counts: dict[str, int] = {}
    for event in call.shell.machine.events:
        counts[event.log] = counts.get(event.log, 0) + 1
    for pattern in call.texts("listlog"):
        for log, count in sorted(counts.items()):
            if wildcard(pattern).match(log):
                await call.put(
                    Record(
                        "System.Diagnostics.Eventing.Reader.EventLogConfiguration",
                        {
                            "LogMode": "Circular",
                            "MaximumSizeInBytes": 20_971_520,
                            "RecordCount": count,
                            "LogName": log,
                        },
                        text=log,
                    )
                )


@command("Get-EventLog", "LogName:0 Newest Source EntryType After Before InstanceId List? ComputerName")
async def get_event_log(call: Call) -> None:
    """Gets the events in an event log, or a list of the event logs, on the local computer or remote computers."""
    name = call.text("logname")
    if name.lower() not in ("application", "system"):
        raise call.error(
            f"The event log '{name}' on computer '.' does not exist.",
            "InvalidOperation",
            "InvalidOperationException",
            "InvalidOperationException",
        )
    sources = [wildcard(source) for source in call.texts("source")]
    types = [kind.lower() for kind in call.texts("entrytype")]
    left = call.integer("newest", -1)
    for event in call.shell.machine.events:
        if event.log.lower() != name.lower() or left == 0:
            continue
        if (sources and not any(source.match(event.provider) for source in sources)) or (
            types and _ENTRY_TYPES[event.level].lower() not in types
        ):
            continue
        left -= 1
        await call.put(
            Record(
                "System.Diagnostics.EventLogEntry",
                {
                    "Index": event.index, "TimeGenerated": event.at, "EntryType": _ENTRY_TYPES[event.level],
                    "Source": event.provider, "InstanceId": event.id, "EventID": event.id, "Message": event.message,
                },
            )
        )  # fmt: skip
