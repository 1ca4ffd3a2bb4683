"""Event logs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from hptui.demo.host.probes.answering import Given, Note, Records, ScriptError, answers
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.eventlog import EventRecord

_LEVELS = ("information", "critical", "error", "warning", "information", "verbose")
_REBOOTS = {
    ("EventLog", 6005): "the event log was started",
    ("EventLog", 6006): "the event log was stopped: a clean shutdown",
    ("EventLog", 6008): "the shutdown before was unexpected",
    ("EventLog", 6009): "Windows started",
    ("User32", 1074): "a restart or shutdown was asked for",
    ("Microsoft-Windows-Kernel-Power", 41): "restarted without a clean shutdown",
    ("Microsoft-Windows-WER-SystemErrorReporting", 1001): "restarted after a bug check",
}
_CRASHES = {
    ("Application Error", 1000): "a program crashed",
    ("Service Control Manager", 7031): "a service ended unexpectedly",
    ("Service Control Manager", 7000): "a service could not be started",
}
_AGENTS = ("kubelet", "kube-proxy", "containerd", "csi-proxy")


def _readable(run: ProgramRun, log: str) -> bool:
    """Security is for administrators; the others are for everybody but ephemeral users of a plain group."""
    token = run.token
    if token.administrator or any(group.sid == "S-1-5-32-573" for group in token.groups):
        return True
    return log.lower() in ("application", "system", "microsoft-windows-host-network-service-admin")


def _record(event: EventRecord) -> dict[str, object]:
    return {
        "time": event.at,
        "level": _LEVELS[event.level],
        "log": event.log,
        "provider": event.provider,
        "id": event.id,
        "message": event.message,
        "record": event.index,
    }


@answers("events")
def events(run: ProgramRun, given: Given) -> Records:
    known = sorted({event.log for event in run.machine.events})
    patterns = [part.strip() for part in given["log"].split(",") if part.strip()]
    wild = {part for part in patterns if "*" in part or "?" in part}
    names = [log for part in wild for log in known if fnmatchcase(log.lower(), part.lower())]
    names += [part for part in patterns if part not in wild]
    if not names:
        raise ScriptError(f"not here: no log with anything in it is called {given['log']}")
    for name in names:
        log = next((each for each in known if each.lower() == name.lower()), "")
        if not log and name.lower() != "security":
            yield Note(f'{name}: There is not an event log on the localhost computer that matches "{name}".')
        elif not _readable(run, name):
            yield Note(f"{name}: Attempted to perform an unauthorized operation.")
        else:
            yield from (
                {**_record(event), "user": "S-1-5-18", "pid": _writer(run, event)}
                for event in _chosen(run, given, log)
            )


def _chosen(run: ProgramRun, given: Given, log: str) -> list[EventRecord]:
    since = _since(run, given)
    wanted = [int(number) for number in given["id"].split(",") if number.strip()]
    found = [
        event
        for event in run.machine.events
        if event.log == log
        and event.level <= int(given["level"])
        and event.at >= since
        and (not given["provider"] or event.provider.lower() == given["provider"].lower())
        and (not wanted or event.id in wanted)
    ]
    return found[: int(given["most"])]


def _since(run: ProgramRun, given: Given) -> datetime:
    if after := given["after"]:
        try:
            return datetime.fromisoformat(after)
        except ValueError:
            raise ScriptError(
                f'Cannot convert value "{after}" to type "System.DateTime". '
                "Error: String was not recognized as a valid DateTime.",
                "InvalidCastParseTargetInvocationWithFormatProvider",
            ) from None
    return run.machine.now() - timedelta(hours=int(given["hours"]))


def _writer(run: ProgramRun, event: EventRecord) -> int:
    wanted = event.provider if event.provider in _AGENTS else "services"
    return next((each.pid for each in run.machine.processes.all() if each.name == wanted), 4)


@answers("event-logs")
def event_logs(run: ProgramRun, given: Given) -> Records:
    logs: dict[str, list[EventRecord]] = {}
    for event in run.machine.events:
        logs.setdefault(event.log, []).append(event)
    closed = 0
    for log, held in logs.items():
        if not _readable(run, log):
            closed += 1
            continue
        yield {
            "log": log,
            "records": len(held),
            "written": held[0].at,
            "size": 69_632 + 1024 * len(held),
            "most": 20_971_520 if "-" not in log else 1_052_672,
            "mode": "Circular",
            "enabled": True,
        }
    if not run.token.administrator:
        yield Note(f"{closed + 1} logs could not be opened: Attempted to perform an unauthorized operation.")


def _of(
    run: ProgramRun, kinds: dict[tuple[str, int], str], given: Given
) -> Iterable[tuple[EventRecord, str]]:
    since = run.machine.now() - timedelta(days=int(given["days"]))
    found = [
        (event, kinds[event.provider, event.id])
        for event in run.machine.events
        if (event.provider, event.id) in kinds and event.at >= since
    ]
    return found[: int(given["most"])]


@answers("reboots")
def reboots(run: ProgramRun, given: Given) -> Records:
    for event, what in _of(run, _REBOOTS, given):
        kept = {key: value for key, value in _record(event).items() if key not in ("level", "log")}
        yield {**kept, "what": what}


@answers("crashes")
def crashes(run: ProgramRun, given: Given) -> Records:
    for event, what in _of(run, _CRASHES, given):
        kept = {key: value for key, value in _record(event).items() if key != "level"}
        program = event.message.split("name: ")[-1].split(",")[0] if event.id == 1000 else None
        service = event.message.split("The ")[-1].split(" service")[0] if event.id != 1000 else None
        yield {**kept, "what": what, "name": program or service}


@answers("agent-events")
def agent_events(run: ProgramRun, given: Given) -> Records:
    since = _since(run, given)
    held: dict[str, int] = dict.fromkeys(_AGENTS, 0)
    for event in run.machine.events:
        if event.provider in held and event.at >= since and held[event.provider] < int(given["most"]):
            held[event.provider] += 1
            yield {key: value for key, value in _record(event).items() if key != "log"}
