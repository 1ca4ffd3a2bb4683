"""From what a person chose to the pod that is asked for: a pure function, the same pod for the same choice.

The pod is HostProcess at pod level (some kubelets 1.23 and 1.24 overlook it at container level), always has a deadline that the
kubelet keeps even when every client is gone, and mounts nothing: every mount would leave an empty directory on the host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from hptui.cluster.model import Manifest
from hptui.errors import UsageError
from hptui.hostprocess.account import SYSTEM, Account
from hptui.hostprocess.first_process import DEADLINE_VARIABLE, first_process_command
from hptui.hostprocess.images import ImageChoice, base_image

CONTAINER = "shell"
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "hptui"
SELECTOR = f"{MANAGED_BY}={MANAGER}"
"""Finds every session's pod."""
SESSION_LABEL = "hptui.io/session"
WHO = "hptui.io/who"
FROM = "hptui.io/from"
REASON = "hptui.io/reason"
DEADLINE_NOTE = "hptui.io/deadline"

DEFAULT_DEADLINE = 3600
"""Seconds."""
MAX_DEADLINE = 2_147_483_647
"""The API server's limit, in seconds."""

_LABEL_LENGTH = 63
_NAMESPACE = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SESSION_ID = re.compile(r"[a-z0-9]{4,16}")
_NODE_NAME = re.compile(r"[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?")
_MAX_NOTE = 1000


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """Everything that decides what the pod looks like. Raises UsageError for what can never be one."""

    node: str
    namespace: str
    session_id: str  # 4 to 16 lower-case letters and digits; makes the pod's name
    account: Account = SYSTEM
    image: ImageChoice = field(default_factory=base_image)
    deadline: int = DEFAULT_DEADLINE  # seconds from the kubelet's acknowledgement
    reason: str = ""
    who: str = ""  # the cluster's user
    where_from: str = ""  # the person's machine
    pull_secret: str = ""

    def __post_init__(self) -> None:
        _require(_NODE_NAME, self.node, "a node's name")
        _require(_NAMESPACE, self.namespace, "a namespace")
        _require(_SESSION_ID, self.session_id, "a session id")
        if not 1 <= self.deadline <= MAX_DEADLINE:
            raise UsageError(
                f"A deadline of {self.deadline} s is impossible; it must be at least one second."
            )

    @property
    def pod_name(self) -> str:
        """A DNS label, so that it is the same as the pod's host name: the node's name is cut to fit."""
        room = _LABEL_LENGTH - len(MANAGER) - len(self.session_id) - 2
        node = self.node.replace(".", "-")[:room].strip("-")
        return f"{MANAGER}-{node}-{self.session_id}"


def pod_manifest(spec: SessionSpec) -> Manifest:
    """The session's pod."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": spec.pod_name,
            "namespace": spec.namespace,
            "labels": {MANAGED_BY: MANAGER, SESSION_LABEL: spec.session_id},
            "annotations": _annotations(spec),
        },
        "spec": {
            "nodeName": spec.node,
            **_pod_settings(spec),
            "restartPolicy": "Never",
            "activeDeadlineSeconds": spec.deadline,
            "containers": [_container(spec, deadline=spec.deadline)],
        },
    }


def daemonset_manifest(spec: SessionSpec, *, name: str = "hptui-hostprocess") -> Manifest:
    """The form of Microsoft's page: one pod on every Windows node. `spec.node` has no meaning here.

    A DaemonSet's pods cannot have a deadline (the API server wants restartPolicy Always and no activeDeadlineSeconds), so
    nothing ends them but deleting it; an annotation says so.
    """
    labels = {"app.kubernetes.io/name": name, MANAGED_BY: f"{MANAGER}-daemonset"}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "name": name,
            "namespace": spec.namespace,
            "labels": labels,
            "annotations": {
                **_annotations(spec),
                DEADLINE_NOTE: "none: a DaemonSet cannot have one, so delete it when you are done",
            },
        },
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeSelector": {"kubernetes.io/os": "windows"},
                    **_pod_settings(spec),
                    "containers": [_container(spec, deadline=None)],
                },
            },
        },
    }


def _pod_settings(spec: SessionSpec) -> dict[str, Any]:
    """What the pod and the DaemonSet's template share."""
    settings: dict[str, Any] = {
        "os": {"name": "windows"},
        "hostNetwork": True,
        "securityContext": {
            "windowsOptions": {"hostProcess": True, "runAsUserName": spec.account.name},
        },
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
    }
    if spec.pull_secret:
        settings["imagePullSecrets"] = [{"name": spec.pull_secret}]
    return settings


def _container(spec: SessionSpec, *, deadline: int | None) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": CONTAINER,
        "image": spec.image.reference,
        "imagePullPolicy": str(spec.image.pull_policy),
        "command": first_process_command(),
    }
    if deadline is not None:
        container["env"] = [{"name": DEADLINE_VARIABLE, "value": str(deadline)}]
    return container


def _annotations(spec: SessionSpec) -> dict[str, str]:
    notes = {WHO: spec.who, FROM: spec.where_from, REASON: spec.reason}
    shown = {key: visible_text(value) for key, value in notes.items()}
    return {"kubectl.kubernetes.io/default-container": CONTAINER, **{k: v for k, v in shown.items() if v}}


def to_yaml(manifest: Manifest, *, comments: tuple[str, ...] = ()) -> str:
    """The manifest as YAML that `kubectl apply -f -` accepts, with `comments` in lines above it."""
    # PyYAML takes its time to import, and a screen that only lists nodes never needs it.
    from hptui.hostprocess import yaml_text

    return yaml_text.to_yaml(manifest, comments=comments)


def visible_text(text: str) -> str:
    """On one line, without characters that cannot be seen, and not endless: what an annotation should hold."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if c.isprintable())[:_MAX_NOTE]


def _require(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise UsageError(
            f"{text[:100]!a} cannot be {what}.", hint="Lower-case letters, digits and dashes make such names."
        )
