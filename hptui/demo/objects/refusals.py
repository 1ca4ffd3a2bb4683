"""The API server's ways to say no: each a Status object worded as the recorded server words it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hptui.demo.objects.plain import Json


class Refusal(Exception):
    """An answer that is not the one asked for: an HTTP status and a body, JSON or bare text."""

    def __init__(self, code: int, body: Json | str, headers: dict[str, str] | None = None) -> None:
        super().__init__(body if isinstance(body, str) else body.get("message", ""))
        self.code = code
        self.body = body
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that is wrong, as validation reports it."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


def status(code: int, message: str, reason: str = "", details: Json | None = None) -> Json:
    body: Json = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
    }
    if reason:
        body["reason"] = reason
    if details:
        body["details"] = details
    body["code"] = code
    return body


def details(name: str, group: str, kind: str) -> Json:
    found: Json = {}
    if name:
        found["name"] = name
    if group:
        found["group"] = group
    found["kind"] = kind
    return found


def qualified(group: str, plural: str) -> str:
    return f"{plural}.{group}" if group else plural


def bad_request(message: str) -> Refusal:
    return Refusal(400, status(400, message, "BadRequest"))


def unauthorized() -> Refusal:
    return Refusal(401, status(401, "Unauthorized", "Unauthorized"))


def forbidden(group: str, plural: str, name: str, why: str) -> Refusal:
    named = f' "{name}"' if name else ""
    message = f"{qualified(group, plural)}{named} is forbidden: {why}"
    return Refusal(403, status(403, message, "Forbidden", details(name, group, plural)))


def forbidden_path(user: str, verb: str, path: str) -> Refusal:
    message = f'forbidden: User "{user}" cannot {verb} path "{path}"'
    return Refusal(403, status(403, message, "Forbidden", {}))


def not_found(group: str, plural: str, name: str) -> Refusal:
    message = f'{qualified(group, plural)} "{name}" not found'
    return Refusal(404, status(404, message, "NotFound", details(name, group, plural)))


def no_such_path() -> Refusal:
    return Refusal(404, "404 page not found\n")


def no_such_resource() -> Refusal:
    message = "the server could not find the requested resource"
    return Refusal(404, status(404, message, "NotFound", {}))


def method_not_allowed() -> Refusal:
    message = "the server does not allow this method on the requested resource"
    return Refusal(405, status(405, message, "MethodNotAllowed", {}))


def already_exists(group: str, plural: str, name: str) -> Refusal:
    message = f'{qualified(group, plural)} "{name}" already exists'
    return Refusal(409, status(409, message, "AlreadyExists", details(name, group, plural)))


def conflict(group: str, what: str, name: str, why: str) -> Refusal:
    message = f'Operation cannot be fulfilled on {qualified(group, what)} "{name}": {why}'
    return Refusal(409, status(409, message, "Conflict", details(name, group, what)))


def expired(message: str, continue_token: str = "") -> Refusal:
    body = status(410, message, "Expired")
    if continue_token:
        body["metadata"] = {"continue": continue_token}
    return Refusal(410, body)


def invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> Refusal:
    texts = [f"{cause.field}: {cause.message}" for cause in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    found = details(name, group, kind)
    found["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    message = f'{qualified(group, kind)} "{name}" is invalid: {joined}'
    return Refusal(422, status(422, message, "Invalid", found))


def internal(message: str) -> Refusal:
    return Refusal(500, status(500, message))


def too_large_version(asked: int, current: int) -> Refusal:
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    body = status(504, message, "Timeout", {"causes": [cause], "retryAfterSeconds": 1})
    return Refusal(504, body, {"Retry-After": "1"})
