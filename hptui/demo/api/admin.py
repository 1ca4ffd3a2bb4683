"""The demo's own paths, for the admin only: faults to set, counters to read, things to break."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from hptui.demo.access.rights import MASTERS
from hptui.demo.objects.plain import Json
from hptui.demo.objects.resources import PODS
from hptui.demo.world import World


class Deeds(Protocol):
    """Faults that are done once and not set; the whole cluster can do them."""

    def drop_execs(self, how: str) -> int: ...

    def node_down(self, node: str) -> None: ...

    def node_up(self, node: str) -> None: ...

    def expire_token(self, user: str) -> None: ...

    def renew_token(self, user: str, life: float | None) -> str: ...

    def restart_soon(self, downtime: float) -> None: ...


class Admin:
    """GET and POST /demo/faults, GET /demo/counts, POST /demo/do with {"what": …}."""

    def __init__(self, world: World, deeds: Deeds) -> None:
        self._world = world
        self._deeds = deeds

    async def handle(self, request: web.Request) -> web.Response:
        user = self._world.rights.once(request.headers.get("Authorization", ""))
        if user is None or MASTERS not in user.groups:
            return web.json_response({"error": "for the demo's admin only"}, status=403)
        try:
            return web.json_response(await self._answer(request))
        except ValueError as wrong:
            return web.json_response({"error": str(wrong)}, status=400)

    async def _answer(self, request: web.Request) -> Json:
        match request.method, request.match_info["what"].rstrip("/"):
            case "GET", "faults":
                return self._world.faults.to_json()
            case "POST", "faults":
                self._world.faults.update(await _body(request))
                return self._world.faults.to_json()
            case "GET", "counts":
                return self._world.counts.to_json() | {"pods": self._world.store.count(PODS)}
            case "POST", "do":
                return self._do(await _body(request))
        raise ValueError("there are GET and POST /demo/faults, GET /demo/counts, POST /demo/do")

    def _do(self, wanted: Json) -> Json:
        can, argument = self._deeds, str(wanted.get("argument", ""))
        deeds: dict[str, Callable[[], int | str | None]] = {
            "drop-execs": lambda: can.drop_execs(argument or "abrupt"),
            "node-down": lambda: can.node_down(argument),
            "node-up": lambda: can.node_up(argument),
            "expire-token": lambda: can.expire_token(argument or "admin"),
            "renew-token": lambda: self._renew_token(argument),
            "restart": lambda: can.restart_soon(float(argument or 0)),
        }
        deed = deeds.get(str(wanted.get("what")))
        if deed is None:
            raise ValueError(f"what to do: {', '.join(deeds)}")
        return {"done": wanted["what"], "result": deed()}

    def _renew_token(self, argument: str) -> str:
        """`USER` or `USER SECONDS`: how long the new token is taken."""
        user, _, life = argument.partition(" ")
        return self._deeds.renew_token(user or "admin", float(life) if life else None)


async def _body(request: web.Request) -> Json:
    found = json.loads(await request.read() or b"{}")
    if not isinstance(found, dict):
        raise ValueError("a JSON object is wanted")
    return found
