"""Is this process an administrator: yes, no, or could not tell, and why. Decided here from what the probe `admin` read.

Only an enabled S-1-5-32-544 in the token makes an administrator. A group for deny only takes rights away and gives none. An
integrity level decides nothing: LocalService has that of the system. Attributes as whoami prints them are in the machine's
language, so that they alone decide nothing either. Where the facts contradict each other, or are missing, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hptui.probes.asking import Result
from hptui.probes.probe import Kind
from hptui.probes.reader import Record
from hptui.probes.values import convert

ADMINISTRATORS = "S-1-5-32-544"
PROBE = "admin"

# The well-known mandatory labels (Microsoft, "Mandatory Integrity Control" and the list of well-known SIDs).
INTEGRITY = {
    "S-1-16-0": "Untrusted",
    "S-1-16-4096": "Low",
    "S-1-16-8192": "Medium",
    "S-1-16-8448": "Medium plus",
    "S-1-16-12288": "High",
    "S-1-16-16384": "System",
    "S-1-16-20480": "Protected process",
}


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "could not tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    why: str  # a sentence without its full stop


def verdict(result: Result) -> Verdict:
    """What an answer to the probe `admin` says, whatever became of it."""
    (record, *_) = answered(result)
    if record.get("admin") == Answer.UNKNOWN.value:
        return Verdict(Answer.UNKNOWN, str(record["why"]))
    return judge(record)


def answered(result: Result) -> Sequence[Record]:
    """The records of an answer to the probe `admin`; never none, because silence is an answer too: could not tell."""
    return result.answer.records or (stand_in(result.why or "PowerShell gave an answer with nothing in it"),)


def stand_in(why: str) -> dict[str, Any]:
    """The record of an account that gave none: nobody can tell what it is."""
    return {"admin": Answer.UNKNOWN.value, "why": why.rstrip("."), "problem": [why]}


def judge(record: Mapping[str, Any]) -> Verdict:
    """By one record's facts: `administrators` in the token, `role` of IsInRole, `listed` and `whoami` (how many) of whoami."""
    held, role = record.get("administrators"), record.get("role")
    if held == "enabled" and role is not False:
        return Verdict(Answer.YES, f"{ADMINISTRATORS} is an enabled group of its token")
    if held == "deny only" and role is not True:
        return Verdict(Answer.NO, f"{ADMINISTRATORS} is in its token for deny only, which gives no rights")
    if held == "absent" and role is not True:
        return Verdict(Answer.NO, f"{ADMINISTRATORS} is not a group of its token")
    if held in ("enabled", "deny only", "absent"):
        return Verdict(
            Answer.UNKNOWN,
            f"its token has {ADMINISTRATORS} {held}, and IsInRole says {'yes' if role else 'no'}",
        )
    return _without_token(record)


def _without_token(record: Mapping[str, Any]) -> Verdict:
    """PowerShell could not read the token: by constrained language mode, or because a type is missing."""
    problems = convert(Kind.LIST, record.get("problem"))
    reason = "; ".join(problems) if isinstance(problems, tuple) and problems else "the token was not read"
    listed, seen = record.get("listed"), record.get("whoami")
    if not isinstance(seen, int) or seen == 0:
        return Verdict(Answer.UNKNOWN, reason)
    if listed is None:
        return Verdict(Answer.NO, f"whoami lists {seen} groups, and {ADMINISTRATORS} is none of them")
    if record.get("role") is True:
        return Verdict(Answer.YES, f"IsInRole says so, and whoami lists {ADMINISTRATORS}")
    return Verdict(
        Answer.UNKNOWN,
        f"{reason}; whoami lists {ADMINISTRATORS} as “{listed}”, which may be for deny only in some language",
    )


def judged(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the verdict, and the integrity level in words."""
    if "admin" in record:
        return dict(record)
    found = judge(record)
    level = record.get("integrity")
    words = f"{INTEGRITY[level]}, {level}" if isinstance(level, str) and level in INTEGRITY else level
    return {**record, "admin": found.answer.value, "why": found.why, "integrity": words}
