"""Label and field selectors, parsed and matched as the API server does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hptui.demo.objects.plain import Json, dig, labels_of
from hptui.demo.objects.refusals import bad_request

Match = Callable[[Json], bool]

_TOKEN = re.compile(r"\s*(==|!=|=|!|\(|\)|,|[^\s=!(),]+)")
_FIELDS: dict[str, frozenset[str]] = {
    "pods": frozenset(
        {
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        }
    ),
    "nodes": frozenset({"spec.unschedulable"}),
    "namespaces": frozenset({"status.phase"}),
    "secrets": frozenset({"type"}),
    "events": frozenset(
        {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "regarding.kind",
            "regarding.name",
            "reason",
            "reportingComponent",
            "source",
            "type",
        }
    ),
}


def everything(_: Json) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Requirement:
    key: str
    operator: str  # in, notin, exists, absent
    values: frozenset[str] = frozenset()

    def matches(self, labels: dict[str, str]) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case "in":
                return value is not None and value in self.values
            case "notin":
                return value is None or value not in self.values
            case "exists":
                return value is not None
            case _:
                return value is None


def by_labels(text: str) -> Match:
    """Raises Refusal, worded as apimachinery's parser words it."""
    requirements = _LabelParser(text).parse()
    if not requirements:
        return everything
    return lambda obj: all(requirement.matches(labels_of(obj)) for requirement in requirements)


class _LabelParser:
    def __init__(self, text: str) -> None:
        self.tokens = [match.group(1) for match in _TOKEN.finditer(text)]

    def parse(self) -> list[_Requirement]:
        found: list[_Requirement] = []
        while self.tokens:
            found.append(self._requirement())
            if self.tokens:
                self._expect(",", "',' or 'end of string'")
        return found

    def _requirement(self) -> _Requirement:
        token = self.tokens.pop(0)
        if token == "!":
            return _Requirement(self._identifier(), "absent")
        if not _is_word(token):
            raise bad_request(f"found '{token}', expected: !, identifier, or 'end of string'")
        if not self.tokens or self.tokens[0] == ",":
            return _Requirement(token, "exists")
        operator = self.tokens.pop(0)
        if operator in ("=", "=="):
            return _Requirement(token, "in", frozenset({self._value()}))
        if operator == "!=":
            return _Requirement(token, "notin", frozenset({self._value()}))
        if operator in ("in", "notin"):
            return _Requirement(token, operator, self._values())
        raise bad_request(
            f"unable to parse requirement: found '{operator}', expected: in, notin, =, ==, !=, gt, lt"
        )

    def _identifier(self) -> str:
        if not self.tokens or not _is_word(self.tokens[0]):
            found = self.tokens[0] if self.tokens else ""
            raise bad_request(f"unable to parse requirement: found '{found}', expected: identifier")
        return self.tokens.pop(0)

    def _value(self) -> str:
        if not self.tokens or self.tokens[0] == ",":
            return ""
        if not _is_word(self.tokens[0]):
            raise bad_request(f"unable to parse requirement: found '{self.tokens[0]}', expected: identifier")
        return self.tokens.pop(0)

    def _values(self) -> frozenset[str]:
        self._expect("(", "'('")
        values: set[str] = set()
        while self.tokens and self.tokens[0] != ")":
            token = self.tokens.pop(0)
            if token != ",":
                values.add(token)
        self._expect(")", "',', or ')'")
        return frozenset(values)

    def _expect(self, token: str, words: str) -> None:
        found = self.tokens.pop(0) if self.tokens else ""
        if found != token:
            raise bad_request(f"unable to parse requirement: found '{found}', expected: {words}")


def _is_word(token: str) -> bool:
    return token not in ("=", "==", "!=", "!", "(", ")", ",")


def by_fields(text: str, plural: str) -> Match:
    """Only the fields that the API server indexes; raises Refusal for others."""
    if not text:
        return everything
    known = _FIELDS.get(plural, frozenset()) | {"metadata.name", "metadata.namespace"}
    requirements: list[tuple[tuple[str, ...], str, bool]] = []
    for term in filter(None, text.split(",")):
        field, wanted, equal = _field_term(term, text)
        if field not in known:
            raise bad_request(f"field label not supported: {field}")
        requirements.append((_field_path(field), wanted, equal))
    return lambda obj: all((_field_text(obj, p) == wanted) is equal for p, wanted, equal in requirements)


def _field_term(term: str, text: str) -> tuple[str, str, bool]:
    for operator, equal in (("!=", False), ("==", True), ("=", True)):
        field, found, wanted = term.partition(operator)
        if found:
            return field.strip(), wanted.strip(), equal
    raise bad_request(f"invalid selector: '{text}'; can't understand '{term}'")


def _field_path(field: str) -> tuple[str, ...]:
    if field == "source":
        return ("source", "component")
    return tuple(field.replace("regarding.", "involvedObject.").split("."))


def _field_text(obj: Json, path: tuple[str, ...]) -> str:
    value = dig(obj, *path)
    if value is None:
        return "false" if path[-1] in ("unschedulable", "hostNetwork") else ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
