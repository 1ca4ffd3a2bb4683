"""Which cluster, as whom: kubeconfig files merged and read as kubectl does.

The client library takes the last current-context of several files where kubectl takes the first, and reads KUBECONFIG
only once, at import. So the files are read here, and one context's entries are handed on with their paths made absolute.

https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hptui.cluster import yaml_input
from hptui.errors import KubeconfigError
from hptui.failures import connection

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "in-cluster"

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One context, resolved: the cluster's and the user's entries with absolute paths."""

    context: str
    namespace: str
    user_name: str
    source: str  # the file or files, or "in-cluster"
    cluster: Mapping[str, Any] = field(repr=False)
    user: Mapping[str, Any] = field(repr=False)
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""
    as_extra: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def server(self) -> str:
        return str(self.cluster.get("server", "")).rstrip("/")

    @property
    def words(self) -> str:
        """Where this comes from, for error messages."""
        if self.source == IN_CLUSTER:
            return f"{self.server} (the service account of this pod)"
        return f"{self.server} (context {self.context!r} of {self.source})"


@dataclass(frozen=True, slots=True)
class Merged:
    """Several files as one. Each entry remembers the file that it came from."""

    files: tuple[Path, ...]
    current_context: str
    clusters: Mapping[str, tuple[Entry, Path]]
    users: Mapping[str, tuple[Entry, Path]]
    contexts: Mapping[str, tuple[Entry, Path]]

    @property
    def source(self) -> str:
        return os.pathsep.join(str(file) for file in self.files)


def resolve(
    wanted: Wanted,
    environ: Mapping[str, str] | None = None,
    service_account: Path = SERVICE_ACCOUNT,
) -> Target:
    """The context to use. Raises KubeconfigError, which names the files that were looked at."""
    environ = os.environ if environ is None else environ
    if wanted.as_groups and not wanted.as_user:
        raise KubeconfigError("--as-group is given without --as.", hint="Name the user too, with --as.")
    files = candidates(wanted.kubeconfig, environ)
    merged = merge(files, must_exist=wanted.kubeconfig is not None)
    if not merged.contexts and wanted.kubeconfig is None and wanted.context is None:
        inside = _in_cluster(wanted, environ, service_account)
        if inside is not None:
            return inside
    if not merged.files:
        looked = ", ".join(str(file) for file in files)
        raise KubeconfigError(
            f"There is no kubeconfig: looked for {looked}.",
            hint=connection.NO_KUBECONFIG.hint,
        )
    return _choose(merged, wanted)


def candidates(explicit: str | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that kubectl would read, each once, in its order."""
    if explicit:
        return (_path(explicit),)
    listed = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        return tuple(dict.fromkeys(_path(part) for part in listed))
    return (_path("~/.kube/config"),)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except (RuntimeError, ValueError):  # nobody here has that name, or it cannot be one
        return Path(text)


def merge(files: Sequence[Path], *, must_exist: bool = False) -> Merged:
    """Merge files: the first to set a value or to name an entry wins, whole. Files that don't exist are passed over."""
    read: list[Path] = []
    current = ""
    kinds: dict[str, dict[str, tuple[Entry, Path]]] = {"clusters": {}, "users": {}, "contexts": {}}
    for file in files:
        document = _read(file, must_exist=must_exist)
        if document is None:
            continue
        read.append(file)
        current = current or _word(document, "current-context", str(file))
        for kind, found in kinds.items():
            for name, entry in _entries(document, kind, file):
                found.setdefault(name, (entry, file))
    return Merged(tuple(read), current, kinds["clusters"], kinds["users"], kinds["contexts"])


def _read(file: Path, *, must_exist: bool) -> Entry | None:
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        if must_exist:
            raise KubeconfigError(f"{file} does not exist.") from None
        return None
    except (OSError, ValueError) as error:  # a ValueError: the name cannot be one
        why = getattr(error, "strerror", None) or error
        raise KubeconfigError(f"{file} cannot be read: {why}.") from error
    try:
        document = yaml_input.load(text)
    except yaml_input.NotReadable as error:
        where = f", line {error.line}" if error.line else ""
        raise KubeconfigError(f"{file}{where} is not YAML: {error.problem}.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise KubeconfigError(f"{file} is not a kubeconfig: it holds no mapping.")
    return document


def _entries(document: Entry, kind: str, file: Path) -> list[tuple[str, Entry]]:
    """Entries by name. A name that comes twice in one file is a fault, for kubectl too."""
    listed = document.get(kind) or []
    if not isinstance(listed, list):
        raise KubeconfigError(f"{file}: {kind} is not a list.")
    entries: dict[str, Entry] = {}
    for item in listed:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise KubeconfigError(f"{file}: an entry of {kind} has no name.")
        body = item.get(kind.removesuffix("s")) or {}
        if not isinstance(body, dict):
            raise KubeconfigError(f"{file}: {kind} entry {item['name']!r} is not a mapping.")
        if item["name"] in entries:
            raise KubeconfigError(f"{file}: {kind} names {item['name']!r} twice.")
        entries[item["name"]] = body
    return list(entries.items())


def _choose(merged: Merged, wanted: Wanted) -> Target:
    name = wanted.context or merged.current_context
    known = ", ".join(sorted(merged.contexts)) or "none"
    if not name:
        raise KubeconfigError(
            f"{merged.source} sets no current-context. Contexts there: {known}.",
            hint="Choose one with --context, or for good with `kubectl config use-context NAME`.",
        )
    if name not in merged.contexts:
        raise KubeconfigError(f"There is no context {name!r} in {merged.source}. Contexts there: {known}.")
    context, file = merged.contexts[name]
    cluster = _part(merged.clusters, context, "cluster", name, file)
    where = f"Context {name!r} of {file}"
    user_name = _word(context, "user", where)
    user: Entry = _part(merged.users, context, "user", name, file) if user_name else {}
    cluster["server"] = _address(cluster, f"The cluster of context {name!r} in {merged.source}")
    return Target(
        context=name,
        namespace=wanted.namespace or _word(context, "namespace", where) or "default",
        user_name=user_name,
        source=merged.source,
        cluster=cluster,
        user=user,
        **_impersonation(wanted, user, f"User {user_name!r} in {merged.source}"),
    )


def _impersonation(wanted: Wanted, user: Entry, whose: str) -> dict[str, Any]:
    """As whom to act: what the command line says replaces all that the user's entry says."""
    if wanted.as_user:
        return {"as_user": wanted.as_user, "as_groups": wanted.as_groups}
    extra = user.get("as-user-extra") or {}
    if not isinstance(extra, dict):
        raise KubeconfigError(f"{whose}: as-user-extra is not a mapping.")
    return {
        "as_user": _word(user, "as", whose),
        "as_groups": tuple(_words(user, "as-groups", whose)),
        "as_uid": _word(user, "as-uid", whose),
        "as_extra": {str(key): _words(extra, key, f"{whose}: as-user-extra") for key in extra},
    }


def _word(entry: Entry, key: str, whose: str) -> str:
    """A text value, "" where there is none; numbers and truth values count as the text that was meant."""
    value = entry.get(key)
    if isinstance(value, dict | list | set):
        raise KubeconfigError(f"{whose}: {key} is not a text.")
    return str(value or "")


def _words(entry: Entry, key: Any, whose: str) -> list[str]:
    values = entry.get(key) or []
    if not isinstance(values, list):
        raise KubeconfigError(f"{whose}: {key} is not a list.")
    return [_word({"an entry": value}, "an entry", f"{whose}: {key}") for value in values]


def _address(cluster: Entry, whose: str) -> str:
    """The server's address with its scheme; without one kubectl takes https where the cluster's entry speaks of TLS."""
    server = _word(cluster, "server", whose)
    if not server:
        raise KubeconfigError(f"{whose} has no server.")
    if "://" not in server:
        about_tls = ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify")
        server = f"{'https' if any(cluster.get(key) for key in about_tls) else 'http'}://{server}"
    try:
        parts = urlsplit(server)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not server.isprintable() or " " in server:
        raise KubeconfigError(f"{whose} has a server that is no address: {server}")
    # What stands behind ? or # would swallow every path; client-go drops it as well.
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


def _part(
    entries: Mapping[str, tuple[Entry, Path]], context: Entry, kind: str, name: str, file: Path
) -> Entry:
    """The cluster or user of a context, its paths made absolute against the file that it came from."""
    wanted = _word(context, kind, f"Context {name!r} of {file}")
    if wanted not in entries:
        missing = f"{kind} {wanted!r}, which is in no file" if wanted else f"no {kind}"
        raise KubeconfigError(f"Context {name!r} of {file} names {missing}.")
    entry, origin = entries[wanted]
    _check_kinds(entry, f"The {kind} {wanted!r} of {origin}")
    resolved = dict(entry)
    base = origin.absolute().parent
    for key in _PATHS:
        if resolved.get(key):
            resolved[key] = str(base / str(resolved[key]))
    plugin = resolved.get("exec")
    if isinstance(plugin, dict):
        command = str(plugin.get("command") or "")
        if os.sep in command or (os.altsep and os.altsep in command):
            resolved["exec"] = {**plugin, "command": str(base / command)}
    return resolved


_TEXTS = (
    *_PATHS, "certificate-authority-data", "client-certificate-data", "client-key-data",
    "proxy-url", "tls-server-name", "token", "username", "password",
)  # fmt: skip


def _check_kinds(entry: Entry, whose: str) -> None:
    """Raises KubeconfigError where a value is of another kind than it is used as."""
    for key in _TEXTS:
        _word(entry, key, whose)
    for key in ("exec", "auth-provider"):
        if not isinstance(entry.get(key) or {}, dict):
            raise KubeconfigError(f"{whose}: {key} is not a mapping.")


def _in_cluster(wanted: Wanted, environ: Mapping[str, str], directory: Path) -> Target | None:
    """The service account of the pod that this runs in, or None outside of a cluster."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    token = directory / "token"
    if not host or not port or not token.is_file():
        return None
    namespace = directory / "namespace"
    own = environ.get("POD_NAMESPACE") or (
        namespace.read_text(encoding="utf-8").strip() if namespace.is_file() else ""
    )
    authority = directory / "ca.crt"
    cluster: Entry = {"server": f"https://{f'[{host}]' if ':' in host else host}:{port}"}
    if authority.is_file():
        cluster["certificate-authority"] = str(authority)
    cluster["server"] = _address(cluster, "KUBERNETES_SERVICE_HOST")
    return Target(
        context=IN_CLUSTER,
        namespace=wanted.namespace or own or "default",
        user_name="service account",
        source=IN_CLUSTER,
        cluster=cluster,
        user={"tokenFile": str(token)},
        as_user=wanted.as_user or "",
        as_groups=wanted.as_groups,
    )
