"""Bodies of requests: JSON or YAML into objects, unknown fields and wrong types found as the API server finds them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hptui.demo.objects.plain import Json
from hptui.demo.objects.refusals import bad_request
from hptui.demo.objects.resources import Resource

_GO_NAMES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}
_GO_TYPES = {str: "string", bool: "bool", int: "int64", list: "[]", dict: "struct"}

_POD_SPEC: dict[str, type] = {
    "activeDeadlineSeconds": int,
    "affinity": dict,
    "automountServiceAccountToken": bool,
    "containers": list,
    "dnsConfig": dict,
    "dnsPolicy": str,
    "enableServiceLinks": bool,
    "ephemeralContainers": list,
    "hostAliases": list,
    "hostIPC": bool,
    "hostNetwork": bool,
    "hostPID": bool,
    "hostUsers": bool,
    "hostname": str,
    "hostnameOverride": str,
    "imagePullSecrets": list,
    "initContainers": list,
    "nodeName": str,
    "nodeSelector": dict,
    "os": dict,
    "overhead": dict,
    "preemptionPolicy": str,
    "priority": int,
    "priorityClassName": str,
    "readinessGates": list,
    "resourceClaims": list,
    "resources": dict,
    "restartPolicy": str,
    "runtimeClassName": str,
    "schedulerName": str,
    "schedulingGates": list,
    "securityContext": dict,
    "serviceAccount": str,
    "serviceAccountName": str,
    "setHostnameAsFQDN": bool,
    "shareProcessNamespace": bool,
    "subdomain": str,
    "terminationGracePeriodSeconds": int,
    "tolerations": list,
    "topologySpreadConstraints": list,
    "volumes": list,
    "workloadRef": dict,
}
_CONTAINER: dict[str, type] = {
    "args": list,
    "command": list,
    "env": list,
    "envFrom": list,
    "image": str,
    "imagePullPolicy": str,
    "lifecycle": dict,
    "livenessProbe": dict,
    "name": str,
    "ports": list,
    "readinessProbe": dict,
    "resizePolicy": list,
    "resources": dict,
    "restartPolicy": str,
    "restartPolicyRules": list,
    "securityContext": dict,
    "startupProbe": dict,
    "stdin": bool,
    "stdinOnce": bool,
    "terminationMessagePath": str,
    "terminationMessagePolicy": str,
    "tty": bool,
    "volumeDevices": list,
    "volumeMounts": list,
    "workingDir": str,
}


@dataclass(slots=True)
class Decoded:
    """An object from a request, with the fields that its kind doesn't have."""

    obj: Json
    unknown: list[str] = field(default_factory=list)

    def warnings(self, validation: str, resource: Resource) -> list[str]:
        """What fieldValidation says of unknown fields. Raises Refusal when it is Strict."""
        if not self.unknown or validation == "Ignore":
            return []
        words = [f'unknown field "{path}"' for path in self.unknown]
        if validation == "Strict":
            head = _cannot(resource)
            raise bad_request(f"{head}: strict decoding error: {', '.join(words)}")
        return words


def decode(body: bytes, resource: Resource, content_type: str = "") -> Decoded:
    """Raises Refusal for what isn't an object of this kind."""
    obj = _parse(body, resource, "yaml" in content_type)
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if kind is None and version is None:
        obj = {"kind": resource.kind, "apiVersion": resource.group_version, **obj}
    elif kind != resource.kind or version != resource.group_version:
        # A kind in another version of the group is told apart from another kind altogether.
        raise bad_request(
            f"the API version in the data ({version}) does not match the expected API version "
            f"({resource.group_version})"
            if kind == resource.kind
            else f"the kind in the data ({kind}) does not match the expected kind ({resource.kind})"
        )
    if not isinstance(obj.get("metadata"), dict):
        obj["metadata"] = {}
    decoded = Decoded(obj)
    _check(decoded, resource)
    return decoded


def _parse(body: bytes, resource: Resource, is_yaml: bool) -> Json:
    head = (
        f"the object provided is unrecognized (must be of type {resource.kind}): couldn't get version/kind; "
    )
    shown = body[:60].decode(errors="replace")
    try:
        found: Any = _load_yaml(body) if is_yaml else json.loads(body or b"{}")
    except json.JSONDecodeError as wrong:
        ended = wrong.pos >= len(body.rstrip())
        why = (
            "unexpected end of JSON input"
            if ended
            else f"invalid character '{shown[wrong.pos : wrong.pos + 1]}'"
        )
        raise bad_request(f"{head}json parse error: {why} ({shown})") from wrong
    except ValueError as wrong:
        raise bad_request(f"{head}yaml parse error: {wrong}") from wrong
    if not isinstance(found, dict):
        raise bad_request(
            f"{head}json parse error: json: cannot unmarshal {_GO_NAMES.get(type(found), 'null')}"
        )
    return found


def _load_yaml(body: bytes) -> Any:
    import yaml

    try:
        return yaml.safe_load(body)
    except yaml.YAMLError as wrong:
        raise ValueError(str(wrong)) from wrong


def _cannot(resource: Resource) -> str:
    return f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'


def _check(decoded: Decoded, resource: Resource) -> None:
    match resource.kind:
        case "Pod":
            _check_pod_spec(decoded, decoded.obj.setdefault("spec", {}), "spec", resource)
        case "DaemonSet" | "Job":
            spec = decoded.obj.setdefault("spec", {})
            template = spec.setdefault("template", {})
            _check_pod_spec(decoded, template.setdefault("spec", {}), "spec.template.spec", resource)


def _check_pod_spec(decoded: Decoded, spec: Json, path: str, resource: Resource) -> None:
    _check_fields(decoded, spec, path, _POD_SPEC, "PodSpec", resource)
    for index, container in enumerate(spec.get("containers") or []):
        if not isinstance(container, dict):
            raise bad_request(
                f"{_cannot(resource)}: json: cannot unmarshal into Go struct field {path}.containers"
            )
        _check_fields(decoded, container, f"{path}.containers[{index}]", _CONTAINER, "Container", resource)


def _check_fields(
    decoded: Decoded, part: Json, path: str, known: dict[str, type], struct: str, resource: Resource
) -> None:
    for key, value in list(part.items()):
        wanted = known.get(key)
        if wanted is None:
            decoded.unknown.append(f"{path}.{key}")
            del part[key]
        elif value is not None and (
            not isinstance(value, wanted) or (wanted is int and isinstance(value, bool))
        ):
            # Go's decoder names the field by its path without the list's indexes.
            plain = path.partition("[")[0]
            raise bad_request(
                f"{_cannot(resource)}: json: cannot unmarshal {_GO_NAMES.get(type(value), 'null')} into Go struct "
                f"field {struct}.{plain}.{key} of type {_GO_TYPES[wanted]}"
            )
