"""The doctor's questions to the API server itself: its version, its clock, and our rights there."""

from __future__ import annotations

import asyncio

from hptui.errors import InvalidError, UnavailableError
from hptui.hostprocess.doctor.case import Case
from hptui.hostprocess.doctor.check import Check, Health
from hptui.hostprocess.eligibility import MIN_KUBELET, parse_version
from hptui.hostprocess.rights import Right

STABLE = (1, 26)
"""The version since which HostProcess is stable; from 1.23 on it is a beta that is on by default."""

CLOCK_NOTED, CLOCK_BAD = 10.0, 300.0
"""Seconds of difference: ages are wrong from the first; beyond the second, tokens and certificates are refused."""


async def version(case: Case) -> tuple[Check, ...]:
    text = case.cluster.info.version
    parsed = parse_version(text)
    if parsed is None:
        words = f"The server's version could not be read from {text!r}."
        return (Check("server.version", "server version", Health.UNKNOWN, words),)
    if parsed[:2] < MIN_KUBELET:
        words = f"{text}: HostProcess needs 1.23 or later."
        mend = "kubectl version   # then upgrade the control plane, and the Windows nodes after it"
        return (Check("server.version", "server version", Health.BAD, words, mend),)
    if parsed[:2] < STABLE:
        words = f"{text}: HostProcess is a beta before 1.26, on by default."
        mend = "If pods are refused, look at the feature gate WindowsHostProcessContainers; better, upgrade."
        return (Check("server.version", "server version", Health.WARN, words, mend),)
    return (Check("server.version", "server version", Health.OK, text),)


async def clock(case: Case) -> tuple[Check, ...]:
    ahead = await case.cluster.clock_ahead()
    return (clock_check(ahead),)


def clock_check(ahead: float | None) -> Check:
    """`ahead` is in seconds, and exact to about one."""
    if ahead is None:
        return Check("server.clock", "clock", Health.UNKNOWN, "The server does not tell its time.")
    if abs(ahead) <= CLOCK_NOTED:
        return Check("server.clock", "clock", Health.OK, "within seconds of this machine's")
    words = f"The server is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine."
    mend = "timedatectl set-ntp true   # here; or look at the clock of the control plane"
    return Check("server.clock", "clock", Health.BAD if abs(ahead) > CLOCK_BAD else Health.WARN, words, mend)


async def right(case: Case, wanted: Right) -> tuple[Check, ...]:
    """One question for each verb."""
    namespace = "" if wanted.everywhere else case.namespace
    name = f"right: {wanted.name}"
    id_ = right_id(wanted)
    try:
        answers = await asyncio.gather(
            *(
                case.cluster.may(verb, wanted.resource, namespace=namespace, group=wanted.group)
                for verb in wanted.verbs
            )
        )
    except (UnavailableError, InvalidError) as error:
        return (Check(id_, name, Health.UNKNOWN, error.message, "kubectl auth can-i --list"),)
    missing = tuple(answer.verb for answer in answers if not answer.allowed)
    place = wanted.place(case.namespace)
    if not missing:
        return (Check(id_, name, Health.OK, f"{', '.join(wanted.verbs)} {place}"),)
    words = f"{', '.join(missing)} {place} is missing; it is for {wanted.purpose}."
    mend = wanted.grant(missing, case.namespace, case.cluster.info.user)
    return (Check(id_, name, Health.BAD if wanted.required else Health.WARN, words, mend),)


def right_id(wanted: Right) -> str:
    return f"rights.{wanted.name}"
