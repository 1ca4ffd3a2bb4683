"""Who we are, what the server is, and what we may do there."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from hptui.cluster.model import Access
from hptui.cluster.transport import Transport, decode
from hptui.cluster.wire import AccessReviewWire, SelfReviewWire, VersionWire
from hptui.errors import ForbiddenError, InvalidError, NotFoundError, UnavailableError

log = logging.getLogger(__name__)

_VERSION = msgspec.json.Decoder(VersionWire)
_SELF = msgspec.json.Decoder(SelfReviewWire)
_REVIEW = msgspec.json.Decoder(AccessReviewWire)
_AUTHENTICATION, _AUTHORIZATION = "authentication.k8s.io/v1", "authorization.k8s.io/v1"


def server_version(transport: Transport) -> str:
    version: VersionWire = decode(_VERSION, transport.get("/version").body, "its version")
    return version.git_version


def clock_ahead(transport: Transport) -> float | None:
    """By how many seconds the server's clock is ahead of this machine's, to about a second; None where it does not tell.

    The Date header (RFC 9110, 6.6.1) has whole seconds, and was written at some time between question and answer.
    """
    asked = datetime.now(UTC)
    date = transport.get("/version", retry=False).date
    answered = datetime.now(UTC)
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return None
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    here = asked + (answered - asked) / 2
    return (told - here).total_seconds() + 0.5


def own_name(transport: Transport) -> str:
    """The user as the server sees it; empty where the server is too old (before 1.28) or may not say."""
    review = {"apiVersion": _AUTHENTICATION, "kind": "SelfSubjectReview"}
    try:
        body = transport.ask(f"/apis/{_AUTHENTICATION}/selfsubjectreviews", (), review).body
    except (NotFoundError, UnavailableError, ForbiddenError, InvalidError) as error:
        log.info("The server does not say who we are: %s", error)
        return ""
    answer: SelfReviewWire = decode(_SELF, body, "who we are")
    return answer.status.user_info.username if answer.status and answer.status.user_info else ""


def may(transport: Transport, verb: str, resource: str, namespace: str, group: str) -> Access:
    """SelfSubjectAccessReview for one verb."""
    plain, _, subresource = resource.partition("/")
    attributes = {
        "verb": verb,
        "resource": plain,
        "subresource": subresource,
        "namespace": namespace,
        "group": group,
    }
    review = {
        "apiVersion": _AUTHORIZATION,
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
    }
    body = transport.ask(f"/apis/{_AUTHORIZATION}/selfsubjectaccessreviews", (), review).body
    answer: AccessReviewWire = decode(_REVIEW, body, "our rights")
    status = answer.status
    allowed = bool(status and status.allowed and not status.denied)
    reason = (status.reason or status.evaluation_error or "") if status else ""
    return Access(verb, resource, namespace, allowed, reason)
