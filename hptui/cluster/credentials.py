"""Who we are to the API server: the Authorization header and the client certificate, kept fresh.

One lock guards all renewals, so that many requests at once run a plugin once. A credential that can't be had is an
error; a request never goes out anonymously because something failed.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hptui.cluster.kubeconfig import Target
from hptui.cluster.plugin import PluginAnswer, run_plugin
from hptui.cluster.tls import pem
from hptui.errors import CredentialsError

log = logging.getLogger(__name__)

EARLY = timedelta(
    minutes=5
)  # a plugin's credentials are renewed this long before they expire, or at 4/5 of their life
PATIENCE = timedelta(
    seconds=30
)  # between two runs of a plugin whose credentials the server has never accepted
REREAD = timedelta(minutes=1)  # a token file is read again after this, as client-go does


@dataclass(frozen=True, slots=True)
class Held:
    """Credentials as they are used now: an Authorization header, a client certificate and key (PEM), or neither."""

    authorization: str = field(default="", repr=False)
    certificate: bytes | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)


class Credentials:
    """The credentials of one kubeconfig user. All methods may be called from any thread and may block."""

    def __init__(self, target: Target, *, plugin_limit: float) -> None:
        self._lock = threading.Lock()
        self._plugin_limit = plugin_limit
        self._target = target
        self._plugin: PluginAnswer | None = None
        self._plugin_renewal: datetime | None = None
        self._plugin_ran: datetime | None = None
        self._accepted = False
        self._end_plugin: Callable[[], None] | None = None
        self._closed = False
        self._file_token = ""
        self._file_read: datetime | None = None
        self._library: Any = None
        self._renewals = 0

    @property
    def renewals(self) -> int:
        """How often credentials were thrown away; to be passed to `renew`."""
        return self._renewals

    def use(self, target: Target) -> None:
        """Take the user's entry from a kubeconfig that was read again."""
        with self._lock:
            if target.user != self._target.user or target.cluster != self._target.cluster:
                self._plugin = self._library = None
            self._target = target

    def renew(self, seen: int) -> None:
        """After a 401: forget what can be had anew. Does nothing when another thread did so since `seen`."""
        with self._lock:
            if seen != self._renewals:
                return
            self._renewals += 1
            self._library = self._file_read = None
            # A plugin that gives what the server won't take is not run again for every request: it may open a browser.
            just_now = self._plugin_ran is not None and datetime.now(UTC) - self._plugin_ran < PATIENCE
            if self._accepted or not just_now:
                self._plugin = None
                self._accepted = False

    def worked(self) -> None:
        """The server has accepted the credentials that are held."""
        self._accepted = True

    def close(self) -> None:
        """End a plugin that is running; does not block."""
        self._closed = True
        end = self._end_plugin
        if end is not None:
            end()

    def _plugin_started(self, end: Callable[[], None] | None) -> None:
        self._end_plugin = end
        if self._closed and end is not None:
            end()

    def held(self) -> Held:
        """The credentials to use now. Raises CredentialsError."""
        with self._lock:
            user = self._target.user
            certificate, key = pem(user, "client-certificate"), pem(user, "client-key")
            if user.get("tokenFile"):
                return Held(f"Bearer {self._token_from_file(str(user['tokenFile']))}", certificate, key)
            if user.get("token"):
                return Held(f"Bearer {user['token']}", certificate, key)
            if user.get("username"):
                pair = f"{user['username']}:{user.get('password') or ''}".encode()
                return Held(f"Basic {base64.b64encode(pair).decode()}", certificate, key)
            if user.get("exec"):
                answer = self._from_plugin(user["exec"])
                authorization = f"Bearer {answer.token}" if answer.token else ""
                if answer.certificate:
                    return Held(authorization, answer.certificate.encode(), answer.key.encode())
                return Held(authorization, certificate, key)
            if user.get("auth-provider"):
                return Held(self._from_library(user["auth-provider"]), certificate, key)
            return Held("", certificate, key)

    def _token_from_file(self, name: str) -> str:
        now = datetime.now(UTC)
        if self._file_read is None or now - self._file_read >= REREAD:
            try:
                token = Path(name).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                if self._file_token:
                    return self._file_token
                raise CredentialsError(f"The token file {name} cannot be read: {error}.") from error
            if not token:
                raise CredentialsError(f"The token file {name} is empty.")
            log.debug("The token file was read again")
            self._file_token, self._file_read = token, now
        return self._file_token

    def _from_plugin(self, spec: Mapping[str, Any]) -> PluginAnswer:
        answer, now = self._plugin, datetime.now(UTC)
        if answer is None or (self._plugin_renewal is not None and self._plugin_renewal <= now):
            self._plugin_ran, self._accepted = now, False
            answer = run_plugin(
                spec, self._target.cluster, limit=self._plugin_limit, started=self._plugin_started
            )
            self._plugin = answer
            expires = answer.expires
            log.info(
                "The credential plugin has answered; its credentials expire: %s",
                expires or "it does not say when",
            )
            self._plugin_renewal = expires - min(EARLY, (expires - now) / 5) if expires else None
        return answer

    def _from_library(self, provider: Mapping[str, Any]) -> str:
        """The old `auth-provider` entries (gcp, oidc), which the client library knows how to refresh."""
        from kubernetes.client import Configuration
        from kubernetes.config.kube_config import KubeConfigLoader

        name = str(provider.get("name") or "")
        if name not in ("gcp", "oidc"):
            raise CredentialsError(
                f"The kubeconfig's auth-provider {name!r} is not supported any more.",
                hint="Make a new kubeconfig with your cloud's command: it will use a credential plugin.",
            )
        try:
            if self._library is None:
                configuration = Configuration()
                document = {
                    "current-context": "it",
                    "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
                    "clusters": [{"name": "it", "cluster": {"server": self._target.server}}],
                    "users": [{"name": "it", "user": {"auth-provider": dict(provider)}}],
                }
                loader: Any = KubeConfigLoader
                loader(document).load_and_set(configuration)
                self._library = configuration
            token = self._library.get_api_key_with_prefix("BearerToken")
        except Exception as error:
            raise CredentialsError(f"The auth-provider {name!r} gave no token: {error}") from error
        if not token:
            raise CredentialsError(f"The auth-provider {name!r} gave no token.")
        return str(token)
