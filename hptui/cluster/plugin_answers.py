"""The answers of one credential plugin: kept while they are good, renewed early, and asked for by one caller at a time.

A plugin may take a minute and open a browser. So it is run once for all who wait; while what it gave last is still good nobody
waits for it at all; and where it fails, it is left alone for a while that grows.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hptui.cluster.expiry import login_by_plugin
from hptui.cluster.plugin import PluginAnswer, run_plugin
from hptui.errors import CredentialsError
from hptui.failures import connection

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)  # credentials are renewed this long before they expire, or at 4/5 of their life
MARGIN = timedelta(seconds=20)  # before their end they are no longer relied on
PATIENCE = timedelta(seconds=30)  # between two runs where the server has never accepted what was given
REST_FIRST, REST_LONGEST = timedelta(seconds=10), timedelta(minutes=1)  # after a failure, doubling

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PluginAnswers:
    """`current` blocks while the plugin runs; the other methods don't. All may be called from any thread."""

    def __init__(self, *, limit: float) -> None:
        """`limit` in seconds, for one run."""
        self._limit = limit
        self._one_run = threading.Lock()
        self._answer: PluginAnswer | None = None
        self._renew_at: datetime | None = None
        self._ran: datetime | None = None
        self._accepted = False
        self._failure: CredentialsError | None = None
        self._rest = REST_FIRST
        self._rest_until = _LONG_AGO
        self._renewing = False
        self._ends: set[Callable[[], None]] = set()
        self._closed = False

    @property
    def trouble(self) -> str:
        """Why the last run failed; "" after a good one."""
        failure = self._failure
        return failure.message if failure is not None else ""

    @property
    def expires(self) -> datetime | None:
        answer = self._answer
        return answer.expires if answer is not None else None

    def current(self, spec: Mapping[str, Any], cluster: Mapping[str, Any]) -> PluginAnswer:
        """What to use now. Raises CredentialsError with the plugin's words."""
        answer = self._answer
        if answer is not None and not self._is_due():
            return answer
        if answer is not None and self._is_good(answer):
            self._renew_aside(spec, cluster)
            return answer
        with self._one_run:
            answer = self._answer  # another caller may have run it meanwhile
            if answer is not None and (not self._is_due() or self._is_good(answer)):
                return answer
            return self._run(spec, cluster)

    def refused(self) -> None:
        """The server did not accept it (401): forget it, unless the plugin has just given it and never a better one."""
        just_now = self._ran is not None and datetime.now(UTC) - self._ran < PATIENCE
        if self._accepted or not just_now:
            self._answer = None
            self._accepted = False

    def worked(self) -> None:
        self._accepted = True

    def forget(self) -> None:
        """The kubeconfig says something else now."""
        self._answer = self._failure = None
        self.forgive()

    def forgive(self) -> None:
        """Run it at the next question, however it failed before."""
        self._rest = REST_FIRST
        self._rest_until = _LONG_AGO

    def close(self) -> None:
        """End what is running."""
        self._closed = True
        for end in tuple(self._ends):
            end()

    def _is_due(self) -> bool:
        return self._renew_at is not None and self._renew_at <= datetime.now(UTC)

    @staticmethod
    def _is_good(answer: PluginAnswer) -> bool:
        return answer.expires is None or answer.expires - MARGIN > datetime.now(UTC)

    def _renew_aside(self, spec: Mapping[str, Any], cluster: Mapping[str, Any]) -> None:
        """On a thread of its own, while what there is goes on being used."""
        if self._renewing or self._closed or datetime.now(UTC) < self._rest_until:
            return
        self._renewing = True

        def renew() -> None:
            try:
                with self._one_run:
                    if self._is_due():
                        self._run(spec, cluster)
            except CredentialsError as error:
                log.warning("The credentials could not be renewed early: %s", error)
            finally:
                self._renewing = False

        threading.Thread(target=renew, name="hptui-renewal", daemon=True).start()

    def _run(self, spec: Mapping[str, Any], cluster: Mapping[str, Any]) -> PluginAnswer:
        now = datetime.now(UTC)
        if self._failure is not None and now < self._rest_until:
            raise CredentialsError(self._failure.message, hint=self._failure.hint)
        self._ran, self._accepted = now, False
        try:
            answer = run_plugin(spec, cluster, limit=self._limit, started=self._started)
        except CredentialsError as error:
            if error.hint == error.default_hint and (login := login_by_plugin(spec)):
                error.hint = connection.LOG_IN.format(login=login)
            self._failure = error
            self._rest_until = datetime.now(UTC) + self._rest
            self._rest = min(self._rest * 2, REST_LONGEST)
            raise
        self._failure = None
        self.forgive()
        expires = answer.expires
        log.info(
            "The credential plugin has answered; its credentials expire: %s",
            expires or "it does not say when",
        )
        self._renew_at = expires - min(EARLY, (expires - now) / 5) if expires else None
        self._answer = answer
        return answer

    def _started(self, end: Callable[[], None]) -> Callable[[], None]:
        """A run has begun, which `end` ends; the answer is to be called when it is over."""
        self._ends.add(end)
        if self._closed:
            end()
        return lambda: self._ends.discard(end)
