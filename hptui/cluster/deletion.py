"""Deleting a pod and seeing it gone: a watch until the API has it no more, never a sleep and a look."""

from __future__ import annotations

import time
from typing import Any

from hptui.cluster.alarm import Alarm
from hptui.cluster.backoff import Backoff, Pace
from hptui.cluster.listing import decode_one, list_all
from hptui.cluster.pods import PODS, exactly, pod_path, pods_path, selecting
from hptui.cluster.reflector import watch_events
from hptui.cluster.transport import Transport
from hptui.errors import (
    ClusterError,
    ConflictError,
    CredentialsError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnreachableError,
)

_FINAL = (CredentialsError, ForbiddenError, InvalidError)


def delete_pod(transport: Transport, namespace: str, name: str, uid: str, limit: float, pace: Pace) -> bool:
    """Delete with grace period 0 and watch until it is gone; see `Cluster.delete_pod`. Blocks for at most about `limit` s."""
    return _Deletion(transport, namespace, name, uid, limit, pace).run()


class _Deletion:
    def __init__(
        self, transport: Transport, namespace: str, name: str, uid: str, limit: float, pace: Pace
    ) -> None:
        self._transport = transport
        self._namespace = namespace
        self._name = name
        self._uid = uid
        self._ends = time.monotonic() + limit
        self._backoff = Backoff(pace)
        self._accepted = False

    def run(self) -> bool:
        while True:
            try:
                if not self._accepted and self._ask():
                    return True
                self._accepted = True
                return self._see_gone()
            except _FINAL:
                raise
            except ClusterError as error:
                wait = self._backoff.wait(error.retry_after)
                if self._transport.closed or time.monotonic() + wait >= self._ends:
                    if self._accepted:
                        return False
                    raise
                self._transport.pause(wait)

    def _ask(self) -> bool:
        """Send the DELETE. True when there is nothing (more) of ours to delete."""
        options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
        if self._uid:
            options["preconditions"] = {"uid": self._uid}
        try:
            answer = self._transport.request("DELETE", pod_path(self._namespace, self._name), (), options)
        except NotFoundError:
            return True
        except ConflictError:
            if self._uid:
                return True  # the name belongs to another pod: ours is gone
            raise
        pod = decode_one(PODS, answer.body)
        if pod is not None and not self._uid:
            self._uid = pod.uid
        return False

    def _see_gone(self) -> bool:
        path, query = pods_path(self._namespace), selecting(fields=exactly({"metadata.name": self._name}))
        while True:
            pods, version = list_all(self._transport, PODS, path, query)
            if not any(pod.uid == self._uid or not self._uid for pod in pods):
                return True
            with Alarm(self._ends) as alarm:

                def opened(response: Any, alarm: Alarm = alarm) -> None:
                    alarm.set(response.shutdown)

                try:
                    for event in watch_events(self._transport, path, query, version, opened):
                        pod = decode_one(PODS, event.object) if event.type == "DELETED" else None
                        if pod is not None and pod.uid == self._uid:
                            return True
                except UnreachableError:
                    if alarm.rang:
                        return False
                    raise
            wait = self._backoff.wait()
            if time.monotonic() + wait >= self._ends:
                return False
            self._transport.pause(wait)
