"""Lists in pages: decoded at once into slim structs, and one by one where an object among them can't be.

The version is left unset: with resourceVersion=0 a server ignores the limit. Small pages, because a decoder holds the
interpreter for a whole body.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from hptui.cluster.transport import Query, Transport
from hptui.cluster.wire import ListMeta, RawList, read
from hptui.errors import ExpiredError, ServerError

log = logging.getLogger(__name__)

T = TypeVar("T")
W = TypeVar("W")

FIRST_PAGE, PAGE = 100, 250
_RAW_LIST = msgspec.json.Decoder(RawList)


class Page(msgspec.Struct, Generic[W], rename="camel"):
    """One page of a list, decoded at once: the quick way, as long as every item can be decoded."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    items: list[W] | None = None


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What is listed and watched, and how one object becomes one of our facts."""

    name: str
    page: msgspec.json.Decoder[Any]
    one: msgspec.json.Decoder[Any]
    convert: Callable[[Any], T]
    key: Callable[[T], str]
    version: Callable[[T], str]


def kind_of(
    name: str,
    wire: type[Any],
    convert: Callable[[Any], T],
    key: Callable[[T], str],
    version: Callable[[T], str],
) -> Kind[T]:
    page: Any = Page[wire]  # type: ignore[valid-type]
    return Kind(name, msgspec.json.Decoder(page), msgspec.json.Decoder(wire), convert, key, version)


def list_pages(
    transport: Transport, kind: Kind[T], path: str, query: Query = (), *, retry: bool = True
) -> Iterator[tuple[list[T], str, bool]]:
    """The objects page by page, with the list's version and whether this is the last page.

    Raises ExpiredError when a continue token has become too old: the list has to start again.
    """
    token: str | None = None
    limit = FIRST_PAGE
    while True:
        page_query = [*query, ("limit", str(limit))]
        if token:
            page_query.append(("continue", token))
        body = transport.get(path, page_query, retry=retry).body
        items, meta = decode_page(kind, body)
        token = meta.next_page
        yield items, meta.resource_version, not token
        if not token:
            return
        limit = PAGE


def list_all(
    transport: Transport, kind: Kind[T], path: str, query: Query = (), *, retry: bool = True
) -> tuple[list[T], str]:
    """The whole list and its version. A list that expires between its pages is started again, then asked for at once."""
    for _ in range(2):
        found: list[T] = []
        try:
            for items, version, last in list_pages(transport, kind, path, query, retry=retry):
                found.extend(items)
                if last:
                    return found, version
        except ExpiredError:
            continue
    items, meta = decode_page(kind, transport.get(path, query).body)
    return items, meta.resource_version


def decode_page(kind: Kind[T], body: bytes) -> tuple[list[T], ListMeta]:
    """One page; objects that can't be decoded are left out, and the log says so."""
    try:
        page = read(kind.page, body)
        return [kind.convert(item) for item in page.items or ()], page.metadata
    except msgspec.ValidationError:
        pass
    except msgspec.DecodeError as error:
        raise ServerError(f"The API server's list of {kind.name}s cannot be read: {error}") from error
    try:
        raw = read(_RAW_LIST, body)
    except msgspec.DecodeError as error:
        raise ServerError(f"The API server's list of {kind.name}s cannot be read: {error}") from error
    items = [item for item in (decode_one(kind, text) for text in raw.items or ()) if item is not None]
    return items, raw.metadata


def decode_one(kind: Kind[T], text: bytes | msgspec.Raw) -> T | None:
    try:
        return kind.convert(read(kind.one, text))
    except (msgspec.DecodeError, ValueError) as error:
        log.warning("A %s is left out, it cannot be decoded: %s", kind.name, error)
        return None
