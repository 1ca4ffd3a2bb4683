"""The simulated cluster: a world, its controllers and an HTTPS server on loopback in front of it.

In a program or a test with an event loop of its own:

    async with SimulatedCluster() as cluster:
        ...  # cluster.kubeconfig is the path of a file, cluster.server an address, cluster.token the admin's

For synchronous callers `ThreadedCluster` runs one on a thread, and `python -m hptui.demo.server` in a process.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from aiohttp import web

from hptui.demo.access import rights
from hptui.demo.access.certificate import make_certificate, server_context
from hptui.demo.access.kubeconfig import NAMESPACE, kubeconfig, write_kubeconfig
from hptui.demo.access.tokens import jwt
from hptui.demo.api.admin import Admin
from hptui.demo.api.execs import Execs
from hptui.demo.api.routing import Api
from hptui.demo.controllers.daemonsets import DaemonSets
from hptui.demo.controllers.jobs import Jobs
from hptui.demo.controllers.nodelife import NodeLife
from hptui.demo.controllers.quotas import Quotas
from hptui.demo.controllers.scheduler import Scheduler
from hptui.demo.faults import Counts, Faults
from hptui.demo.kubelet.kubelets import Kubelets
from hptui.demo.objects import seed
from hptui.demo.objects.nodes import NodeSpec, demo_fleet, many
from hptui.demo.objects.plain import Json
from hptui.demo.objects.resources import NODES, PODS
from hptui.demo.objects.store import Store
from hptui.demo.pace import Pace
from hptui.demo.runtime.containers import Starter
from hptui.demo.world import World

_LINE_LIMIT = 4 << 20  # bytes of one request line: longer than the API server takes, so that it can say so
_HISTORY = 4_000  # changes of each resource that watches can go back to, and four more for each node
_BODY_LIMIT = 3 << 20  # bytes, as etcd's


class SimulatedCluster:
    """One cluster; start and stop it, or use it as an async context manager."""

    def __init__(
        self,
        *,
        pace: Pace | None = None,
        nodes: Sequence[NodeSpec | Json] | None = None,
        extra_nodes: int = 0,
        starter: Starter | None = None,
        folder: Path | None = None,
    ) -> None:
        """`nodes`: instead of the demo's fleet. `starter`: what runs the processes, instead of the simulated Windows.
        `folder`: where the kubeconfig is kept, instead of a temporary folder."""
        self._fleet = [*(demo_fleet() if nodes is None else nodes), *many(extra_nodes)]
        store = Store(_HISTORY + 4 * len(self._fleet))
        self.world = World(starter or _simulated_windows(), pace or Pace(), store)
        self.tokens: dict[str, str] = {}
        self.server = ""
        self._execs = Execs(self.world)
        self._life = NodeLife(self.world)
        self._given_folder = folder
        self._folder = Path()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._certificate = make_certificate()

    # Life

    async def start(self) -> None:
        self._folder = self._given_folder or Path(tempfile.mkdtemp(prefix="hptui-demo-"))
        self._folder.mkdir(mode=0o700, exist_ok=True)
        seed.fill(self.world.store, self._fleet)
        self._make_users()
        app = web.Application(client_max_size=_BODY_LIMIT)
        api, admin = Api(self.world, self._execs), Admin(self.world, self)
        app.router.add_route("*", "/demo/{what:.*}", admin.handle)
        app.router.add_route("*", "/{path:.*}", api.handle)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.0,
            max_line_size=_LINE_LIMIT,
            max_field_size=_LINE_LIMIT,
        )
        await self._runner.setup()
        await self._listen(0)
        world = self.world
        controllers = (
            Scheduler(world),
            DaemonSets(world),
            Jobs(world),
            Quotas(world),
            self._life,
            Kubelets(world),
        )
        for work in [controller.run() for controller in controllers]:
            self._tasks.append(asyncio.create_task(work))
        write_kubeconfig(self.kubeconfig, self._kubeconfig(self.tokens))

    async def _listen(self, port: int) -> None:
        assert self._runner is not None
        context = server_context(self._certificate, self._folder)
        # To listen again on the same port at once; on Windows the option means something else.
        again = True if os.name == "posix" else None
        self._site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=context, reuse_address=again)
        await self._site.start()
        host, bound = self._runner.addresses[0][:2]
        self.server = f"https://{host}:{bound}"

    async def stop(self) -> None:
        """Idempotent; every task and connection is gone afterwards."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        self._cut_connections()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._given_folder is None and self._folder != Path():
            shutil.rmtree(self._folder, ignore_errors=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def __aenter__(self) -> SimulatedCluster:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # Users

    def _make_users(self) -> None:
        found = self.world.rights
        found.bindings += rights.basic_bindings()
        namespaces = (NAMESPACE, "locked", "baseline", "tight")
        found.bindings += rights.operator_bindings("operator", namespaces)
        found.bindings += rights.viewer_bindings("viewer")
        self.add_user("admin", rights.MASTERS)
        self.add_user("operator", "operators")
        self.add_user("viewer")
        self.add_user("nobody")

    def add_user(self, name: str, *groups: str, manifests: Sequence[Json] = ()) -> str:
        """A user with a token of its own, which is given; `manifests` are Roles and ClusterRoles to bind to it."""
        token = secrets.token_urlsafe(24)
        self.tokens[name] = token
        self.world.rights.users[token] = rights.User(name, (*groups, rights.AUTHENTICATED))
        self.world.rights.bindings += rights.bindings_from(manifests, name)
        return token

    @property
    def token(self) -> str:
        return self.tokens["admin"]

    @property
    def kubeconfig(self) -> Path:
        """With a context for each user: hptui-demo for the admin, hptui-demo-operator, hptui-demo-viewer …"""
        return self._folder / "kubeconfig"

    def kubeconfig_for(self, user: str, namespace: str = NAMESPACE) -> Path:
        """A file for one user alone."""
        path = self._folder / f"kubeconfig-{user}"
        write_kubeconfig(path, self._kubeconfig({user: self.tokens[user]}, namespace))
        return path

    def _kubeconfig(self, tokens: dict[str, str], namespace: str = NAMESPACE) -> Json:
        return kubeconfig(self.server, self._certificate.pem, tokens, namespace)

    @property
    def authority(self) -> bytes:
        """The certificate to trust, PEM."""
        return self._certificate.pem

    # Looking in

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def counts(self) -> Counts:
        return self.world.counts

    @property
    def node_life(self) -> NodeLife:
        return self._life

    def pods(self, namespace: str = "") -> list[Json]:
        """All pods that exist."""
        return [stored.data for stored in self.world.store.all(PODS, namespace)]

    def nodes(self) -> list[Json]:
        return [stored.data for stored in self.world.store.all(NODES)]

    # Faults that are deeds

    def drop_execs(self, how: str = "abrupt") -> int:
        """abrupt: no close frame. clean: a close frame, nothing on channel 3. lying: Success, on v5. Or where the stream
        is cut, with the recorded outcome: runtime, kubelet, both. Gives the number of execs that were open."""
        return self._execs.drop_all(how)

    def node_down(self, node: str) -> None:
        """Cut from the network: streams break at once; Ready turns Unknown after the grace period."""
        self._life.unplug(node)

    def node_up(self, node: str) -> None:
        self._life.plug_in(node)

    def expire_token(self, user: str = "admin") -> None:
        """401 from now on for the user's token."""
        self.world.rights.expire(self.tokens[user])

    def renew_token(self, user: str = "admin", life: float | None = None) -> str:
        """A new token for the user, given and written into the kubeconfigs, as a login does. The old one is taken as before.

        With `life` it is a JWT that says when it expires, after so many seconds, and is not taken any more from then on.
        """
        rights, old = self.world.rights, self.tokens[user]
        token = secrets.token_urlsafe(24) if life is None else jwt(user, life)
        rights.users[token] = rights.users.get(old) or rights.expired[old]
        self.tokens[user] = token
        write_kubeconfig(self.kubeconfig, self._kubeconfig(self.tokens))
        if (self._folder / f"kubeconfig-{user}").exists():
            self.kubeconfig_for(user)
        if life is not None:
            asyncio.get_running_loop().call_later(life, rights.expire, token)
        return token

    async def restart(self, downtime: float = 0.0) -> None:
        """As when the API server is killed and comes back on the same port: connections are cut in the middle of an answer,
        and older resource versions are gone. `downtime`: seconds during which nobody listens."""
        port = int(self.server.rpartition(":")[2])
        if self._site is not None:
            await self._site.stop()
        self._cut_connections()
        self.world.store.forget()
        await asyncio.sleep(downtime)
        await self._listen(port)

    def _cut_connections(self) -> None:
        server = self._runner.server if self._runner else None
        for connection in list(server.connections) if server else []:
            if connection.transport is not None:
                connection.transport.abort()

    def restart_soon(self, downtime: float = 0.0) -> None:
        """The same, for who asks over a connection that the restart will cut."""
        self._tasks.append(asyncio.create_task(self.restart(downtime)))


def _simulated_windows() -> Starter:
    """The Windows simulation is imported when it is wanted: tests bring starters of their own."""
    from hptui.demo.host.start import start_process

    return start_process
