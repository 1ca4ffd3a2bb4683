"""Exec and attach over WebSockets: from the request to the last frame.

Output is pulled: a process that writes waits until the frame has gone to the socket, and the socket's buffer until the client
reads. So a flood needs no more memory here than a trickle.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from hptui.demo.access.rights import Attributes, User
from hptui.demo.api import remote
from hptui.demo.api.paths import Target
from hptui.demo.api.podlog import container_spec, dial_error
from hptui.demo.api.reading import get_one
from hptui.demo.objects.nodes import version_tuple
from hptui.demo.objects.plain import Json, dig, name_of
from hptui.demo.objects.refusals import Refusal, bad_request, forbidden, internal
from hptui.demo.objects.resources import NODES
from hptui.demo.process import CannotStart
from hptui.demo.runtime.containers import Container, Stdin
from hptui.demo.runtime.sandbox import process_request
from hptui.demo.world import World

_PIECE = 32 << 10  # bytes of output in one frame, at most
_CLOSE_LIMIT = 2.0  # seconds to wait for the client's close frame
_TRANSLATED_BEFORE = (1, 35)
"""For older kubelets the API server itself translates v5, and then a cut stream always looks like a success."""


@dataclass(slots=True)
class _Channels:
    """What one client wants, and its ends of the process's pipes; a ProcessIO."""

    world: World
    socket: web.WebSocketResponse
    wire: remote.Wire
    tty: bool
    stdout: bool
    stderr: bool
    stdin: Stdin | None
    patient: bool = (
        True  # a process waits for ever when its client has gone, as at a full pipe that nobody reads
    )
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # nothing more goes out
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _size: tuple[int, int] | None = None
    _resized: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> bytes:
        return await self.stdin.read() if self.stdin else b""

    async def write(self, data: bytes) -> None:
        if self.stdout:
            await self._send(remote.STDOUT, data)

    async def write_error(self, data: bytes) -> None:
        if self.tty:
            await self.write(data)
        elif self.stderr:
            await self._send(remote.STDERR, data)

    async def wait_resized(self) -> tuple[int, int]:
        await self._resized.wait()
        self._resized.clear()
        assert self._size is not None
        return self._size

    def resize(self, size: tuple[int, int]) -> None:
        self._size = size
        self._resized.set()

    async def _send(self, channel: int, data: bytes) -> None:
        step = self.world.faults.exec_chunk or _PIECE
        for start in range(0, len(data), step):
            piece = data[start : start + step]
            self.world.counts.output_written += len(piece)
            await self.world.faults.before_piece(len(piece))
            async with self._lock:
                await self.frame(channel, piece)
        await asyncio.sleep(0)

    async def frame(self, channel: int, data: bytes) -> None:
        """Once the client is gone this waits for ever, or does nothing when it isn't patient."""
        if not self.gone.is_set():
            message = self.wire.frame(channel, data)
            try:
                if isinstance(message, str):
                    await self.socket.send_str(message)
                else:
                    await self.socket.send_bytes(message)
            except (ConnectionError, RuntimeError):
                self.gone.set()
            else:
                return
        if self.patient:
            await asyncio.Event().wait()


@dataclass(slots=True, eq=False)
class Session:
    """One open exec or attach, so that faults can find and break it."""

    node: str
    kubelet: str
    wire: remote.Wire
    channels: _Channels
    request: web.Request
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    lies: bool = False  # say Success at the end of a broken stream
    closes: bool = False  # send a close frame, without a word on channel 3

    def drop(self, how: str) -> None:
        """Break it: abrupt, clean or lying; or where the cut is, as recorded: runtime, kubelet or both."""
        if how in ("runtime", "kubelet", "both"):
            old = version_tuple(self.kubelet) < _TRANSLATED_BEFORE
            how = "lying" if old or how == "runtime" else "abrupt"
        self.lies = how == "lying" and self.wire.is_v5
        self.closes = how == "clean"
        self.channels.gone.set()
        self.broken.set()


class Execs:
    """All execs and attaches of the cluster."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.open: set[Session] = set()

    def drop_all(self, how: str = "abrupt") -> int:
        """Break every open exec; gives how many there were."""
        sessions = list(self.open)
        for session in sessions:
            session.drop(how)
        return len(sessions)

    async def serve(self, target: Target, request: web.Request, user: User) -> web.StreamResponse:
        """Raises Refusal for everything that is refused before the upgrade."""
        world, query = self._world, request.query
        pod = get_one(world.store, target)
        spec = container_spec(pod, query.get("container", ""))
        node = self._node(pod)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise bad_request("Upgrade request required")
        self._check_create(target, user)
        streams = {name: query.get(name) in ("true", "1") for name in ("stdin", "stdout", "stderr", "tty")}
        if not (streams["stdin"] or streams["stdout"] or streams["stderr"]):
            raise Refusal(400, "you must specify at least 1 of stdin, stdout, stderr")
        instances = world.containers.of(pod, spec["name"])
        if not instances or not instances[-1].running:
            raise Refusal(500, f'container not found ("{spec["name"]}")')
        if world.faults.exec == "refused":
            raise Refusal(500, "simulated failure of the container runtime")
        protocol = remote.negotiate(_offered(request))
        if protocol is None:
            raise Refusal(403, "", {"Connection": "close"})
        channels = await self._accept(request, protocol, streams)
        world.counts.execs_started += 1
        world.counts.execs_open += 1
        kubelet = str(dig(node, "status", "nodeInfo", "kubeletVersion") or "")
        session = Session(name_of(node), kubelet, channels.wire, channels, request)
        self.open.add(session)
        try:
            with world.stream_to(session.node, lambda: session.drop("abrupt")):
                await self._serve(session, pod, node, spec, instances[-1], target.subresource)
        finally:
            channels.gone.set()
            self.open.discard(session)
            world.counts.execs_open -= 1
        return channels.socket

    def _node(self, pod: Json) -> Json:
        name = dig(pod, "spec", "nodeName")
        if not name:
            raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
        node = self._world.store.get(NODES, "", name)
        if node is None:
            raise bad_request(f'nodes "{name}" not found')
        if name in self._world.down:
            raise internal(f"error dialing backend: {dial_error(node)}")
        return node

    def _check_create(self, target: Target, user: User) -> None:
        """A WebSocket exec is a GET; the right to create is asked for as well, in fewer words."""
        asked = Attributes("create", "", target.full_resource, target.namespace, target.name)
        if self._world.rights.allowed(user, asked) is None:
            raise forbidden("", target.plural, target.name, "")

    async def _accept(self, request: web.Request, protocol: str, streams: dict[str, bool]) -> _Channels:
        socket = web.WebSocketResponse(
            protocols=(protocol,) if protocol else (),
            autoping=False,
            compress=False,
            timeout=_CLOSE_LIMIT,
            max_msg_size=0,
        )
        if not protocol:
            socket.headers["Sec-WebSocket-Protocol"] = ""
        await socket.prepare(request)
        return _Channels(
            self._world,
            socket,
            remote.Wire(protocol),
            tty=streams["tty"],
            stdout=streams["stdout"],
            stderr=streams["stderr"],
            stdin=Stdin() if streams["stdin"] else None,
        )

    async def _serve(
        self, session: Session, pod: Json, node: Json, spec: Json, container: Container, what: str
    ) -> None:
        channels = session.channels
        await channels.frame(remote.STDOUT, b"")  # recorded: the first frame is always an empty one
        reader = asyncio.create_task(_read_client(channels, session))
        broken = asyncio.create_task(session.broken.wait())
        waiting: set[asyncio.Task[Any]] = {reader, broken}
        try:
            if what == "attach":
                ending = asyncio.create_task(self._attach(channels, container))
            else:
                argv = session.request.query.getall("command", [])
                ending = asyncio.create_task(self._exec(channels, pod, node, spec, container, argv))
            waiting.add(ending)
            # The reader's end alone ends nothing: the last output may still be on its way to a half-closed client.
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if session.broken.is_set():
                await self._break(session)
            elif ending.done():
                await self._finish(session, ending.result())
        finally:
            for task in (reader, broken, ending):
                task.cancel()
            await asyncio.gather(reader, broken, ending, return_exceptions=True)

    async def _exec(
        self, channels: _Channels, pod: Json, node: Json, spec: Json, container: Container, argv: list[str]
    ) -> bytes:
        """Run the command; its ending for channel 3. Cancelling this lets the process run on, as a lost client does."""
        if self._world.faults.exec == "silent":
            await asyncio.Event().wait()
        wanted = process_request(
            pod, node, spec, argv, container.id, channels.tty, self._world.pace.host_events
        )
        try:
            process = self._world.starter(wanted, channels)
        except CannotStart as refused:
            words = f'failed to exec in container: failed to start exec "{container.id}": {refused.message}'
            return channels.wire.failure(f"error executing command in container: {words}")
        code = await asyncio.shield(container.exec(process))
        return channels.wire.ending(code, argv)

    async def _attach(self, channels: _Channels, container: Container) -> bytes:
        """The first process's output from now on; that process must not wait for a client that has left."""
        channels.patient = False
        container.log.taps.add(channels.write)
        pump = asyncio.create_task(_pump(channels, container.stdin)) if container.stdin else None
        try:
            await container.ended.wait()
        finally:
            container.log.taps.discard(channels.write)
            if pump is not None:
                pump.cancel()
        return channels.wire.ending(0, [])

    async def _finish(self, session: Session, ending: bytes) -> None:
        await self._last_words(session, ending)
        await session.channels.socket.close(code=1000)

    async def _break(self, session: Session) -> None:
        if session.lies:
            session.channels.gone.clear()
            await self._last_words(session, session.wire.ending(0, []))
        if session.lies or session.closes:
            await session.channels.socket.close(code=1000)
        elif session.request.transport is not None:
            session.request.transport.abort()

    async def _last_words(self, session: Session, ending: bytes) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(30):
                await session.channels.frame(remote.ERROR, ending)


def _offered(request: web.Request) -> list[str]:
    found: list[str] = []
    for header in request.headers.getall("Sec-WebSocket-Protocol", []):
        found += [name.strip() for name in header.split(",") if name.strip()]
    return found


async def _read_client(channels: _Channels, session: Session) -> None:
    """Until the client leaves. Reads no faster than the process reads its stdin: then pings wait as well."""
    async for message in channels.socket:
        match message.type:
            case WSMsgType.BINARY | WSMsgType.TEXT:
                await _take(channels, message.data)
            case WSMsgType.PING:
                await channels.socket.pong(message.data)
            case WSMsgType.ERROR:
                break
    channels.gone.set()


async def _take(channels: _Channels, message: bytes | str) -> None:
    channel, data = channels.wire.parse(message)
    match channel:
        case remote.STDIN if channels.stdin:
            await channels.stdin.write(data)
        case remote.RESIZE if channels.tty:
            size = remote.parse_resize(data)
            if size:
                channels.resize(size)
        case remote.RESIZE:
            # Nobody reads that stream, so the whole connection stands still: no output, no pongs.
            channels.gone.set()
            await asyncio.Event().wait()
        case remote.CLOSE if channels.wire.is_v5 and data == b"\0" and channels.stdin and not channels.tty:
            await channels.stdin.close()


async def _pump(channels: _Channels, stdin: Stdin) -> None:
    while data := await channels.read():
        await stdin.write(data)
