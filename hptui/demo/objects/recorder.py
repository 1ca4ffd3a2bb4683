"""Events: written by the kubelet, the scheduler and the node controller; repeats are counted, not repeated."""

from __future__ import annotations

import time
from collections import deque

from hptui.demo.objects.plain import Json, copy, dig, micro_now, name_of, namespace_of, new_uid, now, uid_of
from hptui.demo.objects.resources import EVENTS
from hptui.demo.objects.store import Store

_LIMIT = 3_000  # events


class Recorder:
    """Makes Event objects in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: deque[tuple[str, str]] = deque()  # namespace and name, oldest first
        self._seen: dict[tuple[str, ...], str] = {}  # what is a repeat of what: the event's name

    def kubelet(
        self, obj: Json, node: str, reason: str, message: str, *, kind: str = "Normal", container: str = ""
    ) -> None:
        """From a node's kubelet, about a pod or one of its containers, or about the node itself."""
        key = (uid_of(obj), container, reason, message, node)
        namespace = namespace_of(obj) or "default"
        seen = self._store.edit(EVENTS, namespace, self._seen.get(key, ""))
        if seen is not None:
            seen["count"] += 1
            seen["lastTimestamp"] = now()
            self._store.put(EVENTS, seen)
            return
        event = self._event(obj, kind, reason, message)
        if container:
            event["involvedObject"]["fieldPath"] = f"spec.containers{{{container}}}"
        event["source"] = {"component": "kubelet", "host": node}
        event["firstTimestamp"] = event["lastTimestamp"] = now()
        event["count"] = 1
        event["eventTime"] = None
        event["reportingComponent"] = "kubelet"
        event["reportingInstance"] = node
        self._seen[key] = name_of(event)
        self._keep(event)

    def controller(self, obj: Json, component: str, reason: str, message: str, kind: str = "Normal") -> None:
        """From a controller, in the old form."""
        event = self._event(obj, kind, reason, message)
        event["source"] = {"component": component}
        event["firstTimestamp"] = event["lastTimestamp"] = now()
        event["count"] = 1
        event["eventTime"] = None
        event["reportingComponent"] = component
        event["reportingInstance"] = ""
        self._keep(event)

    def scheduler(self, pod: Json, reason: str, message: str, action: str, kind: str = "Normal") -> None:
        """From the scheduler, in the new form: only eventTime is set."""
        event = self._event(pod, kind, reason, message)
        event["source"] = {}
        event["firstTimestamp"] = event["lastTimestamp"] = None
        event["eventTime"] = micro_now()
        event["action"] = action
        event["reportingComponent"] = "default-scheduler"
        event["reportingInstance"] = "default-scheduler-control-plane"
        self._keep(event)

    def _keep(self, event: Json) -> None:
        """Events don't live for ever: here the oldest go when there are too many."""
        self._store.put(EVENTS, event)
        self._kept.append((namespace_of(event), name_of(event)))
        if len(self._kept) > _LIMIT:
            self._store.remove(EVENTS, *self._kept.popleft())

    def forget(self, uid: str) -> None:
        """Of an object that is gone: its events stay, but are no longer counted up."""
        for key in [key for key in self._seen if key[0] == uid]:
            del self._seen[key]

    def _event(self, obj: Json, kind: str, reason: str, message: str) -> Json:
        namespace = namespace_of(obj) or "default"
        involved: Json = {"kind": obj["kind"]}
        if namespace_of(obj):
            involved["namespace"] = namespace
        involved["name"] = name_of(obj)
        # The kubelet names a node by its name where the uid should be.
        involved["uid"] = uid_of(obj) if obj["kind"] != "Node" else name_of(obj)
        if obj["kind"] != "Node":
            involved["apiVersion"] = obj["apiVersion"]
            involved["resourceVersion"] = dig(obj, "metadata", "resourceVersion") or ""
        return copy(
            {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {
                    "name": f"{name_of(obj)}.{time.time_ns():016x}",
                    "namespace": namespace,
                    "uid": new_uid(),
                    "creationTimestamp": now(),
                },
                "involvedObject": involved,
                "reason": reason,
                "message": message,
                "type": kind,
            }
        )
