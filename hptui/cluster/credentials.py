"""Who we are to the API server: the Authorization header and the client certificate, kept fresh.

One lock guards all renewals, so that many requests at once run a plugin once. A credential that can't be had is an
error; a request never goes out anonymously because something failed.
"""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hptui.cluster.expiry import certificate_end, login_by_plugin, login_by_token, token_end
from hptui.cluster.kubeconfig import Target
from hptui.cluster.model import Credential, CredentialKind
from hptui.cluster.plugin_answers import PluginAnswers
from hptui.cluster.tls import pem
from hptui.errors import CredentialsError

REREAD = timedelta(minutes=1)  # a token file is read again after this, as client-go does
OVERDUE = timedelta(minutes=5)  # before its end a token file should have got a new one
NEAR = timedelta(minutes=30)  # before its end a fixed token is looked for anew in the kubeconfig …
LOOK_EVERY = timedelta(seconds=15)  # … so often: somebody may have logged in again


@dataclass(frozen=True, slots=True)
class Held:
    """Credentials as they are used now: an Authorization header, a client certificate and key (PEM), or neither."""

    authorization: str = field(default="", repr=False)
    certificate: bytes | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)


class Credentials:
    """The credentials of one kubeconfig user. All methods may be called from any thread; `held` and `renew` may block."""

    def __init__(self, target: Target, *, plugin_limit: float) -> None:
        self._lock = threading.Lock()
        self._target = target
        self._plugin = PluginAnswers(limit=plugin_limit)
        self._file_token = ""
        self._file_read: datetime | None = None
        self._library: Any = None
        self._renewals = 0
        self._looked: datetime = datetime.now(UTC)
        self._fact: Credential | None = None

    @property
    def renewals(self) -> int:
        """How often credentials were thrown away; to be passed to `renew`."""
        return self._renewals

    @property
    def fact(self) -> Credential | None:
        """What may be told about what was used last; None before the first use. Does not block."""
        return self._fact

    def use(self, target: Target) -> None:
        """Take the user's entry from a kubeconfig that was read again."""
        with self._lock:
            if target.user != self._target.user or target.cluster != self._target.cluster:
                self._plugin.forget()
                self._library = None
            self._target = target

    def renew(self, seen: int) -> None:
        """After a 401: forget what can be had anew. Does nothing when another thread did so since `seen`."""
        with self._lock:
            if seen != self._renewals:
                return
            self._renewals += 1
            self._library = self._file_read = None
            self._plugin.refused()

    def worked(self) -> None:
        """The server has accepted the credentials that are held."""
        self._plugin.worked()

    def forgive(self) -> None:
        """Ask for what has failed at the next question, without a rest."""
        self._plugin.forgive()

    def close(self) -> None:
        """End a plugin that is running; does not block."""
        self._plugin.close()

    def look_for_another(self) -> bool:
        """Whether it is time to look into the kubeconfig for a newer one, because a fixed one comes to its end."""
        fact, now = self._fact, datetime.now(UTC)
        if fact is None or fact.renews or fact.expires is None:
            return False
        if fact.expires - now > NEAR or now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        return True

    def held(self) -> Held:
        """The credentials to use now. Raises CredentialsError."""
        with self._lock:
            try:
                held = self._held()
            finally:
                self._fact = self._told()
            return held

    def _held(self) -> Held:
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
            answer = self._plugin.current(user["exec"], self._target.cluster)
            authorization = f"Bearer {answer.token}" if answer.token else ""
            if answer.certificate:
                return Held(authorization, answer.certificate.encode(), answer.key.encode())
            return Held(authorization, certificate, key)
        if user.get("auth-provider"):
            return Held(self._from_library(user["auth-provider"]), certificate, key)
        return Held("", certificate, key)

    def _told(self) -> Credential:
        """What the credential of now is, in the same order."""
        user, name = self._target.user, self._target.user_name
        if user.get("tokenFile"):
            end = token_end(self._file_token)
            # Whoever keeps the file writes a new token well before; not having done so is a bad sign.
            renews = end is None or end - datetime.now(UTC) > OVERDUE
            return Credential(CredentialKind.TOKEN_FILE, str(user["tokenFile"]), end, renews=renews)
        if user.get("token"):
            token = str(user["token"])
            login = login_by_token(token, self._target.server, name)
            return Credential(CredentialKind.TOKEN, name, token_end(token), login=login)
        if user.get("username"):
            return Credential(CredentialKind.PASSWORD, name)
        if user.get("exec"):
            spec = user["exec"]
            command = str(spec.get("command") or "")
            return Credential(
                CredentialKind.PLUGIN,
                command,
                self._plugin.expires,
                renews=True,
                login=login_by_plugin(spec),
                trouble=self._plugin.trouble,
            )
        if user.get("auth-provider"):
            return self._provider_told(user["auth-provider"])
        return self._certificate_told()

    def _provider_told(self, provider: Mapping[str, Any]) -> Credential:
        settings = provider.get("config") or {}
        end = token_end(str(settings.get("id-token") or ""))
        renews = bool(settings.get("refresh-token")) or provider.get("name") == "gcp"
        return Credential(CredentialKind.PROVIDER, str(provider.get("name") or ""), end, renews=renews)

    def _certificate_told(self) -> Credential:
        try:
            certificate = pem(self._target.user, "client-certificate")
        except CredentialsError:
            certificate = None
        if certificate is None:
            return Credential(CredentialKind.NONE)
        return Credential(CredentialKind.CERTIFICATE, self._target.user_name, certificate_end(certificate))

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
            self._file_token, self._file_read = token, now
        return self._file_token

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
                    "users": [{"name": "it", "user": {"auth-provider": _trusting(provider)}}],
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


def _trusting(provider: Mapping[str, Any]) -> dict[str, Any]:
    """Where an oidc entry names no authority, the library would send the refresh token to whoever answers."""
    settings = provider.get("config")
    if not isinstance(settings, dict) or any(key.startswith("idp-certificate-authority") for key in settings):
        return dict(provider)
    import certifi

    trusted = ssl.get_default_verify_paths().cafile or certifi.where()
    return {**provider, "config": {**settings, "idp-certificate-authority": trusted}}
