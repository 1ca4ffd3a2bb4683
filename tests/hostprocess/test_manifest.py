"""The pod that is asked for, and its YAML: everything HostProcess needs, nothing that a name or a reason could bend."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hptui.errors import UsageError
from hptui.hostprocess.account import LOCAL_SERVICE, parse_account
from hptui.hostprocess.images import node_image_choices, own_image
from hptui.hostprocess.manifest import (
    DEADLINE_NOTE,
    REASON,
    SELECTOR,
    WHO,
    SessionSpec,
    daemonset_manifest,
    pod_manifest,
    to_yaml,
)
from hptui.hostprocess.origin import new_session_id

KUBECTL = shutil.which("kubectl")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
HOSTILE = [
    "1e3",
    "0x1F",
    "1_000",
    "1:30",
    "yes",
    "y",
    "null",
    "~",
    "- a",
    "a: b",
    "# no comment",
    "'quoted'",
    '"',
    "\\",
    "*alias",
    "&anchor",
    "!!python/object:os.system",
    "{a: b}",
    "| literal",
    "%TAG",
    "$(HOME) ${x} `id`",
    "x" * 300 + " " + "y" * 300,
    "Ünïcødé 漢字 😀",
    "2026-11-23",
    "---",
    "...",
    "=",
    ".inf",
    "<<",
]


def spec(**changes: Any) -> SessionSpec:
    usual: dict[str, Any] = {"node": "win-2022-01", "namespace": "hptui", "session_id": "abcd2345"}
    return SessionSpec(**usual | changes)


def test_the_pod_has_all_that_hostprocess_needs() -> None:
    pod = pod_manifest(spec(account=LOCAL_SERVICE))
    wanted = pod["spec"]
    assert wanted["securityContext"] == {
        "windowsOptions": {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\Local service"}
    }
    assert wanted["hostNetwork"] is True
    assert wanted["os"] == {"name": "windows"}
    assert wanted["nodeName"] == "win-2022-01"
    assert wanted["tolerations"] == [{"operator": "Exists"}]
    assert wanted["terminationGracePeriodSeconds"] == 0
    assert wanted["restartPolicy"] == "Never"
    assert wanted["activeDeadlineSeconds"] == 3600
    assert wanted["automountServiceAccountToken"] is False
    assert "volumes" not in wanted
    (container,) = wanted["containers"]
    assert "volumeMounts" not in container
    assert container["command"][0] == "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    assert container["env"] == [{"name": "HPTUI_DEADLINE_SECONDS", "value": "3600"}]


def test_the_same_choice_is_the_same_pod() -> None:
    assert pod_manifest(spec()) == pod_manifest(spec())
    assert pod_manifest(spec())["metadata"]["name"] == "hptui-win-2022-01-abcd2345"


def test_labels_find_it_and_annotations_say_whose_it_is() -> None:
    pod = pod_manifest(spec(who="alice@corp", where_from="alice@desk", reason="ticket 4711\nsecond line"))
    key, _, value = SELECTOR.partition("=")
    assert pod["metadata"]["labels"][key] == value
    assert pod["metadata"]["annotations"][WHO] == "alice@corp"
    assert pod["metadata"]["annotations"][REASON] == "ticket 4711 second line"


def test_what_is_not_said_is_not_annotated() -> None:
    assert REASON not in pod_manifest(spec())["metadata"]["annotations"]


def test_a_pull_secret_and_an_image_of_ones_own() -> None:
    pod = pod_manifest(spec(image=own_image("registry.example.com/x:1"), pull_secret="registry"))
    assert pod["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert pod["spec"]["containers"][0]["image"] == "registry.example.com/x:1"
    assert "imagePullSecrets" not in pod_manifest(spec())["spec"]


def test_an_image_that_the_node_has_is_never_pulled() -> None:
    from hptui.cluster.model import NodeImage

    (choice,) = node_image_choices([NodeImage(("mcr.microsoft.com/oss/kubernetes/pause:3.9",), 1)])
    assert pod_manifest(spec(image=choice))["spec"]["containers"][0]["imagePullPolicy"] == "Never"


@given(
    st.from_regex(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?", fullmatch=True),
    st.from_regex(r"[a-z0-9]{4,16}", fullmatch=True),
)
def test_every_nodes_pod_has_a_name_that_is_a_dns_label(node: str, session_id: str) -> None:
    name = spec(node=node, session_id=session_id).pod_name
    assert DNS_LABEL.fullmatch(name)
    assert name.endswith(session_id)


def test_session_ids_differ_and_fit() -> None:
    ids = {new_session_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(spec(session_id=i).pod_name for i in ids)


@pytest.mark.parametrize(
    "changes",
    [
        {"node": "Node_1"},
        {"node": ""},
        {"node": "a/../b"},
        {"namespace": "a.b"},
        {"namespace": "x" * 64},
        {"namespace": "a/b"},
        {"session_id": "ABC"},
        {"session_id": "ab"},
        {"deadline": 0},
        {"deadline": 2**31},
    ],
)
def test_what_can_never_be_a_pod_is_refused_at_once(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        spec(**changes)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_from_yaml_as_it_was(text: str) -> None:
    manifest = {"metadata": {"annotations": {"a": text, text: "b"}}}
    assert yaml.safe_load(to_yaml(manifest)) == manifest


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_reason_and_user_come_back_from_yaml(text: str) -> None:
    manifest = pod_manifest(spec(reason=text, who=text))
    assert yaml.safe_load(to_yaml(manifest)) == manifest


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
def test_kubectl_reads_hostile_text_as_it_was() -> None:
    assert KUBECTL is not None
    manifest = pod_manifest(spec(account=parse_account("R&D 'x' 1e3")))
    manifest["metadata"]["annotations"] = {f"a{i}": text for i, text in enumerate(HOSTILE)}
    done = subprocess.run(
        [KUBECTL, "label", "--local", "-f", "-", "-o", "json", "checked=yes"],
        input=to_yaml(manifest).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    read = json.loads(done.stdout)
    assert read["metadata"]["annotations"] == manifest["metadata"]["annotations"]
    assert read["spec"] == manifest["spec"]


def test_yaml_reads_well() -> None:
    text = to_yaml(pod_manifest(spec()), comments=("first", "second\nline"))
    lines = text.splitlines()
    assert lines[:4] == ["# first", "# second line", "apiVersion: v1", "kind: Pod"]
    assert "  nodeName: win-2022-01" in lines
    assert "    - operator: Exists" in lines
    assert '      runAsUserName: "NT AUTHORITY\\\\SYSTEM"' in lines


def test_the_daemonset_runs_the_same_on_every_windows_node_and_says_that_it_has_no_end() -> None:
    made = daemonset_manifest(spec(node="all-nodes"))
    assert made["kind"] == "DaemonSet"
    assert DEADLINE_NOTE in made["metadata"]["annotations"]
    template = made["spec"]["template"]
    assert template["spec"]["nodeSelector"] == {"kubernetes.io/os": "windows"}
    assert template["spec"]["tolerations"] == [{"operator": "Exists"}]
    assert "activeDeadlineSeconds" not in template["spec"]
    assert "nodeName" not in template["spec"]
    assert "restartPolicy" not in template["spec"]  # only Always is allowed
    matched = made["spec"]["selector"]["matchLabels"].items()
    assert matched <= template["metadata"]["labels"].items()
    pod = pod_manifest(spec())["spec"]
    shared = ("securityContext", "hostNetwork", "os", "automountServiceAccountToken")
    assert all(template["spec"][key] == pod[key] for key in shared)
    assert template["spec"]["containers"][0]["command"] == pod["containers"][0]["command"]


def test_a_daemonsets_pods_are_not_taken_for_sessions() -> None:
    key, _, value = SELECTOR.partition("=")
    assert daemonset_manifest(spec())["spec"]["template"]["metadata"]["labels"][key] != value
