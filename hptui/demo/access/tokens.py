"""Tokens that say who they are for and when they end (RFC 7519). Nobody checks the signature, so there is none."""

from __future__ import annotations

import base64
import json
import secrets
import time


def jwt(subject: str, life: float) -> str:
    """A token for `subject` that says it expires in `life` seconds; each is another."""
    claims = {"sub": subject, "exp": int(time.time() + life), "jti": secrets.token_hex(8)}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(_part(json.dumps(part).encode()) for part in parts), _part(b"unsigned")])


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
