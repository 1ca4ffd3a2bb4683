"""Programs (whoami.exe, cmd.exe, ping.exe …) as commands of a pipeline: text in, lines of text out."""

from __future__ import annotations

import codecs

from hptui.demo.host.powershell.data.errors import ErrorDetail
from hptui.demo.host.powershell.data.values import Value, to_text
from hptui.demo.host.powershell.display.formatting import HostOutput, text_lines
from hptui.demo.host.powershell.display.output import Output
from hptui.demo.host.powershell.execution.calls import Call, Cmdlet
from hptui.demo.host.running import Program, Streams, quoted


class _LineStreams:
    """A program's ends of its pipes inside a pipeline: each line that it writes becomes a value."""

    def __init__(self, given: bytes, out: Output, call: Call) -> None:
        self._given = given
        self._out = out
        self._call = call
        encoding = call.shell.output_encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = ""

    async def read(self) -> bytes:
        given, self._given = self._given, b""
        return given

    async def write(self, data: bytes) -> None:
        self._pending += self._decoder.decode(data)
        *lines, self._pending = self._pending.replace("\r\n", "\n").split("\n")
        for line in lines:
            await self._out.put(line)

    async def write_error(self, data: bytes) -> None:
        text = data.decode(self._call.shell.output_encoding, "replace").rstrip("\r\n")
        for line in text.replace("\r\n", "\n").split("\n"):
            await self._call.shell.program_error(line)

    async def finish(self) -> None:
        if self._pending:
            last, self._pending = self._pending, ""
            await self._out.put(last)


class NativeCall(Cmdlet):
    """Runs a program once its input is complete."""

    def __init__(self, call: Call, program: Program, name: str, arguments: list[str]) -> None:
        super().__init__(call)
        self._program = program
        self._name = name
        self._arguments = arguments

    async def process(self, item: Value) -> None:
        self.call.input.append(item)

    async def end(self) -> None:
        shell = self.call.shell
        out = self.call.out
        direct = isinstance(out, HostOutput)
        lines: _LineStreams | None = None
        streams: Streams
        if isinstance(out, HostOutput):
            await out.finish()
        if direct and not self.call.piped and shell.error_output is None:
            streams = shell.host.streams
        else:
            lines = _LineStreams(self._given(), out, self.call)
            streams = lines
        await shell.host.flush()
        code = await shell.run_program(
            self._program,
            self._name,
            self._arguments,
            quoted(self._arguments),
            streams,
            console=shell.host.console if lines is None else None,
        )
        if lines is not None:
            await lines.finish()
        shell.last_exit_code = code
        shell.succeeded = code == 0

    def _given(self) -> bytes:
        if not self.call.piped:
            return b""
        texts = []
        for item in self.call.input:
            texts += [to_text(item)] if isinstance(item, str) else text_lines([item], 120)
        # PowerShell 5.1 sends text to programs as ASCII unless $OutputEncoding says otherwise.
        return "".join(text + "\r\n" for text in texts).encode(self.call.shell.pipe_encoding, "replace")


def plain_error(text: str) -> ErrorDetail:
    return ErrorDetail(text, plain=True)
