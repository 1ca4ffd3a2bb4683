"""API paths taken apart: which resource, namespace, object and subresource a request is about."""

from __future__ import annotations

from dataclasses import dataclass

from hptui.demo.objects.resources import Resource, find


@dataclass(frozen=True, slots=True)
class Target:
    """A path under /api/v1 or /apis/GROUP/VERSION; `resource` is None when nothing here is called so."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""  # what follows a proxy subresource
    resource: Resource | None = None

    @property
    def known(self) -> Resource:
        """The resource, behind the door that turns away requests for unknown ones."""
        assert self.resource is not None
        return self.resource

    @property
    def full_resource(self) -> str:
        """With the subresource, as RBAC names it."""
        return f"{self.plural}/{self.subresource}" if self.subresource else self.plural


def parse(path: str) -> Target | None:
    """None for a path that names no resource (discovery, version, health)."""
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    elif len(parts) >= 4 and parts[0] == "apis":
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) >= 2:
        namespace = rest[1]
        # /namespaces/NAME and its own subresources stay with the namespace as the object.
        rest = rest if len(rest) == 2 or rest[2] in ("status", "finalize") else rest[2:]
    plural, name, subresource, *tail = [*rest, "", "", ""][: max(3, len(rest))]
    return Target(
        group,
        version,
        plural,
        namespace,
        name,
        subresource,
        "/".join(part for part in tail if part),
        find(group, version, plural),
    )
