"""Who we are, what the server is, and what we may do there."""

from __future__ import annotations

import logging

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


def own_name(transport: Transport) -> str:
    """The user as the server sees it; empty where the server is too old (before 1.28) or may not say."""
    review = {"apiVersion": _AUTHENTICATION, "kind": "SelfSubjectReview"}
    try:
        body = transport.create(f"/apis/{_AUTHENTICATION}/selfsubjectreviews", (), review).body
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
    body = transport.create(f"/apis/{_AUTHORIZATION}/selfsubjectaccessreviews", (), review).body
    answer: AccessReviewWire = decode(_REVIEW, body, "our rights")
    status = answer.status
    allowed = bool(status and status.allowed and not status.denied)
    reason = (status.reason or status.evaluation_error or "") if status else ""
    return Access(verb, resource, namespace, allowed, reason)
