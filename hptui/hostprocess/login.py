"""Whether a person has to log in again, and by when: what is to be said about the credential before anything breaks.

An open shell is not touched by an end of the credentials: it was let in at its start. Looking, opening and deleting are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from hptui.cluster.model import Credential, CredentialKind
from hptui.failures import connection
from hptui.format import countdown, moment

NOTED, SOON = timedelta(minutes=30), timedelta(minutes=15)


class Stage(IntEnum):
    """The more, the more urgent."""

    NOTED = 1  # it ends within half an hour
    OUTLIVED = 2  # a session's deadline is later than its end
    SOON = 3  # it ends within a quarter of an hour
    FAILED = 4  # it could not be renewed
    ENDED = 5


@dataclass(frozen=True, slots=True)
class Notice:
    stage: Stage
    short: str  # for a line that holds other things too
    words: str
    hint: str  # what to do


def notice(credential: Credential | None, now: datetime, deadlines: Sequence[datetime] = ()) -> Notice | None:
    """What to say now. `deadlines` are those of the open sessions, whose pods have to be deleted by then."""
    if credential is None or (credential.renews and not credential.trouble):
        return None
    name, end, hint = _name(credential), credential.expires, _hint(credential)
    if end is None:
        words = f"The {name} could not be renewed. {credential.trouble}"
        return Notice(Stage.FAILED, "login needed", words, hint) if credential.trouble else None
    if end <= now:
        words = f"The {name} has ended: nothing new can be seen, opened or deleted. Open shells go on."
        return Notice(Stage.ENDED, f"{credential.kind.value} ended", _with_trouble(words, credential), hint)
    left = end - now
    spent = countdown(left.total_seconds())
    short = f"{credential.kind.value} ends in {spent}"
    if credential.trouble:
        words = f"The {name} could not be renewed and ends in {spent}."
        return Notice(Stage.FAILED, short, _with_trouble(words, credential), hint)
    outlived = [deadline for deadline in deadlines if deadline > end]
    words = f"The {name} ends in {spent}."
    if outlived:
        last = countdown((max(outlived) - now).total_seconds())
        words = (
            f"The {name} ends in {spent}, the deadline of a session is in {last}: "
            "deleting its pod after that needs you to log in again."
        )
    if left <= SOON:
        return Notice(Stage.SOON, short, words, hint)
    if outlived:
        return Notice(Stage.OUTLIVED, short, words, hint)
    return Notice(Stage.NOTED, short, words, hint) if left <= NOTED else None


def description(credential: Credential) -> str:
    """What it is and how long it is good, for who asks."""
    name, end = _name(credential), credential.expires
    if credential.kind is CredentialKind.NONE:
        return "none: the kubeconfig's user has no credentials"
    if credential.renews:
        return f"{name}, renewed by itself" + (f"; now until {moment(end)}" if end else "")
    if end is None:
        tells = "" if credential.kind is CredentialKind.PASSWORD else "; it does not say when it ends"
        return f"{name}{tells}"
    return f"{name}, until {moment(end)}"


def _name(credential: Credential) -> str:
    match credential.kind:
        case CredentialKind.PLUGIN:
            return f"login of the credential plugin {credential.name}"
        case CredentialKind.TOKEN_FILE:
            return f"token in {credential.name}"
        case CredentialKind.PROVIDER:
            return f"login of the auth-provider {credential.name}"
    return f"{credential.kind.value} of {credential.name}" if credential.name else credential.kind.value


def _hint(credential: Credential) -> str:
    if credential.login:
        return connection.LOG_IN.format(login=credential.login)
    match credential.kind:
        case CredentialKind.PLUGIN:
            return connection.LOG_IN_BY_PLUGIN
        case CredentialKind.TOKEN_FILE:
            return connection.TOKEN_FILE_OLD
        case CredentialKind.CERTIFICATE:
            return connection.NEW_CERTIFICATE
    return connection.NEW_TOKEN


def _with_trouble(words: str, credential: Credential) -> str:
    return f"{words} {credential.trouble}" if credential.trouble else words
