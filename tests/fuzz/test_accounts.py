"""An account's name, as typed, up to the pod that is sent and the YAML that is read: it is one value, in one place."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hptui.demo.objects.resources import PODS
from hptui.demo.rules.validation import validate
from hptui.errors import AccountError
from hptui.hostprocess.account import BUILT_IN_ACCOUNTS, SYSTEM, Account, parse_account
from hptui.hostprocess.manifest import SessionSpec, daemonset_manifest, pod_manifest, to_yaml
from hptui.terminal.plain import plain
from tests.fuzz.nasty import assert_harmless, assert_told, pieces, text

DOMAINS = (
    "NT AUTHORITY",
    "nt authority",
    "NT\u00a0AUTHORITY",
    "NtAuthority",
    "BUILTIN",
    ".",
    "",
    "CORP",
    "ſystem",
    "NT AUTHORITY\\x",
)
USERS = (
    "SYSTEM",
    "system",
    "Local Service",
    "LOCALSERVICE",
    "network_service",
    "ſystem",
    "Administrators",
    "x$",
    "",
    " ",
    "S-1-5-18",
)

spellings = st.one_of(
    text,
    st.sampled_from(USERS),
    st.builds(
        lambda domain, slash, user, more: f"{domain}{slash}{user}{more}",
        st.sampled_from(DOMAINS) | pieces,
        st.sampled_from(("\\", "/", "\\\\", " \\ ", "@")),
        st.sampled_from(USERS) | text,
        st.just("") | pieces,
    ),
    st.builds(
        lambda user, how: getattr(user, how)(),
        st.sampled_from(USERS),
        st.sampled_from(("upper", "lower", "swapcase", "title")),
    ),
)


def parsed(name: str) -> Account:
    """The account; another case where there is none, which must be refused in words."""
    try:
        return parse_account(name)
    except AccountError as error:
        assert_told(error)
        assume(False)
        raise


def read_yaml(text: str) -> Any:
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def spec(account: Account, **more: Any) -> SessionSpec:
    return SessionSpec(node="win-1", namespace="default", session_id="abcd1234", account=account, **more)


def without_account(manifest: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    rest = copy.deepcopy(manifest)
    return rest["spec"]["securityContext"]["windowsOptions"].pop("runAsUserName"), rest


_, USUAL = without_account(dict(pod_manifest(spec(SYSTEM))))
LINES = to_yaml(pod_manifest(spec(SYSTEM))).count("\n")


@pytest.mark.cases(100)
@given(spellings)
@example("NT AUTHORITY\\ſystem")
@example("a: b # c")
@example("/" * 200_000)
def test_the_account_is_one_value_of_the_pod_and_nothing_else_changes(name: str) -> None:
    account = parsed(name)
    manifest = dict(pod_manifest(spec(account)))
    value, rest = without_account(manifest)
    assert value == account.name
    assert rest == USUAL
    assert parse_account(value) == account
    written = to_yaml(manifest)
    assert read_yaml(written) == manifest
    assert written.count("\n") == LINES
    assert json.loads(json.dumps(manifest)) == manifest
    assert_harmless(account.label)
    assert plain(account.description) == account.description


@pytest.mark.cases(120)
@given(spellings)
def test_what_is_taken_here_the_api_server_takes(name: str) -> None:
    account = parsed(name)
    validate(PODS, copy.deepcopy(dict(pod_manifest(spec(account)))))
    assert account in BUILT_IN_ACCOUNTS or "\\" not in account.name


@pytest.mark.cases(20)
@given(text, text, text)
@example("\ud800", "\u2028", "a\n- b")
def test_notes_come_back_from_yaml_and_stay_notes(reason: str, who: str, where_from: str) -> None:
    bare = dict(pod_manifest(spec(SYSTEM)))
    for make, empty in ((pod_manifest, bare), (daemonset_manifest, dict(daemonset_manifest(spec(SYSTEM))))):
        manifest = dict(make(spec(SYSTEM, reason=reason, who=who, where_from=where_from)))
        written = to_yaml(manifest, comments=(reason.replace("\ud800", ""),) if reason.isprintable() else ())
        written.encode()
        assert read_yaml(written) == manifest
        notes = manifest["metadata"]["annotations"]
        assert set(notes) - set(empty["metadata"]["annotations"]) <= {
            "hptui.io/who",
            "hptui.io/from",
            "hptui.io/reason",
        }
        for note in notes.values():
            assert_harmless(note)
        assert {**manifest, "metadata": None} == {**empty, "metadata": None}
