"""Processes and services."""

from __future__ import annotations

from hptui.demo.host.probes.answering import Given, Records, answers
from hptui.demo.host.running import ProgramRun


@answers("processes")
def processes(run: ProgramRun, given: Given) -> Records:
    table = run.machine.processes
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
