"""Failures of a session that ran, and of what is started in it."""

from __future__ import annotations

from hptui.failures.failure import Failure

_ENDING = "hptui.hostprocess.diagnosis:ending"
_EXEC = "hptui.cluster.exec:Channel"

DEADLINE = Failure(
    "deadline",
    "The deadline has passed",
    "seconds are over, and the kubelet ended it",
    "Every session's pod has a deadline, kept by the kubelet, so that nothing stays behind when every client is gone.",
    "Start a new session; the deadline can be longer.",
    _ENDING,
)
BEING_DELETED = Failure(
    "being-deleted",
    "The pod is being deleted",
    "Somebody else is deleting the pod",
    "Somebody deleted it, or its node is being drained.",
    "Start a new session, on another node if this one is being drained.",
    _ENDING,
)
NODE_ENDED = Failure(
    "node-ended",
    "The node has ended the pod",
    "Evicted",
    "The kubelet ended it to save the node: low memory, a full disk, a shutdown.",
    "`kubectl describe node` shows what the node is short of; start a new session when it has recovered.",
    _ENDING,
)
POD_ENDED = Failure(
    "pod-ended",
    "The pod has ended",
    "first process has ended with exit code",
    "The first process is what keeps the pod; with its end everything in it is ended after 5 seconds.",
    "Its log may say why.",
    _ENDING,
)
POD_GONE = Failure(
    "pod-gone",
    "The pod is gone",
    "deleted by somebody else",
    "The pod is not in the API any more.",
    "Start a new session.",
    "hptui.hostprocess.diagnosis:pod_gone",
)
SHELL_LOST = Failure(
    "shell-lost",
    "The connection was lost",
    "The connection to the shell broke",
    "The line between here and the node was cut: a network change, sleep, or an idle limit of a load balancer.",
    "Reconnect for a new shell in the same pod; the old shell may still be running.",
    "hptui.hostprocess.diagnosis:shell_lost",
)
KUBELET_UNREACHABLE = Failure(
    "kubelet-unreachable",
    "The exec channel failed",
    "error dialing backend",
    "The API server hands an exec on to the node's kubelet, and could not reach it.",
    "The API server cannot reach the node's kubelet: the node may be down.",
    _EXEC,
)
NOT_RUNNING = Failure(
    "container-not-running",
    "The exec channel failed",
    "container not found",
    "The pod is there, but its container is not running.",
    "The container is not running (any more): look at the pod's status and log.",
    _EXEC,
)
COMMAND_TOO_LONG = Failure(
    "command-too-long",
    "The command is too long",
    "takes no request of this length",
    "A command travels in the request's address, and the API server takes about 1 MB of it.",
    "Send the script on stdin instead: hptui exec NODE -- powershell -Command - < script.ps1",
    _EXEC,
)
NO_SUBPROTOCOL = Failure(
    "exec-subprotocol",
    "The exec channel failed",
    "speaks none of the exec subprotocols",
    "Exec needs v5.channel.k8s.io or v4.channel.k8s.io, and the answer was a refusal without a word.",
    "A Kubernetes API server of any supported version does; a proxy between may not.",
    _EXEC,
)
NO_WEBSOCKET = Failure(
    "exec-websocket",
    "The exec channel failed",
    "did not see a WebSocket",
    "Something on the way took the upgrade to a WebSocket out of the request.",
    "A proxy between here and the API server does not let WebSockets through.",
    _EXEC,
)

ALL = (
    DEADLINE,
    BEING_DELETED,
    NODE_ENDED,
    POD_ENDED,
    POD_GONE,
    SHELL_LOST,
    KUBELET_UNREACHABLE,
    NOT_RUNNING,
    COMMAND_TOO_LONG,
    NO_SUBPROTOCOL,
    NO_WEBSOCKET,
)
