"""The process behind a shell whose link was lost: found by the mark in its command line, and ended if the person says so.

Nothing is typed into a person's shell to learn this, and no terminal shows it: a second exec asks Windows. What a host answers is
only a verdict and two numbers, whatever else it says. A process id alone may be another process's a moment later. So the start
time goes with it, and the process is held open while it is looked at: then Windows gives its id to nobody else.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hptui.errors import SessionError
from hptui.hostprocess.first_process import MARK
from hptui.powershell import POWERSHELL, encode_script

_MOST_PID = 2**32 - 1

# WMI may not answer, which is not the same as no such process.
_FIND = """$a = '{answer}'
try {{
  $found = @(Get-CimInstance Win32_Process -ErrorAction Stop -Filter "Name = 'powershell.exe' AND CommandLine LIKE '%{mark}%'")
  if ($found.Count -eq 0) {{ "$a none" }}
  else {{
    $held = Get-Process -Id $found[0].ProcessId -ErrorAction Stop
    "$a $($held.Id) $($held.StartTime.ToUniversalTime().Ticks)"
  }}
}} catch {{ "$a unknown" }}
"""

_END = """$a = '{answer}'
$held = Get-Process -Id {pid} -ErrorAction SilentlyContinue
if ($null -eq $held) {{ "$a gone" }}
else {{
  $handle = $held.Handle
  if ($held.StartTime.ToUniversalTime().Ticks -ne {started}) {{ "$a gone" }}
  else {{
    $said = C:\\Windows\\System32\\taskkill.exe /PID {pid} /T /F 2>&1
    $left = 50
    while ($left -gt 0 -and (Get-Process -Id {pid} -ErrorAction SilentlyContinue)) {{
      Start-Sleep -Milliseconds 100
      $left = $left - 1
    }}
    if ($left -gt 0) {{ "$a ended" }} else {{ "$a refused" }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class ShellProcess:
    pid: int
    started: int  # in 100 ns since the year 1, UTC: tells it from a later process with the same id

    @property
    def began(self) -> datetime | None:
        """`started` as a time; None where a host's number is none."""
        try:
            return datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.started // 10)
        except OverflowError:
            return None


class Outcome(StrEnum):
    ENDED = "ended"
    GONE = "gone"  # there was no such process any more
    REFUSED = "refused"  # it is still there


@dataclass(frozen=True, slots=True)
class Question:
    """A script for Windows PowerShell and the word that its answer begins with."""

    script: str
    answer: str

    @property
    def command(self) -> Sequence[str]:
        return (
            POWERSHELL, "-NoLogo", "-NoProfile", "-NonInteractive", "-EncodedCommand", encode_script(self.script),
        )  # fmt: skip


def ask_where(mark: str) -> Question:
    """Which process the shell with this mark is."""
    answer = secrets.token_hex(8)
    return Question(_FIND.format(answer=answer, mark=f"{MARK}{mark}"), answer)


def ask_to_end(process: ShellProcess) -> Question:
    """End it and all that it has started."""
    answer = secrets.token_hex(8)
    return Question(_END.format(answer=answer, pid=process.pid, started=process.started), answer)


def read_where(question: Question, output: str) -> ShellProcess | None:
    """The process; None when there is none any more. Raises SessionError where the host did not say."""
    words = _answer(question, output)
    if words == "none":
        return None
    found = re.fullmatch(r"([0-9]{1,10}) ([0-9]{1,19})", words)
    if found is None or not 0 < int(found[1]) <= _MOST_PID:
        raise SessionError("The node did not say which process the old shell is.")
    return ShellProcess(int(found[1]), int(found[2]))


def read_outcome(question: Question, output: str) -> Outcome:
    """Raises SessionError where the host did not say."""
    words = _answer(question, output)
    if words not in tuple(Outcome):
        raise SessionError("The node did not say whether the process has ended.")
    return Outcome(words)


def _answer(question: Question, output: str) -> str:
    """What follows the word; "" where it never came. A profile or the host may print other lines around it."""
    lines = (line.strip() for line in output.splitlines())
    return next(
        (line[len(question.answer) + 1 :] for line in lines if line.startswith(f"{question.answer} ")), ""
    )
