"""The rights that hptui needs, as data: the one list that the doctor asks about and that the README's roles are checked against.

A WebSocket exec is a GET, and the API server then checks `create` too, so pods/exec needs both verbs.
"""

from __future__ import annotations

from dataclasses import dataclass

from hptui import kubectl


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on one resource, in the sessions' namespace or in the whole cluster."""

    resource: str  # with its subresource, as in pods/exec
    verbs: tuple[str, ...]
    purpose: str  # what it is for, as a phrase
    group: str = ""
    everywhere: bool = False  # cluster-wide, not in one namespace
    required: bool = True  # without it there are no sessions; else something is not shown

    @property
    def name(self) -> str:
        """As kubectl writes it: pods/exec, nodes.metrics.k8s.io."""
        return f"{self.resource}.{self.group}" if self.group else self.resource

    def place(self, namespace: str) -> str:
        return "in the whole cluster" if self.everywhere else f"in namespace {namespace}"

    def grant(self, verbs: tuple[str, ...], namespace: str, user: str) -> str:
        """The commands that give `user` these verbs, a line each."""
        return "\n".join(kubectl.grant(verbs, self.name, "" if self.everywhere else namespace, user))


NODE_USAGE = Right(
    "nodes", ("list",), "the nodes' usage", group="metrics.k8s.io", everywhere=True, required=False
)
PODS = Right("pods", ("create", "get", "list", "watch", "delete"), "sessions")
EXEC = Right("pods/exec", ("get", "create"), "the shell")

RIGHTS = (
    Right("nodes", ("get", "list", "watch"), "the node table", everywhere=True),
    NODE_USAGE,
    PODS,
    EXEC,
    Right("pods/log", ("get",), "the log panel", required=False),
    Right("events", ("list", "watch"), "the events panel, and why a launch fails", required=False),
    Right("pods", ("get",), "a session's usage", group="metrics.k8s.io", required=False),
)
