"""The machine: build, updates, disks, memory, clock, Defender, dumps, what was left behind."""

from __future__ import annotations

from datetime import timedelta

from hptui.demo.host.machine import Machine
from hptui.demo.host.probes.answering import Given, Note, Records, ScriptError, answers
from hptui.demo.host.running import ProgramRun

_NO_DEFENDER = "not here: this node has no Defender module; the feature Windows-Defender is not installed"

_NOT_ELEVATED = (
    "The 'IncludeUserName' parameter requires elevated user rights. Try running the command again in a session that has been "
    "opened with elevated user rights (that is, Run as Administrator)."
)


@answers("machine")
def machine(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    yield {
        "name": node.name,
        "product": f"Microsoft {node.build.product}",
        "build": node.build.full_version,
        "release": node.build.release,
        "installation": "Server Core",
        "boot": node.boot,
        "up": (node.now() - node.boot).total_seconds(),
        "processors": node.cores,
        "memory": node.memory,
        "free": node.free_memory,
        "processes": len(node.processes.by_pid),
        "model": "Microsoft Corporation Virtual Machine",
        "domain": "WORKGROUP",
        "zone": "UTC",
        "language": "en-US",
        "installed": node.boot - timedelta(days=120),
    }


@answers("updates")
def updates(run: ProgramRun, given: Given) -> Records:
    for each in run.machine.upkeep.hotfixes:
        month, day, year = each["InstalledOn"].split("/")
        yield {
            "update": each["HotFixID"],
            "kind": each["Description"],
            "installed": f"{year}-{int(month):02}-{int(day):02}",
            "by": each["InstalledBy"],
            "link": each["Caption"],
        }


@answers("pending-reboot")
def pending_reboot(run: ProgramRun, given: Given) -> Records:
    waits = run.machine.upkeep.waits_for_restart
    renamed = ["C:\\Windows\\SystemTemp\\MpSigStub.log"]
    found: tuple[tuple[str, list[str]], ...] = (
        ("Component servicing waits for a restart", ["RebootPending"] if waits else []),
        ("Windows Update wants a restart", ["RebootRequired"] if waits else []),
        ("Files are to be replaced or deleted at the start", renamed),
        ("The computer is to be renamed", []),
        ("The computer is to join a domain", []),
        ("Roles or features wait for a restart", []),
    )
    for reason, detail in found:
        yield {"reason": reason, "pending": bool(detail), "detail": detail}


@answers("disks")
def disks(run: ProgramRun, given: Given) -> Records:
    paging = {each["Name"][:2] for each in run.machine.upkeep.page_files}
    for place, each in enumerate(run.machine.upkeep.disks):
        yield {
            "volume": each["DeviceID"],
            "label": each["VolumeName"],
            "system": each["FileSystem"],
            "size": each["Size"],
            "free": each["FreeSpace"],
            "left": round(100 * each["FreeSpace"] / each["Size"]),
            "block": 4096,
            "boot": place == 0,
            "paging": each["DeviceID"] in paging,
            "dirty": False,
            "kind": "fixed",
            "id": _volume(run.machine, place),
        }
    yield {
        "volume": None, "label": "System Reserved", "system": "NTFS", "size": 524_283_904, "free": 489_103_360, "left": 93,
        "block": 4096, "boot": False, "paging": False, "dirty": False, "kind": "fixed", "id": _volume(run.machine, 9),
    }  # fmt: skip


def _volume(node: Machine, place: int) -> str:
    return f"\\\\?\\Volume{{{node.shims[0][:8]}-0000-0000-0000-{place:02}0000000000}}\\"


@answers("memory")
def memory(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    free, limit = node.free_memory, node.memory * 5 // 4
    committed = limit - free * 5 // 4
    record: dict[str, object] = {
        "name": node.name,
        "total": node.memory,
        "available": free,
        "used": round(100 * (node.memory - free) / node.memory),
        "limit": limit,
        "committed": committed,
        "commit": round(100 * committed / limit),
    }
    if run.token.administrator or run.token.name.startswith("NT AUTHORITY"):
        record |= {
            "paged": 301_989_888,
            "nonpaged": 188_743_680,
            "cache": node.memory // 23,
            "modified": 44_040_192,
        }
    else:
        yield Note("No performance counters: Access denied ")
    yield record


@answers("page-files")
def page_files(run: ProgramRun, given: Given) -> Records:
    for each in run.machine.upkeep.page_files:
        yield {
            "name": each["Name"],
            "size": each["AllocatedBaseSize"] << 20,
            "used": each["CurrentUsage"] << 20,
            "peak": each["PeakUsage"] << 20,
            "temporary": False,
            "automatic": True,
        }


@answers("clock")
def clock(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    service = node.service("W32Time")
    running = service is not None and service.running
    record: dict[str, object] = {
        "name": node.name,
        "now": node.now(),
        "zone": "UTC",
        "type": "NTP",
        "servers": "time.windows.com,0x8",
        "hypervisor": True,
        "state": service.state if service else None,
        "mode": service.start_mode if service else None,
    }
    if not running:
        yield Note("w32tm: The following error occurred: The service has not been started. (0x80070426)")
    elif not run.token.administrator and run.token.sid != "S-1-5-19":
        yield Note("w32tm: The following error occurred: Access is denied. (0x80070005)")
    else:
        record |= {
            "source": "VM IC Time Synchronization Provider",
            "stratum": 3,
            "synced": f"{node.now() - timedelta(seconds=41):%m/%d/%Y %I:%M:%S %p}",
        }
    yield record


@answers("defender")
def defender(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    if not node.upkeep.has_defender:
        raise ScriptError(_NO_DEFENDER)
    service = node.service("WinDefend")
    if service is None or not service.running:
        raise ScriptError(
            "not here: Defender does not answer: The service has not been started. (0x800106ba)"
        )
    at = node.upkeep.signatures_at
    yield {
        "name": node.name,
        "mode": "Normal",
        "service": True,
        "antivirus": True,
        "realtime": True,
        "behaviour": True,
        "tamper": False,
        "product": "4.18.24090.11",
        "engine": "1.1.24090.11",
        "signatures": "1.421.14.0",
        "updated": at,
        "age": (node.now() - at).days,
        "quick": at + timedelta(hours=3),
        "full": node.boot - timedelta(days=6),
    }


@answers("defender-exclusions")
def defender_exclusions(run: ProgramRun, given: Given) -> Records:
    if not run.machine.upkeep.has_defender:
        raise ScriptError(_NO_DEFENDER)
    if not run.token.administrator:
        raise ScriptError(
            "not here: Windows shows this account no exclusions: N/A: Must be an administrator to view exclusions"
        )
    for kind, value in run.machine.upkeep.defender_exclusions:
        yield {"kind": kind, "value": value}


@answers("dumps")
def dumps(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    crash = next((each for each in node.events if each.provider == "Application Error"), None)
    if crash is not None:
        folder = "C:\\ProgramData\\Microsoft\\Windows\\WER\\ReportArchive\\AppCrash_w3wp.exe_5f2b"
        yield {"kind": "report", "path": f"{folder}\\Report.wer", "size": 31_846, "written": crash.at}
        yield {
            "kind": "process",
            "path": "C:\\Windows\\System32\\config\\systemprofile\\AppData\\Local\\CrashDumps\\w3wp.exe.6120.dmp",
            "size": 18_345_112,
            "written": crash.at,
        }
    if node.stopped_badly:
        yield {
            "kind": "kernel, small",
            "path": f"C:\\Windows\\Minidump\\{node.boot:%m%d%y}-9375-01.dmp",
            "size": 1_284_212,
            "written": node.boot,
        }
    if not run.token.administrator:
        yield Note("2 places could not be read, as C:\\Windows\\Minidump")
    yield Note("At a crash Windows writes what it chooses itself, to C:\\Windows\\MEMORY.DMP.")


@answers("leftovers")
def leftovers(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    administrator = run.token.administrator
    if not administrator:
        yield Note(f"Whether an account is in use is not known: {_NOT_ELEVATED}")
    owners = {process.user.split("\\")[-1].lower() for process in node.processes.all()}
    for user in node.upkeep.users:
        name = user["Name"]
        if len(name) == 20 and all(char in "0123456789abcdef" for char in name):
            used = name in owners if administrator else None
            yield {"kind": "account", "name": name, "used": used, "detail": user["SID"]}
            yield {
                "kind": "profile", "name": f"C:\\Users\\{name}", "used": False, "created": node.boot + timedelta(hours=3),
                "detail": user["SID"],
            }  # fmt: skip
    if not administrator:
        yield Note("Traces: Error: Access is denied. You're running with a restricted token.")
    elif node.node.endswith(("0", "6")):
        path = "C:\\Windows\\System32\\PktMon.etl"
        yield {"kind": "capture", "name": path, "created": node.boot + timedelta(days=1), "size": 536_870_912,
               "detail": "A file of captured packets"}  # fmt: skip
