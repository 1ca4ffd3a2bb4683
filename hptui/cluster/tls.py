"""One TLS context for REST and WebSockets, made from a kubeconfig's entries.

Python 3.13's strict X.509 check refuses the CAs of some clusters (EKS): that flag is cleared here, on this context only.
Nothing is ever asked on the terminal: a key with a passphrase is refused with a sentence.
"""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from collections.abc import Mapping
from typing import Any

from hptui.errors import CredentialsError, KubeconfigError


def make_context(
    cluster: Mapping[str, Any], certificate: bytes | None = None, key: bytes | None = None
) -> ssl.SSLContext:
    """The context for one cluster and, where there is one, a client certificate (PEM)."""
    authority = pem(cluster, "certificate-authority")
    try:
        if authority is None:
            context = ssl.create_default_context()
        else:
            context = ssl.create_default_context(cadata=authority.decode("ascii", errors="ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise KubeconfigError("The kubeconfig's certificate-authority holds no PEM certificate.") from error
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate is not None or key is not None:
        _load_certificate(context, certificate or b"", key or b"")
    return context


def _load_certificate(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """OpenSSL reads certificates from files only: a private file, for the moment of reading."""
    descriptor, name = tempfile.mkstemp(prefix="hptui-", suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(certificate + b"\n" + key + b"\n")
        context.load_cert_chain(name, password=_no_passphrase)
    except (ssl.SSLError, ValueError, OSError) as error:
        raise CredentialsError(
            f"The client certificate and its key cannot be used: {error}.",
            hint="Both must be PEM, belong together, and the key must have no passphrase.",
        ) from error
    finally:
        os.unlink(name)


def _no_passphrase() -> str:
    raise ValueError("the key has a passphrase")


def pem(entry: Mapping[str, Any], key: str) -> bytes | None:
    """A certificate or key from a kubeconfig entry: `KEY-data` in base64, else the file that `KEY` names."""
    data, file = entry.get(f"{key}-data"), entry.get(key)
    if data:
        try:
            return base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError, TypeError) as error:
            raise CredentialsError(f"The kubeconfig's {key}-data is not base64.") from error
    if file:
        try:
            with open(file, "rb") as opened:
                return opened.read()
        except OSError as error:
            raise CredentialsError(f"{file} ({key}) cannot be read: {error.strerror or error}.") from error
    return None
