"""Which cluster and as whom: kubeconfig files read as kubectl reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from hptui.cluster.kubeconfig import Merged, Target, Wanted, candidates, merge, resolve
from hptui.errors import KubeconfigError


def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document), encoding="utf-8")
    return path


def config(
    *contexts: str, current: str = "", server: str = "https://one.example:6443", **user: Any
) -> dict[str, Any]:
    """A file whose contexts all use the cluster `c` and the user `u`."""
    document: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in contexts],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user or {"token": "t"}}],
    }
    if current:
        document["current-context"] = current
    return document


def found(files: list[Path], **wanted: Any) -> Target:
    joined = os.pathsep.join(map(str, files))
    return resolve(Wanted(**wanted), {"KUBECONFIG": joined}, Path("/nowhere"))


def test_the_first_current_context_wins(tmp_path: Path) -> None:
    first = write(tmp_path / "a", config("one"))
    second = write(tmp_path / "b", config("two", current="two"))
    third = write(tmp_path / "c", config("three", current="three"))
    assert found([first, second, third]).context == "two"


def test_the_first_entry_of_a_name_wins_whole(tmp_path: Path) -> None:
    first = write(tmp_path / "a", config("one", current="one", server="https://first", token="first"))
    second = write(tmp_path / "b", config("one", server="https://second", username="x", password="y"))
    target = found([first, second])
    assert target.server == "https://first"
    assert dict(target.user) == {"token": "first"}


def test_a_context_may_use_entries_of_another_file(tmp_path: Path) -> None:
    first = write(tmp_path / "a", {"current-context": "x", "contexts": config("x")["contexts"]})
    rest = config()
    second = write(tmp_path / "b", {"clusters": rest["clusters"], "users": rest["users"]})
    assert found([first, second]).server == "https://one.example:6443"


def test_files_that_do_not_exist_are_passed_over(tmp_path: Path) -> None:
    there = write(tmp_path / "there", config("one", current="one"))
    assert found([tmp_path / "missing", there]).source == str(there)


def test_empty_files_are_no_fault(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty", "")
    assert found([empty, write(tmp_path / "a", config("one", current="one"))]).context == "one"


def test_the_option_beats_the_environment_and_must_exist(tmp_path: Path) -> None:
    chosen = write(tmp_path / "chosen", config("one", current="one"))
    environ = {"KUBECONFIG": str(tmp_path / "other")}
    assert resolve(Wanted(kubeconfig=str(chosen)), environ).source == str(chosen)
    with pytest.raises(KubeconfigError, match=r"nosuch does not exist"):
        resolve(Wanted(kubeconfig=str(tmp_path / "nosuch")), environ)


def test_without_anything_the_home_directory_is_looked_at() -> None:
    assert candidates(None, {}) == (Path("~/.kube/config").expanduser(),)
    listed = os.pathsep.join(["/a", "", "/b", "/a"])
    assert candidates(None, {"KUBECONFIG": listed}) == (Path("/a"), Path("/b"))


def test_the_environment_is_read_when_asked_not_at_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "late", config("late", current="late"))))
    assert resolve(Wanted()).context == "late"


@pytest.mark.parametrize(
    ("option", "own", "expected"),
    [(None, None, "default"), (None, "of-context", "of-context"), ("wanted", "of-context", "wanted")],
)
def test_the_namespace(tmp_path: Path, option: str | None, own: str | None, expected: str) -> None:
    document = config("one", current="one")
    if own:
        document["contexts"][0]["context"]["namespace"] = own
    assert found([write(tmp_path / "a", document)], namespace=option).namespace == expected


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    document = config("one", current="one", **{"client-certificate": "me.crt", "client-key": "/abs/me.key"})
    document["clusters"][0]["cluster"]["certificate-authority"] = "../ca.crt"
    target = found([tmp_path / "none", write(tmp_path / "deep" / "config", document)])
    assert target.cluster["certificate-authority"] == str(tmp_path / "deep" / ".." / "ca.crt")
    assert target.user["client-certificate"] == str(tmp_path / "deep" / "me.crt")
    assert target.user["client-key"] == str(Path("/abs/me.key"))


@pytest.mark.parametrize(("command", "relative"), [("aws", False), (os.path.join("bin", "plugin"), True)])
def test_a_plugin_with_a_path_is_relative_too(tmp_path: Path, command: str, relative: bool) -> None:
    file = write(tmp_path / "a", config("one", current="one", exec={"command": command}))
    expected = str(tmp_path / command) if relative else command
    assert found([file]).user["exec"]["command"] == expected


@pytest.mark.parametrize(("entry", "scheme"), [({}, "http"), ({"insecure-skip-tls-verify": True}, "https")])
def test_a_server_without_a_scheme(tmp_path: Path, entry: dict[str, Any], scheme: str) -> None:
    document = config("one", current="one", server="host:8080")
    document["clusters"][0]["cluster"] |= entry
    assert found([write(tmp_path / "a", document)]).server == f"{scheme}://host:8080"


def test_impersonation_from_options_and_from_the_file(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "token": "t",
        "as": "eve",
        "as-groups": ["g"],
        "as-uid": "7",
        "as-user-extra": {"why": ["x", "y"]},
    }
    file = write(tmp_path / "a", config("one", current="one", **own))
    from_file = found([file])
    assert (from_file.as_user, from_file.as_groups, from_file.as_uid) == ("eve", ("g",), "7")
    assert from_file.as_extra == {"why": ["x", "y"]}
    given = found([file], as_user="ann", as_groups=("h",))
    assert (given.as_user, given.as_groups, given.as_uid, given.as_extra) == ("ann", ("h",), "", {})
    with pytest.raises(KubeconfigError, match="--as-group"):
        found([file], as_groups=("h",))


FAULTS: dict[str, tuple[Any, str]] = {
    "no current context": (config("one", "two"), "sets no current-context. Contexts there: one, two"),
    "unknown current context": (config("one", current="gone"), "no context 'gone'"),
    "no such cluster": (
        {**config("one", current="one"), "clusters": []},
        "names cluster 'c', which is in no file",
    ),
    "no such user": ({**config("one", current="one"), "users": []}, "names user 'u', which is in no file"),
    "no server": (config("one", current="one", server=""), "has no server"),
    "half an address": (config("one", current="one", server="https://[::1"), "no address: https://[::1"),
    "no port": (config("one", current="one", server="https://a:99999"), "no address"),
    "another scheme": (config("one", current="one", server="ftp://a"), "no address"),
    "not YAML": ("a: [", "is not YAML"),
    "a tab": ("contexts:\n\t- name: x", "line 2 is not YAML"),
    "no mapping": ("- a\n- b", "holds no mapping"),
    "not a list": ({"contexts": {"a": 1}}, "contexts is not a list"),
    "twice": (config("one", "one", current="one"), "contexts names 'one' twice"),
    "nameless": ({"users": [{"user": {}}]}, "an entry of users has no name"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, fault: str) -> None:
    document, words = FAULTS[fault]
    file = write(tmp_path / "config", document)
    with pytest.raises(KubeconfigError) as caught:
        found([file])
    assert words in caught.value.message
    assert str(file) in caught.value.message
    assert caught.value.hint


def test_no_file_at_all_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError) as caught:
        found([tmp_path / "a", tmp_path / "b"])
    assert str(tmp_path / "a") in caught.value.message
    assert "hptui demo" in caught.value.hint


def in_cluster(tmp_path: Path) -> tuple[dict[str, str], Path]:
    account = tmp_path / "serviceaccount"
    write(account / "token", "abc\n")
    write(account / "ca.crt", "PEM")
    write(account / "namespace", "own")
    host = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    return {**host, "KUBECONFIG": str(tmp_path / "missing")}, account


def test_inside_a_pod_its_service_account_is_used(tmp_path: Path) -> None:
    target = resolve(Wanted(), *in_cluster(tmp_path))
    assert (target.server, target.namespace, target.source) == ("https://[fd00::1]:443", "own", "in-cluster")
    assert target.user["tokenFile"] == str(tmp_path / "serviceaccount" / "token")
    assert target.cluster["certificate-authority"] == str(tmp_path / "serviceaccount" / "ca.crt")
    assert resolve(Wanted(namespace="x"), *in_cluster(tmp_path)).namespace == "x"
    environ, account = in_cluster(tmp_path)
    assert resolve(Wanted(), {**environ, "POD_NAMESPACE": "by-env"}, account).namespace == "by-env"


def test_a_kubeconfig_beats_the_service_account(tmp_path: Path) -> None:
    environ, account = in_cluster(tmp_path)
    environ["KUBECONFIG"] = str(write(tmp_path / "a", config("one", current="one")))
    assert resolve(Wanted(), environ, account).context == "one"


def test_secrets_are_not_shown_by_accident(tmp_path: Path) -> None:
    target = found([write(tmp_path / "a", config("one", current="one", token="geheim"))])
    assert "geheim" not in repr(target)


def test_several_files_are_named_together(tmp_path: Path) -> None:
    files = [write(tmp_path / name, config(name)) for name in ("a", "b")]
    merged = merge(files)
    assert isinstance(merged, Merged)
    assert merged.source == os.pathsep.join(map(str, files))
    assert list(merged.contexts) == ["a", "b"]
