"""Just enough protobuf to read the access reviews that `kubectl auth can-i` sends in that form."""

from __future__ import annotations

from collections.abc import Iterator

from hptui.demo.objects.plain import Json

_MAGIC = b"k8s\0"
_RESOURCE = {1: "namespace", 2: "verb", 3: "group", 4: "version", 5: "resource", 6: "subresource", 7: "name"}
_PATH = {1: "path", 2: "verb"}


def is_protobuf(body: bytes) -> bool:
    return body.startswith(_MAGIC)


def read_review(body: bytes, kind: str) -> Json:
    """The spec of a SelfSubject…Review, in JSON's form. Raises ValueError for what can't be read."""
    raw = dict(_fields(body[len(_MAGIC) :])).get(2, b"")
    spec = dict(_fields(raw)).get(2, b"")
    fields = dict(_fields(spec))
    if kind == "SelfSubjectRulesReview":
        return {"spec": {"namespace": fields[1].decode()} if 1 in fields else {}}
    found: Json = {}
    if 1 in fields:
        found["resourceAttributes"] = _strings(fields[1], _RESOURCE)
    if 2 in fields:
        found["nonResourceAttributes"] = _strings(fields[2], _PATH)
    return {"spec": found}


def _strings(message: bytes, names: dict[int, str]) -> Json:
    return {names[number]: value.decode() for number, value in _fields(message) if number in names and value}


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each length-delimited field; numbers are skipped."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 0:
            _, at = _varint(message, at)
        elif tag & 7 == 2:
            size, at = _varint(message, at)
            yield tag >> 3, message[at : at + size]
            at += size
        else:
            raise ValueError(f"protobuf wire type {tag & 7} is not expected here")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("the protobuf message ends early")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
