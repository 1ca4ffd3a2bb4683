"""Tab completion: commands, parameters, variables and paths."""

from __future__ import annotations

import re

from hptui.demo.host.powershell.execution.calls import ALIASES, COMMANDS
from hptui.demo.host.powershell.shell import Shell
from hptui.demo.host.running import PROGRAMS

_WORD = re.compile(r"""("[^"]*|'[^']*|[^\s|;(){}=,"']*)\Z""")


def complete(shell: Shell, line: str, cursor: int) -> tuple[int, list[str]]:
    """Where the word before the cursor starts, and what it can become, in the order that Tab goes through."""
    before = line[:cursor]
    found = _WORD.search(before)
    start = found.start() if found else cursor
    word = before[start:]
    head = re.split(r"[|;({]", before[:start])[-1].strip()
    if word.startswith("$"):
        return start, _variables(shell, word)
    if word.startswith("-") and head:
        return start, _parameters(head.split()[0], word)
    names = _commands(shell, word) if not head and word and "\\" not in word else []
    return start, names + _paths(shell, word)


def _commands(shell: Shell, word: str) -> list[str]:
    lowered = word.lower()
    names = [info.name for key, info in sorted(COMMANDS.items()) if key.startswith(lowered)]
    names += [name for key, (name, _) in shell.functions.items() if key.startswith(lowered)]
    names += [
        installed.path.rsplit("\\", 1)[-1]
        for key, installed in sorted(PROGRAMS.items())
        if key.startswith(lowered)
    ]
    return names


def _parameters(command: str, word: str) -> list[str]:
    info = COMMANDS.get(ALIASES.get(command.lower(), command).lower())
    if info is None:
        return []
    lowered = word[1:].lower()
    return [f"-{spec.name}" for spec in info.parameters if spec.name.lower().startswith(lowered)]


def _variables(shell: Shell, word: str) -> list[str]:
    lowered = word[1:].lower()
    if lowered.startswith("env:"):
        return [f"$env:{name}" for name in sorted(shell.environment) if name.lower().startswith(lowered[4:])]
    return [
        f"${name}" for name in shell.variables.names() if name.startswith(lowered) and name.isidentifier()
    ]


def _paths(shell: Shell, word: str) -> list[str]:
    plain = word.strip("'\"")
    folder, slash, name = plain.rpartition("\\")
    directory = shell.machine.files.find(shell.path(folder + slash if slash else "."))
    if directory is None:
        return []
    prefix = folder + slash if slash else ".\\"
    paths = [
        f"{prefix}{child.name}"
        for key, child in sorted(directory.children.items())
        if key.startswith(name.lower()) and not child.hidden
    ]
    return [f"'{path}'" if " " in path else path for path in paths]
