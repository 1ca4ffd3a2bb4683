"""tasklist and taskkill."""

from __future__ import annotations

from hptui.demo.host.programs.text_table import formatted
from hptui.demo.host.running import ProgramRun, program
from hptui.demo.host.windows.processes import WindowsProcess


def _options(run: ProgramRun, with_value: tuple[str, ...]) -> tuple[dict[str, list[str]], str]:
    """Options by lower-case name with their values; the word that is none of them, if there is one."""
    options: dict[str, list[str]] = {}
    place, words = 0, list(run.arguments)
    while place < len(words):
        word = words[place].lower().replace("-", "/", 1)
        place += 1
        if not word.startswith("/"):
            return options, words[place - 1]
        values = options.setdefault(word, [])
        if word in with_value and place < len(words):
            values.append(words[place])
            place += 1
    return options, ""


def _passes(process: WindowsProcess, conditions: list[str]) -> bool:
    for condition in conditions:
        parts = condition.lower().split()
        if len(parts) != 3:
            continue
        name, operator, value = parts
        actual = {
            "imagename": process.image.lower(),
            "pid": str(process.pid),
            "session": str(process.session),
        }.get(name, "")
        equal = actual.startswith(value[:-1]) if value.endswith("*") else actual == value
        if equal is (operator == "ne"):
            return False
    return True


@program("tasklist.exe")
async def tasklist(run: ProgramRun) -> int:
    """Displays a list of currently running processes."""
    options, wrong = _options(run, ("/fi", "/fo", "/m"))
    unknown = next((name for name in options if name not in ("/fi", "/fo", "/nh", "/v", "/svc", "/m")), wrong)
    if unknown:
        await run.err(f"ERROR: Invalid argument/option - '{unknown}'.\nType \"TASKLIST /?\" for usage.\n")
        return 1
    form = next(iter(options.get("/fo", ["table"])), "").lower()
    if form not in ("table", "list", "csv"):
        await run.err("ERROR: Invalid value for '/FO' option.\nType \"TASKLIST /?\" for usage.\n")
        return 1
    every = run.machine.processes.all()
    chosen = [process for process in every if _passes(process, options.get("/fi", []))]
    if not chosen:
        await run.out("INFO: No tasks are running which match the specified criteria.\n")
        return 0
    if "/svc" in options:
        headers = ["Image Name", "PID", "Services"]
        rows = [[_name(each), str(each.pid), _services(run, each.pid)] for each in chosen]
        right = frozenset({1})
    else:
        headers = ["Image Name", "PID", "Session Name", "Session#", "Mem Usage"]
        rows = [
            [_name(each), str(each.pid), "Services", str(each.session), f"{each.working_set // 1024:,} K"]
            for each in chosen
        ]
        right = frozenset({1, 3, 4})
        if "/v" in options:
            headers.append("User Name")
            rows = [[*row, each.user or "N/A"] for row, each in zip(rows, chosen, strict=True)]
    if form == "table":
        rows = [[row[0][:25].ljust(25), row[1].rjust(8), *row[2:]] for row in rows]
        await run.out("\n")
    await run.out(formatted(form, headers, rows, no_header="/nh" in options, right=right))
    return 0


def _name(process: WindowsProcess) -> str:
    return "System Idle Process" if process.pid == 0 else process.image


def _services(run: ProgramRun, pid: int) -> str:
    names = [service.name for service in run.machine.services if service.running and service.pid == pid]
    return ", ".join(names) or "N/A"


@program("taskkill.exe")
async def taskkill(run: ProgramRun) -> int:
    """Ends processes by id or image name."""
    options, wrong = _options(run, ("/pid", "/im", "/fi"))
    if wrong or not ({"/pid", "/im"} & options.keys()):
        await run.err(
            'ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\nType "TASKKILL /?" for usage.\n'
        )
        return 1
    table = run.machine.processes
    code = 0
    for pid in options.get("/pid", []):
        process = table.by_pid.get(int(pid)) if pid.isdigit() else None
        if process is None:
            await run.err(f'ERROR: The process "{pid}" not found.\n')
            code = 128
        else:
            code = await _end(run, process, tree="/t" in options) or code
    for image in options.get("/im", []):
        matching = [each for each in table.all() if each.image.lower() == image.lower()]
        if not matching:
            await run.err(f'ERROR: The process "{image}" not found.\n')
            code = 128
        for each in matching:
            code = await _end(run, each, tree="/t" in options) or code
    return code


async def _end(run: ProgramRun, process: WindowsProcess, *, tree: bool) -> int:
    table = run.machine.processes
    code = 0
    for each in table.tree(process.pid) if tree else [process]:
        code = await _end_one(run, each, each is not process) or code
    return code


async def _end_one(run: ProgramRun, process: WindowsProcess, is_child: bool) -> int:
    if process.protected or not (run.token.administrator or process.user.lower() == run.token.name.lower()):
        reason = (
            "This is critical system process. Taskkill cannot end this process."
            if process.protected
            else "Access is denied."
        )
        await run.err(
            f"ERROR: The process with PID {process.pid} could not be terminated.\nReason: {reason}\n"
        )
        return 1
    of = f" (child process of PID {process.parent})" if is_child else ""
    run.machine.processes.kill(process.pid, 1)
    await run.out(f"SUCCESS: The process with PID {process.pid}{of} has been terminated.\n")
    return 0
