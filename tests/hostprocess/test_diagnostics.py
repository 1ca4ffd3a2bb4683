"""A report without secrets, and without names where that is wanted: the same name is the same word everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.hostprocess.diagnostics.anonymous import Names, without_names
from hptui.hostprocess.diagnostics.installed import needed

NAMES = Names(
    nodes=("win-1", "win-10", "ip-10-0-41-17.ec2.internal"),
    users=("jane", "jane@example.com", "system:serviceaccount:a:b"),
    contexts=("prod",),
    servers=("api.prod.example.com",),
    machines=("laptop",),
)


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("win-1 and win-10 and WIN-10", "node-1 and node-2 and node-2"),
        ("win-100 is another", "win-100 is another"),
        ("node ip-10-0-41-17.ec2.internal.", "node node-3."),
        ('User "jane@example.com" from jane@laptop', 'User "user-2" from user-1@machine-1'),
        ("system:serviceaccount:a:b may", "user-3 may"),
        (
            "context prod, server https://api.prod.example.com:6443",
            "context context-1, server https://server-1:6443",
        ),
        ("/home/jane/.kube/config", "/home/user-1/.kube/config"),
        ("hptui-win-1-abcd2345 hptui-other-abcd2346 hptui-win-1-abcd2345", "pod-1 pod-2 pod-1"),
        ("dial tcp 10.1.2.3:10250, 10.1.2.4, 10.1.2.3", "dial tcp address-1:10250, address-2, address-1"),
        ("build 10.0.20348.2700 v1.36.2 127.0.0.1", "build 10.0.20348.2700 v1.36.2 127.0.0.1"),
        ("fe80:0:0:0:1:2:3:4 at 12:34:56", "address-1 at 12:34:56"),
    ],
)
def test_names_become_words(text: str, anonymous: str) -> None:
    assert without_names(text, NAMES) == anonymous


@given(
    name=st.from_regex(r"[a-z][a-z0-9]{5,20}(-[a-z0-9]{3,9})?", fullmatch=True).filter(
        lambda n: "hptui" not in n
    ),
    around=st.tuples(st.sampled_from(" \"'/@-.,:;()\n"), st.sampled_from(" \"'/@-.,:;()\n")),
)
def test_a_known_name_is_found_between_whatever_stands_around_it(name: str, around: tuple[str, str]) -> None:
    text = f"a{around[0]}{name}{around[1]}b"
    assert name not in without_names(text, Names(nodes=(name,)))


def test_what_is_installed_is_what_is_needed_with_all_that_needs() -> None:
    found = needed()
    assert {"hptui", "textual", "kubernetes", "urllib3", "rich"} <= found.keys()
    assert not {"pytest", "mypy"} & found.keys()
