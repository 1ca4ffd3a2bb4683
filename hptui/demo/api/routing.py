"""The API server's front door: who asks, may they, and which part answers."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from hptui.demo.access.rights import AUTHENTICATED, Attributes, User
from hptui.demo.api import deleting, discovery, metrics, reviews, writing
from hptui.demo.api.execs import Execs
from hptui.demo.api.paths import Target, parse
from hptui.demo.api.podlog import serve_log
from hptui.demo.api.reading import get_one, list_many, selection
from hptui.demo.api.shapes import shape_for
from hptui.demo.api.watching import Watch
from hptui.demo.api.written import dry_run
from hptui.demo.objects.plain import Json, encode
from hptui.demo.objects.refusals import (
    Refusal,
    bad_request,
    forbidden,
    forbidden_path,
    internal,
    method_not_allowed,
    no_such_path,
    no_such_resource,
    status,
    unauthorized,
)
from hptui.demo.objects.resources import NODES, PODS, Resource
from hptui.demo.world import World

_URL_LIMIT = 1 << 20  # bytes; above it Go's server answers 431
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_log = logging.getLogger(__name__)


class Api:
    """Answers one request after another; everything that it knows is in the world."""

    def __init__(self, world: World, execs: Execs) -> None:
        self._world = world
        self._execs = execs

    async def handle(self, request: web.Request) -> web.StreamResponse:
        counts = self._world.counts
        counts.requests[f"{request.method} {request.path}"] += 1
        try:
            response = await self._answer(request)
        except Refusal as refusal:
            response = _refused(refusal)
        except (ConnectionError, web.HTTPException):
            raise
        except Exception:  # noqa: BLE001 an error of the simulation must not look like a dropped connection
            _log.exception("%s %s", request.method, request.path)
            response = _refused(internal("Internal error occurred: the simulated API server has a fault"))
        counts.statuses[response.status] += 1
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            await self._world.faults.before_whole(len(response.body))
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if len(request.raw_path) > _URL_LIMIT:
            raise Refusal(431, "", {"Connection": "close"})
        await self._world.faults.before_answer()
        user = self._user(request)
        path = request.path
        target = parse(path)
        if target is None:
            self._authorize(user, Attributes(request.method.lower(), path=path), path)
            return self._plain_path(request)
        asked = Attributes(
            _verb(request, target), target.group, target.full_resource, target.namespace, target.name
        )
        self._authorize(user, asked, path)
        return await self._resource(request, target, asked.verb, user)

    # Who

    def _user(self, request: web.Request) -> User:
        rights = self._world.rights
        user = rights.user_of(request.headers.get("Authorization", ""))
        if user is None:
            raise unauthorized()
        wanted = request.headers.get("Impersonate-User")
        groups = request.headers.getall("Impersonate-Group", [])
        if not wanted:
            if groups:
                raise internal("requested impersonation without impersonating a user")
            return user
        for resource, names in (("users", [wanted]), ("groups", groups)):
            for name in names:
                asked = Attributes("impersonate", "", resource, name=name)
                if rights.allowed(user, asked) is None:
                    raise forbidden("", resource, name, _cannot(user, asked))
        return User(wanted, (*groups, *(() if AUTHENTICATED in groups else (AUTHENTICATED,))))

    def _authorize(self, user: User, asked: Attributes, path: str) -> None:
        if self._world.rights.allowed(user, asked) is not None:
            return
        if asked.path:
            raise forbidden_path(user.name, asked.verb, path)
        plural = asked.resource.partition("/")[0]
        raise forbidden(asked.group, plural, asked.name, _cannot(user, asked))

    # Paths that are no resources

    def _plain_path(self, request: web.Request) -> web.Response:
        path, state = request.path.rstrip("/"), self._world.faults.metrics
        if path in ("/healthz", "/livez", "/readyz") or path.startswith(("/livez/", "/readyz/")):
            return web.Response(text="ok")
        if path == "/openapi/v3":
            return _json(discovery.openapi_index())
        parts = path.strip("/").split("/")
        found: Json | None = None
        match parts:
            case ["version"]:
                found = discovery.VERSION
            case ["api" | "apis"]:
                return self._discover(request, parts[0] == "api")
            case ["api", version]:
                found = discovery.resource_list(version, state)
            case ["apis", group]:
                found = discovery.one_group(group, state)
            case ["apis", group, version]:
                found = discovery.resource_list(f"{group}/{version}", state)
            case ["openapi", "v3", "api", version]:
                found = discovery.openapi_document(version)
            case ["openapi", "v3", "apis", group, version]:
                found = discovery.openapi_document(f"{group}/{version}")
        if found is None:
            raise no_such_path()
        return _json(found)

    def _discover(self, request: web.Request, core: bool) -> web.Response:
        state = self._world.faults.metrics
        if discovery.wants_aggregated(request.headers.get("Accept", "")):
            body = encode(discovery.aggregated(core, state))
            return web.Response(
                body=body, headers={"Content-Type": discovery.aggregated_type(), "Vary": "Accept"}
            )
        if core:
            return _json(discovery.versions(request.host))
        return _json(discovery.group_list(state))

    # Resources

    async def _resource(
        self, request: web.Request, target: Target, verb: str, user: User
    ) -> web.StreamResponse:
        resource = target.resource
        if target.group == "metrics.k8s.io":
            metrics.check_backend(self._world.faults.metrics)
        if resource is None:
            raise no_such_resource()
        if target.subresource and resource.subresource(target.subresource) is None:
            raise no_such_resource()
        if reviews.is_review(resource):
            return _json(reviews.review(self._world.rights, user, resource, await request.read()), 201)
        if resource.group == "metrics.k8s.io":
            return _json(metrics.serve(self._world, target, request.query))
        if target.subresource and target.subresource != "status":
            return await self._subresource(request, target, resource, user)
        match verb:
            case "get" | "list" | "watch":
                return await self._read(request, target, resource, verb)
            case _:
                return await self._write(request, target, resource, verb)

    async def _subresource(
        self, request: web.Request, target: Target, resource: Resource, user: User
    ) -> web.StreamResponse:
        if resource is PODS and target.subresource in ("exec", "attach"):
            return await self._execs.serve(target, request, user)
        if resource is PODS and target.subresource == "log":
            return await serve_log(self._world, target, request)
        if resource is NODES and target.subresource == "proxy":
            get_one(self._world.store, Target("", "v1", "nodes", "", target.name, resource=NODES))
            raise bad_request("address not allowed")
        raise method_not_allowed()

    async def _read(
        self, request: web.Request, target: Target, resource: Resource, verb: str
    ) -> web.StreamResponse:
        query = request.query
        shape = shape_for(request.headers.get("Accept", ""), query.get("includeObject", ""))
        world = self._world
        if verb == "get":
            return _json(shape.one(resource, get_one(world.store, target)))
        chosen = selection(target, query)
        if verb == "list":
            return _json(await list_many(world.store, chosen, query, shape, world.pace.future_version))
        watch = Watch(world.store, chosen, shape, query, world.faults, world.pace.bookmark)
        world.counts.watches_open += 1
        try:
            return await watch.serve(request)
        finally:
            world.counts.watches_open -= 1

    async def _write(
        self, request: web.Request, target: Target, resource: Resource, verb: str
    ) -> web.StreamResponse:
        if verb not in resource.verbs:
            raise method_not_allowed()
        body = await request.read()
        world, query = self._world, request.query
        content_type = request.headers.get("Content-Type", "")
        match verb:
            case "create":
                written = writing.create(world, target, query, body, content_type)
                if not dry_run(query):
                    await self._lose_answer(world.faults.create)
            case "update":
                written = writing.update(world, target, query, body, content_type)
            case "patch":
                written = writing.patch(world, target, query, body, content_type)
            case "delete":
                written = deleting.delete(world, target, query, body)
            case _:
                written = deleting.delete_many(world, target, query, body)
        shown = written.obj
        if shown.get("kind") == resource.kind:
            shown = shape_for(request.headers.get("Accept", "")).one(resource, shown)
        response = _json(shown, written.code)
        for warning in written.warnings:
            response.headers.add("Warning", f'299 - "{_quoted(warning)}"')
        return response

    @staticmethod
    async def _lose_answer(fault: str) -> None:
        """The object is there, and its creator doesn't learn of it. Raises Refusal."""
        if fault == "hang":
            await asyncio.Event().wait()  # the client gives up, and its leaving cancels this
        if fault == "timeout":
            message = "Timeout: request did not complete within the allotted timeout"
            raise Refusal(504, status(504, message, "Timeout", {}))


def _verb(request: web.Request, target: Target) -> str:
    if request.method in ("GET", "HEAD"):
        if target.name:
            # A watch of one name is asked for as a list with a field selector; GET of a name is a get.
            return "get"
        return "watch" if request.query.get("watch") in ("true", "1") else "list"
    verb = _VERBS.get(request.method, request.method.lower())
    return "deletecollection" if verb == "delete" and not target.name else verb


def _cannot(user: User, asked: Attributes) -> str:
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    return f'User "{user.name}" cannot {asked.verb} resource "{asked.resource}" in API group "{asked.group}" {where}'


def _json(body: object, code: int = 200) -> web.Response:
    return web.Response(body=encode(body), status=code, content_type="application/json")


def _refused(refusal: Refusal) -> web.Response:
    if isinstance(refusal.body, str):
        response = web.Response(text=refusal.body, status=refusal.code)
    else:
        response = _json(refusal.body, refusal.code)
    response.headers.update(refusal.headers)
    return response


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
