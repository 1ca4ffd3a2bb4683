"""Names of nodes, namespaces, pods and images: none reaches another path, another query or another selector."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cluster.connect import ConnectOptions
from hptui.cluster.exec_protocol import exec_query
from hptui.cluster.kubeconfig import Target
from hptui.cluster.pods import exactly, pod_path, pods_path, selecting
from hptui.cluster.transport import Limits, Transport, segment
from hptui.errors import HptuiError, InvalidError, UsageError
from hptui.hostprocess.clean_up import left_behind
from hptui.hostprocess.images import check_pull_secret, choose_image, own_image
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from tests.fuzz.nasty import assert_told, text

DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
NAMES = st.one_of(
    text, st.from_regex(r"[a-z0-9]([-.a-z0-9]{0,260})", fullmatch=True), st.sampled_from((".", "..", "..."))
)


def transport(server: str = "https://cluster.example:6443") -> Transport:
    target = Target("c", "default", "u", "file", {"server": server}, {})
    return Transport(target, limits=Limits(), plugin_limit=1, reload=lambda: target)


@pytest.mark.cases(250)
@given(NAMES, NAMES)
@example("\udcff", "x")
@example("..", "..")
def test_a_name_is_one_segment_of_the_path(namespace: str, name: str) -> None:
    try:
        path = f"{pod_path(namespace, name)}/exec"
    except InvalidError as error:
        assert_told(error)
        return
    url = urlsplit(transport("https://cluster.example:6443/prefix").url(path, [("labelSelector", "a=b")]))
    assert (url.hostname, url.port, url.fragment) == ("cluster.example", 6443, "")
    assert url.query == "labelSelector=a%3Db"
    parts = url.path.split("/")
    assert parts[:6] == ["", "prefix", "api", "v1", "namespaces", segment(namespace)]
    assert parts[6:] == ["pods", segment(name), "exec"]
    assert [unquote(parts[5]), unquote(parts[7])] == [namespace, name]
    assert url.path.isascii()


@pytest.mark.cases(250)
@given(st.lists(st.tuples(st.sampled_from(("command", "labelSelector", "a")), text), max_size=4))
@example([("labelSelector", "\udcff")])
def test_values_stay_values_of_the_query(query: list[tuple[str, str]]) -> None:
    try:
        url = transport().url(pods_path(None), query)
    except InvalidError as error:
        assert_told(error)
        return
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == query
    assert url.isascii()
    assert url.isprintable()


@pytest.mark.cases(250)
@given(st.lists(text, max_size=5), st.booleans(), st.booleans(), st.just("") | text)
def test_the_words_of_a_command_arrive_one_by_one(
    words: list[str], tty: bool, stdin: bool, container: str
) -> None:
    try:
        query = exec_query(words, tty=tty, stdin=stdin, container=container)
    except InvalidError as error:
        assert_told(error)
        return
    asked = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert [value for key, value in asked if key == "command"] == words
    assert [value for key, value in asked if key == "container"] == [container] * bool(container)
    assert {key for key, _ in asked} <= {"command", "container", "stdin", "stdout", "stderr", "tty"}


@pytest.mark.cases(400)
@given(text)
def test_a_name_is_one_value_of_a_field_selector(name: str) -> None:
    """As the API server takes selectors apart: fields.ParseSelector, with a backslash before what has a meaning."""
    ((_, selector),) = selecting(fields=exactly({"metadata.name": name, "kind": "Pod"}))
    terms = re.findall(r"((?:[^\\,]|\\.)*)(?:,|$)", selector, re.S)
    assert terms[:2] == [selector[: len(terms[0])], "kind=Pod"]
    assert re.sub(r"\\(.)", r"\1", terms[0].removeprefix("metadata.name="), flags=re.S) == name


@pytest.mark.cases(250)
@given(NAMES, NAMES, NAMES, st.integers() | st.sampled_from((0, 60, 2**31, 10**30)))
def test_a_session_has_names_that_a_pod_can_have_or_is_refused(
    node: str, namespace: str, session_id: str, deadline: int
) -> None:
    try:
        spec = SessionSpec(node=node, namespace=namespace, session_id=session_id, deadline=deadline)
    except UsageError as error:
        assert_told(error, hint=False)
        return
    assert DNS_LABEL.fullmatch(spec.pod_name)
    assert spec.pod_name.endswith(session_id)
    assert pod_manifest(spec)["spec"]["nodeName"] == node
    # What a person is told to run at the end must do in a shell what it says.
    assert re.fullmatch(r"[-a-z0-9A-Z .:;=,_]*", left_behind(spec, ConnectOptions()))


@pytest.mark.cases(250)
@given(text)
@example("a" * 300)
def test_an_image_is_a_reference_or_refused(reference: str) -> None:
    for check in (own_image, lambda text: choose_image(text, "10.0.20348.1")):
        try:
            image = check(reference).reference
        except UsageError as error:
            assert_told(error)
        else:
            assert image.isascii()
            assert image.isprintable()
            assert not re.search(r"[\s'\"`$;|&<>\\(){}]", image)


@pytest.mark.cases(60)
@given(text)
def test_a_pull_secret_is_a_name_or_refused(name: str) -> None:
    try:
        assert re.fullmatch(r"[-.a-z0-9]*", check_pull_secret(name))
    except HptuiError as error:
        assert_told(error)
