"""What can be done to a row of an answer: end a process, restart a service. Never done unasked, and to some things never.

Deeds are scripts like probes, with the same harness and the same kind of answer, but they change the host: they are in no
catalogue, `hptui probe` doesn't know them, and nothing asks them again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hptui.errors import ProbeError
from hptui.probes.catalogue import built_in_texts
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import Record

END_PROCESS = "end-process"
RESTART_SERVICE = "restart-service"
_DEED_OF = {"processes": END_PROCESS, "services": RESTART_SERVICE}

# Windows ends with these: a bug check, or a machine that nobody reaches any more.
_VITAL_PROCESSES = frozenset(
    {
        "system",
        "system idle process",
        "idle",
        "registry",
        "secure system",
        "memory compression",
        "smss.exe",
        "csrss.exe",
    }
    | {
        "wininit.exe",
        "winlogon.exe",
        "services.exe",
        "lsass.exe",
        "lsaiso.exe",
        "vmcompute.exe",
        "svchost.exe",
    }
)
_VITAL_SERVICES = frozenset(
    {
        "rpcss",
        "dcomlaunch",
        "rpceptmapper",
        "lsm",
        "samss",
        "plugplay",
        "power",
        "brokerinfrastructure",
        "bfe",
        "mpssvc",
    }
    | {"eventlog", "profsvc", "vmcompute", "hvhost"}
)
# What goes with it, said before it is done.
_COSTS = {
    "containerd": "Execs and log streams of every pod on the node end, this one's as well: its answer may not arrive.",
    "containerd.exe": "Execs and log streams of every pod on the node end, this one's as well: its answer may not arrive.",
    "kubelet": "The node is not ready until it is back.",
    "kubelet.exe": "The node is not ready until it is back.",
    "hns": "Pods on the node lose their network until their endpoints are there again.",
    "docker": "Every container of Docker's ends unless it is set to live on.",
    "dnscache": "Names are not resolved meanwhile.",
    "winmgmt": "Questions that use WMI fail meanwhile.",
}
_SHIM = "containerd-shim-runhcs-v1.exe"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do, to be agreed to first. `script` is put as a probe is, with `arguments`."""

    script: Probe
    arguments: Mapping[str, str]
    question: str
    cost: str  # what goes with it


@cache
def deeds() -> Mapping[str, Probe]:
    return {name: parse_probe(name, text) for name, text in sorted(built_in_texts("deeds").items())}


def has_deed(probe: Probe) -> bool:
    """Whether something can be done to the rows of this probe's answers."""
    return not probe.own and probe.name in _DEED_OF


def deed_for(probe: Probe, record: Record) -> Deed:
    """What can be done to a row of `probe`. Raises ProbeError with the reason for what must not be."""
    name = _DEED_OF.get(probe.name) if not probe.own else None
    if name is None:
        raise ProbeError(
            f"There is nothing to do to a row of {probe.title}.", title="Nothing can be done here", hint=""
        )
    script = deeds()[name]
    given = _end(record) if name == END_PROCESS else _restart(record)
    what = str(record.get("name") or "")
    cost = _COSTS.get(what.casefold(), "")
    if what.casefold() == _SHIM:
        cost = "The pod that it belongs to ends with it."
    question = (
        f"End {what}, process {given['process']}?" if name == END_PROCESS else f"Restart the service {what}?"
    )
    return Deed(script, script.arguments(given), question, f"{script.warning} {cost}".strip())


def _end(record: Mapping[str, Any]) -> dict[str, str]:
    pid, name, started = record.get("pid"), record.get("name"), record.get("started")
    if (isinstance(pid, int) and pid <= 4) or str(name).casefold() in _VITAL_PROCESSES:
        raise ProbeError(
            f"{name} is not ended: the node would go down with it, or become unreachable.",
            title="A process that must not be touched",
            hint="A service in it can be restarted by itself."
            if str(name).casefold() == "svchost.exe"
            else "",
        )
    if not isinstance(pid, int) or not isinstance(name, str) or not isinstance(started, str):
        raise ProbeError(
            "It is not known well enough which process that is: its number, name and start are needed.",
            title="The row does not say which process that is",
            hint="An account with more rights may be told more.",
        )
    return {"process": str(pid), "name": name, "started": started}


def _restart(record: Mapping[str, Any]) -> dict[str, str]:
    name = record.get("name")
    if not isinstance(name, str) or not name:
        raise ProbeError(
            "The service has no name.", title="The row does not say which service that is", hint=""
        )
    if name.casefold() in _VITAL_SERVICES:
        raise ProbeError(
            f"{name} is not restarted: Windows takes no stop for it, or the node would become unreachable.",
            title="A service that must not be touched",
            hint="",
        )
    if record.get("mode") == "Disabled":
        raise ProbeError(
            f"{name} is disabled: it would not start again.",
            title="A disabled service cannot be restarted",
            hint="Change its start mode first.",
        )
    return {"service": name}
