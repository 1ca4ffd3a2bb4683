"""What is done to the host: a process ended, a service restarted."""

from __future__ import annotations

from hptui.demo.host.probes.answering import Given, Records, ScriptError, answers, plain_time
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.services import DEPENDENTS, PROTECTED

_KILLED = 0xFFFFFFFF


@answers("end-process")
def end_process(run: ProgramRun, given: Given) -> Records:
    table = run.machine.processes
    pid = int(given["process"])
    process = table.by_pid.get(pid)
    if process is None:
        raise ScriptError(f"There is no process {pid} any more.")
    if process.image != given["name"] or plain_time(process.started) != given["started"]:
        raise ScriptError(f"Process {pid} is another one by now: {process.image}. Nothing was ended.")
    own = process.user.lower() == run.token.name.lower()
    if process.protected or not (own or run.token.administrator):
        raise ScriptError(
            f'Cannot stop process "{process.name} ({pid})" because of the following error: Access is denied',
            "CouldNotStopProcess,Microsoft.PowerShell.Commands.StopProcessCommand",
        )
    table.kill(pid, _KILLED)
    yield {"process": pid, "name": process.image, "ended": True}


@answers("restart-service")
def restart_service(run: ProgramRun, given: Given) -> Records:
    node = run.machine
    service = next((each for each in node.services if each.name.lower() == given["service"].lower()), None)
    if service is None:
        raise ScriptError(f"There is no service {given['service']}.")
    before = service.state
    if not run.token.administrator or service.name.lower() in PROTECTED:
        what = "opened" if run.token.administrator else "stopped"
        problem = (
            f"Service '{service.display} ({service.name})' cannot be {what} due to the following error: "
            f"Cannot open {service.name} service on computer '.'."
        )
        yield {
            "name": service.name,
            "before": before,
            "after": before,
            "pid": service.pid or None,
            "problem": problem,
        }
        return
    others = [node.service(name) for name in DEPENDENTS.get(service.name.lower(), ())]
    restarted = [each for each in others if each is not None and each.running]
    for each in (*restarted, service):
        node.stop(each)
    for each in (service, *restarted):
        node.start(each)
        yield {
            "name": each.name,
            "before": before if each is service else "Running",
            "after": each.state,
            "pid": each.pid,
            "problem": None,
        }
