"""The errors that reach a person.

    HptuiError
    ├── UsageError              something typed or configured is wrong
    │   ├── SettingsError       the settings file, environment or a flag
    │   └── AccountError        not an account that HostProcess can use
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


class UsageError(HptuiError):
    title = "That cannot be used"


class SettingsError(UsageError):
    title = "Settings"


class AccountError(UsageError):
    title = "Not an account for HostProcess"
    default_hint = "Use SYSTEM, LocalService, NetworkService or the name of a local group of the node."


class ClusterError(HptuiError):
    """The cluster refused or failed. `status` is the HTTP status where there was one; `reason` the API's own word."""

    title = "The cluster refused"

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
    title = "No usable kubeconfig"
    default_hint = (
        "Check KUBECONFIG, --kubeconfig and --context; `kubectl config get-contexts` lists what there is."
    )


class UnreachableError(ClusterError):
    title = "The API server does not answer"
    default_hint = (
        "Check the network, the VPN and the server's address; `kubectl cluster-info` asks the same server."
    )


class CredentialsError(ClusterError):
    title = "Not logged in"
    default_hint = "Log in to the cluster again (for example with your cloud's command), then retry."


class ForbiddenError(ClusterError):
    title = "A right is missing"
    default_hint = "Ask for the role in hptui's README; `kubectl auth can-i --list` shows what you have."


class PodSecurityError(ForbiddenError):
    title = "Pod security forbids HostProcess in this namespace"
    default_hint = (
        "Choose a namespace whose pod security level is privileged (kube-system often is), or ask its owner to set "
        "the label pod-security.kubernetes.io/enforce=privileged."
    )


class AdmissionError(ForbiddenError):
    title = "A policy of the cluster forbids this pod"
    default_hint = "Show the policy's words below to whoever owns it; another namespace may be exempt."


class QuotaError(ForbiddenError):
    title = "The namespace's quota is used up"
    default_hint = (
        "Choose another namespace, or free some of the quota: `kubectl describe quota -n NAMESPACE`."
    )


class NotFoundError(ClusterError):
    title = "Not found"


class ConflictError(ClusterError):
    title = "Something else changed it first"
    default_hint = "Try again."


class InvalidError(ClusterError):
    title = "The API server does not accept this"


class ExpiredError(ClusterError):
    title = "The resource version is too old"
    default_hint = "Try again: a fresh list answers this."


class UnavailableError(ClusterError):
    title = "Not available in this cluster"


class ServerError(ClusterError):
    title = "The API server has a problem"
    default_hint = "Try again in a moment."


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


class TerminalError(HptuiError):
    title = "The terminal pane failed"


class PatternTooSlowError(TerminalError):
    title = "The search has ended"
    default_hint = "A repeat within a repeat, as in (a+)+, takes longest; a+ finds the same."


class ScreenError(HptuiError):
    title = "The screen cannot be used"
