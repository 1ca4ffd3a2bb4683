"""The demo's own paths, for the admin only: faults to set, counters to read, things to break."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from hptui.demo.objects import Json
from hptui.demo.rights import MASTERS

if TYPE_CHECKING:
    from hptui.demo.cluster import SimulatedCluster


class Admin:
    """GET and POST /demo/faults, GET /demo/counts, POST /demo/do with {"what": …}."""

    def __init__(self, cluster: SimulatedCluster) -> None:
        self._cluster = cluster

    async def handle(self, request: web.Request) -> web.Response:
        user = self._cluster.world.rights.user_of(request.headers.get("Authorization", ""))
        if user is None or MASTERS not in user.groups:
            return web.json_response({"error": "for the demo's admin only"}, status=403)
        try:
            return web.json_response(await self._answer(request))
        except ValueError as wrong:
            return web.json_response({"error": str(wrong)}, status=400)

    async def _answer(self, request: web.Request) -> Json:
        match request.method, request.match_info["what"].rstrip("/"):
            case "GET", "faults":
                return self._cluster.faults.to_json()
            case "POST", "faults":
                self._cluster.faults.update(await _body(request))
                return self._cluster.faults.to_json()
            case "GET", "counts":
                return self._cluster.counts.to_json() | {"pods": len(self._cluster.pods())}
            case "POST", "do":
                return self._do(await _body(request))
        raise ValueError("there are GET and POST /demo/faults, GET /demo/counts, POST /demo/do")

    def _do(self, wanted: Json) -> Json:
        cluster, argument = self._cluster, str(wanted.get("argument", ""))
        deeds: dict[str, Callable[[], object]] = {
            "drop-execs": lambda: cluster.drop_execs(argument or "abrupt"),
            "node-down": lambda: cluster.node_down(argument),
            "node-up": lambda: cluster.node_up(argument),
            "expire-token": lambda: cluster.expire_token(argument or "admin"),
            "restart": lambda: cluster.call(cluster.restart(float(argument or 0))),
        }
        deed = deeds.get(str(wanted.get("what")))
        if deed is None:
            raise ValueError(f"what to do: {', '.join(deeds)}")
        result: Any = deed()
        return {"done": wanted["what"], "result": result if isinstance(result, int) else None}


async def _body(request: web.Request) -> Json:
    found = json.loads(await request.read() or b"{}")
    if not isinstance(found, dict):
        raise ValueError("a JSON object is wanted")
    return found
