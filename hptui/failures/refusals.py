"""Failures where the cluster answers, and says no: rights, rules, quotas, objects, usage."""

from __future__ import annotations

from hptui.failures.failure import REPORT, Failure

_REFUSAL = "hptui.cluster.answers:refusal"
_USAGE = "hptui.cluster.usage:node_usage"

RIGHT_MISSING = Failure(
    "right-missing",
    "A right is missing",
    "cannot create resource",
    "The API server knows who you are and does not let you do this. Rights are given by roles, in one namespace or in all.",
    "To {verb} {resource} {place}, whoever grants rights here can run: {command}",
    _REFUSAL,
)
EXEC_CREATE_MISSING = Failure(
    "right-exec-create",
    "A right is missing",
    "the verb create on pods/exec is missing",
    "An exec over WebSockets is a GET, for which the server wants `get` and then `create` on pods/exec; of the second it "
    "does not say the name.",
    "Exec over WebSockets needs get and create on pods/exec in the sessions' namespace: `hptui manifest --roles` prints what to "
    "ask for.",
    _REFUSAL,
)
POD_SECURITY = Failure(
    "pod-security",
    "Pod security forbids HostProcess in this namespace",
    "violates PodSecurity",
    "The namespace's pod security level is baseline or restricted; HostProcess needs privileged.",
    "Choose a namespace whose pod security level is privileged (kube-system often is), or ask its owner to set "
    "the label pod-security.kubernetes.io/enforce=privileged.",
    _REFUSAL,
)
POLICY = Failure(
    "policy",
    "A policy of the cluster forbids this pod",
    "denied the request",
    "An admission webhook or policy (Azure Policy, Gatekeeper, Kyverno …) has a rule against host networks or HostProcess.",
    "Show the policy's words below to whoever owns it; another namespace may be exempt.",
    _REFUSAL,
)
QUOTA = Failure(
    "quota",
    "The namespace's quota is used up",
    "exceeded quota",
    "The namespace may hold no more pods, or wants every pod to say how much CPU and memory it takes.",
    "Choose another namespace, or free some of the quota: `kubectl describe quota -n NAMESPACE`.",
    _REFUSAL,
)
NO_NAMESPACE = Failure(
    "namespace-missing",
    "Not found",
    "namespaces ",
    "The namespace of the sessions does not exist: a setting, --namespace or the context names it.",
    "Choose another namespace; `kubectl get namespaces` lists them.",
    _REFUSAL,
)
NAMED_ABSENT = Failure(
    "named-absent",
    "The API server does not accept this",
    "error looking up service account",
    "The namespace is new or half deleted: its default service account, or a priority class, is not there.",
    "Change what the message names, or choose another namespace.",
    _REFUSAL,
)
INVALID = Failure(
    "invalid",
    "The API server does not accept this",
    "is invalid",
    "The object breaks one of the API's rules; the message names the field.",
    f"The message names the field; `hptui manifest NODE` prints the pod. {REPORT}",
    _REFUSAL,
)
CONFLICT = Failure(
    "conflict",
    "Something else changed it first",
    "already exists",
    "Somebody made or changed the same object at the same time.",
    "Try again.",
    _REFUSAL,
)
TOO_LONG = Failure(
    "too-long",
    "The request is too long",
    "takes no request of this length",
    "A command travels in the request's address, and the API server takes about 1 MB of it.",
    "Send the script on stdin instead: hptui exec NODE -- powershell -Command - < script.ps1",
    _REFUSAL,
)
EXPIRED = Failure(
    "expired",
    "The resource version is too old",
    "too old",
    "The API server remembers changes for some minutes only. Lists and watches start anew by themselves.",
    "Try again: a fresh list answers this.",
    _REFUSAL,
)
SERVER_PROBLEM = Failure(
    "server-problem",
    "The API server has a problem",
    "shutting down",
    "The API server is overloaded, restarting or broken. hptui has tried a few times before saying this.",
    "Try again in a moment.",
    _REFUSAL,
)
NO_METRICS = Failure(
    "metrics-absent",
    "No usage in this cluster",
    "has no metrics server",
    "Figures for CPU and memory come from metrics-server, which this cluster does not have. Sessions work without.",
    "The cluster's owner can install metrics-server.",
    _USAGE,
)
METRICS_DOWN = Failure(
    "metrics-down",
    "Usage is not available now",
    "its metrics server does not answer",
    "The metrics API is registered, but nothing answers behind it. Sessions work without.",
    "`kubectl get apiservice v1beta1.metrics.k8s.io` says why.",
    _USAGE,
)
NO_USAGE_YET = Failure(
    "metrics-young",
    "No usage yet",
    "There are no figures for pod",
    "The metrics server looks at each pod once a minute or so, and this one is younger than that.",
    "They come by themselves; on a node that is not ready there are none.",
    "hptui.cluster.usage:pod_usage",
)
UNKNOWN = Failure(
    "unknown",
    "The cluster refused",
    "HTTP status 418",
    "The answer is none that hptui knows. What the server said stands there word for word.",
    REPORT,
    _REFUSAL,
)

ALL = (
    RIGHT_MISSING,
    EXEC_CREATE_MISSING,
    POD_SECURITY,
    POLICY,
    QUOTA,
    NO_NAMESPACE,
    NAMED_ABSENT,
    INVALID,
    CONFLICT,
    TOO_LONG,
    EXPIRED,
    SERVER_PROBLEM,
    NO_METRICS,
    METRICS_DOWN,
    NO_USAGE_YET,
    UNKNOWN,
)
