"""Who may do what: users behind tokens, and RBAC rules bound to them, judged and worded as the API server does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hptui.demo.objects.plain import Json

ANONYMOUS = "system:anonymous"
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
MASTERS = "system:masters"


@dataclass(frozen=True, slots=True)
class User:
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is asked for: a verb on a resource, or on a path that is no resource."""

    verb: str
    group: str = ""
    resource: str = ""  # with its subresource, as in pods/exec
    namespace: str = ""
    name: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def allows(self, asked: Attributes) -> bool:
        if asked.verb not in self.verbs and "*" not in self.verbs:
            return False
        if asked.path:
            return any(_path_matches(path, asked.path) for path in self.paths)
        if asked.group not in self.groups and "*" not in self.groups:
            return False
        if self.names and asked.name not in self.names:
            return False
        wildcard = f"*/{asked.resource.partition('/')[2]}"
        return any(r in ("*", asked.resource) or ("/" in r and r == wildcard) for r in self.resources)

    def to_json(self) -> Json:
        if self.paths:
            return {"verbs": list(self.verbs), "nonResourceURLs": list(self.paths)}
        found: Json = {
            "verbs": list(self.verbs),
            "apiGroups": list(self.groups),
            "resources": list(self.resources),
        }
        if self.names:
            found["resourceNames"] = list(self.names)
        return found


def _path_matches(pattern: str, path: str) -> bool:
    if pattern in ("*", path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.removesuffix("*"))


@dataclass(frozen=True, slots=True)
class Binding:
    """Rules given to a user or a group, in one namespace or, without one, everywhere."""

    name: str
    role_kind: str
    role: str
    rules: tuple[Rule, ...]
    subject_kind: str  # User or Group
    subject: str
    namespace: str = ""

    def covers(self, user: User) -> bool:
        if self.subject_kind == "Group":
            return self.subject in user.groups
        return self.subject == user.name

    @property
    def reason(self) -> str:
        kind = "RoleBinding" if self.namespace else "ClusterRoleBinding"
        name = f"{self.name}/{self.namespace}" if self.namespace else self.name
        return (
            f'RBAC: allowed by {kind} "{name}" of {self.role_kind} "{self.role}" '
            f'to {self.subject_kind} "{self.subject}"'
        )


@dataclass(slots=True)
class Rights:
    """Tokens, users and bindings of one simulated cluster."""

    bindings: list[Binding] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)  # by token
    expired: dict[str, User] = field(default_factory=dict)  # by tokens that are no longer taken

    def user_of(self, authorization: str) -> User | None:
        """The user of an Authorization header; None when the token is unknown, which is a 401."""
        if not authorization:
            return User(ANONYMOUS, (UNAUTHENTICATED,))
        scheme, _, token = authorization.partition(" ")
        return self.users.get(token.strip()) if scheme.lower() == "bearer" else None

    def expire(self, token: str) -> None:
        if token in self.users:
            self.expired[token] = self.users.pop(token)

    def once(self, authorization: str) -> User | None:
        """The user of a header whose token is, or was, taken: whoever has let a token expire must be able to undo it."""
        return self.user_of(authorization) or self.expired.get(authorization.partition(" ")[2].strip())

    def allowed(self, user: User, asked: Attributes) -> str | None:
        """Why the user may, or None."""
        for binding in self.bindings:
            if binding.namespace and (asked.path or binding.namespace != asked.namespace):
                continue
            if binding.covers(user) and any(rule.allows(asked) for rule in binding.rules):
                return binding.reason
        return None

    def rules(self, user: User, namespace: str) -> list[Rule]:
        found: list[Rule] = []
        for binding in self.bindings:
            if binding.covers(user) and binding.namespace in ("", namespace):
                found.extend(rule for rule in binding.rules if rule not in found)
        return found


def _rule(verbs: str, group: str, resources: str) -> Rule:
    return Rule(tuple(verbs.split()), (group,), tuple(resources.split()))


_PUBLIC = Rule(("get",), paths=("/healthz", "/livez", "/readyz", "/version", "/version/"))
_DISCOVERY = Rule(
    ("get",),
    paths=(
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
    ),
)
_ISSUER = Rule(("get",), paths=("/.well-known", "/.well-known/*"))
_SELF_REVIEWS = (
    _rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
    _rule("create", "authentication.k8s.io", "selfsubjectreviews"),
)


def _group_binding(role: str, group: str, *rules: Rule) -> Binding:
    return Binding(role, "ClusterRole", role, rules, "Group", group)


def basic_bindings() -> list[Binding]:
    """What every cluster has: masters may everything, users ask about themselves, all see version and health."""
    everything = Rule(("*",), ("*",), ("*",)), Rule(("*",), paths=("*",))
    return [
        _group_binding("cluster-admin", MASTERS, *everything),
        _group_binding("system:basic-user", AUTHENTICATED, *_SELF_REVIEWS),
        _group_binding("system:discovery", AUTHENTICATED, _DISCOVERY),
        _group_binding("system:public-info-viewer", AUTHENTICATED, _PUBLIC),
        _group_binding("system:service-account-issuer-discovery", AUTHENTICATED, _ISSUER),
        _group_binding("system:public-info-viewer", UNAUTHENTICATED, _PUBLIC),
    ]


def operator_bindings(user: str, namespaces: Iterable[str]) -> list[Binding]:
    """What it takes to run sessions in some namespaces."""
    nodes = (_rule("get list watch", "", "nodes"), _rule("get list", "metrics.k8s.io", "nodes pods"))
    inside = (
        _rule("create get list watch delete", "", "pods"),
        _rule("create get", "", "pods/exec"),
        _rule("get", "", "pods/log"),
        _rule("list watch", "", "events"),
    )
    everywhere = Binding("rig-operator-nodes", "ClusterRole", "rig-operator-nodes", nodes, "User", user)
    return [
        everywhere,
        *(
            Binding("rig-operator", "ClusterRole", "rig-operator-ns", inside, "User", user, n)
            for n in namespaces
        ),
    ]


def viewer_bindings(user: str) -> list[Binding]:
    look = (_rule("get list", "", "nodes pods"),)
    return [Binding("rig-viewer", "ClusterRole", "rig-viewer", look, "User", user)]


def single_verb_binding(user: str, verb: str, resource: str, namespace: str) -> Binding:
    """One verb on one resource of the core group, in one namespace."""
    return Binding(user, "Role", user, (_rule(verb, "", resource),), "User", user, namespace)


def bindings_from(manifests: Sequence[Json], user: str) -> list[Binding]:
    """RBAC objects as bindings for one user.

    Roles and ClusterRoles are bound directly, unless the manifests bring RoleBindings or ClusterRoleBindings: then only
    these count, whatever subjects they name.
    """
    roles = {(m["kind"], m["metadata"]["name"]): m for m in manifests if m["kind"] in ("Role", "ClusterRole")}
    given = [m for m in manifests if m["kind"] in ("RoleBinding", "ClusterRoleBinding")]
    if not given:
        return [
            Binding(name, kind, name, _rules(role), "User", user, role["metadata"].get("namespace", ""))
            for (kind, name), role in roles.items()
        ]
    found: list[Binding] = []
    for binding in given:
        ref = binding["roleRef"]
        rules = _rules(roles[ref["kind"], ref["name"]])
        meta = binding["metadata"]
        namespace = meta.get("namespace", "default") if binding["kind"] == "RoleBinding" else ""
        found.append(Binding(meta["name"], ref["kind"], ref["name"], rules, "User", user, namespace))
    return found


def _rules(role: Json) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            tuple(rule.get("verbs") or ()),
            tuple(rule.get("apiGroups") or ()),
            tuple(rule.get("resources") or ()),
            tuple(rule.get("resourceNames") or ()),
            tuple(rule.get("nonResourceURLs") or ()),
        )
        for rule in role.get("rules") or ()
    )
