"""Credential plugins (kubeconfig's `exec`), run so that they can't disturb: no keyboard, no screen, a time limit.

The client library lets a plugin inherit the terminal and, when it fails, goes on without credentials. Here its
failure is an error with the plugin's own words.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hptui.errors import CredentialsError
from hptui.failures import connection

_API = "client.authentication.k8s.io/"
_EXTENSION = "client.authentication.k8s.io/exec"
Started = Callable[[Callable[[], None]], Callable[[], None]]
_WORDS = 2000  # characters of a plugin's stderr that are shown


@dataclass(frozen=True, slots=True)
class PluginAnswer:
    """What a plugin gave: a token, or a client certificate with its key (PEM), or both."""

    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    expires: datetime | None = None


def run_plugin(
    spec: Mapping[str, Any],
    cluster: Mapping[str, Any],
    *,
    limit: float,
    started: Started = lambda end: lambda: None,
    environ: Mapping[str, str] | None = None,
) -> PluginAnswer:
    """Run a plugin once. `limit` is in seconds. Raises CredentialsError with what the plugin said.

    `started` is told how to end it early, from any thread; what it gives back is called when it has ended.
    """
    command = str(spec.get("command") or "")
    if not command:
        raise CredentialsError("The kubeconfig's exec entry names no command.")
    if spec.get("interactiveMode") == "Always":
        raise CredentialsError(
            f"The credential plugin {command} insists on a terminal (interactiveMode: Always).",
            hint="Log in with its own command first, and let the kubeconfig say interactiveMode: IfAvailable.",
        )
    argv = [command, *(str(argument) for argument in spec.get("args") or ())]
    environment = _environment(spec, cluster, os.environ if environ is None else environ)
    argv[0] = shutil.which(command, path=environment.get("PATH")) or command
    try:
        done = _run(argv, environment, limit, started)
    except FileNotFoundError as error:
        hint = str(spec.get("installHint") or "") or connection.PLUGIN_MISSING.hint
        raise CredentialsError(f"The credential plugin {command} is not installed.", hint=hint) from error
    except subprocess.TimeoutExpired as error:
        raise CredentialsError(
            f"The credential plugin {command} did not answer within {limit:g} seconds.{_said(error.stderr)}",
            hint=connection.PLUGIN_SILENT.hint,
        ) from error
    except OSError as error:
        raise CredentialsError(
            f"The credential plugin {command} cannot be run: {error.strerror or error}."
        ) from error
    if done.returncode != 0:
        raise CredentialsError(
            f"The credential plugin {command} failed with exit code {done.returncode}.{_said(done.stderr)}"
        )
    return _answer(command, spec, done.stdout, done.stderr)


def _run(
    argv: list[str],
    environment: Mapping[str, str],
    limit: float,
    started: Started,
) -> subprocess.CompletedProcess[bytes]:
    """Like subprocess.run, but in a session of its own: without a controlling terminal, and killed with its children."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    with process:
        over = started(lambda: _kill(process))
        try:
            output, said = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise subprocess.TimeoutExpired(argv, limit, *_rest(process)) from error
        finally:
            over()
    return subprocess.CompletedProcess(argv, process.returncode, output, said)


def _rest(process: subprocess.Popen[bytes]) -> tuple[bytes | None, bytes | None]:
    """What a killed plugin had said; a child that it has let go of may hold the pipe open for ever."""
    try:
        return process.communicate(timeout=1.0)
    except subprocess.TimeoutExpired as error:
        return error.output, error.stderr


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The plugin and, where there are process groups, its children."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _environment(
    spec: Mapping[str, Any], cluster: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, str]:
    info: dict[str, Any] = {"interactive": False}
    if spec.get("provideClusterInfo"):
        info["cluster"] = _cluster_info(cluster)
    environment = dict(environ)
    for pair in spec.get("env") or ():
        environment[str(pair.get("name"))] = str(pair.get("value"))
    environment["KUBERNETES_EXEC_INFO"] = json.dumps(
        {"apiVersion": spec.get("apiVersion"), "kind": "ExecCredential", "spec": info}
    )
    return environment


def _cluster_info(cluster: Mapping[str, Any]) -> dict[str, Any]:
    keys = (
        "server",
        "tls-server-name",
        "insecure-skip-tls-verify",
        "certificate-authority-data",
        "proxy-url",
    )
    info = {key: cluster[key] for key in keys if cluster.get(key)}
    authority = cluster.get("certificate-authority")
    if authority and "certificate-authority-data" not in info:
        try:
            with open(authority, "rb") as file:
                info["certificate-authority-data"] = base64.b64encode(file.read()).decode()
        except OSError as error:
            raise CredentialsError(f"{authority} cannot be read: {error.strerror or error}.") from error
    for extension in cluster.get("extensions") or ():
        if extension.get("name") == _EXTENSION:
            info["config"] = extension.get("extension")
    return info


def _answer(command: str, spec: Mapping[str, Any], output: bytes, said: bytes) -> PluginAnswer:
    try:
        document = json.loads(output)
        status = document["status"]
        version = document["apiVersion"]
    except (ValueError, KeyError, TypeError) as error:
        raise CredentialsError(
            f"The credential plugin {command} gave no ExecCredential.{_said(said)}"
        ) from error
    if not str(version).startswith(_API) or version != spec.get("apiVersion"):
        raise CredentialsError(
            f"The credential plugin {command} answers as {version}; the kubeconfig says {spec.get('apiVersion')}."
        )
    token = str((status or {}).get("token") or "")
    certificate = str((status or {}).get("clientCertificateData") or "")
    key = str((status or {}).get("clientKeyData") or "")
    if bool(certificate) != bool(key) or not (token or certificate):
        raise CredentialsError(
            f"The credential plugin {command} gave neither a token nor a certificate with its key.{_said(said)}"
        )
    return PluginAnswer(token, certificate, key, _time(command, status.get("expirationTimestamp")))


def _time(command: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CredentialsError(
            f"The credential plugin {command} gave an unreadable expiry: {text}."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _said(stderr: bytes | str | None) -> str:
    text = stderr.decode(errors="replace") if isinstance(stderr, bytes) else (stderr or "")
    text = text.strip()
    return f" It says: {text[-_WORDS:]}" if text else ""
