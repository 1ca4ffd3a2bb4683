"""Kubernetes' events: listed, and watched from now on.

An event that repeats comes again, MODIFIED, with the same uid and a higher count. The scheduler's events carry only
eventTime: no first and last timestamp, no count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hptui.cluster.backoff import Pace
from hptui.cluster.listing import kind_of, list_all
from hptui.cluster.model import Event, EventsSeen, EventUpdate
from hptui.cluster.pods import exactly, selecting
from hptui.cluster.reflector import Changes, Reflector, newest
from hptui.cluster.transport import Query, Transport, segment
from hptui.cluster.wire import EventWire, instant

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def event_from(wire: EventWire) -> tuple[Event, str]:
    """The event and its resource version."""
    series, source, involved = wire.series, wire.source, wire.involved_object
    times = (wire.first_timestamp, wire.event_time, wire.metadata.creation_timestamp)
    first = next((at for at in map(instant, times) if at is not None), None)
    last = instant(series.last_observed_time if series else None) or instant(wire.last_timestamp) or first
    count = (series.count if series else None) or wire.count or 1
    event = Event(
        uid=wire.metadata.uid,
        type=wire.type or "Normal",
        reason=wire.reason or "",
        message=wire.message or "",
        count=count,
        first=first,
        last=last,
        source=(source.component if source else None) or wire.reporting_component or "",
        kind=(involved.kind if involved else None) or "",
        name=(involved.name if involved else None) or "",
    )
    return event, wire.metadata.resource_version


EVENTS = kind_of("event", EventWire, event_from, lambda pair: pair[0].uid, lambda pair: pair[1])


def _path(namespace: str) -> str:
    return f"/api/v1/namespaces/{segment(namespace)}/events"


def _about(kind: str, name: str, uid: str) -> Query:
    fields = {"kind": kind, "name": name, "uid": uid}
    return selecting(
        fields=exactly({f"involvedObject.{key}": value for key, value in fields.items() if value})
    )


def in_order(events: Sequence[Event]) -> tuple[Event, ...]:
    """Oldest first, by when each was last seen."""
    return tuple(sorted(events, key=lambda event: event.last or event.first or _BEGINNING))


def list_events(transport: Transport, namespace: str, kind: str, name: str) -> Sequence[Event]:
    pairs, _ = list_all(transport, EVENTS, _path(namespace), _about(kind, name, ""))
    return in_order([event for event, _ in pairs])


class EventWatch(Reflector[tuple[Event, str], EventUpdate]):
    """The events about one object, those there are and those to come."""

    def __init__(
        self, transport: Transport, namespace: str, kind: str, name: str, uid: str, pace: Pace
    ) -> None:
        super().__init__(transport, EVENTS, _path(namespace), _about(kind, name, uid), pace=pace)

    def updates(self, changes: Sequence[Changes[tuple[Event, str]]]) -> Sequence[EventUpdate]:
        events = in_order([event for event, _ in newest(changes, EVENTS.key).changed])
        return [EventsSeen(events)] if events else []
