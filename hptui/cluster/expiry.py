"""When a credential ends, and how to get another: read from what the kubeconfig holds, to warn a person in time.

A JWT's claims are read without a look at its signature: nothing is decided by them, the API server does that.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from shlex import quote
from typing import Any

_SERVICE_ACCOUNT = "system:serviceaccount:"
_OPENSHIFT_TOKEN = "sha256~"


def token_claims(token: str) -> Mapping[str, Any]:
    """What a JWT says (RFC 7519); nothing for a token that is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    with suppress(ValueError):
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        if isinstance(found, dict):
            return found
    return {}


def token_end(token: str) -> datetime | None:
    """When a JWT expires; None for one that does not say, and for a token that is no JWT."""
    end = token_claims(token).get("exp")
    with suppress(ValueError, TypeError, OverflowError, OSError):
        return datetime.fromtimestamp(end, UTC) if isinstance(end, int | float) else None
    return None


@lru_cache(maxsize=4)
def certificate_end(certificate: bytes) -> datetime | None:
    """When the first certificate of a PEM text expires; None where there is none that can be read."""
    from cryptography.x509 import load_pem_x509_certificate

    with suppress(ValueError):
        return load_pem_x509_certificate(certificate).not_valid_after_utc
    return None


def login_by_plugin(spec: Mapping[str, Any]) -> str:
    """The command that logs in again for a credential plugin; "" where none is known."""
    command = os.path.basename(str(spec.get("command") or "")).removesuffix(".exe")
    arguments = [str(argument) for argument in spec.get("args") or ()]
    match command:
        case "kubelogin":
            return "az login" if _option(arguments, "--login", "-l") == "azurecli" else ""
        case "aws" | "aws-iam-authenticator":
            environment = {str(pair.get("name")): str(pair.get("value")) for pair in spec.get("env") or ()}
            profile = _option(arguments, "--profile") or environment.get("AWS_PROFILE", "")
            return f"aws sso login --profile {quote(profile)}" if profile else "aws sso login"
        case "gke-gcloud-auth-plugin" | "gcloud":
            return "gcloud auth login"
        case "tsh":
            return "tsh login"
        case "doctl":
            return "doctl auth init"
        case "oc":
            return "oc login"
    return ""


def login_by_token(token: str, server: str, user: str) -> str:
    """The command that gets another token in the place of a fixed one; "" where none is known."""
    if token.startswith(_OPENSHIFT_TOKEN):
        return f"oc login {quote(server)}"
    subject = str(token_claims(token).get("sub") or "")
    if subject.startswith(_SERVICE_ACCOUNT) and subject.count(":") == 3:
        namespace, name = subject.removeprefix(_SERVICE_ACCOUNT).split(":")
        made = f"kubectl create token -n {quote(namespace)} {quote(name)}"
        return f'kubectl config set-credentials {quote(user)} --token="$({made})"'
    return ""


def _option(arguments: Sequence[str], *names: str) -> str:
    """The value of an option, written as two words or as one with an equals sign."""
    for place, argument in enumerate(arguments):
        if argument in names:
            return arguments[place + 1] if place + 1 < len(arguments) else ""
        name, equals, value = argument.partition("=")
        if equals and name in names:
            return value
    return ""
