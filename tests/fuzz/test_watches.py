"""Lists and watches: JSON that is no object of its kind, lines cut anywhere, errors, bookmarks, numbers as strings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cluster.answers import refusal, warnings_of
from hptui.cluster.events import EVENTS, in_order
from hptui.cluster.listing import Kind, decode_one, decode_page
from hptui.cluster.nodes import NODES
from hptui.cluster.pods import PODS
from hptui.cluster.reflector import LONGEST_LINE, lines_of, version_of, watch_events
from hptui.cluster.wire import WatchEvent
from hptui.errors import ClusterError, HptuiError, ServerError
from tests.fuzz.nasty import assert_told, clean_text, cuts, json_values, raw
from tests.fuzz.objects import event_objects, node_objects, pod_objects
from tests.fuzz.server import Server

KINDS: list[tuple[Kind[Any], st.SearchStrategy[Any]]] = [
    (NODES, node_objects),
    (PODS, pod_objects),
    (EVENTS, event_objects),
]


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.cases(150)
@given(st.data(), st.sampled_from(range(len(KINDS))), st.integers(0, 3))
def test_one_bad_object_costs_only_itself(data: st.DataObject, which: int, bad: int) -> None:
    kind, objects = KINDS[which]
    items = data.draw(st.lists(objects, max_size=3))
    good = {"metadata": {"name": "good", "uid": "good"}}
    items.insert(bad % (len(items) + 1), good)
    page = {"metadata": {"resourceVersion": "7", "continue": data.draw(clean_text)}, "items": items}
    found, meta = decode_page(kind, as_json(page))
    assert meta.resource_version == "7"
    one_by_one = [item for item in (decode_one(kind, as_json(item)) for item in items) if item is not None]
    assert found == one_by_one
    assert decode_one(kind, as_json(good)) in found
    in_order([item[0] for item in found] if kind is EVENTS else [])


@pytest.mark.cases(300)
@given(raw | json_values.map(as_json), st.sampled_from(range(len(KINDS))))
@example(b'{"items":' * 100_000, 0)
@example(b"[" * 100_000, 1)
@example(b'{"items":[' + b'{"metadata":' * 100_000, 2)
def test_any_body_is_a_page_or_an_error(body: bytes, which: int) -> None:
    try:
        decode_page(KINDS[which][0], body)
    except ClusterError as error:
        assert_told(error)


watch_lines = st.one_of(
    st.builds(
        lambda kind, found: as_json({"type": kind, "object": found}),
        st.sampled_from(("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "NEW", "")),
        st.one_of(
            node_objects,
            pod_objects,
            json_values,
            st.builds(lambda v: {"metadata": {"resourceVersion": v}}, json_values),
        ),
    ),
    json_values.map(as_json),
    raw.map(lambda data: data.replace(b"\n", b"")),
)
errors = st.builds(
    lambda code, message, reason: as_json(
        {"type": "ERROR", "object": {"kind": "Status", "code": code, "message": message, "reason": reason}}
    ),
    st.sampled_from((410, 500, 504, 403, "410", None, -1, 10**30)) | json_values,
    json_values,
    json_values,
)


def meaning(lines: list[bytes]) -> list[tuple[str, bytes]]:
    """What each line by itself says."""
    found = []
    for line in lines:
        try:
            event = msgspec.json.decode(line, type=WatchEvent)
        except (msgspec.DecodeError, RecursionError):
            continue
        found.append((event.type, bytes(event.object)))
    return found


def chunked(pieces: list[bytes]) -> bytes:
    return (
        b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces if piece) + b"0\r\n\r\n"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.mark.cases(20)
@given(data=st.data(), lines=st.lists(watch_lines, max_size=6), end=st.none() | errors)
def test_a_watch_says_the_same_however_it_is_cut(
    server: Server, data: st.DataObject, lines: list[bytes], end: bytes | None
) -> None:
    body = b"\n".join([*lines, *([end] if end else []), b""])
    pieces = data.draw(cuts(chunked(data.draw(cuts(body)))))
    server.answer = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *pieces]
    transport = server.transport()
    found: list[tuple[str, bytes]] = []
    try:
        for event in watch_events(transport, "/api/v1/pods", (), "1", lambda response: None):
            found.append((event.type, bytes(event.object)))
            assert isinstance(version_of(event), str)
            decode_one(PODS, event.object)
    except HptuiError as error:
        assert_told(error, hint=False)
    transport.close()
    wanted = meaning(lines)
    errors_at = [at for at, (kind, _) in enumerate(wanted) if kind == "ERROR"]
    assert found == wanted[: errors_at[0]] if errors_at else found == wanted


@pytest.mark.cases(200)
@given(st.data(), st.lists(raw.map(lambda data: data.replace(b"\n", b"")), max_size=6), st.booleans())
def test_lines_are_the_same_however_they_are_cut(
    data: st.DataObject, lines: list[bytes], ended: bool
) -> None:
    whole = b"\n".join(lines) + (b"\n" if ended else b"")

    class Response:
        chunked = True

        def stream(self, _: int) -> Iterator[bytes]:
            yield from (piece for piece in data.draw(cuts(whole)) if piece)

    wanted = whole.split(b"\n")
    assert list(lines_of(Response())) == (wanted if wanted[-1] else wanted[:-1])


def test_a_line_without_an_end_is_an_error_not_memory() -> None:
    taken = 0

    class Endless:
        chunked = True

        def stream(self, size: int) -> Iterator[bytes]:
            nonlocal taken
            while True:
                taken += size
                yield b"x" * size

    with pytest.raises(ServerError) as refused:
        list(lines_of(Endless()))
    assert_told(refused.value)
    assert taken <= 2 * LONGEST_LINE


headers = st.dictionaries(
    st.sampled_from(("Retry-After", "retry-after", "Content-Type", "Warning")),
    st.sampled_from(
        (
            "1",
            "-1",
            "9" * 400,
            "²",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 01 Jan 0001 00:00:00 +1400",
            "text/html",
            "x",
        )
    )
    | clean_text,
    max_size=3,
)
bodies = st.one_of(
    raw,
    st.builds(
        lambda fields: as_json({"kind": "Status", **fields}),
        st.fixed_dictionaries(
            {},
            optional={
                "message": st.sampled_from(
                    (
                        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group ""',
                        'pods "x" is forbidden: violates PodSecurity "baseline:latest"',
                        "exceeded quota: q",
                        "pods is forbidden:",
                        'namespaces "x" not found',
                        "dial tcp 10.0.0.1:10250",
                        'admission webhook "x" denied the request: {verb}',
                        "{",
                        "{0}",
                        'User "a" cannot get resource "x{y}" in API group "{z}" in the namespace "{n}"',
                    )
                )
                | json_values,
                "reason": json_values,
                "code": json_values,
                "details": json_values | st.builds(lambda v: {"retryAfterSeconds": v}, json_values),
            },
        ),
    ),
)


@pytest.mark.cases(400)
@given(
    st.sampled_from((200, 302, 400, 401, 403, 404, 409, 410, 413, 422, 429, 431, 500, 503, 504, 599, 999, 0))
    | st.integers(0, 999),
    headers,
    bodies,
    st.sampled_from(("/api/v1/pods", "/api/v1/namespaces/a/pods/b/exec?command=x", "")),
)
@example(429, {"Retry-After": "9" * 400}, b"", "")
@example(429, {"Retry-After": "²"}, b"", "")
@example(500, {}, b'{"message":' * 100_000, "")
@example(403, {}, b'{"message": " "}', "")
def test_any_refusal_is_an_error_with_words(
    status: int, headers: dict[str, str], body: bytes, path: str
) -> None:
    error = refusal(status, headers, body, where="https://h (context 'c' of f)", path=path)
    assert_told(error, hint=False)
    assert error.retry_after is None or 0 <= error.retry_after < float("inf")
    warnings_of(list(headers.values()))
