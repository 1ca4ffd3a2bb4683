"""Named pipes."""

from __future__ import annotations

import re

from hptui.demo.host.probes.answering import Given, Note, Records, ScriptError, answers
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.pipes import SERVED_BY

_REFUSED = re.compile(r'[<>|"\x00-\x1f]')
"""What .NET Framework takes no path with."""
_SERVICE_OF = {pipe: service for service, pipe in SERVED_BY.items()}


@answers("pipes")
def pipes(run: ProgramRun, given: Given) -> Records:
    """A member of an ordinary group can't compile, for want of a place to write: it gets the second way."""
    if run.token.administrator or run.token.name.startswith("NT AUTHORITY"):
        for pipe in run.machine.pipes:
            most = pipe.limit if pipe.limit > 0 else None
            yield {"name": pipe.name, "instances": pipe.instances, "most": most}
        return
    yield Note(
        "The second way, without instances: Access to the path 'C:\\Windows\\TEMP\\x0bq2k1c.dll' is denied."
    )
    bad = 0
    for pipe in run.machine.pipes:
        if _REFUSED.search(pipe.name):
            bad += 1
        else:
            yield {"name": pipe.name}
    if bad:
        yield Note(f"{bad} pipes have names that .NET refuses, and are missing here")


@answers("pipe-owner")
def pipe_owner(run: ProgramRun, given: Given) -> Records:
    name = re.sub(r"^[\\/]{2}\.[\\/]pipe[\\/]", "", given["pipe"])
    pipe = next((each for each in run.machine.pipes if each.name.lower() == name.lower()), None)
    if pipe is None:
        raise ScriptError(f"There is no pipe {name} (any more).")
    if pipe.limit == pipe.instances:
        raise ScriptError(f"All instances of {name} are busy; nobody can tell now.")
    service = run.machine.service(_SERVICE_OF.get(pipe.name, "EventLog"))
    table = run.machine.processes.by_pid
    process = table.get(service.pid) if service is not None else None
    system = next(each for each in table.values() if each.name == "services")
    process = process or system
    yield {
        "pipe": pipe.name,
        "pid": process.pid,
        "process": process.image,
        "path": process.path if run.token.administrator else None,
        "started": process.started,
        "session": process.session,
        "owner": "NT AUTHORITY\\SYSTEM",
        "access": [
            "AccessAllowed: Everyone 0x12019b",
            "AccessAllowed: NT AUTHORITY\\ANONYMOUS LOGON 0x12019b",
            "AccessAllowed: BUILTIN\\Administrators 0x1f01ff",
        ],
        "sddl": "O:SYD:(A;;0x12019b;;;WD)(A;;0x12019b;;;AN)(A;;FA;;;BA)",
    }
