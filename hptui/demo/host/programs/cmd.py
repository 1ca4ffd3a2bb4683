"""cmd.exe: /c and /k with `&`, `&&`, `||`, `|` and redirections; its own commands; a prompt on a tty."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hptui.demo.host.console.console import Console
from hptui.demo.host.console.interrupting import Interrupted, conversing, run_interruptible
from hptui.demo.host.console.line_editor import LineEditor, LineEnded
from hptui.demo.host.programs.cmd_builtins import BUILTINS
from hptui.demo.host.running import ProgramRun, find_installed, program
from hptui.demo.host.windows.files import FileDenied, may_write, normal

_SEPARATOR = re.compile(r"&&|\|\||[&|]")
_REDIRECTION = re.compile(r"(\d?)(>>?|<)\s*(&\d|\"[^\"]*\"|[^\s&|<>]+)")
_NO_COMMAND = 9009


class Leave(Exception):
    """exit."""

    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(slots=True)
class _Memory:
    """Pipe ends between the commands of one line."""

    given: bytes = b""
    taken: bytearray = field(default_factory=bytearray)

    async def read(self) -> bytes:
        given, self.given = self.given, b""
        return given

    async def write(self, data: bytes) -> None:
        self.taken += data

    write_error = write


@dataclass(slots=True)
class _Redirected:
    """A program's streams with some of them sent elsewhere."""

    run: ProgramRun
    output: object = None  # a _Memory, "errors", or None
    errors: object = None  # a _Memory, "output", or None

    async def read(self) -> bytes:
        return await self.run.streams.read()

    async def write(self, data: bytes) -> None:
        if isinstance(self.output, _Memory):
            await self.output.write(data)
        elif self.output == "errors":
            await self.run.streams.write_error(data)
        else:
            await self.run.streams.write(data)

    async def write_error(self, data: bytes) -> None:
        if isinstance(self.errors, _Memory):
            await self.errors.write(data)
        elif self.errors == "output":
            await self.write(data)
        else:
            await self.run.streams.write_error(data)


@program("cmd.exe")
async def cmd(run: ProgramRun) -> int:
    """The command interpreter."""
    line, keep = _command_of(run.line)
    session = CommandShell(run)
    try:
        if line is not None:
            await session.line(line)
            if not keep:
                return session.code
        return await session.prompts(banner=line is None)
    except Leave as leave:
        return leave.code


def _command_of(line: str) -> tuple[str | None, bool]:
    """What stands behind /c or /k, and whether to stay; None without either."""
    found = re.search(r"(?:^|\s)[/-]([ckr])(?=\s|$|\S)\s?", line, re.IGNORECASE)
    if found is None:
        return None, True
    text = line[found.end() :].strip()
    if (
        text.startswith('"')
        and text.endswith('"')
        and (text.count('"') != 2 or re.search(r"[&|<>()@^ ]", text))
    ):
        # cmd takes the outer quotes off.
        text = text[1:-1]
    return text.replace('\\"', '"'), found.group(1).lower() == "k"


class CommandShell:
    """Runs command lines, one after the other."""

    def __init__(self, run: ProgramRun) -> None:
        self._run = run
        self.code = 0

    async def line(self, text: str) -> None:
        """A whole line. Raises Leave."""
        pieces = _split(self._expand(text))
        place = 0
        operator = ""
        while place < len(pieces):
            command, following = pieces[place]
            pipeline = [command]
            while following == "|" and place + 1 < len(pieces):
                place += 1
                command, following = pieces[place]
                pipeline.append(command)
            if not ((operator == "&&" and self.code) or (operator == "||" and not self.code)):
                await self._pipeline(pipeline)
            operator = following
            place += 1

    def _expand(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            name = found.group(1).lower()
            special = {"cd": self._run.directory, "errorlevel": str(self.code), "date": f"{self._run.machine.now():%a %m/%d/%Y}",
                       "time": f"{self._run.machine.now():%H:%M:%S.00}"}  # fmt: skip
            known = next(
                (v for k, v in self._run.environment.items() if k.lower() == name), special.get(name)
            )
            return found.group() if known is None else known

        return re.sub(r"%([^%\s=]+)%", value, text)

    async def _pipeline(self, commands: list[str]) -> None:
        given: bytes | None = None
        for place, command in enumerate(commands):
            last = place == len(commands) - 1
            memory = _Memory()
            run = self._run
            if given is not None:
                run = replace(run, streams=_Joined(given, run), console=None)
            self.code = await self._one(command.strip(), run, None if last else memory)
            given = bytes(memory.taken)

    async def _one(self, text: str, run: ProgramRun, into: _Memory | None) -> int:
        """One command with its redirections."""
        text, targets = _redirections(text)
        memory = into
        file = targets.get("1")
        to_errors = file == "&2"
        if to_errors:
            file = None
        if file is not None:
            memory = _Memory()
        errors: object = None
        if targets.get("2") == "&1":
            errors = "output"
        elif "2" in targets:
            errors = _Memory()
        if memory is not None or errors is not None or to_errors:
            output = "errors" if to_errors else memory
            run = replace(run, streams=_Redirected(run, output, errors), console=None)
        if "<" in targets:
            run = replace(run, streams=_Joined(self._content(targets["<"]), run), console=None)
        code = await self._execute(text, run)
        if file is not None and memory is not None and file.lower() != "nul":
            return await self._store(file, bytes(memory.taken), append=targets.get("append") == "yes") or code
        return code

    def _content(self, name: str) -> bytes:
        entry = self._run.machine.files.find(normal(name, self._run.directory))
        return (entry.content or b"") if entry is not None else b""

    async def _store(self, name: str, data: bytes, *, append: bool) -> int:
        path = normal(name, self._run.directory)
        try:
            if not may_write(path, administrator=self._run.token.administrator):
                raise FileDenied(path)
            self._run.machine.files.write(path, data, self._run.machine.now(), append=append)
        except FileDenied:
            await self._run.err("Access is denied.\n")
            return 1
        except FileNotFoundError:
            await self._run.err("The system cannot find the path specified.\n")
            return 1
        return 0

    async def _execute(self, text: str, run: ProgramRun) -> int:
        text = text.strip().lstrip("@").strip()
        while text.startswith("(") and text.endswith(")"):
            text = text[1:-1].strip()
        if not text:
            return self.code
        name, rest = _first_word(text)
        lowered = name.lower()
        if lowered == "exit":
            words = rest.split()
            number = next((word for word in words if word.lstrip("-").isdigit()), None)
            raise Leave(int(number) & 0xFFFFFFFF if number is not None else self.code)
        if lowered in ("cd", "chdir"):
            return await self._change_directory(rest.strip().strip('"').removeprefix("/d ").strip(), run)
        if lowered in BUILTINS:
            return await BUILTINS[lowered](replace(run, line=rest, arguments=split_words(rest)))
        installed = find_installed(name)
        if installed is None:
            await run.err(
                f"'{name}' is not recognized as an internal or external command,\noperable program or batch file.\n"
            )
            return _NO_COMMAND if run.console is not None else 1
        process = run.machine.processes.start(
            installed.path.rsplit("\\", 1)[-1].rsplit(".", 1)[0], installed.path, run.token.name, f"{name} {rest}".strip(),
            run.process.pid, run.machine.now(),
        )  # fmt: skip
        try:
            return await installed.program(
                replace(run, name=name, arguments=split_words(rest), line=rest, process=process)
            )
        finally:
            run.machine.processes.end(process.pid)

    async def _change_directory(self, target: str, run: ProgramRun) -> int:
        if not target:
            await run.out(f"{self._run.directory}\n")
            return 0
        path = normal(target, self._run.directory)
        entry = run.machine.files.find(path)
        if entry is None or not entry.directory:
            await run.err("The system cannot find the path specified.\n")
            return 1
        self._run.directory = run.machine.files.real_path(path)
        return 0

    # Prompts

    async def prompts(self, *, banner: bool) -> int:
        """Line after line: from a person on a console, or from stdin."""
        run = self._run
        if banner:
            await run.out(
                f"Microsoft Windows [Version {run.machine.build.full_version}]\n(c) Microsoft Corporation. All rights reserved.\n"
                "(A simulation that ships with hptui: no Windows is behind this prompt.)\n\n"
            )
        if run.console is not None:
            with conversing(run.console):
                return await self._converse(run.console)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        pending = ""
        while True:
            await run.out(f"{run.directory}>")
            while "\n" not in pending:
                data = await run.streams.read()
                if not data:
                    return self.code
                pending += decoder.decode(data)
            line, _, pending = pending.partition("\n")
            await run.out(f"{line.rstrip(chr(13))}\n")
            await self.line(line.rstrip("\r"))
            await run.out("\n")

    async def _converse(self, console: Console) -> int:
        lines: list[str] = []
        while True:
            editor = LineEditor(
                console,
                f"{self._run.directory}>",
                lines,
                lambda text: [""] * len(text),
                lambda text, at: (at, []),
            )
            try:
                line = await editor.read()
            except LineEnded:
                return self.code
            if not line or not line.strip():
                continue
            lines.append(line)
            with suppress(Interrupted):
                await run_interruptible(console, self.line(line))
            await console.show("\r\n")


@dataclass(slots=True)
class _Joined:
    """Given bytes as stdin, the rest as before."""

    given: bytes
    run: ProgramRun

    async def read(self) -> bytes:
        given, self.given = self.given, b""
        return given

    async def write(self, data: bytes) -> None:
        await self.run.streams.write(data)

    async def write_error(self, data: bytes) -> None:
        await self.run.streams.write_error(data)


def _split(text: str) -> list[tuple[str, str]]:
    """Commands and the operator behind each; none inside quotes or behind a ^."""
    pieces: list[tuple[str, str]] = []
    current, quoted, depth, place = "", False, 0, 0
    while place < len(text):
        char = text[place]
        if char == "^" and not quoted and place + 1 < len(text):
            current += text[place + 1]
            place += 2
            continue
        if char == '"':
            quoted = not quoted
        depth += (char == "(") - (char == ")") if not quoted else 0
        found = _SEPARATOR.match(text, place) if not quoted and depth <= 0 else None
        if found is not None and not (char == "&" and current.endswith(">")):
            pieces.append((current, found.group()))
            current = ""
            place = found.end()
            continue
        current += char
        place += 1
    return [*pieces, (current, "")]


def _redirections(text: str) -> tuple[str, dict[str, str]]:
    targets: dict[str, str] = {}

    def note(found: re.Match[str]) -> str:
        if text[: found.start()].count('"') % 2:
            return found.group()
        stream, arrow, target = found.groups()
        targets["<" if arrow == "<" else stream or "1"] = target.strip('"')
        if arrow == ">>":
            targets["append"] = "yes"
        return ""

    return _REDIRECTION.sub(note, text).strip(), targets


def _first_word(text: str) -> tuple[str, str]:
    if text.startswith('"'):
        end = text.find('"', 1)
        return text[1:end], text[end + 1 :].strip()
    found = re.match(r"(echo)(?=[.:,;(/])|[^\s/,;=]+", text, re.IGNORECASE)
    name = found.group() if found else text
    return name, text[len(name) :].removeprefix(" ") if name.lower().startswith("echo") else text[
        len(name) :
    ].strip()


def split_words(line: str) -> Sequence[str]:
    """Arguments as a C program gets them."""
    words = re.findall(r'(?:[^\s"]|"(?:\\"|[^"])*"?)+', line)
    return [re.sub(r'(?<!\\)"', "", word).replace('\\"', '"') for word in words]
