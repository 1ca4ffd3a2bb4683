"""The kubectl commands that mend things, for whoever may run them: each one line, to be copied."""

from __future__ import annotations

import shlex
from collections.abc import Sequence


def delete_pod(namespace: str, name: str, *, context: str | None, kubeconfig: str | None) -> str:
    """At once, and in the cluster that is meant, wherever current-context points when it is run."""
    words = ["kubectl", "delete", "pod", "-n", namespace, name, "--grace-period=0", "--force"]
    words += ["--context", context] if context else []
    words += ["--kubeconfig", kubeconfig] if kubeconfig else []
    return shlex.join(words)


def grant(verbs: Sequence[str], resource: str, namespace: str, user: str) -> tuple[str, str]:
    """A role of these verbs, and its binding to `user`; in the whole cluster where `namespace` is empty.

    `resource` is as kubectl writes it: pods/exec, nodes.metrics.k8s.io.
    """
    # The verbs are in its name, lest it be taken for a role that is there already and has others.
    role = "-".join(("hptui", *resource.replace("/", "-").split("."), *verbs))
    what = f"--verb={','.join(verbs)} --resource={shlex.quote(resource)}"
    who, inside = shlex.quote(user), shlex.quote(namespace)
    if not namespace:
        return (
            f"kubectl create clusterrole {role} {what}",
            f"kubectl create clusterrolebinding {role} --clusterrole={role} --user={who}",
        )
    return (
        f"kubectl create role {role} -n {inside} {what}",
        f"kubectl create rolebinding {role} -n {inside} --role={role} --user={who}",
    )
