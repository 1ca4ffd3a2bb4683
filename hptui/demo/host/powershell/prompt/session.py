"""PowerShell with a person in front of it: prompt, editor, history, one statement after the other, Ctrl+C."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hptui.demo.host.console.console import Console
from hptui.demo.host.console.interrupting import Interrupted, conversing, run_interruptible
from hptui.demo.host.console.line_editor import LineEditor, LineEnded
from hptui.demo.host.powershell.data.errors import ExitShell
from hptui.demo.host.powershell.language.parser import is_unfinished
from hptui.demo.host.powershell.prompt.completion import complete
from hptui.demo.host.powershell.prompt.highlighting import highlight
from hptui.demo.host.powershell.shell import Shell


async def interact(shell: Shell, banner: str) -> int:
    """Until `exit`; gives its code. The shell's host has a console."""
    console = shell.host.console
    assert console is not None
    await console.show(banner)
    with conversing(console):
        return await _converse(shell, console)


async def _converse(shell: Shell, console: Console) -> int:
    lines: list[str] = []
    while True:
        try:
            text = await _read_statement(shell, console, lines)
        except LineEnded:
            # A closed stdin ends nothing on a tty: the shell stays until it is killed.
            await asyncio.Event().wait()
            return 0
        if not text.strip():
            continue
        started = shell.machine.now()
        try:
            with suppress(Interrupted):
                await run_interruptible(console, shell.run_text(text))
        except ExitShell as ended:
            await console.flush()
            return ended.code
        shell.history.append((text, started, shell.machine.now()))


async def _read_statement(shell: Shell, console: Console, lines: list[str]) -> str:
    """A whole statement; "" when it was cancelled."""
    await console.flush()
    if not console.at_line_start():
        await console.show("\r\n")
    text, prompt = "", f"PS {shell.directory}> "
    while True:
        editor = LineEditor(console, prompt, lines, highlight, lambda line, at: complete(shell, line, at))
        line = await editor.read()
        if line is None:
            return ""
        if line.strip() and (not lines or lines[-1] != line):
            lines.append(line)
        text += line
        if not text.strip():
            return ""
        if not is_unfinished(text):
            return text
        text += "\n"
        prompt = ">> "
