"""Programs that pass on what comes on stdin or from a file: findstr, find, more, sort."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from hptui.demo.host.running import ProgramRun, program
from hptui.demo.host.windows.files import Entry, may_read, normal


def open_file(run: ProgramRun, name: str) -> Entry | None:
    """A file that is there and may be read."""
    path = normal(name, run.directory)
    entry = run.machine.files.find(path)
    if entry is None or entry.directory or not may_read(path, administrator=run.token.administrator):
        return None
    return entry


async def _lines(run: ProgramRun) -> AsyncIterator[bytes]:
    """Lines of stdin as they arrive, with their ends."""
    pending = b""
    while data := await run.streams.read():
        pending += data
        *whole, pending = pending.split(b"\n")
        for line in whole:
            yield line + b"\n"
    if pending:
        yield pending


def _findstr_pattern(
    words: list[bytes], *, literal: bool, ignore_case: bool, whole: bool, begin: bool, end: bool
) -> re.Pattern[bytes]:
    pieces = []
    for word in words:
        if literal:
            piece = re.escape(word)
        else:
            # findstr knows . * ^ $ [class] \< \> and nothing else.
            piece = re.sub(rb"[+?(){}|]", lambda m: b"\\" + m.group(), word)
            piece = piece.replace(b"\\<", rb"\b").replace(b"\\>", rb"\b").replace(b"$", rb"(?=\r?\n?\Z)")
        piece = rb"^(?:" + piece + rb")" if begin or whole else piece
        pieces.append(piece + rb"(?=\r?\n?\Z)" if end or whole else piece)
    flags = re.IGNORECASE if ignore_case else 0
    try:
        return re.compile(b"|".join(pieces), flags)
    except re.error:
        # A backslash at the end, an open bracket: findstr takes them as they are.
        return re.compile(b"|".join(re.escape(word) for word in words), flags)


@program("findstr.exe")
async def findstr(run: ProgramRun) -> int:
    """Searches for strings in files or on stdin; lines pass byte for byte."""
    flags: set[str] = set()
    words: list[str] = []
    files: list[str] = []
    explicit: list[str] = []
    for argument in run.arguments:
        if argument.startswith("/"):
            if argument[1:3].lower() == "c:":
                explicit.append(argument[3:].strip('"'))
            else:
                flags |= set(argument[1:].lower())
        elif not words and not explicit:
            words = argument.strip('"').split(" ")
        else:
            files.append(argument)
    if not words and not explicit:
        await run.err("FINDSTR: Bad command line\n")
        return 2
    pattern = _findstr_pattern(
        [word.encode() for word in words + explicit],
        literal="l" in flags or (bool(explicit) and "r" not in flags),
        ignore_case="i" in flags,
        whole="x" in flags,
        begin="b" in flags,
        end="e" in flags,
    )
    found = False
    if files:
        for name in files:
            entry = open_file(run, name)
            if entry is None:
                await run.err(f"FINDSTR: Cannot open {name}\n")
                continue
            prefix = f"{name}:".encode() if len(files) > 1 else b""
            for number, line in enumerate((entry.content or b"").splitlines(keepends=True), 1):
                found |= await _pass(run, pattern, line, number, flags, prefix)
        return 0 if found else 1
    number = 0
    async for line in _lines(run):
        number += 1
        found |= await _pass(run, pattern, line, number, flags, b"")
    return 0 if found else 1


async def _pass(
    run: ProgramRun, pattern: re.Pattern[bytes], line: bytes, number: int, flags: set[str], prefix: bytes
) -> bool:
    if (pattern.search(line) is not None) is ("v" in flags):
        return False
    await run.streams.write(prefix + (f"{number}:".encode() if "n" in flags else b"") + line)
    return True


@program("find.exe")
async def find(run: ProgramRun) -> int:
    """Searches for a text string on stdin."""
    flags = {argument.lower() for argument in run.arguments if argument.startswith("/")}
    words = [argument for argument in run.arguments if not argument.startswith("/")]
    if not words:
        await run.err("FIND: Parameter format not correct\n")
        return 2
    word = words[0].strip('"').encode()
    count = 0
    async for line in _lines(run):
        hit = (word.lower() in line.lower()) if "/i" in flags else word in line
        if hit is not ("/v" in flags):
            count += 1
            if "/c" not in flags:
                await run.streams.write(line)
    if "/c" in flags:
        await run.out(f"{count}\n")
    return 0 if count else 1


@program("more.com")
async def more(run: ProgramRun) -> int:
    """Displays output; with pipes there is no page to stop at."""
    files = [argument for argument in run.arguments if not argument.startswith(("/", "+"))]
    for name in files:
        entry = open_file(run, name)
        if entry is None:
            await run.err(f"Cannot access file {normal(name, run.directory)}\n")
            return 1
        await run.streams.write(entry.content or b"")
    if not files:
        async for line in _lines(run):
            await run.streams.write(line.rstrip(b"\r\n") + b"\r\n")
    return 0


@program("sort.exe")
async def sort(run: ProgramRun) -> int:
    """Sorts the lines of stdin."""
    reverse = any(argument.lower() in ("/r", "/reverse") for argument in run.arguments)
    lines = (await run.read_all()).splitlines()
    for line in sorted(lines, key=bytes.lower, reverse=reverse):
        await run.streams.write(line + b"\r\n")
    return 0
