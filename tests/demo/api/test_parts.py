"""Parts of the simulated API server that hold for any input: the store's history, merges, ages, and the reading of paths."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hptui.demo.api.patches import merge
from hptui.demo.api.paths import parse
from hptui.demo.api.protobuf import read_review
from hptui.demo.api.remote import V4, V5, Wire, negotiate
from hptui.demo.api.tables import duration
from hptui.demo.objects.nodes import version_tuple
from hptui.demo.objects.resources import CONFIG_MAPS
from hptui.demo.objects.store import Store, TooOld
from hptui.demo.runtime.logbook import Logbook
from tests.demo.conftest import Json


def _map(name: str, value: int) -> Json:
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name, "namespace": "n"}, "v": value}


def _content(store: Store) -> dict[str, int]:
    return {s.data["metadata"]["name"]: s.data["v"] for s in store.all(CONFIG_MAPS)}


_STEPS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9), st.booleans()), max_size=40)


@given(_STEPS)
@settings(deadline=None)
def test_the_store_remembers_every_version(steps: list[tuple[str, int, bool]]) -> None:
    store = Store()
    seen = {store.version: _content(store)}
    for name, value, remove in steps:
        if remove:
            store.remove(CONFIG_MAPS, "n", name)
        else:
            store.put(CONFIG_MAPS, _map(name, value))
        seen[store.version] = _content(store)
    for version, content in seen.items():
        found = {s.data["metadata"]["name"]: s.data["v"] for s in store.snapshot(CONFIG_MAPS, version)}
        assert found == content


@given(_STEPS)
@settings(deadline=None)
def test_changes_lead_from_one_version_to_the_next(steps: list[tuple[str, int, bool]]) -> None:
    store = Store()
    start = store.version
    for name, value, remove in steps:
        if remove:
            store.remove(CONFIG_MAPS, "n", name)
        else:
            store.put(CONFIG_MAPS, _map(name, value))
    built: dict[str, int] = {}
    for change in store.changes(CONFIG_MAPS, start):
        name = change.key[1]
        assert (change.type == "ADDED") == (name not in built)
        if change.after is None:
            del built[name]
        else:
            built[name] = change.after.data["v"]
    assert built == _content(store)


def test_a_short_history_forgets_its_beginning() -> None:
    store = Store(history=3)
    first = store.version
    for number in range(10):
        store.put(CONFIG_MAPS, _map("a", number))
    with pytest.raises(TooOld):
        list(store.changes(CONFIG_MAPS, first))
    assert len(list(store.changes(CONFIG_MAPS, store.version - 3))) == 3


_JSON = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
_OBJECT = st.dictionaries(st.sampled_from("abcd"), _JSON, max_size=4)


@given(_OBJECT, _OBJECT)
def test_a_merge_patch_without_nulls_is_idempotent(target: Json, patch: Json) -> None:
    once = merge(dict(target), patch, strategic=False)
    again = merge(dict(once), patch, strategic=False)
    assert once == again
    assert set(once) == set(target) | set(patch)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (10_800, "3h"),
        (28_799, "7h59m"),
        (172_800, "2d"),
        (176_400, "2d1h"),
        (700_000, "8d"),
        (90_000_000, "2y"),
    ],
)
def test_ages_are_written_as_kubectl_writes_them(seconds: int, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.36.2", (1, 36, 2)),
        ("v1.34.5-eks-c39b1d0", (1, 34, 5)),
        ("v1.33.4+rke2r1", (1, 33, 4)),
        ("1.7.20", (1, 7, 20)),
        ("", ()),
    ],
)
def test_versions_are_read_up_to_their_suffix(text: str, version: tuple[int, ...]) -> None:
    assert version_tuple(text) == version


def test_paths_are_taken_apart() -> None:
    found = parse("/api/v1/namespaces/n/pods/p/exec")
    assert found is not None
    assert (found.namespace, found.plural, found.name, found.subresource) == ("n", "pods", "p", "exec")
    whole = parse("/apis/apps/v1/daemonsets")
    assert whole is not None
    assert (whole.group, whole.namespace, whole.name) == ("apps", "", "")
    namespace = parse("/api/v1/namespaces/n")
    assert namespace is not None
    assert (namespace.plural, namespace.name) == ("namespaces", "n")
    proxy = parse("/api/v1/nodes/n/proxy/stats/summary")
    assert proxy is not None
    assert (proxy.subresource, proxy.rest) == ("proxy", "stats/summary")
    assert parse("/version") is None
    assert parse("/apis/apps/v1") is None


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_log_holds_what_was_written_whatever_the_pieces(pieces: list[bytes]) -> None:
    log = Logbook()
    for piece in pieces:
        log.write(piece)
    log.close()
    assert b"".join(line.text for line in log.lines) == b"".join(pieces)
    assert all(line.text.endswith(b"\n") for line in list(log.lines)[:-1])


def test_a_log_drops_its_oldest_lines_when_it_is_full() -> None:
    log = Logbook(limit=100)
    for number in range(100):
        log.write(f"{number:04}\n".encode())
    assert len(log.lines) == 20
    assert log.end == 100
    assert [line.text for line in log.since(98)] == [b"0098\n", b"0099\n"]


@given(st.binary(max_size=200), st.sampled_from([V5, V4, "base64.channel.k8s.io", ""]))
def test_a_frame_is_read_as_it_was_written(data: bytes, protocol: str) -> None:
    wire = Wire(protocol)
    assert wire.parse(wire.frame(1, data)) == (1, data)


@pytest.mark.parametrize("message", [b"", "", "x", "9!"])
def test_a_message_that_is_no_frame_breaks_nothing(message: bytes | str) -> None:
    channel, data = Wire("base64.channel.k8s.io").parse(message)
    assert channel in (-1, 9)
    assert data == b""


def test_nothing_in_common_is_told_apart_from_nothing_offered() -> None:
    assert negotiate([]) == ""
    assert negotiate(["v9.channel.k8s.io"]) is None
    assert negotiate([V4, V5]) == V5


def test_a_review_in_protobuf_is_read() -> None:
    def field(number: int, data: bytes) -> bytes:
        return bytes([number << 3 | 2, len(data)]) + data

    attributes = field(1, b"hptui") + field(2, b"create") + field(5, b"pods") + field(6, b"exec")
    review = field(1, b"") + field(2, field(1, attributes))
    body = b"k8s\0" + field(1, b"type") + field(2, review)
    assert read_review(body, "SelfSubjectAccessReview") == {
        "spec": {
            "resourceAttributes": {
                "namespace": "hptui",
                "verb": "create",
                "resource": "pods",
                "subresource": "exec",
            }
        }
    }
    with pytest.raises(ValueError, match="ends early"):
        read_review(b"k8s\0\x12", "SelfSubjectAccessReview")
