"""One running PowerShell: its variables, its place on the machine, and the way to run a text in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hptui.demo.host.console.console import Console
from hptui.demo.host.powershell.data.errors import (
    BreakLoop,
    ContinueLoop,
    ErrorDetail,
    PowerShellError,
    ReturnFromBlock,
    error_lines,
    error_record,
    from_parse_error,
)
from hptui.demo.host.powershell.data.values import HashTable, Record, Value, to_text
from hptui.demo.host.powershell.data.variables import Variables
from hptui.demo.host.powershell.display.formatting import HostOutput
from hptui.demo.host.powershell.display.hosts import ShellHost
from hptui.demo.host.powershell.display.output import Output
from hptui.demo.host.powershell.evaluation import Evaluation
from hptui.demo.host.powershell.language.lexer import ParseError
from hptui.demo.host.powershell.language.parser import parse
from hptui.demo.host.powershell.language.syntax import ScriptBlockBody
from hptui.demo.host.powershell.pace import Pace
from hptui.demo.host.running import Program, ProgramRun, Streams, find_installed
from hptui.demo.host.windows.files import normal

EXECUTABLE = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


class Shell:
    """What a PowerShell process knows; `engine.start_shell` makes one that can run something."""

    evaluator: Evaluation

    def __init__(self, run: ProgramRun, host: ShellHost) -> None:
        self.program_run = run
        self.machine = run.machine
        self.token = run.token
        self.host = host
        self.environment = run.environment
        self.directory = run.directory
        self.location_stack: list[str] = []
        self.pace = Pace(host.flush)
        self.functions: dict[str, tuple[str, ScriptBlockBody]] = {}
        self.aliases: dict[str, str] = {}
        self.history: list[tuple[str, Value, Value]] = []
        self.errors: list[Record] = []
        self.succeeded = True
        self.last_exit_code: int | None = None
        self.error_output: Output | None = None
        self.pipe_encoding = "ascii"
        self.variables = Variables(self.environment, self._automatic())
        self.variables.write_global("erroractionpreference", "Continue")
        self.variables.write_global("progresspreference", "Continue")

    def _automatic(self) -> dict[str, Callable[[], Value]]:
        build = self.machine.build
        version = Record(
            "System.Version",
            {"Major": 5, "Minor": 1, "Build": build.number, "Revision": build.revision},
            text=build.powershell,
        )
        table = HashTable(
            PSVersion=version, PSEdition="Desktop", PSCompatibleVersions=["1.0", "2.0", "3.0", "4.0", "5.0", "5.1"],
            BuildVersion=f"{build.version}.{build.revision}", CLRVersion="4.0.30319.42000", WSManStackVersion="3.0",
            PSRemotingProtocolVersion="2.3", SerializationVersion="1.1.0.1", Simulated="by hptui's demo",
        )  # fmt: skip
        return {
            "?": lambda: self.succeeded,
            "lastexitcode": lambda: self.last_exit_code,
            "pid": lambda: self.program_run.process.pid,
            "pwd": lambda: Record(
                "System.Management.Automation.PathInfo", {"Path": self.directory}, text=self.directory
            ),
            "home": lambda: self.token.profile,
            "pshome": lambda: EXECUTABLE.rsplit("\\", 1)[0],
            "psversiontable": lambda: table,
            "host": self._host_record,
            "error": lambda: list(self.errors),
            "shellid": lambda: "Microsoft.PowerShell",
            "profile": lambda: (
                f"{self.token.profile}\\Documents\\WindowsPowerShell\\Microsoft.PowerShell_profile.ps1"
            ),
            "executioncontext": lambda: Record(
                "System.Management.Automation.EngineIntrinsics",
                {"SessionState": Record("SessionState", {"LanguageMode": "FullLanguage"})},
            ),
            "psculture": lambda: "en-US",
            "psuiculture": lambda: "en-US",
        }

    def _host_record(self) -> Record:
        size = Record(
            "Size",
            {"Width": self.host.columns, "Height": self.host.rows},
            text=f"{self.host.columns},{self.host.rows}",
        )
        raw = Record("RawUI", {"WindowSize": size, "BufferSize": size, "WindowTitle": EXECUTABLE})
        return Record(
            "System.Management.Automation.Internal.Host.InternalHost",
            {
                "Name": "ConsoleHost",
                "Version": self.machine.build.powershell,
                "InstanceId": "5f1bb1e7-3b3c-4bb4-9d3c-6d0a4f2b7a10",
                "UI": Record(
                    "System.Management.Automation.Internal.Host.InternalHostUserInterface", {"RawUI": raw}
                ),
                "CurrentCulture": "en-US",
                "CurrentUICulture": "en-US",
            },
        )

    @property
    def output_encoding(self) -> str:
        return self.host.encoding

    # Running text

    async def run_text(self, text: str, name: str = "") -> None:
        """Run a script or a line and show what it puts out. Raises ExitShell, and CancelledError."""
        output = HostOutput(self.host)
        try:
            await self.evaluator.run_body(parse(text, name), output)
        except ParseError as error:
            await self.report(from_parse_error(error))
        except PowerShellError as error:
            await output.finish()
            await self.report(error.detail)
        except RecursionError:
            await self.report(
                ErrorDetail(
                    "The script failed due to call depth overflow.",
                    category="InvalidOperation",
                    identifier="CallDepthOverflow",
                    exception="ParentContainsErrorRecordException",
                )
            )
        except (BreakLoop, ContinueLoop, ReturnFromBlock):
            pass
        finally:
            await self._finish(output)

    async def _finish(self, output: HostOutput) -> None:
        await output.finish()
        await self.host.flush()

    def stops_on_errors(self) -> bool:
        return to_text(self.variables.read("erroractionpreference")).lower() == "stop"

    # Errors

    def remember(self, detail: ErrorDetail) -> None:
        self.errors.insert(0, error_record(detail))
        del self.errors[256:]

    async def report(self, detail: ErrorDetail) -> None:
        """Show an error that does not end the script."""
        self.succeeded = False
        self.remember(detail)
        if self.error_output is not None:
            await self.error_output.put(error_record(detail))
            return
        if to_text(self.variables.read("erroractionpreference")).lower() in ("silentlycontinue", "ignore"):
            return
        for line in error_lines(detail, self.host.columns):
            await self.host.write_error(line)

    async def program_error(self, line: str) -> None:
        """A line that a program wrote to stderr inside a pipeline."""
        if self.error_output is not None:
            await self.error_output.put(error_record(ErrorDetail(line, plain=True)))
        else:
            await self.host.write_error(line)

    @contextmanager
    def errors_to(self, output: Output | None) -> Iterator[None]:
        if output is None:
            yield
            return
        before, self.error_output = self.error_output, output
        try:
            yield
        finally:
            self.error_output = before

    # Programs and files

    def find_program(self, name: str) -> Program | None:
        found = find_installed(name if "\\" not in name else self.path(name))
        return found.program if found is not None else None

    async def run_program(
        self,
        body: Program,
        name: str,
        arguments: list[str],
        line: str,
        streams: Streams,
        *,
        console: Console | None = None,
    ) -> int:
        installed = find_installed(name if "\\" not in name else self.path(name))
        path = installed.path if installed else name
        stem = path.rsplit("\\", 1)[-1].rsplit(".", 1)[0]
        process = self.machine.processes.start(
            stem,
            path,
            self.token.name,
            f'"{path}" {line}'.strip(),
            self.program_run.process.pid,
            self.machine.now(),
        )
        try:
            return await body(
                ProgramRun(
                    name,
                    arguments,
                    line,
                    self.machine,
                    self.token,
                    process,
                    self.directory,
                    self.environment,
                    streams,
                    console,
                    self.output_encoding,
                    self.host.columns,
                    self.program_run.container_id,
                    self.program_run.attributes,
                )
            )
        finally:
            self.machine.processes.end(process.pid)

    def path(self, text: str) -> str:
        if text.startswith("~"):
            text = self.token.profile + text[1:]
        return normal(
            text.removeprefix("FileSystem::").removeprefix("Microsoft.PowerShell.Core\\"), self.directory
        )
