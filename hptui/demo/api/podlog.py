"""GET …/pods/NAME/log: the container's output, whole or its end, and followed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hptui.demo.api.paths import Target
from hptui.demo.api.reading import get_one
from hptui.demo.objects.plain import Json, dig, name_of, namespace_of, nano_stamp, parse_time
from hptui.demo.objects.refusals import Cause, Refusal, bad_request, internal, invalid
from hptui.demo.objects.resources import NODES
from hptui.demo.runtime.containers import Container
from hptui.demo.runtime.logbook import Line
from hptui.demo.world import World

_WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}
_PIECE = 64 << 10  # bytes


@dataclass(frozen=True, slots=True)
class Options:
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    limit: int | None = None  # bytes
    since: float = 0.0  # seconds since 1970

    def render(self, lines: list[Line]) -> bytes:
        if not self.timestamps:
            return b"".join(line.text for line in lines)
        return b"".join(nano_stamp(line.at).encode() + b" " + line.text for line in lines)


def parse_options(name: str, query: Mapping[str, str]) -> Options:
    """Raises Refusal."""
    numbers: dict[str, int] = {}
    causes: list[Cause] = []
    for key, least in (("tailLines", 0), ("limitBytes", 1), ("sinceSeconds", 1)):
        if key not in query:
            continue
        try:
            numbers[key] = int(query[key])
        except ValueError as wrong:
            raise bad_request(f'strconv.ParseInt: parsing "{query[key]}": invalid syntax') from wrong
        if numbers[key] < least:
            words = f"Invalid value: {numbers[key]}: must be greater than "
            causes.append(Cause(key, words + ("or equal to 0" if least == 0 else "0")))
    if causes:
        raise invalid("", "PodLogOptions", name, causes)
    since = time.time() - numbers["sinceSeconds"] if "sinceSeconds" in numbers else 0.0
    if "sinceTime" in query:
        try:
            since = float(int(parse_time(query["sinceTime"])))  # the API server hands on whole seconds
        except ValueError as wrong:
            raise bad_request(f'parsing time "{query["sinceTime"]}" as RFC 3339 failed') from wrong
    return Options(
        follow=_true(query.get("follow")),
        previous=_true(query.get("previous")),
        timestamps=_true(query.get("timestamps")),
        tail=numbers.get("tailLines"),
        limit=numbers.get("limitBytes"),
        since=since,
    )


def _true(text: str | None) -> bool:
    return text in ("true", "1", "True")


def container_spec(pod: Json, wanted: str) -> Json:
    """The container of that name, or the only one. Raises Refusal."""
    containers: list[Json] = pod["spec"]["containers"]
    if not wanted:
        if len(containers) == 1:
            return containers[0]
        names = " ".join(c["name"] for c in containers)
        raise bad_request(
            f"a container name must be specified for pod {name_of(pod)}, choose one of: [{names}]"
        )
    for container in containers:
        if container["name"] == wanted:
            return container
    raise bad_request(f"container {wanted} is not valid for pod {name_of(pod)}")


def dial_error(node: Json) -> str:
    address = next((a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP"), "")
    port = dig(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port") or 10250
    return f"dial tcp {address}:{port}: connect: connection refused"


async def serve_log(world: World, target: Target, request: web.Request) -> web.StreamResponse:
    """Raises Refusal."""
    pod = get_one(world.store, target)
    options = parse_options(target.name, request.query)
    spec = container_spec(pod, request.query.get("container", ""))
    node_name = str(dig(pod, "spec", "nodeName") or "")
    if not node_name:
        return web.Response(status=204)
    _check_node(world, pod, spec["name"], request.query_string)
    container = _instance(world, pod, spec["name"], options.previous)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    with world.stream_to(node_name, lambda: _cut(request)):
        await _send(world, response, container, options)
    await response.write_eof()
    return response


def _check_node(world: World, pod: Json, container: str, query: str) -> None:
    node = world.store.get(NODES, "", pod["spec"]["nodeName"])
    if node is not None and name_of(node) in world.down:
        failed = dial_error(node)
        address = failed.split()[2].rstrip(":")
        path = f"containerLogs/{namespace_of(pod)}/{name_of(pod)}/{container}"
        url = f"https://{address}/{path}" + (f"?{query}" if query else "")
        raise internal(f'Get "{url}": {failed}')


def _instance(world: World, pod: Json, name: str, previous: bool) -> Container:
    instances = world.containers.of(pod, name)
    if previous:
        if len(instances) < 2:
            raise bad_request(f'previous terminated container "{name}" in pod "{name_of(pod)}" not found')
        return instances[-2]
    if instances:
        return instances[-1]
    raise _still_waiting(pod, name)


def _still_waiting(pod: Json, name: str) -> Refusal:
    statuses = dig(pod, "status", "containerStatuses") or []
    found: Json = next((s for s in statuses if s["name"] == name), {})
    reason = dig(found, "state", "waiting", "reason") or "ContainerCreating"
    words = _WAITING.get(reason, reason)
    return bad_request(f'container "{name}" in pod "{name_of(pod)}" is waiting to start: {words}')


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _send(world: World, response: web.StreamResponse, container: Container, options: Options) -> None:
    log = container.log
    position = log.end
    lines = [line for line in log.lines if line.at >= options.since * 1e9]
    if options.tail is not None:
        lines = lines[-options.tail :] if options.tail else []
    room = options.limit
    while True:
        bell = log.bell
        data = options.render(lines)
        if room is not None:
            data = data[:room]
            room -= len(data)
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            await world.faults.before_piece(len(piece))
            await response.write(piece)
        if not options.follow or room == 0:
            return
        lines = log.since(position)
        position = log.end
        if lines:
            continue
        if log.ended:
            return
        await bell.wait()
        await asyncio.sleep(0)
