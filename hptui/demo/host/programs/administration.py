"""Programs that ask for administrators: fltmc, net, sc, pktmon."""

from __future__ import annotations

from hptui.demo.host.programs.text_table import ruled
from hptui.demo.host.running import ProgramRun, program
from hptui.demo.host.windows.accounts import LOCAL_GROUPS

_FILTERS = (
    ("bindflt", "1", "409800", "0"), ("UCPD", "4", "385250.5", "0"), ("WdFilter", "5", "328010", "0"),
    ("storqosflt", "0", "244000", "0"), ("wcifs", "2", "189900", "0"), ("CldFlt", "0", "180451", "0"),
    ("FileCrypt", "0", "141100", "0"), ("luafv", "1", "135000", "0"), ("npsvctrig", "1", "46000", "0"),
    ("Wof", "3", "40700", "0"),
)  # fmt: skip


@program("fltMC.exe")
async def fltmc(run: ProgramRun) -> int:
    """Lists the file system's minifilters; for administrators only, which makes it a second opinion on that."""
    if not run.token.administrator:
        await run.err("Access is denied.\n")
        return 1
    await run.out("\n")
    filters = [row for row in _FILTERS if run.machine.build.has_bind_filter or row[0] != "bindflt"]
    head = "Filter Name                     Num Instances    Altitude    Frame"
    rule = "------------------------------  -------------  ------------  -----"
    await run.out(f"{head}\n{rule}\n")
    for name, instances, altitude, frame in filters:
        await run.out(f"{name:<30}  {instances:>13}  {altitude:>12}  {frame:>5}\n")
    return 0


@program("net.exe")
async def net(run: ProgramRun) -> int:
    """net session, net user, net localgroup, net start and stop."""
    words = [argument.lower() for argument in run.arguments]
    if not words:
        await run.err(
            "The syntax of this command is:\n\nNET\n    [ LOCALGROUP | SESSION | START | STOP | USER ]\n"
        )
        return 1
    actions = {"session": _session, "sessions": _session, "user": _users, "localgroup": _groups}
    if words[0] in actions:
        return await actions[words[0]](run)
    if words[0] in ("start", "stop"):
        return await _service(run, words[0], " ".join(run.arguments[1:]))
    await run.err(
        "The syntax of this command is:\n\nNET\n    [ LOCALGROUP | SESSION | START | STOP | USER ]\n"
    )
    return 1


async def _denied(run: ProgramRun) -> int:
    await run.err("System error 5 has occurred.\n\nAccess is denied.\n\n")
    return 2


async def _session(run: ProgramRun) -> int:
    server = run.machine.service("LanmanServer")
    if server is not None and not server.running:
        await run.err(
            "The Server service is not started.\n\nMore help is available by typing NET HELPMSG 2114.\n\n"
        )
        return 2
    if not run.token.administrator:
        return await _denied(run)
    await run.out("There are no entries in the list.\n\n")
    return 0


async def _users(run: ProgramRun) -> int:
    rule = "-" * 79
    await run.out(
        f"\nUser accounts for \\\\{run.machine.name}\n\n{rule}\nazureuser                DefaultAccount           Guest\n"
        "WDAGUtilityAccount\nThe command completed successfully.\n\n"
    )
    return 0


async def _groups(run: ProgramRun) -> int:
    if len(run.arguments) > 1:
        members = "azureuser\n" if run.arguments[1].lower() == "administrators" else ""
        await run.out(
            f"Alias name     {run.arguments[1]}\nComment\n\nMembers\n\n{'-' * 79}\n{members}"
            "The command completed successfully.\n\n"
        )
        return 0
    names = sorted((name.removeprefix("BUILTIN\\") for name, _, _ in LOCAL_GROUPS.values()), key=str.lower)
    listed = "".join(f"*{name}\n" for name in names)
    await run.out(
        f"\nAliases for \\\\{run.machine.name}\n\n{'-' * 79}\n{listed}The command completed successfully.\n\n"
    )
    return 0


async def _service(run: ProgramRun, what: str, name: str) -> int:
    if not name:
        running = "".join(f"   {each.display}\n" for each in run.machine.services if each.running)
        await run.out(
            f"These Windows services are started:\n\n{running}\nThe command completed successfully.\n\n"
        )
        return 0
    service = run.machine.service(name.strip('"'))
    if service is None:
        await run.err(
            "The service name is invalid.\n\nMore help is available by typing NET HELPMSG 2185.\n\n"
        )
        return 2
    if not run.token.administrator:
        return await _denied(run)
    if service.running is (what == "start"):
        state = "has already been started" if what == "start" else "is not started"
        await run.err(f"The {service.display} service {state}.\n\n")
        return 2
    service.running = what == "start"
    doing, done = ("starting", "started") if what == "start" else ("stopping", "stopped")
    await run.out(
        f"The {service.display} service is {doing}.\nThe {service.display} service was {done} successfully.\n\n"
    )
    return 0


@program("sc.exe")
async def sc(run: ProgramRun) -> int:
    """sc query."""
    words = [argument.lower() for argument in run.arguments]
    if not words or words[0] not in ("query", "queryex"):
        await run.out(
            "DESCRIPTION:\n        SC is a command line program used for communicating with the\n"
            "        Service Control Manager and services.\n"
        )
        return 1639
    chosen = [each for each in run.machine.services if each.running]
    if len(words) > 1:
        found = run.machine.service(words[1])
        if found is None:
            await run.out(
                "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\nThe specified service does not exist as an installed "
                "service.\n\n"
            )
            return 1060
        chosen = [found]
    for service in chosen:
        state = "4  RUNNING" if service.running else "1  STOPPED"
        await run.out(
            f"\nSERVICE_NAME: {service.name}\nDISPLAY_NAME: {service.display}\n"
            "        TYPE               : 10  WIN32_OWN_PROCESS  \n"
            f"        STATE              : {state} \n        WIN32_EXIT_CODE    : 0  (0x0)\n"
        )
    return 0


@program("pktmon.exe")
async def pktmon(run: ProgramRun) -> int:
    """Whether packets are being captured."""
    if not run.token.administrator:
        await run.err("Failed to connect to the pktmon driver. Access is denied.\n")
        return 5
    await run.out(
        "Packet Monitor is not running.\n"
        if run.arguments[:1] == ["status"]
        else ruled(["pktmon"], [["status"]])
    )
    return 0
