"""The door of the simulated Windows host: start a program in a HostProcess container.

What can't be started is told as the container runtime does. With bind filters (Server 2022 and later, containerd 1.7 and later)
every command runs behind `cmd /c`, so a program that isn't there, or a line that is too long, is cmd's own message on stderr
and exit code 1; without them the runtime looks for the program itself and `CannotStart` is raised, whose text is what follows
`failed to start containerd task "…": ` in the pod's events.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from hptui.demo.host.console.console import Console
from hptui.demo.host.console.interrupting import Interrupted, run_interruptible
from hptui.demo.host.machine import Machine, machine_for
from hptui.demo.host.probes.known import register
from hptui.demo.host.programs.installed import install
from hptui.demo.host.running import CONTROL_C, Installed, ProgramRun, find_installed, quoted
from hptui.demo.host.windows.accounts import Token, UnknownAccount, token_for
from hptui.demo.process import CannotStart, HostProcess, ProcessIO, ProcessRequest

START_ERROR = 128
"""The exit code of a container whose first process could not be started."""
_LINE_LIMIT = 8191
_CMD = "C:\\Windows\\System32\\cmd.exe"
_APPLICATION_ERROR = 0xE0434352

install()
register()


def start_process(request: ProcessRequest, io: ProcessIO) -> HostProcess:
    """A process on the node of `request`, ready to run. Raises CannotStart."""
    machine = machine_for(request.node, request.os_build)
    machine.set_pace(request.host_events)
    version = _version(request.containerd)
    try:
        token = token_for(
            request.account, machine.name, machine.sid, request.container_id, groups=version >= (1, 7)
        )
    except UnknownAccount:
        raise CannotStart(
            "failed to create user process token: failed to logon user: The user name or password is incorrect.: unknown",
            START_ERROR,
        ) from None
    name = request.argv[0] if request.argv else ""
    arguments = list(request.argv[1:])
    line = f"{name} {quoted(arguments)}".strip()
    behind_cmd = machine.build.has_bind_filter and version >= (1, 7)
    if behind_cmd and len(line) + len("cmd /c ") > _LINE_LIMIT:
        return _Refused(io, "The command line is too long.")
    installed = find_installed(name)
    if installed is None:
        if behind_cmd:
            return _Refused(
                io,
                f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file.",
            )
        raise CannotStart(
            f'failed to get application name from commandline "{line}": failed to find executable "{name}": The system '
            "cannot find the file specified.: unknown",
            START_ERROR,
        )
    directory = "C:\\hpc" if version >= (1, 7) else f"C:\\C\\{request.container_id}"
    return _Process(request, io, machine, token, installed, directory, behind_cmd=behind_cmd)


def _version(containerd: str) -> tuple[int, int]:
    parts = containerd.removeprefix("containerd://").split(".")
    numbers = [int(part) for part in parts[:2] if part.isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (1, 7)


@dataclass(slots=True)
class _Refused:
    """What cmd /c makes of a command that it can't run."""

    io: ProcessIO
    message: str

    async def run(self) -> int:
        await self.io.write_error(f"{self.message}\r\n".encode())
        return 1


class _Process:
    """A program of the simulated host with its pipes or its console."""

    def __init__(
        self,
        request: ProcessRequest,
        io: ProcessIO,
        machine: Machine,
        token: Token,
        installed: Installed,
        directory: str,
        *,
        behind_cmd: bool,
    ) -> None:
        self._request = request
        self._io = io
        self._machine = machine
        self._token = token
        self._installed = installed
        self._directory = directory
        self._behind_cmd = behind_cmd
        self._terminated: int | None = None  # the exit code that whoever has ended it has given it

    async def run(self) -> int:
        try:
            return await self._run()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._terminated is None or task is None:
                raise
            task.uncancel()
            return self._terminated

    def _stopper(self) -> Callable[[int], None]:
        task = asyncio.current_task()

        def stop(code: int) -> None:
            self._terminated = code
            if task is not None:
                task.cancel()

        return stop

    async def _run(self) -> int:
        machine, request = self._machine, self._request
        arguments = list(request.argv[1:])
        path = self._installed.path
        line = quoted(arguments)
        machine.enter_container(self._directory)
        started = machine.now()
        runtime = parent = machine.processes.pid_of("containerd")
        if self._behind_cmd:
            whole = f"cmd /c {request.argv[0]} {line}".strip()
            parent = machine.processes.start("cmd", _CMD, self._token.name, whole, runtime, started).pid
        process = machine.processes.start(
            path.rsplit("\\", 1)[-1].rsplit(".", 1)[0],
            path,
            self._token.name,
            f'"{path}" {line}'.strip(),
            parent,
            started,
        )
        process.stop = self._stopper()
        console = Console(self._io, request.columns, request.rows) if request.tty else None
        try:
            if console is not None:
                await console.open(("Administrator: " if self._token.administrator else "") + path)
            program = self._installed.program(
                ProgramRun(
                    request.argv[0], arguments, line, machine, self._token, process, self._directory,
                    self._environment(), console if console is not None else self._io, console,
                    "utf-8" if console is not None else "cp437", console.columns if console is not None else 120,
                    request.container_id,
                )
            )  # fmt: skip
            code = await program if console is None else await run_interruptible(console, program)
            if console is not None:
                await console.flush()
            return code & 0xFFFFFFFF
        except Interrupted:
            return CONTROL_C
        except Exception:  # noqa: BLE001  (a bug of the simulation is a crash of the program, and seen as one)
            await self._io.write_error(traceback.format_exc().replace("\n", "\r\n").encode())
            return _APPLICATION_ERROR
        finally:
            if console is not None:
                await console.close()
            machine.processes.end(process.pid)
            if self._behind_cmd:
                machine.processes.end(parent)
            machine.leave_container(self._directory)

    def _environment(self) -> dict[str, str]:
        machine, token = self._machine, self._token
        mount = "C:\\hpc" if self._directory == "C:\\hpc" else self._directory
        environment = {
            "ALLUSERSPROFILE": "C:\\ProgramData",
            "APPDATA": f"{token.profile}\\AppData\\Roaming",
            "CommonProgramFiles": "C:\\Program Files\\Common Files",
            "COMPUTERNAME": machine.name,
            "ComSpec": "C:\\Windows\\system32\\cmd.exe",
            "CONTAINER_SANDBOX_MOUNT_POINT": mount,
            "LOCALAPPDATA": f"{token.profile}\\AppData\\Local",
            "NUMBER_OF_PROCESSORS": str(machine.cores),
            "OS": "Windows_NT",
            "Path": "C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;"
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\",
            "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
            "PROCESSOR_ARCHITECTURE": "AMD64",
            "ProgramData": "C:\\ProgramData",
            "ProgramFiles": "C:\\Program Files",
            "PSModulePath": "C:\\Program Files\\WindowsPowerShell\\Modules;"
            "C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules",
            "PUBLIC": "C:\\Users\\Public",
            "SystemDrive": "C:",
            "SystemRoot": "C:\\Windows",
            "TEMP": "C:\\Windows\\TEMP",
            "TMP": "C:\\Windows\\TEMP",
            "USERDOMAIN": token.name.split("\\")[0],
            "USERNAME": f"{machine.name}$" if token.system else token.name.rsplit("\\", 1)[-1],
            "USERPROFILE": token.profile,
            "windir": "C:\\Windows",
        }
        if self._request.tty:
            environment["TERM"] = "xterm"
        environment.update(
            {
                key: value.replace("%CONTAINER_SANDBOX_MOUNT_POINT%", mount)
                for key, value in self._request.environment.items()
            }
        )
        return environment
