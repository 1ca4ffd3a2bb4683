"""Small programs about the computer itself: hostname, systeminfo, chcp, mode, timeout, where, w32tm, ver's siblings."""

from __future__ import annotations

import asyncio

from hptui.demo.host.running import ProgramRun, find_installed, program


@program("hostname.exe")
async def hostname(run: ProgramRun) -> int:
    """Prints the name of the current host."""
    if run.arguments:
        await run.err(
            "sethostname: Use the Network Control Panel Applet to set hostname.\nhostname -s is not supported.\n"
        )
        return 1
    await run.out(f"{run.machine.host_name}\n")
    return 0


@program("systeminfo.exe")
async def systeminfo(run: ProgramRun) -> int:
    """Displays operating system configuration information."""
    machine = run.machine
    build = machine.build
    total, free = machine.memory // 2**20, machine.free_memory // 2**20
    rows = (
        ("Host Name", machine.name),
        ("OS Name", f"Microsoft {build.product}"),
        ("OS Version", f"{build.version} N/A Build {build.number}"),
        ("OS Manufacturer", "Microsoft Corporation"),
        ("OS Configuration", "Standalone Server"),
        ("OS Build Type", "Multiprocessor Free"),
        ("Registered Owner", "N/A"),
        ("Product ID", "00454-60000-00001-AA491"),
        ("System Boot Time", f"{machine.boot:%m/%d/%Y, %I:%M:%S %p}"),
        ("System Manufacturer", "Microsoft Corporation"),
        ("System Model", "Virtual Machine"),
        ("System Type", "x64-based PC"),
        ("Processor(s)", "1 Processor(s) Installed."),
        ("Windows Directory", "C:\\Windows"),
        ("System Directory", "C:\\Windows\\system32"),
        ("Boot Device", "\\Device\\HarddiskVolume1"),
        ("System Locale", "en-us;English (United States)"),
        ("Time Zone", "(UTC) Coordinated Universal Time"),
        ("Total Physical Memory", f"{total:,} MB"),
        ("Available Physical Memory", f"{free:,} MB"),
        ("Virtual Memory: Max Size", f"{total * 5 // 4:,} MB"),
        ("Virtual Memory: Available", f"{free * 5 // 4:,} MB"),
        ("Page File Location(s)", "D:\\pagefile.sys"),
        ("Domain", "WORKGROUP"),
        ("Logon Server", "N/A"),
        ("Hotfix(s)", "3 Hotfix(s) Installed."),
        (
            "Hyper-V Requirements",
            "A hypervisor has been detected. Features required for Hyper-V will not be displayed.",
        ),
    )
    await run.out("\n" + "".join(f"{name + ':':<27}{value}\n" for name, value in rows))
    return 0


@program("chcp.com")
async def chcp(run: ProgramRun) -> int:
    """Displays or sets the active code page number."""
    page = run.arguments[0] if run.arguments else "65001" if run.encoding == "utf-8" else "437"
    if page not in ("437", "65001", "850", "1252"):
        await run.err("Invalid code page\n")
        return 1
    await run.out(f"Active code page: {page}\n")
    return 0


@program("mode.com")
async def mode(run: ProgramRun) -> int:
    """Shows the console's size."""
    if run.console is None:
        await run.err("\nThe device CON is not currently available.\n")
        return 1
    rule = "-" * 22
    await run.out(
        f"\nStatus for device CON:\n{rule}\n    Lines:          {run.console.rows}\n    Columns:        {run.console.columns}\n"
        "    Keyboard rate:  31\n    Keyboard delay: 1\n    Code page:      65001\n\n"
    )
    return 0


@program("timeout.exe")
async def timeout(run: ProgramRun) -> int:
    """Waits for a number of seconds; it refuses a redirected stdin, as the real one does."""
    if run.console is None:
        await run.err("ERROR: Input redirection is not supported, exiting the process immediately.\n")
        return 1
    numbers = [int(argument) for argument in run.arguments if argument.lstrip("-").isdigit()]
    seconds = numbers[0] if numbers else 0
    while seconds:
        await run.out(f"\nWaiting for {seconds} seconds, press a key to continue ...")
        await run.console.flush()
        await asyncio.sleep(1)
        seconds -= 1
    await run.out("\n")
    return 0


@program("where.exe")
async def where(run: ProgramRun) -> int:
    """Displays the location of files on the path."""
    code = 0
    for name in run.arguments:
        found = find_installed(name)
        if found is None:
            await run.err("INFO: Could not find files for the given pattern(s).\n")
            code = 1
        else:
            await run.out(f"{found.path}\n")
    return code


@program("w32tm.exe")
async def w32tm(run: ProgramRun) -> int:
    """Shows where the clock's time comes from."""
    service = run.machine.service("W32Time")
    if service is not None and not service.running:
        await run.out("The following error occurred: The service has not been started. (0x80070426)\n")
        return 1
    if [argument.lower() for argument in run.arguments[:2]] != ["/query", "/status"]:
        await run.out("The command syntax is incorrect.\n")
        return 1
    if not run.token.administrator and run.token.sid != "S-1-5-19":
        await run.out("The following error occurred: Access is denied. (0x80070005)\n")
        return 5
    await run.out(
        "Leap Indicator: 0(no warning)\nStratum: 3 (secondary reference - syncd by (S)NTP)\nPrecision: -23 (119.209ns per tick)\n"
        'Root Delay: 0.0001500s\nRoot Dispersion: 0.0000740s\nReferenceId: 0x564D5450 (source name:  "VMTP")\n'
        f"Last Successful Sync Time: {run.machine.now():%m/%d/%Y %I:%M:%S %p}\nSource: VM IC Time Synchronization Provider \n"
        "Poll Interval: 6 (64s)\n"
    )
    return 0
