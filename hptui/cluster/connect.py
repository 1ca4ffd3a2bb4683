"""From a kubeconfig's context to a live cluster: the door of this room.

Importing this module costs nothing; the client library is imported by `connect`, on a thread, after the first paint.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hptui import kubectl
from hptui.cluster.threads import Workers, call_on_thread

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """Which cluster and as whom, with kubectl's meanings; the times are in seconds."""

    kubeconfig: str | None = None  # else KUBECONFIG, else ~/.kube/config, else the pod's service account
    context: str | None = None
    namespace: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
    request_timeout: float = 15.0  # without an answer
    connect_timeout: float = 10.0
    plugin_timeout: float = 60.0  # for a credential plugin
    ping_interval: float = 25.0  # on an exec's WebSocket; 0 for none
    watch_seconds: float = 120.0  # that a watch lasts, or a log is silent, before it is asked for anew
    retry_first: float = 0.8  # before the second try of a stream; then doubled
    retry_longest: float = 30.0

    def pinned(self, remedy: str) -> str:
        """Its kubectl commands mean this cluster, as far as these options tell which."""
        return kubectl.pinned(remedy, context=self.context, kubeconfig=self.kubeconfig)


async def connect(options: ConnectOptions | None = None) -> Cluster:
    """Resolve the kubeconfig and make ready; the first request comes when something is asked for.

    Raises KubeconfigError, naming the file and the context.
    """
    wanted = options or ConnectOptions()
    live = await call_on_thread("hptui-import", _import_live)
    workers = Workers()
    try:
        transport = await workers.call(live.make_transport, wanted)
    except BaseException:
        workers.close()
        raise
    cluster: Cluster = live.LiveCluster(transport, workers, wanted)
    return cluster


async def warm_up() -> None:
    """Import what `connect` needs, on a thread: for whoever has to wait for something else first."""
    await call_on_thread("hptui-import", _import_live)


def _import_live() -> Any:
    return importlib.import_module("hptui.cluster.live")
