"""Processes and services."""

from __future__ import annotations

from datetime import timedelta

from hptui.demo.host.probes.answering import Given, Note, Records, answers
from hptui.demo.host.running import ProgramRun


@answers("processes")
def processes(run: ProgramRun, given: Given) -> Records:
    table = run.machine.processes
    if not run.token.administrator:
        yield Note("Owners are shown to administrators only.")
    for process in table.all():
        parent = table.by_pid.get(process.parent)
        older = parent is not None and parent.started <= process.started
        yield {
            "pid": process.pid,
            "ppid": process.parent if older else None,
            "name": process.image,
            "owner": process.user if run.token.administrator else None,
            "cpu": process.cpu,
            "memory": process.working_set,
            "private": process.private,
            "handles": process.handles,
            "threads": process.threads,
            "started": process.started if process.pid else None,
            "command": process.command_line or None,
        }


@answers("services")
def services(run: ProgramRun, given: Given) -> Records:
    for service in run.machine.services:
        never = not service.running and service.start_mode == "Manual"
        yield {
            "name": service.name,
            "state": service.state,
            "mode": service.start_mode,
            "delayed": service.start_mode == "Auto" and service.name in ("BITS", "DPS", "WinRM", "W32Time"),
            "account": service.account,
            "pid": service.pid if service.running and service.pid else None,
            "exit": 1077 if never else 0,
            "own": 0,
            "display": service.display,
            "path": service.path,
        }


_TASKS = (
    # task, account, what it does, result, minutes between runs
    ("\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "SYSTEM", "%windir%\\system32\\defrag.exe -c -h -k -g -$", 0, 10_080),
    ("\\Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan", "SYSTEM",
     "C:\\Program Files\\Windows Defender\\MpCmdRun.exe Scan -ScheduleJob -ScanTrigger 55", 0, 1440),
    ("\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan", "SYSTEM", "usoclient.exe StartScan", 0, 1320),
    ("\\Microsoft\\Windows\\Time Synchronization\\SynchronizeTime", "LOCAL SERVICE", "sc.exe start w32time task_started",
     0x80070420, 10_080),
    ("\\Microsoft\\Windows\\Server Manager\\CleanupOldPerfLogs", "SYSTEM",
     "%systemroot%\\system32\\cscript.exe /B /nologo %systemroot%\\system32\\calluxxprovider.vbs $(Arg0)", 0, 1440),
    ("\\Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask", "NETWORK SERVICE",
     "COM {b1aebb5d-ead9-4476-b375-9c3ed9f32afc}", 0, 1440),
    ("\\Microsoft\\Windows\\WDI\\ResolutionHost", "INTERACTIVE", "COM {900be39d-6be8-461a-bc4d-b0fa71f5ecb1}", 0x41303, 0),
    ("\\log-generate-task", "SYSTEM", "powershell.exe -File C:\\k\\debug-collect-windows-logs.ps1", 0x41303, 0),
    ("\\log-cleanup-task", "SYSTEM", "powershell.exe -File C:\\k\\windowslogscleanup.ps1", 0, 60),
    ("\\restart-kubeproxy", "SYSTEM", "powershell.exe -File C:\\k\\windowsnodereset.ps1", 1, 0),
)  # fmt: skip


@answers("tasks")
def tasks(run: ProgramRun, given: Given) -> Records:
    """Others than administrators don't see those that the node's set-up made."""
    now = run.machine.now()
    for place, (task, account, does, result, every) in enumerate(_TASKS):
        if not run.token.administrator and task.count("\\") == 1:
            continue
        never = result == 0x41303
        yield {
            "task": task,
            "state": "Disabled" if "Server Manager" in task else "Ready",
            "account": account,
            "last": None if never else now - timedelta(minutes=(every or 900) * 0.3 + place),
            "result": f"0x{result:08x}",
            "next": now + timedelta(minutes=every * 0.7 - place) if every else None,
            "missed": 2 if result == 0x80070420 else 0,
            "does": [does],
            "problem": None,
        }
