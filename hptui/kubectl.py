"""The kubectl commands that mend things, for whoever may run them: each one line, to be copied."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

_VERBS = "annotate|apply|auth|cluster-info|create|delete|describe|edit|get|label|logs|patch|version"
# What stands in a shell's quotes is nobody's command, whatever it says.
_COMMAND = re.compile(
    rf"""(?<=[\s=])'[^']*'(?:"'"'[^']*')*|\bkubectl (?=(?:{_VERBS})\b)(?![^`\n|&;]* --context )"""
)


def pinned(text: str, *, context: str | None, kubeconfig: str | None) -> str:
    """A remedy whose kubectl commands mean the cluster that is meant, wherever current-context points when they are run.

    A command that names a context already stays as it is.
    """
    words = ["--context", context] if context else []
    words += ["--kubeconfig", kubeconfig] if kubeconfig else []
    if not words:
        return text
    flags = f"kubectl {shlex.join(words)} "
    return _COMMAND.sub(lambda found: found[0] if found[0].startswith("'") else flags, text)


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
