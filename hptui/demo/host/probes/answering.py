"""How a simulated PowerShell answers a probe of hptui: the script says its name in the first line.

The simulation knows the names, not the scripts. It prints what such a script prints on Windows: JSON lines between a start and
an end marker. A script whose name it doesn't know (a person's own) is run by the simulated PowerShell as any other.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hptui.demo.host.running import ProgramRun

Given = Mapping[str, str]
"""The probe's parameters by name, as in the script: numbers, true or false, or text."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the script says beside its records."""

    text: str


Records = Iterable[Mapping[str, Any] | Note]
Answerer = Callable[[ProgramRun, Given], Records]

_FIRST_LINE = re.compile(r"#hptui probe ([a-z][a-z0-9-]*) ([0-9a-f]+)( stdin)?\n")
_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)=(?:'((?:[^']|'')*)'|\$(true|false)|(-?\d+))(?:;|\n)")
_EVERY = 64  # records, after which what there is goes out
_ANSWERERS: dict[str, Answerer] = {}


class ScriptError(Exception):
    """The script ends with this, as PowerShell would say it."""

    def __init__(self, message: str, type_: str = "RuntimeException", line: int = 12) -> None:
        super().__init__(message)
        self.type = type_
        self.line = line


def answers(name: str) -> Callable[[Answerer], Answerer]:
    """Registers what answers the probe of this name."""

    def register(body: Answerer) -> Answerer:
        _ANSWERERS[name] = body
        return body

    return register


@dataclass(frozen=True, slots=True)
class Question:
    """A known probe, found in a script."""

    name: str
    nonce: str
    script: str


async def script_of(run: ProgramRun, command: str) -> str:
    """The script that a command stands for: itself, or what comes on stdin as base64 in a line before the nonce."""
    found = _FIRST_LINE.match(command)
    if found is None or not found[3]:
        return command
    data = b""
    while found[2].encode() not in data and (piece := await run.streams.read()):
        data += piece
    return base64.b64decode(data.split(b"\n")[0]).decode()


def question_in(script: str) -> Question | None:
    """The probe that a script is, if the simulation knows it."""
    found = _FIRST_LINE.match(script)
    if found is None or found[1] not in _ANSWERERS:
        return None
    return Question(found[1], found[2], script)


async def answer(run: ProgramRun, question: Question) -> int:
    """Print the whole answer; the script's exit code."""
    code, count = 0, 0
    await _start(run, question)
    lines: list[str] = []
    try:
        for record in _ANSWERERS[question.name](run, _given(question.script)):
            if isinstance(record, Note):
                lines.append(_line({"hptui": "note", "nonce": question.nonce, "text": record.text}))
                continue
            lines.append(_line(record))
            count += 1
            if len(lines) >= _EVERY:
                await run.out("".join(lines))
                lines.clear()
    except ScriptError as error:
        code = 1
        failure = {"hptui": "error", "nonce": question.nonce, "message": str(error)}
        lines.append(_line(failure | {"type": error.type, "line": error.line}))
    end = {"hptui": "end", "nonce": question.nonce, "code": code, "records": count}
    await run.out("".join([*lines, _line(end)]))
    return code


async def _start(run: ProgramRun, question: Question) -> None:
    start = {
        "hptui": "start",
        "nonce": question.nonce,
        "user": run.token.name,
        "machine": run.machine.name,
        "version": run.machine.build.powershell,
        "mode": "FullLanguage",
        "pid": run.process.pid,
        "time": run.machine.now(),
    }
    await run.out(_line(start))


def _given(text: str) -> dict[str, str]:
    """The line of parameters, which stands before the script's own try."""
    head = text.split("\ntry{\n", 1)[0].rsplit("\n", 1)[-1] + "\n"
    return {
        name: quoted.replace("''", "'") or flag or number
        for name, quoted, flag, number in _PARAMETER.findall(head)
    }


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), default=_plain) + "\n"


def plain_time(at: datetime) -> str:
    """As the scripts' T has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _plain(value: object) -> str:
    """Times as the scripts' T has them."""
    if isinstance(value, datetime):
        return plain_time(value)
    raise TypeError(type(value).__name__)
