"""The Job controller: pods until enough have succeeded, too many have failed or the deadline has passed; then, in time, none.

Its conditions come in pairs, as recorded: SuccessCriteriaMet then Complete, FailureTarget then Failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from hptui.demo.api.deleting import delete_pod
from hptui.demo.controllers.owned_pods import create_pod, owner_reference
from hptui.demo.objects.plain import (
    Json,
    copy,
    dig,
    has_condition,
    is_owned,
    is_ready,
    meta,
    name_of,
    namespace_of,
    now,
    parse_time,
    uid_of,
)
from hptui.demo.objects.refusals import Refusal
from hptui.demo.objects.resources import JOBS, PODS
from hptui.demo.objects.store import first_of
from hptui.demo.world import World

_COMPONENT = "job-controller"
_LATE = ("DeadlineExceeded", "Job was active longer than specified deadline")
_FAILED = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_REACHED = ("CompletionsReached", "Reached expected number of succeeded pods")


class Jobs:
    """Looks at every Job whenever pods or Jobs have changed, and when a deadline or a time to live runs out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store

    async def run(self) -> None:
        while True:
            bells = [self._store.bell(resource) for resource in (JOBS, PODS)]
            due = [self._reconcile(stored.data) for stored in self._store.all(JOBS)]
            rest = min((at - time.time() for at in due if at is not None), default=None)
            await first_of(bells, None if rest is None else max(0.0, rest))
            await asyncio.sleep(self._world.pace.controllers)

    def _reconcile(self, job: Json) -> float | None:
        """When to look again, in seconds since 1970, if nothing changes before."""
        pods = [s.data for s in self._store.all(PODS, namespace_of(job)) if is_owned(s.data, job)]
        if has_condition(job, "Complete") or has_condition(job, "Failed"):
            return self._clean_up(job, pods)
        if has_condition(job, "FailureTarget"):
            self._finish_failing(job, pods)
            return None
        return self._go_on(job, pods)

    def _go_on(self, job: Json, pods: list[Json]) -> float | None:
        spec = job["spec"]
        started = dig(job, "status", "startTime") or now()
        succeeded, failed = _in_phase(pods, "Succeeded"), _in_phase(pods, "Failed")
        if len(succeeded) >= spec["completions"]:
            self._succeed(job, succeeded)
            return None
        if len(failed) > spec["backoffLimit"]:
            self._fail(job, pods, failed, _FAILED)
            return None
        deadline = spec.get("activeDeadlineSeconds")
        late = parse_time(started) + deadline if deadline else None
        if late is not None and time.time() >= late:
            self._fail(job, pods, [], _LATE)
            return None
        active = [pod for pod in pods if pod not in succeeded and pod not in failed]
        wanted = min(spec["parallelism"], spec["completions"] - len(succeeded))
        for _ in range(wanted - len(active)):
            if (made := self._create(job)) is not None:
                active.append(made)
        status: Json = {"startTime": started, "active": len(active)}
        counted = {"succeeded": len(succeeded), "failed": len(failed)}
        status |= {key: count for key, count in counted.items() if count}
        status |= {"terminating": 0, "uncountedTerminatedPods": {}, "ready": sum(map(is_ready, active))}
        self._put(job, status)
        return late

    def _create(self, job: Json) -> Json | None:
        template = copy(job["spec"]["template"])
        head = {
            "generateName": f"{name_of(job)}-",
            "labels": dig(template, "metadata", "labels") or {},
            "ownerReferences": [owner_reference(JOBS, job)],
        }
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": head, "spec": template["spec"]}
        try:
            made = create_pod(self._world, pod, namespace_of(job))
        except Refusal as refusal:
            self._event(job, "FailedCreate", f"Error creating: {refusal}", "Warning")
            return None
        self._event(job, "SuccessfulCreate", f"Created pod: {name_of(made)}")
        return made

    # Ends

    def _succeed(self, job: Json, pods: list[Json]) -> None:
        met = _condition("SuccessCriteriaMet", _REACHED)
        status = {"conditions": [met], "startTime": job["status"]["startTime"], "terminating": 0}
        uncounted = {"succeeded": [uid_of(pod) for pod in pods]}
        job = self._put(job, status | {"uncountedTerminatedPods": uncounted, "ready": 0})
        status["conditions"] = [met, _condition("Complete", _REACHED)]
        status |= {"completionTime": now(), "succeeded": len(pods)}
        self._put(job, status | {"uncountedTerminatedPods": {}, "ready": 0})
        self._event(job, "Completed", "Job completed")

    def _fail(self, job: Json, pods: list[Json], failed: list[Json], why: tuple[str, str]) -> None:
        """Aim at failure: the other pods are deleted; Failed is told once they are gone."""
        others = [pod for pod in pods if dig(pod, "status", "phase") in ("Pending", "Running")]
        for pod in others:
            delete_pod(self._world, pod, None, dry=False)
            self._event(job, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        status = {"conditions": [_condition("FailureTarget", why)], "startTime": job["status"]["startTime"]}
        status |= {"terminating": len(others), "ready": 0}
        uncounted = {"failed": [uid_of(pod) for pod in (*failed, *others)]}
        job = self._put(job, status | {"uncountedTerminatedPods": uncounted})
        if others:
            counted = {"failed": len(failed) + len(others), "uncountedTerminatedPods": {}}
            job = self._put(job, status | counted)
        self._event(job, *why, kind="Warning")

    def _finish_failing(self, job: Json, pods: list[Json]) -> None:
        if any(dig(pod, "status", "phase") in ("Pending", "Running") for pod in pods):
            return
        status = job["status"]
        count = status.get("failed") or len(dig(status, "uncountedTerminatedPods", "failed") or [])
        if status["terminating"]:
            status = {**status, "terminating": 0}
            job = self._put(job, status)
        target = status["conditions"][0]
        failed = [target, _condition("Failed", (target["reason"], target["message"]))]
        self._put(job, {**status, "conditions": failed, "failed": count, "uncountedTerminatedPods": {}})

    def _clean_up(self, job: Json, pods: Sequence[Json]) -> float | None:
        """When its time to live is over: deleted in the foreground, its pods first."""
        lives = job["spec"].get("ttlSecondsAfterFinished")
        if lives is None:
            return None
        ended = max(parse_time(c["lastTransitionTime"]) for c in job["status"]["conditions"])
        if time.time() < ended + lives:
            return float(ended + lives)
        if "deletionTimestamp" not in meta(job):
            last = {"deletionTimestamp": now(), "deletionGracePeriodSeconds": 0}
            head = {**meta(job), **last, "finalizers": ["foregroundDeletion"]}
            self._store.put(JOBS, {**job, "metadata": head})
        for pod in pods:
            delete_pod(self._world, pod, None, dry=False)
        self._store.remove(JOBS, namespace_of(job), name_of(job))
        return None

    def _put(self, job: Json, status: Json) -> Json:
        if job.get("status") == status:
            return job
        return self._store.put(JOBS, {**job, "status": status})

    def _event(self, job: Json, reason: str, words: str, kind: str = "Normal") -> None:
        self._world.recorder.controller(job, _COMPONENT, reason, words, kind)


def _condition(kind: str, why: tuple[str, str]) -> Json:
    reason, message = why
    times = {"lastProbeTime": now(), "lastTransitionTime": now()}
    return {"type": kind, "status": "True", **times, "reason": reason, "message": message}


def _in_phase(pods: list[Json], phase: str) -> list[Json]:
    return [pod for pod in pods if dig(pod, "status", "phase") == phase]
