"""Services of the node: listing for everybody, stopping and starting for administrators."""

from __future__ import annotations

from hptui.demo.host.powershell.data.operators import wildcard
from hptui.demo.host.powershell.data.values import EnumWord, Record, to_text
from hptui.demo.host.powershell.dotnet.members import read
from hptui.demo.host.powershell.execution.calls import Call, command
from hptui.demo.host.windows.services import DEPENDENTS, PROTECTED, Service

_STATUS = {"Stopped": 1, "Running": 4}
_START = {"Auto": ("Automatic", 2), "Manual": ("Manual", 3), "Disabled": ("Disabled", 4)}
_TYPE = "System.ServiceProcess.ServiceController"


def service_record(service: Service, machine: str) -> Record:
    return Record(
        _TYPE,
        {
            "Status": EnumWord.of(
                service.state, _STATUS[service.state], "System.ServiceProcess.ServiceControllerStatus"
            ),
            "Name": service.name,
            "DisplayName": service.display,
            "ServiceName": service.name,
            "StartType": EnumWord.of(*_START[service.start_mode], "System.ServiceProcess.ServiceStartMode"),
            "MachineName": ".",
            "CanStop": service.running and service.name.lower() not in PROTECTED,
            "CanPauseAndContinue": False,
            "DependentServices": list(DEPENDENTS.get(service.name.lower(), ())),
            "ServicesDependedOn": [],
            "ServiceType": "Win32OwnProcess",
            "Site": None,
        },
        text=_TYPE,
    )


async def _named(call: Call) -> list[Service]:
    """The services that -Name, -DisplayName or the pipeline names; a complaint for each that isn't there."""
    names = call.texts("name") + [
        to_text(read(item, "Name") if isinstance(item, Record) else item) for item in call.input
    ]
    shown = call.texts("displayname")
    services = sorted(call.shell.machine.services, key=lambda each: each.name.lower())
    if not names and not shown:
        return services if call.command == "Get-Service" else []
    found: list[Service] = []
    for pattern, of in [*((name, "name") for name in names), *((name, "display") for name in shown)]:
        matching = [each for each in services if wildcard(pattern).match(getattr(each, of))]
        if not matching and not any(mark in pattern for mark in "*?["):
            kind = "name" if of == "name" else "display name"
            await call.complain(
                call.error(
                    f"Cannot find any service with service {kind} '{pattern}'.",
                    "ObjectNotFound",
                    "NoServiceFoundForGivenName",
                    "ServiceCommandException",
                    pattern,
                )
            )
        found += [each for each in matching if each not in found]
    return found


@command(
    "Get-Service",
    "Name:0 DisplayName Include Exclude DependentServices? RequiredServices? ComputerName",
    "gsv",
)
async def get_service(call: Call) -> None:
    """Gets the services on the computer."""
    for service in await _named(call):
        await call.put(service_record(service, call.shell.machine.name))


async def _may_change(call: Call, service: Service, what: str) -> bool:
    """False, with a complaint, for accounts that may not open the service."""
    denied = not call.shell.token.administrator
    if not denied and not (what == "stopped" and service.name.lower() in PROTECTED):
        return True
    name = f"{service.display} ({service.name})"
    message = f"Service '{name}' cannot be {what} due to the following error: Cannot open {service.name} service on computer '.'."
    await call.complain(
        call.error(
            message,
            "CloseError" if what == "stopped" else "OpenError",
            f"CouldNot{'Stop' if what == 'stopped' else 'Start'}Service",
            "ServiceCommandException",
            _TYPE,
            "ServiceController",
        )
    )
    return False


@command("Stop-Service", "Name:0 DisplayName Force? PassThru? NoWait?", "spsv")
async def stop_service(call: Call) -> None:
    """Stops one or more running services."""
    for service in await _named(call):
        dependents = [
            each
            for name in DEPENDENTS.get(service.name.lower(), ())
            if (each := call.shell.machine.service(name)) is not None and each.running
        ]
        if dependents and not call.switch("force"):
            await call.complain(
                call.error(
                    f"Cannot stop service '{service.display} ({service.name})' because it has dependent services. It can "
                    "only be stopped if the Force flag is set.",
                    "InvalidOperation",
                    "ServiceHasDependentServices",
                    "ServiceCommandException",
                    _TYPE,
                    "ServiceController",
                )
            )
            continue
        if await _may_change(call, service, "stopped"):
            for each in (*dependents, service):
                call.shell.machine.stop(each)
            await _pass_on(call, service)


@command("Start-Service", "Name:0 DisplayName PassThru?", "sasv")
async def start_service(call: Call) -> None:
    """Starts one or more stopped services."""
    for service in await _named(call):
        if await _may_change(call, service, "started"):
            call.shell.machine.start(service)
            await _pass_on(call, service)


@command("Restart-Service", "Name:0 DisplayName Force? PassThru?")
async def restart_service(call: Call) -> None:
    """Stops and then starts one or more services."""
    for service in await _named(call):
        if await _may_change(call, service, "stopped"):
            call.shell.machine.stop(service)
            call.shell.machine.start(service)
            await _pass_on(call, service)


@command("Set-Service", "Name:0 StartupType Status DisplayName Description")
async def set_service(call: Call) -> None:
    """Starts, stops, and suspends a service, and changes its properties."""
    for service in await _named(call):
        if not await _may_change(call, service, "configured"):
            continue
        if call.given("startuptype"):
            service.start_mode = {"automatic": "Auto", "manual": "Manual"}.get(
                call.text("startuptype").lower(), "Disabled"
            )
        if call.given("status"):
            machine = call.shell.machine
            (machine.start if call.text("status").lower() == "running" else machine.stop)(service)


async def _pass_on(call: Call, service: Service) -> None:
    if call.switch("passthru"):
        await call.put(service_record(service, call.shell.machine.name))
