"""What stands around every probe's script, so that its answer can be told from everything else that a process prints.

One line of JSON for the start (as whom, which PowerShell, which language mode), one for each record, one for each note beside
them, one for what went wrong and one for the end, with a nonce, the exit code and the number of records: an answer without
that line was cut off, and what was cut is said rather than taken for the whole. Everything is ASCII, whatever the console's
code page is.

Only what constrained language mode allows is needed: cmdlets, hashtables, operators. The rest is tried, and done without.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from hptui.powershell import LONGEST_SCRIPT, POWERSHELL, encode_script, single_quoted
from hptui.probes.probe import Kind, Probe

_OPTIONS = (
    "-NoLogo",
    "-NoProfile",
    "-NonInteractive",
    "-ExecutionPolicy",
    "Bypass",  # for what the modules of the system load; a script given by -EncodedCommand needs none
    "-OutputFormat",
    "Text",
)
# Without it PowerShell reads stdin for itself, and the script's own reading gets only a part. powershell.exe's page
# (about_PowerShell_exe, 5.1) knows Text and XML alone; None is what tools have used against that since 2.0.
_LEAVE_STDIN = ("-InputFormat", "None")


@dataclass(frozen=True, slots=True)
class Call:
    """How a probe is put to a host: the command, what to write to its stdin, and the nonce of its answer."""

    command: tuple[str, ...]
    stdin: bytes
    nonce: str


def call(probe: Probe, arguments: Mapping[str, str], nonce: str) -> Call:
    """`arguments` as Probe.arguments gives them; `nonce` is letters and digits."""
    script = whole_script(probe, arguments, nonce)
    if len(script) <= LONGEST_SCRIPT:
        return Call((POWERSHELL, *_OPTIONS, "-EncodedCommand", encode_script(script)), b"", nonce)
    first = _template("from_stdin").replace("NONCE", nonce).replace("PROBE", probe.name)
    body = base64.b64encode(script.encode()) + b"\n" + nonce.encode() + b"\n"
    return Call((POWERSHELL, *_OPTIONS, *_LEAVE_STDIN, "-EncodedCommand", encode_script(first)), body, nonce)


def whole_script(probe: Probe, arguments: Mapping[str, str], nonce: str) -> str:
    """Everything that the host's PowerShell runs."""
    given = ";".join(
        f"${parameter.name}={_literal(parameter.kind, arguments[parameter.name])}"
        for parameter in probe.parameters
    )
    before, after = (part.replace("NONCE", nonce) for part in _template("harness").split("BODY"))
    return before.replace("PROBE", probe.name).replace("PARAMETERS", given) + probe.body + after


def _literal(kind: Kind, value: str) -> str:
    if kind is Kind.NUMBER:
        return value
    return f"${value}" if kind is Kind.FLAG else single_quoted(value)


def _template(name: str) -> str:
    """Its comments and indentation are for people; the host gets neither."""
    lines = files("hptui.probes").joinpath(f"{name}.ps1").read_text(encoding="ascii").splitlines()
    first, *rest = (line.strip() for line in lines)
    return "\n".join([first, *(line for line in rest if line and not line.startswith("# "))])
