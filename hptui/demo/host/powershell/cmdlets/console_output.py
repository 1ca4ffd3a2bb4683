"""Commands that write: to the pipeline, to the screen, to the error stream, to nowhere."""

from __future__ import annotations

import asyncio

from hptui.demo.host.powershell.data.errors import ErrorDetail, PowerShellError, failure
from hptui.demo.host.powershell.data.operators import to_number
from hptui.demo.host.powershell.data.values import Record, Value, as_list, to_text
from hptui.demo.host.powershell.display.formatting import text_lines
from hptui.demo.host.powershell.display.hosts import known_colour
from hptui.demo.host.powershell.execution.calls import Call, Cmdlet, cmdlet, command
from hptui.demo.host.powershell.execution.redirection import write_file


@cmdlet("Write-Output", "InputObject:0 NoEnumerate? Rest:*", "echo write")
class WriteOutput(Cmdlet):
    """Sends the specified objects to the next command in the pipeline."""

    async def process(self, item: Value) -> None:
        await self.call.put(item)

    async def end(self) -> None:
        if self.call.given("inputobject"):
            for value in (self.call.get("inputobject"), *as_list(self.call.get("rest"))):
                await self.call.put_all(value)


@cmdlet("Write-Host", "Object:0 NoNewline? ForegroundColor BackgroundColor Separator Rest:*")
class WriteHost(Cmdlet):
    """Writes customized output to a host."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        for name in ("foregroundcolor", "backgroundcolor"):
            if call.given(name) and not known_colour(call.text(name)):
                raise call.error(
                    f"Cannot bind parameter '{name.title().replace('color', 'Color')}'. Cannot convert value "
                    f'"{call.text(name)}" to type "System.ConsoleColor".',
                    "InvalidArgument",
                    "CannotConvertArgumentNoMessage",
                    "ParameterBindingException",
                )

    async def process(self, item: Value) -> None:
        await self._write(item)

    async def end(self) -> None:
        if self.call.given("object"):
            rest = as_list(self.call.get("rest"))
            await self._write([*as_list(self.call.get("object")), *rest] if rest else self.call.get("object"))
        elif not self.call.piped:
            await self._write("")

    async def _write(self, value: Value) -> None:
        text = self.call.text("separator", " ").join(to_text(each) for each in as_list(value))
        end = "" if self.call.switch("nonewline") else "\n"
        await self.call.shell.host.write(
            text, self.call.text("foregroundcolor"), self.call.text("backgroundcolor")
        )
        if end:
            await self.call.shell.host.write(end)


@command("Write-Error", "Message:0 Exception Category ErrorId TargetObject")
async def write_error(call: Call) -> None:
    """Writes an object to the error stream."""
    for message in call.texts("message") or [to_text(item) for item in call.input]:
        await call.complain(
            PowerShellError(
                ErrorDetail(
                    message,
                    category=call.text("category", "NotSpecified"),
                    exception="WriteErrorException",
                    identifier=call.text("errorid", "Microsoft.PowerShell.Commands.WriteErrorException"),
                    activity="Write-Error",
                    extent=call.extent,
                    prefix=call.extent.text,
                )
            )
        )


@command("Write-Warning", "Message:0")
async def write_warning(call: Call) -> None:
    """Writes a warning message."""
    await call.shell.host.write(f"WARNING: {call.text('message')}", "Yellow")
    await call.shell.host.write("\n")


@command("Write-Verbose", "Message:0")
async def write_verbose(call: Call) -> None:
    """Writes text to the verbose message stream."""
    if (
        call.switch("verbose")
        or to_text(call.shell.variables.read("verbosepreference")).lower() == "continue"
    ):
        await call.shell.host.write(f"VERBOSE: {call.text('message')}\n", "Yellow")


@command("Write-Debug", "Message:0")
async def write_debug(call: Call) -> None:
    """Writes a debug message to the console."""


@command("Write-Information", "MessageData:0 Tags")
async def write_information(call: Call) -> None:
    """Specifies how PowerShell handles information stream data for a command."""


@command(
    "Write-Progress", "Activity:0 Status:1 Id:2 PercentComplete SecondsRemaining CurrentOperation Completed?"
)
async def write_progress(call: Call) -> None:
    """Displays a progress bar within a PowerShell command window."""


@cmdlet("Out-Null", "InputObject")
class OutNull(Cmdlet):
    """Hides the output instead of sending it down the pipeline or displaying it."""


@command("Out-Host", "Paging?", "oh")
async def out_host(call: Call) -> None:
    """Sends output to the command line."""
    for line in text_lines(call.input, call.shell.host.columns):
        await call.shell.host.write_line(line)


@cmdlet("Out-Default", "InputObject Transcript?")
class OutDefault(Cmdlet):
    """Sends the output to the default formatter and to the default output cmdlet."""

    async def process(self, item: Value) -> None:
        await self.call.put(item)


@command("Out-File", "FilePath:0 Encoding:1 Append? Force? NoClobber? Width NoNewline?")
async def out_file(call: Call) -> None:
    """Sends output to a file."""
    text = "".join(line + "\r\n" for line in text_lines(call.input, call.integer("width", 120)))
    await put_text(call, call.text("filepath"), text, append=call.switch("append"), default="unicode")


@cmdlet("Tee-Object", "FilePath:0 Variable Append?", "tee")
class TeeObject(Cmdlet):
    """Saves command output in a file or variable and also sends it down the pipeline."""

    async def process(self, item: Value) -> None:
        self.call.input.append(item)
        await self.call.put(item)

    async def end(self) -> None:
        if self.call.given("variable"):
            self.call.shell.variables.write(self.call.text("variable").lower(), list(self.call.input))
            return
        text = "".join(line + "\r\n" for line in text_lines(self.call.input, 120))
        await put_text(
            self.call, self.call.text("filepath"), text, append=self.call.switch("append"), default="unicode"
        )


async def put_text(call: Call, path: str, text: str, *, append: bool, default: str) -> None:
    """Text into a file in the encoding that -Encoding names."""
    encodings = {"utf8": "utf-8-sig", "ascii": "ascii", "unicode": "utf-16", "default": "cp1252", "oem": "cp437",
                 "utf7": "utf-7", "utf32": "utf-32", "string": "utf-16"}  # fmt: skip
    name = encodings.get(call.text("encoding", default).lower())
    if name is None:
        raise failure(
            f'Cannot convert value "{call.text("encoding")}" to an encoding.', category="InvalidArgument"
        )
    whole = call.shell.path(path)
    if append and name in ("utf-16", "utf-8-sig") and call.shell.machine.files.find(whole) is not None:
        name = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}[name]
    try:
        write_file(call.shell, whole, text.encode(name, "replace"), append=append)
    except PowerShellError as error:
        error.detail.activity = call.command
        await call.complain(error)


@command("Start-Sleep", "Seconds:0 Milliseconds", "sleep")
async def start_sleep(call: Call) -> None:
    """Suspends the activity in a script or session for the specified period of time."""
    seconds = to_number(call.get("seconds")) if call.given("seconds") else call.integer("milliseconds") / 1000
    if seconds < 0:
        raise call.error(
            f"Cannot validate argument on parameter 'Seconds'. The {to_text(seconds)} argument is less than the minimum "
            "allowed range of 0.",
            "InvalidData",
            "ParameterArgumentValidationError",
            "ParameterBindingValidationException",
        )
    await call.shell.host.flush()
    await asyncio.sleep(float(seconds))


@command("Clear-Host", "", "cls clear")
async def clear_host(call: Call) -> None:
    """Clears the display in the host program."""
    if call.shell.host.console is not None:
        await call.shell.host.console.clear()


@command("Read-Host", "Prompt:0 AsSecureString?")
async def read_host(call: Call) -> None:
    """Reads a line of input from the console."""
    console = call.shell.host.console
    if console is None or call.shell.program_run.attributes.get("noninteractive"):
        raise call.error(
            "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
            "InvalidOperation",
            "InvalidOperation",
            "PSInvalidOperationException",
        )
    if call.given("prompt"):
        await call.shell.host.write(f"{call.text('prompt')}: ")
    secret = call.given("assecurestring")
    line = await console.read_line(hidden=secret) or ""
    await call.put(Record("System.Security.SecureString", {"Length": len(line)}) if secret else line)
