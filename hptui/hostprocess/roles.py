"""The roles that hptui needs, as the objects that grant them: made from the one list of rights, and what the README shows."""

from __future__ import annotations

from collections.abc import Iterable

from hptui.cluster.model import Manifest
from hptui.hostprocess.rights import RIGHTS, Right
from hptui.hostprocess.yaml_text import OneLine, to_yaml

_API = "rbac.authorization.k8s.io"
EVERYWHERE, INSIDE = "hptui-nodes", "hptui-sessions"


def roles(namespace: str) -> tuple[Manifest, Manifest]:
    """What is seen in the whole cluster, and what is done in the sessions' namespace."""
    everywhere = _role("ClusterRole", {"name": EVERYWHERE}, (right for right in RIGHTS if right.everywhere))
    inside = {"name": INSIDE, "namespace": namespace}
    return everywhere, _role("Role", inside, (right for right in RIGHTS if not right.everywhere))


def bindings(namespace: str, kind: str, name: str) -> tuple[Manifest, Manifest]:
    """Both roles given to one subject; `kind` is User or Group."""
    subject = {"kind": kind, "name": name, "apiGroup": _API}
    return (
        _binding(
            "ClusterRoleBinding", {"name": f"{EVERYWHERE}-{_slug(name)}"}, "ClusterRole", EVERYWHERE, subject
        ),
        _binding(
            "RoleBinding",
            {"name": f"{INSIDE}-{_slug(name)}", "namespace": namespace},
            "Role",
            INSIDE,
            subject,
        ),
    )


def as_yaml(manifests: Iterable[Manifest]) -> str:
    """For kubectl apply -f -."""
    return "---\n".join(to_yaml(manifest) for manifest in manifests)


def _role(kind: str, metadata: dict[str, str], rights: Iterable[Right]) -> Manifest:
    rules = [
        {
            "apiGroups": OneLine([right.group]),
            "resources": OneLine([right.resource]),
            "verbs": OneLine(right.verbs),
        }
        for right in rights
    ]
    return {"apiVersion": f"{_API}/v1", "kind": kind, "metadata": metadata, "rules": rules}


def _binding(
    kind: str, metadata: dict[str, str], role_kind: str, role: str, subject: dict[str, str]
) -> Manifest:
    return {
        "apiVersion": f"{_API}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": _API, "kind": role_kind, "name": role},
        "subjects": [subject],
    }


def _slug(name: str) -> str:
    """A subject's name as part of a binding's, which takes all that one segment of a path can hold."""
    return name.replace("/", "-").replace("%", "-")
