"""Puts a PowerShell together: its commands, what it knows, and what runs its text."""

from __future__ import annotations

from hptui.demo.host.powershell import cmdlets  # noqa: F401  (registers the commands)
from hptui.demo.host.powershell.display.hosts import ShellHost
from hptui.demo.host.powershell.execution.evaluator import Evaluator
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.running import ProgramRun


def start_shell(run: ProgramRun, host: ShellHost) -> Shell:
    shell = Shell(run, host)
    shell.evaluator = Evaluator(shell)
    return shell
