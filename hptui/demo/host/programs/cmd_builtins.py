"""The commands that cmd.exe has in itself."""

from __future__ import annotations

import fnmatch
from collections.abc import Awaitable, Callable

from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.files import Entry, may_read, may_write, normal

_PIPES = "\\\\.\\pipe\\"


async def echo(run: ProgramRun) -> int:
    text = run.line
    if text[:1] in ".:,;(/" and text:
        text = text[1:]
    elif text.strip().lower() in ("", "on", "off"):
        await run.out("" if text.strip() else "ECHO is on.\n")
        return 0
    await run.out(f"{text}\n")
    return 0


async def ver(run: ProgramRun) -> int:
    await run.out(f"\nMicrosoft Windows [Version {run.machine.build.full_version}]\n")
    return 0


async def set_(run: ProgramRun) -> int:
    name, equals, value = run.line.strip().strip('"').partition("=")
    if equals:
        if value:
            run.environment[name] = value
        else:
            run.environment.pop(name, None)
        return 0
    found = {k: v for k, v in run.environment.items() if k.lower().startswith(name.lower())}
    if not found:
        await run.err(f"Environment variable {name} not defined\n")
        return 1
    for key in sorted(found, key=str.lower):
        await run.out(f"{key}={found[key]}\n")
    return 0


async def type_(run: ProgramRun) -> int:
    code = 0
    for name in run.arguments:
        path = normal(name, run.directory)
        entry = run.machine.files.find(path)
        if entry is None:
            await run.err("The system cannot find the file specified.\n")
            code = 1
        elif entry.directory or not may_read(path, administrator=run.token.administrator):
            await run.err("Access is denied.\n")
            code = 1
        else:
            await run.streams.write(entry.content or b"")
    return code


async def dir_(run: ProgramRun) -> int:
    switches = {word.lower() for word in run.arguments if word.startswith("/")}
    paths = [word for word in run.arguments if not word.startswith("/")] or [run.directory]
    code = 0
    for path in paths:
        if path.lower().startswith(_PIPES.rstrip("\\")):
            await _list_pipes(run, bare="/b" in switches)
        else:
            code = await _list(run, path, bare="/b" in switches, every="/a" in switches) or code
    return code


async def _list_pipes(run: ProgramRun, *, bare: bool) -> None:
    pipes = run.machine.pipes
    if bare:
        await run.out("".join(f"{pipe.name}\n" for pipe in pipes))
        return
    await run.out(" Volume in drive \\\\.\\pipe is NamedPipe\n\n Directory of \\\\.\\pipe\n\n")
    for pipe in pipes:
        await run.out(f"12/31/1600  11:59 PM    {pipe.instances:>14,} {pipe.name}\n")
    await run.out(f"{len(pipes):>16} File(s) {sum(pipe.instances for pipe in pipes):>14,} bytes\n")


async def _list(run: ProgramRun, path: str, *, bare: bool, every: bool) -> int:
    whole = normal(path, run.directory)
    pattern = "*"
    entry = run.machine.files.find(whole)
    if entry is None or not entry.directory:
        whole, _, pattern = whole.rpartition("\\")
        entry = run.machine.files.find(whole + "\\" if whole.endswith(":") else whole)
    shown = run.machine.files.real_path(whole)
    if entry is not None and not may_read(whole, administrator=run.token.administrator):
        await run.err("Access is denied.\n")
        return 1
    children = [] if entry is None else _matching(entry, pattern, every=every)
    if not bare:
        await run.out(
            f" Volume in drive C is Windows\n Volume Serial Number is 8C1B-9D42\n\n Directory of {shown}\n\n"
        )
    if not children:
        await run.err("File Not Found\n")
        return 1
    if bare:
        await run.out("".join(f"{child.name}\n" for child in children))
        return 0
    for child in children:
        size = "<DIR>         " if child.directory else f"{child.length:>14,}"
        await run.out(f"{child.changed:%m/%d/%Y  %I:%M %p}    {size} {child.name}\n")
    files = [child for child in children if not child.directory]
    await run.out(
        f"{len(files):>16} File(s) {sum(child.length for child in files):>14,} bytes\n"
        f"{len(children) - len(files):>16} Dir(s)  {61_204_381_696:>14,} bytes free\n"
    )
    return 0


def _matching(entry: Entry, pattern: str, *, every: bool) -> list[Entry]:
    return [
        child
        for child in sorted(entry.children.values(), key=lambda each: each.name.lower())
        if fnmatch.fnmatch(child.name.lower(), pattern.lower()) and (every or not child.hidden)
    ]


async def cls(run: ProgramRun) -> int:
    if run.console is not None:
        await run.console.clear()
    else:
        await run.streams.write(b"\x0c")
    return 0


async def nothing(run: ProgramRun) -> int:
    return 0


async def delete(run: ProgramRun) -> int:
    for name in (word for word in run.arguments if not word.startswith("/")):
        path = normal(name, run.directory)
        if run.machine.files.find(path) is None:
            await run.err(f"Could Not Find {path}\n")
        elif not may_write(path, administrator=run.token.administrator):
            await run.err(f"{path}\nAccess is denied.\n")
        else:
            run.machine.files.remove(path)
    return 0


async def make_directory(run: ProgramRun) -> int:
    for name in run.arguments:
        path = normal(name, run.directory)
        if not may_write(path, administrator=run.token.administrator):
            await run.err("Access is denied.\n")
            return 1
        if run.machine.files.find(path) is not None:
            await run.err(f"A subdirectory or file {name} already exists.\n")
            return 1
        run.machine.files.make_directory(path, run.machine.now())
    return 0


BUILTINS: dict[str, Callable[[ProgramRun], Awaitable[int]]] = {
    "echo": echo, "ver": ver, "set": set_, "type": type_, "dir": dir_, "cls": cls, "rem": nothing, "title": nothing,
    "setlocal": nothing, "endlocal": nothing, "del": delete, "erase": delete, "md": make_directory, "mkdir": make_directory,
}  # fmt: skip
