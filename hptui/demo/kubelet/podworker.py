"""One pod on its node, from admission to removal: sandbox, pull, start, restarts, deadline, deletion.

Texts and the order of events and states follow the recordings of a real API server with imitated Windows kubelets.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Coroutine
from typing import Any

from hptui.demo.kubelet.podstatus import ContainerView, PodView
from hptui.demo.objects.nodes import node_image
from hptui.demo.objects.plain import Json, dig, meta, name_of, namespace_of, now, uid_of
from hptui.demo.objects.resources import NODES, PODS
from hptui.demo.process import CannotStart, ProcessRequest
from hptui.demo.runtime import images
from hptui.demo.runtime.containers import Container, Stdin
from hptui.demo.runtime.sandbox import pod_address, process_request, sandbox_refusal
from hptui.demo.world import World

_DEADLINE = "Pod was active on the node longer than the specified deadline"
_POLL_FAULT = 0.05  # seconds


class PodWorker:
    """The part of a kubelet that cares for one pod."""

    def __init__(self, world: World, pod: Json) -> None:
        self._world = world
        self._namespace = namespace_of(pod)
        self._name = name_of(pod)
        self._uid = uid_of(pod)
        self._node_name = str(pod["spec"]["nodeName"])
        self._view = PodView("", "", [])
        self._admitted = 0.0  # by the monotonic clock
        self._background: set[asyncio.Task[Any]] = set()
        self.deleting = asyncio.Event()
        self.changed = asyncio.Event()  # its spec
        self._task = asyncio.create_task(self._supervise(), name=f"pod {self._name}")
        self._task.add_done_callback(_report)

    # What others ask

    def vanish(self) -> None:
        """The pod is gone from the API: end what runs, at once."""
        self._task.cancel()
        for container in self._world.containers.forget(self._uid):
            self._spawn(container.kill())
        self._world.recorder.forget(self._uid)

    async def stop(self) -> None:
        """The whole cluster ends."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*(container.kill() for container in self._all()), *self._background)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _all(self) -> list[Container]:
        return self._world.containers.all(self._uid)

    # What the kubelet knows

    @property
    def _pod(self) -> Json:
        pod = self._world.store.get(PODS, self._namespace, self._name)
        if pod is None or uid_of(pod) != self._uid:
            raise asyncio.CancelledError  # removed in this very moment; vanish() follows
        return pod

    @property
    def _node(self) -> Json | None:
        return self._world.store.get(NODES, "", self._node_name)

    def _write_status(self, status: Json | None = None) -> None:
        pod = self._pod
        self._world.store.put(PODS, {**pod, "status": status or self._view.status(pod)})

    def _event(self, reason: str, message: str, container: str = "", kind: str = "Normal") -> None:
        self._world.recorder.kubelet(
            self._pod, self._node_name, reason, message, kind=kind, container=container
        )

    # Life

    async def _supervise(self) -> None:
        """Run the pod until it is deleted or its deadline has passed, then end it."""
        node = await self._admitting_node()
        if node is None:
            await self.deleting.wait()
            await asyncio.sleep(self._world.pace.stop)  # the pod garbage collector's turn, not a kubelet's
            self._remove()
            return
        live = asyncio.create_task(self._live(node), name=f"life of {self._name}")
        deleted = asyncio.create_task(self.deleting.wait())
        try:
            while not live.done() and not deleted.done() and (rest := self._time_left()) != 0:
                changed = asyncio.create_task(self.changed.wait())
                waiting: set[asyncio.Task[Any]] = {live, deleted, changed}
                await asyncio.wait(waiting, timeout=rest, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                self.changed.clear()
            if live.done() and not live.cancelled():
                live.result()  # an error of the simulation ends the worker loudly
            if not live.done() and not deleted.done():
                await self._cancel(live)
                await self._pass_deadline()
            await deleted
            await self._cancel(live)
            await self._terminate()
        finally:
            live.cancel()
            deleted.cancel()
            await asyncio.gather(live, deleted, return_exceptions=True)

    def _time_left(self) -> float | None:
        """Seconds to the deadline, which may be brought forward while the pod runs; None without one."""
        deadline = dig(self._pod, "spec", "activeDeadlineSeconds")
        return None if deadline is None else max(0.0, self._admitted + deadline - time.monotonic())

    @staticmethod
    async def _cancel(task: asyncio.Task[None]) -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _admitting_node(self) -> Json | None:
        """The node, once its kubelet has accepted the pod; None when it never will."""
        await asyncio.sleep(self._world.pace.sync)
        await self._world.reachable(self._node_name)
        node = self._node
        if node is None:
            return None  # bound to a node that isn't there: it stays Pending
        pod = self._pod
        host_ip = next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")
        containers = [ContainerView(c["name"], c["image"]) for c in pod["spec"]["containers"]]
        pod_ip = host_ip if dig(pod, "spec", "hostNetwork") else pod_address(node, self._uid)
        self._view = PodView(host_ip, pod_ip, containers, started=now())
        wanted = dig(pod, "spec", "os", "name")
        if wanted and wanted != dig(node, "status", "nodeInfo", "operatingSystem"):
            self._view.reason = "PodOSNotSupported"
            self._view.message = "Failed to admit pod as the OS field doesn't match node OS"
            self._write_status(self._view.rejection(pod))
            self._event(self._view.reason, self._view.message, kind="Warning")
            return None
        self._admitted = time.monotonic()
        self._write_status()
        return node

    async def _live(self, node: Json) -> None:
        await self._make_sandbox(node)
        pod = self._pod
        runs = [
            self._run_container(spec, view)
            for spec, view in zip(pod["spec"]["containers"], self._view.containers, strict=True)
        ]
        await asyncio.gather(*runs)
        await self._world.reachable(self._node_name)
        failed = any(dig(v.state, "terminated", "exitCode") for v in self._view.containers)
        self._view.phase = "Failed" if failed else "Succeeded"
        self._write_status()

    async def _make_sandbox(self, node: Json) -> None:
        await asyncio.sleep(self._world.pace.sandbox)
        while words := sandbox_refusal(node, self._pod, self._uid):
            await self._world.reachable(self._node_name)
            self._event("FailedCreatePodSandBox", words, kind="Warning")
            await asyncio.sleep(self._world.pace.sandbox_retry)
        self._view.sandbox = True

    # Images

    async def _pull(self, spec: Json, view: ContainerView) -> None:
        """Returns when the image is there; keeps trying, as the kubelet does."""
        backoff = self._world.pace.pull_backoff
        while error := await self._pull_once(spec, view):
            await self._world.reachable(self._node_name)
            view.wait("ErrImagePull", error)
            self._event("Failed", f'Failed to pull image "{view.image}": {error}', view.name, "Warning")
            self._event("Failed", "Error: ErrImagePull", view.name, "Warning")
            self._write_status()
            await asyncio.sleep(self._world.pace.pull_backoff)
            waiting = f'Back-off pulling image "{view.image}"'
            view.wait("ImagePullBackOff", f"{waiting}: ErrImagePull: {error}")
            self._event("BackOff", waiting, view.name)
            self._event("Failed", "Error: ImagePullBackOff", view.name, "Warning")
            self._write_status()
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, 300.0)
        view.pulled = True

    async def _pull_once(self, spec: Json, view: ContainerView) -> str:
        """The error, or nothing when the image is there."""
        pace, node = self._world.pace, self._node
        assert node is not None
        here = images.present(view.image, node)
        policy = spec.get("imagePullPolicy", "IfNotPresent")
        if policy == "Never" and not here:
            error = f'Container image "{view.image}" is not present with pull policy of Never'
            view.wait("ErrImageNeverPull", error)
            self._event("ErrImageNeverPull", error, view.name, "Warning")
            self._write_status()
            await asyncio.Event().wait()
        if here and policy != "Always":
            words = (
                f'Container image "{view.image}" already present on machine and can be accessed by the pod'
            )
            self._event("Pulled", words, view.name)
            return ""
        self._event("Pulling", f'Pulling image "{view.image}"', view.name)
        await asyncio.sleep(pace.pull_failure)
        if error := images.pull_error(view.image, node, self._pod, self._world.faults.pulls):
            return error
        rest = 0.0 if here else max(0.0, pace.pull - pace.pull_failure)
        await asyncio.sleep(rest)
        took = round((pace.pull_failure + rest) * 1000)
        words = (
            f'Successfully pulled image "{view.image}" in {took}ms ({took}ms including waiting). '
            f"Image size: {images.size_of(view.image)} bytes."
        )
        self._event("Pulled", words, view.name)
        self._remember_image(view.image)
        return ""

    def _remember_image(self, image: str) -> None:
        node = self._world.store.edit(NODES, "", self._node_name)
        if node is not None and not images.present(image, node):
            node["status"].setdefault("images", []).append(node_image(image))
            self._world.store.put(NODES, node)

    # Containers

    async def _run_container(self, spec: Json, view: ContainerView) -> None:
        """Start it, and start it again as the restart policy says."""
        policy = dig(self._pod, "spec", "restartPolicy") or "Always"
        backoff = self._world.pace.crash_backoff
        while True:
            await self._pull(spec, view)
            container = await self._start(spec, view)
            if container is not None:
                await container.ended.wait()
                await self._world.reachable(self._node_name)
                view.end(container)
            code = dig(view.state, "terminated", "exitCode")
            if policy == "Never" or (policy == "OnFailure" and not code):
                return
            self._write_status()
            view.last = view.state
            if view.restarts >= 1:
                await self._back_off(view, backoff)
                backoff = min(backoff * 2, 300.0)
            view.restarts += 1

    async def _back_off(self, view: ContainerView, seconds: float) -> None:
        where = f"{self._name}_{self._namespace}({self._uid})"
        words = f"back-off {max(10, round(seconds))}s restarting failed container={view.name} pod={where}"
        view.wait("CrashLoopBackOff", words)
        self._event(
            "BackOff",
            f"Back-off restarting failed container {view.name} in pod {where}",
            view.name,
            "Warning",
        )
        self._write_status()
        await asyncio.sleep(seconds)

    async def _start(self, spec: Json, view: ContainerView) -> Container | None:
        """A running container; None when it could not be started, which the view then tells."""
        await asyncio.sleep(self._world.pace.start)
        await self._world.reachable(self._node_name)
        container = Container(view.name, stdin=Stdin() if spec.get("stdin") else None)
        self._world.containers.keep(self._uid, container)
        view.id = container.id
        self._event("Created", "Container created", view.name)
        try:
            container.start(self._world.starter, self._request(spec, container.id))
        except CannotStart as refused:
            container.log.close()
            await self._fail_start(view, container, refused.message)
            return None
        view.run(container)
        self._view.phase = "Running"
        self._write_status()
        self._event("Started", "Container started", view.name)
        return container

    async def _fail_start(self, view: ContainerView, container: Container, words: str) -> None:
        self._event(
            "Failed", f'Error: failed to start containerd task "{view.name}": {words}', view.name, "Warning"
        )
        whole = f'failed to start containerd task "{container.id}": {words}'
        view.wait("RunContainerError", whole)
        self._write_status()
        await asyncio.sleep(self._world.pace.start_failure)
        view.fail_start(whole)

    def _request(self, spec: Json, container_id: str) -> ProcessRequest:
        argv = [*(spec.get("command") or []), *(spec.get("args") or [])]
        node = self._node
        assert node is not None
        if not spec.get("command"):
            argv = [*images.entry_point(spec["image"]), *argv]
        tty, host_events = bool(spec.get("tty")), self._world.pace.host_events
        return process_request(self._pod, node, spec, argv, container_id, tty, host_events)

    # Ends

    async def _pass_deadline(self) -> None:
        await self._world.reachable(self._node_name)
        self._event("DeadlineExceeded", _DEADLINE)
        self._view.phase, self._view.reason, self._view.message = "Failed", "DeadlineExceeded", _DEADLINE
        self._write_status()
        await self._stop_containers()
        self._view.sandbox = False
        self._write_status()

    async def _terminate(self) -> None:
        """The pod was deleted: end its containers within the grace period, then let the API remove it."""
        await self._world.reachable(self._node_name)
        await self._stop_containers()
        await self._world.reachable(self._node_name)
        if self._view.phase == "Running":
            failed = any(dig(v.state, "terminated", "exitCode") for v in self._view.containers)
            self._view.phase = "Failed" if failed else "Succeeded"
            self._write_status()
        while self._world.faults.delete == "stuck":  # noqa: ASYNC110 a plain value that anyone may set
            await asyncio.sleep(_POLL_FAULT)
        self._remove()

    def _remove(self) -> None:
        pod = self._pod
        last = {**meta(pod), "deletionTimestamp": now(), "deletionGracePeriodSeconds": 0}
        self._world.store.put(PODS, {**pod, "metadata": last})
        self._world.store.remove(PODS, self._namespace, self._name)
        self._world.counts.pods_deleted += 1

    async def _stop_containers(self) -> None:
        running = [c for c in self._all() if c.running]
        for container in running:
            self._event("Killing", f"Stopping container {container.name}", container.name)
        if running:
            grace = dig(self._pod, "metadata", "deletionGracePeriodSeconds")
            stop = self._world.pace.stop
            await asyncio.sleep(stop if grace is None else min(stop, float(grace)))
        for container in running:
            await container.kill()
        for view in self._view.containers:
            newest = self._world.containers.of(self._pod, view.name)
            if newest and newest[-1].exit_code is not None and "running" in view.state:
                view.end(newest[-1])


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        traceback.print_exception(error)
