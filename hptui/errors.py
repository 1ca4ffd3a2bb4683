"""The errors that reach a person.

    HptuiError
    ├── UsageError              something typed or configured is wrong
    │   ├── SettingsError       the settings file, environment or a flag
    │   ├── AccountError        not an account that HostProcess can use
    │   └── ProbeError          a probe that isn't there, can't be read, or isn't asked rightly
    ├── ClusterError            the cluster said no, or nothing
    │   ├── KubeconfigError     no usable kubeconfig, context, user or cluster in it
    │   ├── UnreachableError    no answer: address, network, TLS, time limit
    │   ├── CredentialsError    401, or a credential plugin that failed
    │   ├── ForbiddenError      403: a right is missing
    │   │   ├── PodSecurityError    the namespace's pod security level forbids the pod
    │   │   ├── AdmissionError      an admission webhook or policy forbids it
    │   │   └── QuotaError          the namespace's quota is used up
    │   ├── NotFoundError       404
    │   ├── ConflictError       409
    │   ├── InvalidError        400 and 422: the API server refuses the object
    │   ├── ExpiredError        410: a resource version or continue token is too old
    │   ├── UnavailableError    the cluster does not have it (metrics.k8s.io, say)
    │   ├── ServerError         429 and 5xx
    │   └── ExecError           the exec channel was refused or broke
    ├── SessionError            a session could not be started or kept
    │   └── LaunchError         a step of the launch failed; says which
    ├── TerminalError           no terminal engine, or a recording that can't be read
    │   └── PatternTooSlowError a search that took longer than it may
    └── ScreenError             the screen cannot be used as it is

Every error carries a title (a few words), a message (what happened, often the server's own words) and a hint (what to do).
All three are plain text from possibly untrusted places: they are never read as markup.
"""

from __future__ import annotations

from typing import ClassVar

from hptui.failures import connection, local, refusals


class HptuiError(Exception):
    """Root of every error that is shown to a person: a title, a message and a hint, all plain text."""

    title: ClassVar[str] = "Something went wrong"
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, title: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.heading = title or self.title
        self.hint = self.default_hint if hint is None else hint

    def __str__(self) -> str:
        return self.message

    @property
    def sentence(self) -> str:
        """All three in a row, for a place with room for a sentence."""
        end = "" if self.message.endswith((".", "!", "?", ":")) else "."
        return f"{self.heading}: {self.message}{end} {self.hint}".rstrip()


class UsageError(HptuiError):
    title = "That cannot be used"


class SettingsError(UsageError):
    title = local.UNKNOWN_SETTING.title


class AccountError(UsageError):
    title = local.ACCOUNT_NAME.title
    default_hint = local.ACCOUNT_NAME.hint


class ClusterError(HptuiError):
    """The cluster refused or failed. `status` is the HTTP status where there was one; `reason` the API's own word."""

    title = refusals.UNKNOWN.title
    default_hint = refusals.UNKNOWN.hint

    def __init__(
        self,
        message: str,
        *,
        title: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        reason: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, title=title, hint=hint)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after  # seconds, from the Retry-After header


class KubeconfigError(ClusterError):
    title = connection.UNKNOWN_CONTEXT.title
    default_hint = connection.UNKNOWN_CONTEXT.hint


class UnreachableError(ClusterError):
    title = connection.UNREACHABLE.title
    default_hint = connection.UNREACHABLE.hint


class CredentialsError(ClusterError):
    title = connection.NOT_LOGGED_IN.title
    default_hint = connection.NOT_LOGGED_IN.hint


class ForbiddenError(ClusterError):
    title = refusals.RIGHT_MISSING.title
    default_hint = "`hptui doctor` shows what is missing; `hptui manifest --roles` prints what to ask for."


class PodSecurityError(ForbiddenError):
    title = refusals.POD_SECURITY.title
    default_hint = refusals.POD_SECURITY.hint


class AdmissionError(ForbiddenError):
    title = refusals.POLICY.title
    default_hint = refusals.POLICY.hint


class QuotaError(ForbiddenError):
    title = refusals.QUOTA.title
    default_hint = refusals.QUOTA.hint


class NotFoundError(ClusterError):
    title = refusals.NO_NAMESPACE.title
    default_hint = ""


class ConflictError(ClusterError):
    title = refusals.CONFLICT.title
    default_hint = refusals.CONFLICT.hint


class InvalidError(ClusterError):
    title = refusals.INVALID.title
    default_hint = refusals.INVALID.hint


class ExpiredError(ClusterError):
    title = refusals.EXPIRED.title
    default_hint = refusals.EXPIRED.hint


class UnavailableError(ClusterError):
    title = "Not available in this cluster"
    default_hint = ""


class ServerError(ClusterError):
    title = refusals.SERVER_PROBLEM.title
    default_hint = refusals.SERVER_PROBLEM.hint


class ExecError(ClusterError):
    title = "The exec channel failed"
    default_hint = "Reconnect; if the pod is gone, start a new session."


class SessionError(HptuiError):
    title = "The session failed"


class LaunchError(SessionError):
    """A launch failed at `step`; `words` are the server's own, newest first."""

    title = "The session could not be started"

    def __init__(
        self,
        message: str,
        *,
        step: str,
        title: str | None = None,
        hint: str | None = None,
        words: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, title=title, hint=hint)
        self.step = step
        self.words = words


class ProbeError(UsageError):
    title = "The probe cannot be used"
    default_hint = "`hptui probe` lists those there are."


class TerminalError(HptuiError):
    title = "The terminal pane failed"


class PatternTooSlowError(TerminalError):
    title = "The search has ended"
    default_hint = "A repeat within a repeat, as in (a+)+, takes longest; a+ finds the same."


class ScreenError(HptuiError):
    title = local.NO_TERMINAL.title
