"""powershell.exe: reads its options, then runs a command, a script, what comes on stdin, or talks with a person."""

from __future__ import annotations

import base64
import binascii
import codecs
from dataclasses import dataclass, field

from hptui.demo.host.powershell.data.errors import ExitShell
from hptui.demo.host.powershell.data.values import Value
from hptui.demo.host.powershell.display.hosts import ConsoleHost, PipeHost
from hptui.demo.host.powershell.engine import start_shell
from hptui.demo.host.powershell.language.parser import is_unfinished
from hptui.demo.host.powershell.prompt.session import interact
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.probes.answering import answer, question_in, script_of
from hptui.demo.host.running import ProgramRun, program
from hptui.demo.host.windows.files import normal

_NAMES = (
    "psconsolefile", "version", "nologo", "noexit", "sta", "mta", "noprofile", "noninteractive", "inputformat",
    "outputformat", "windowstyle", "encodedcommand", "configurationname", "file", "executionpolicy", "command",
)  # fmt: skip
_ALIASES = {"c": "command", "enc": "encodedcommand", "ec": "encodedcommand", "e": "encodedcommand", "f": "file",
            "nop": "noprofile", "noni": "noninteractive", "ep": "executionpolicy", "ex": "executionpolicy",
            "w": "windowstyle", "?": "help", "h": "help", "help": "help"}  # fmt: skip
_WITH_VALUE = {
    "psconsolefile",
    "version",
    "inputformat",
    "outputformat",
    "windowstyle",
    "configurationname",
    "executionpolicy",
}
BANNER = (
    "Windows PowerShell\r\nCopyright (C) Microsoft Corporation. All rights reserved.\r\n\r\n"
    "This is a simulation that ships with hptui: no Windows is behind this prompt.\r\n\r\n"
)
SHORT_BANNER = "A simulated PowerShell of hptui: no Windows is behind this prompt.\r\n\r\n"
"""With -NoLogo too: nobody is to take the simulation for a real node."""

_HELP = (
    "\nPowerShell[.exe] [-PSConsoleFile <file> | -Version <version>]\n    [-NoLogo] [-NoExit] [-Sta] [-Mta] [-NoProfile] "
    "[-NonInteractive]\n    [-InputFormat {Text | XML}] [-OutputFormat {Text | XML}]\n    [-WindowStyle <style>] "
    "[-EncodedCommand <Base64EncodedCommand>]\n    [-ConfigurationName <string>]\n    [-File <filePath> <args>] "
    "[-ExecutionPolicy <ExecutionPolicy>]\n    [-Command { - | <script-block> [-args <arg-array>]\n                  | "
    "<string> [<CommandParameters>] } ]\n\n"
)


@dataclass(slots=True)
class Options:
    no_logo: bool = False
    no_exit: bool = False
    non_interactive: bool = False
    command: str | None = None
    file: str | None = None
    file_arguments: list[str] = field(default_factory=list)
    help: bool = False
    refused: str = ""


def read_options(arguments: list[str]) -> Options:
    options = Options()
    place = 0
    while place < len(arguments):
        word = arguments[place]
        place += 1
        name = _option(word)
        if name is None and not word.startswith(("-", "/")):
            # As powershell.exe has it: what is no option starts the command.
            options.command = " ".join(arguments[place - 1 :])
            return options
        if name == "help":
            options.help = True
        elif name == "nologo":
            options.no_logo = True
        elif name == "noexit":
            options.no_exit = True
        elif name == "noninteractive":
            options.non_interactive = True
        elif name == "command":
            options.command = " ".join(arguments[place:])
            return options
        elif name == "encodedcommand":
            _decode(options, arguments[place] if place < len(arguments) else "")
            place += 1
        elif name == "file":
            options.file = arguments[place] if place < len(arguments) else "-"
            options.file_arguments = arguments[place + 1 :]
            return options
        elif name in _WITH_VALUE:
            place += 1
        elif name is None:
            options.refused = word
            return options
    return options


def _option(word: str) -> str | None:
    if not word.startswith(("-", "/")) or word == "-":
        return None
    lowered = word[1:].lower()
    if lowered in _ALIASES:
        return _ALIASES[lowered]
    return next((name for name in _NAMES if lowered and name.startswith(lowered)), None)


def _decode(options: Options, text: str) -> None:
    try:
        options.command = base64.b64decode(text, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        options.refused = "-EncodedCommand"


@program("powershell.exe", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0")
async def powershell(run: ProgramRun) -> int:
    """Windows PowerShell."""
    options = read_options(list(run.arguments))
    if options.help:
        await run.out(_HELP)
        return 0
    if options.refused == "-EncodedCommand":
        await run.err(
            "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value "
            "must be Base64 encoded.\n" + _HELP
        )
        return 0xFFFD0000
    if options.refused:
        await run.err(
            f"The argument '{options.refused}' is not recognized as the name of a parameter of powershell.exe.\n{_HELP}"
        )
        return 0xFFFD0000
    if options.command is not None:
        options.command = await script_of(run, options.command)
        if (question := question_in(options.command)) is not None:
            return await answer(run, question)
    if options.non_interactive:
        run.attributes["noninteractive"] = "yes"
    host = ConsoleHost(run.console) if run.console is not None else PipeHost(run.streams, run.encoding)
    shell = start_shell(run, host)
    try:
        return await _run(shell, options)
    except ExitShell as ended:
        await host.flush()
        return ended.code


async def _run(shell: Shell, options: Options) -> int:
    if options.command is not None and options.command.strip() != "-":
        shell.variables.write_global("input", await _piped_input(shell, options.command))
        await shell.run_text(options.command)
        if not options.no_exit:
            return 0 if shell.succeeded else 1
    elif options.file is not None and options.file != "-":
        code = await _run_file(shell, options)
        if not options.no_exit:
            return code
    elif options.command is not None or options.file is not None or shell.host.console is None:
        return await _run_stdin(shell, options)
    if shell.host.console is None:
        return await _run_stdin(shell, options)
    # With a command PowerShell itself says nothing, as with -NoLogo.
    quiet = options.no_logo or options.command is not None
    return await interact(shell, SHORT_BANNER if quiet else BANNER)


async def _piped_input(shell: Shell, command: str) -> list[Value]:
    """$input: the lines on stdin, read only when the command speaks of them."""
    if shell.host.console is not None or "$input" not in command.lower():
        return []
    data = await shell.program_run.read_all()
    return list(data.decode("utf-8", "replace").splitlines())


async def _run_file(shell: Shell, options: Options) -> int:
    path = normal(options.file or "", shell.directory)
    entry = shell.machine.files.find(path)
    if entry is None or entry.directory or not path.lower().endswith(".ps1"):
        problem = (
            "does not have a '.ps1' extension. Specify a valid Windows PowerShell script file name, and then try again."
            if entry is not None and not path.lower().endswith(".ps1")
            else "does not exist."
        )
        await shell.program_run.err(
            f"The argument '{options.file}' to the -File parameter {problem} Provide the path to an existing '.ps1' file as "
            f"an argument to the -File parameter.\n"
        )
        return 0xFFFD0000
    shell.variables.write_global("args", list(options.file_arguments))
    await shell.run_text((entry.content or b"").decode("utf-8-sig", "replace"), path)
    return 0 if shell.succeeded else 1


async def _run_stdin(shell: Shell, options: Options) -> int:
    """Statements from stdin, each run as soon as it is whole. Without -Command -, as at a prompt, echo and all."""
    prompting = options.command is None
    if prompting and not options.no_logo:
        await shell.host.write(BANNER)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pending, statement, first = "", "", True
    while True:
        if prompting and not statement:
            await shell.host.write(f"PS {shell.directory}> ")
        await shell.host.flush()
        while "\n" not in pending:
            data = await shell.program_run.streams.read()
            pending += decoder.decode(data)
            if not data:
                break
        line, found, pending = pending.partition("\n")
        if first:
            line, first = line.removeprefix("\ufeff"), False
        if prompting:
            await shell.host.write_line(line.rstrip("\r"))
        statement += line.rstrip("\r")
        if statement.strip() and not (found and is_unfinished(statement)):
            await shell.run_text(statement)
            statement = ""
        elif statement:
            statement += "\n"
        if not found:
            return 0 if shell.succeeded or prompting else 1
