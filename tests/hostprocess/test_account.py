"""Any spelling of an account goes in, only what HostProcess can use comes out, in the one spelling that works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.errors import AccountError
from hptui.hostprocess.account import (
    BUILT_IN_ACCOUNTS,
    FORBIDDEN_CHARACTERS,
    MAX_NAME,
    AccountKind,
    AdminExpected,
    parse_account,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("system", "NT AUTHORITY\\SYSTEM"),
        ("LocalSystem", "NT AUTHORITY\\SYSTEM"),
        ("local system", "NT AUTHORITY\\SYSTEM"),
        ("nt authority\\system", "NT AUTHORITY\\SYSTEM"),
        ("  NT  Authority \\ System ", "NT AUTHORITY\\SYSTEM"),
        ("S-1-5-18", "NT AUTHORITY\\SYSTEM"),
        ("local service", "NT AUTHORITY\\Local service"),
        ("LocalService", "NT AUTHORITY\\Local service"),
        ("local-service", "NT AUTHORITY\\Local service"),
        ("NT AUTHORITY\\LOCAL SERVICE", "NT AUTHORITY\\Local service"),
        ("S-1-5-19", "NT AUTHORITY\\Local service"),
        ("networkservice", "NT AUTHORITY\\NetworkService"),
        ("Network Service", "NT AUTHORITY\\NetworkService"),
        ("network_service", "NT AUTHORITY\\NetworkService"),
        ("nt authority\\network service", "NT AUTHORITY\\NetworkService"),
    ],
)
def test_the_three_accounts_are_known_by_any_spelling(text: str, name: str) -> None:
    account = parse_account(text)
    assert account.name == name
    assert account in BUILT_IN_ACCOUNTS


@pytest.mark.parametrize(
    "name", ["hptui-operators", "Administrators", "R&D 'x' team", "Администраторы", "a.b"]
)
def test_any_other_name_is_a_local_group_as_it_was_written(name: str) -> None:
    account = parse_account(f" {name} ")
    assert (account.kind, account.name) == (AccountKind.GROUP, name)
    assert account.admin_expected is AdminExpected.UNKNOWN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No account"),
        ("   ", "No account"),
        ("CORP\\alice", "without a password"),
        ("alice@corp.example", "without a password"),
        (".\\alice", "by its name alone"),
        ("BUILTIN\\Administrators", "by its name alone"),
        ("NT AUTHORITY\\Everyone", "only SYSTEM"),
        ("NT-AUTORITÄT\\SYSTEM", "without a password"),
        ("CORP\\gmsa01$", "gMSA"),
        ("gmsa01$", "gMSA"),
        ("Administrator", "is a user"),
        ("S-1-5-32-544", "security identifier"),
        ("...", "only dots"),
        ("x" * (MAX_NAME + 1), "105 characters"),
        ("group\x00", "cannot be seen"),
        ("group\n- evil: true", "cannot be seen"),
        ("gro\u202eup", "cannot be seen"),
        ("a\\b\\c", "without a password"),
    ],
)
def test_what_hostprocess_cannot_use_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(AccountError) as refused:
        parse_account(text)
    assert reason in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("character", [c for c in FORBIDDEN_CHARACTERS if c not in "\\@"])
def test_characters_that_no_group_can_have_are_named(character: str) -> None:
    with pytest.raises(AccountError, match="cannot hold") as refused:
        parse_account(f"group{character}x")
    assert character in refused.value.message


@given(st.text())
def test_whatever_is_typed_is_refused_or_has_nothing_that_windows_or_the_api_server_forbids(
    text: str,
) -> None:
    try:
        account = parse_account(text)
    except AccountError:
        return
    user = account.name.removeprefix("NT AUTHORITY\\")
    assert account in BUILT_IN_ACCOUNTS or user == account.name
    assert user.isprintable()
    assert not set(user) & set(FORBIDDEN_CHARACTERS)
    assert 0 < len(user) <= MAX_NAME
    assert parse_account(account.name) == account


def test_each_account_says_what_it_may_do() -> None:
    expected = {a.label: a.admin_expected for a in BUILT_IN_ACCOUNTS}
    assert expected == {
        "SYSTEM": AdminExpected.YES,
        "Local service": AdminExpected.NO,
        "NetworkService": AdminExpected.NO,
    }
    assert all(a.description.endswith(".") and "\n" not in a.description for a in BUILT_IN_ACCOUNTS)
