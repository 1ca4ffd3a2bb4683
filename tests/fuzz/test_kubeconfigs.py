"""Kubeconfig files, whatever stands in them: a context as plain values, or an error that says which file."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cluster.credentials import Held
from hptui.cluster.kubeconfig import Target, Wanted, resolve
from hptui.cluster.transport import Limits, Transport
from hptui.errors import ClusterError, KubeconfigError
from tests.fuzz.nasty import assert_told, clean_text, json_values, pieces, raw, scalars, text

BOMB = "\n".join(
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)),
    ]
)
HEAD = "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
GOOD = HEAD + (
    "clusters: [{name: k, cluster: {server: 'https://h:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
)


def with_bomb(where: str) -> bytes:
    return f"{BOMB}\n{GOOD.replace(where, '*a11', 1)}".encode()


servers = st.one_of(
    scalars,
    st.builds(
        lambda scheme, host, rest: f"{scheme}{host}{rest}",
        st.sampled_from(("https://", "http://", "", "HTTPS://", "file://", "//")),
        st.sampled_from(
            ("h", "h:6443", "[::1]:1", "h:0", "h:99999", "u:p@h", "bücher.example", "h:x", "127.0.0.1")
        )
        | pieces,
        st.sampled_from(("", "/", "/k8s/clusters/c-1", "/?x=1", "#f", "/a b", "/%2e%2e", "\n", "/\\", "?"))
        | pieces,
    ),
)
odd = st.one_of(json_values, servers)
clusters = st.fixed_dictionaries(
    {"server": servers},
    optional=dict.fromkeys(
        (
            "certificate-authority-data",
            "certificate-authority",
            "proxy-url",
            "tls-server-name",
            "insecure-skip-tls-verify",
        ),
        odd,
    ),
)
users = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("token", "username", "password", "as", "as-uid", "as-groups", "as-user-extra", "tokenFile", "exec"),
        odd,
    )
    | {
        "as-groups": st.lists(scalars, max_size=3),
        "as-user-extra": st.dictionaries(clean_text, st.lists(scalars, max_size=2), max_size=2),
    },
)
contexts = (
    st.fixed_dictionaries(
        {"cluster": st.just("k"), "user": st.just("u")},
        optional={"namespace": scalars, "extensions": odd},
    )
    | odd
)


def entries(kind: str, name: str, body: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    entry = st.builds(lambda found: {"name": name, kind: found}, body | odd)
    return st.one_of(st.lists(entry, min_size=1, max_size=2), st.builds(lambda e: [e], entry), odd)


documents = st.fixed_dictionaries(
    {
        "clusters": entries("cluster", "k", clusters),
        "users": entries("user", "u", users),
        "contexts": entries("context", "c", contexts),
        "current-context": st.just("c") | scalars,
    }
)


def written(document: Any) -> bytes:
    text: str = yaml.safe_dump(document, allow_unicode=True)
    return text.encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with something nasty in some place of it."""
    good = GOOD.encode()
    at, length = draw(st.integers(0, len(good))), draw(st.sampled_from((0, 0, 1, 7)))
    middle: bytes = draw(raw)
    return good[:at] + middle + good[at + length :]


files = st.one_of(documents.map(written), damaged(), raw)


def checked(found: Target) -> None:
    """Every value is of the kind that it is used as, and a request goes to the server's own path."""
    for value in (
        found.context,
        found.namespace,
        found.user_name,
        found.source,
        found.as_user,
        found.as_uid,
        found.words,
    ):
        assert isinstance(value, str)
        assert len(value) < 100_000
    assert found.namespace
    assert all(isinstance(group, str) for group in found.as_groups)
    assert all(isinstance(k, str) and all(isinstance(v, str) for v in vs) for k, vs in found.as_extra.items())
    transport = Transport(found, limits=Limits(), plugin_limit=1, reload=lambda: found)
    url = urlsplit(transport.url("/api/v1/pods", [("limit", "1")]))
    assert url.scheme in ("http", "https")
    assert url.hostname
    assert url.path.endswith("/api/v1/pods")
    assert (url.query, url.fragment) == ("limit=1", "")
    try:
        headers = transport.headers(Held(authorization="Bearer t"))
    except ClusterError as error:
        assert_told(error)
    else:
        assert all("\r" not in part and "\n" not in part for pair in headers.items() for part in pair)


@pytest.mark.cases(350)
@given(content=files, context=st.none() | st.sampled_from(("c", "d")) | text)
@example(content=with_bomb("k, user"), context=None)
@example(content=with_bomb("'https://h:1'"), context=None)
@example(content=with_bomb("t}"), context=None)
@example(content=b"[" * 100_000, context=None)
@example(content=b"a: 2001-99-99", context=None)
@example(content=b"a: " + b"1" * 5000, context=None)
@example(content=b"&a [*a]", context=None)
@example(content=b"a: &a {b: *a}\n<<: *a", context=None)
@example(content=GOOD.replace("token: t", "as-user-extra: [x], as: y, as-groups: z").encode(), context=None)
@example(content=GOOD.replace("//h:1", "//h:1/#").encode(), context=None)
@example(content=GOOD.replace("//h:1", "//h:1/?a=b").encode(), context=None)
def test_any_file_is_a_context_or_an_error_that_names_it(
    folder: Path, content: bytes, context: str | None
) -> None:
    path = folder / "config"
    path.write_bytes(content)
    try:
        found = resolve(Wanted(kubeconfig=str(path), context=context), {})
    except KubeconfigError as error:
        assert_told(error, named=str(path))
    else:
        checked(found)


@pytest.mark.cases(60)
@given(
    path=text,
    files=st.lists(text, max_size=3),
    inside=st.dictionaries(
        st.sampled_from(("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAMESPACE")), text
    ),
)
@example(path="~nobody-of-that-name/config", files=[], inside={})
@example(path="\x00", files=["~\x00"], inside={})
def test_any_path_and_any_environment(
    folder: Path, path: str, files: list[str], inside: dict[str, str]
) -> None:
    (folder / "token").write_text("t")
    for wanted, environ in (
        (Wanted(kubeconfig=path or None), {"KUBECONFIG": str(folder / "none")}),
        (Wanted(), {"KUBECONFIG": ":".join(files) or str(folder / "none"), **inside}),
    ):
        try:
            checked(resolve(wanted, environ, service_account=folder))
        except KubeconfigError as error:
            assert_told(error)


@pytest.mark.cases(60)
@given(user=text, groups=st.lists(text, max_size=3), authorization=text)
@example(user="\udcff", groups=[], authorization="")
def test_who_asks_is_sent_whole_or_not_at_all(user: str, groups: list[str], authorization: str) -> None:
    target = Target("c", "n", "u", "f", {"server": "https://h"}, {}, as_user=user, as_groups=tuple(groups))
    transport = Transport(target, limits=Limits(), plugin_limit=1, reload=lambda: target)
    try:
        headers = transport.headers(Held(authorization=authorization))
    except ClusterError as error:
        assert_told(error)
        return
    assert headers.getlist("Impersonate-Group") == (groups if user else [])
    for _, value in headers.iteritems():
        assert value.isprintable()
        value.encode()


@pytest.mark.cases(40)
@given(raw)
def test_any_certificate_data_is_an_error_in_words(folder: Path, data: bytes) -> None:
    from hptui.cluster.tls import make_context

    entry = {"certificate-authority-data": base64.b64encode(data).decode()}
    try:
        make_context(entry, data or None, data or None)
    except ClusterError as error:
        assert_told(error)
