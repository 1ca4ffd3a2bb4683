"""The kubectl commands of remedies: for the cluster that is meant, and safe in a shell."""

from __future__ import annotations

import shlex
from functools import partial

import pytest

from hptui import kubectl

pinned = partial(kubectl.pinned, context="prod", kubeconfig=None)


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        (
            "kubectl create role r -n a && kubectl create rolebinding r -n a",
            "kubectl --context prod create role r -n a && kubectl --context prod create rolebinding r -n a",
        ),
        ("Free some: `kubectl describe quota`.", "Free some: `kubectl --context prod describe quota`."),
        ("hptui manifest | kubectl apply -f -", "hptui manifest | kubectl --context prod apply -f -"),
        ('x --token="$(kubectl create token a)"', 'x --token="$(kubectl --context prod create token a)"'),
        ("kubectl config use-context NAME", "kubectl config use-context NAME"),
        ("what kubectl would read", "what kubectl would read"),
        ("kubectl delete pod a --context other", "kubectl delete pod a --context other"),
        # A name is quoted, whatever it says: nothing is put into it.
        ("kubectl get --user='; kubectl get x'", "kubectl --context prod get --user='; kubectl get x'"),
        ("The node's quota: `kubectl get quota`, it's", "The node's quota: `kubectl --context prod get quota`, it's"),
    ],
)  # fmt: skip
def test_each_command_names_the_context_in_use(remedy: str, told: str) -> None:
    assert pinned(remedy) == told
    assert pinned(told) == told, "once"


def test_a_context_and_a_file_are_quoted_for_a_shell() -> None:
    told = kubectl.pinned("kubectl get nodes", context="a b; rm", kubeconfig="/tmp/my file")
    assert shlex.split(told) == [
        "kubectl", "--context", "a b; rm", "--kubeconfig", "/tmp/my file", "get", "nodes"
    ]  # fmt: skip
    assert kubectl.pinned("kubectl get nodes", context=None, kubeconfig=None) == "kubectl get nodes"
