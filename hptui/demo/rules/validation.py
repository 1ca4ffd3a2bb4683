"""The rules that an object must keep, above all those for Windows HostProcess pods, in the API server's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hptui.demo.objects.plain import Json, dig, name_of
from hptui.demo.objects.refusals import Cause, invalid
from hptui.demo.objects.resources import Resource

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_BAD_USER = '"/\\:;|=,+*?<>@[]'
_BAD_DOMAIN = '\\/:*?"<>|'
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_FIXED = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_FORBIDDEN_HERE = "Forbidden: cannot be set for a windows pod"


def validate(resource: Resource, obj: Json) -> None:
    """Raises Refusal with every cause there is."""
    causes = list(_metadata_causes(obj))
    match resource.kind:
        case "Pod":
            causes += _pod_causes(obj["spec"], "spec")
        case "DaemonSet":
            causes += _daemon_set_causes(obj["spec"])
        case "Job":
            causes += _job_causes(obj["spec"])
    if causes:
        raise invalid(resource.group, resource.kind, name_of(obj), causes)


def validate_pod_update(before: Json, after: Json) -> None:
    """Raises Refusal: little of a pod's spec may change."""
    causes: list[Cause] = []
    was, wanted = before["spec"].get("activeDeadlineSeconds"), after["spec"].get("activeDeadlineSeconds")
    if was is not None and (wanted is None or wanted > was):
        words = "must be less than or equal to previous value"
        causes.append(_wrong("spec.activeDeadlineSeconds", wanted, words))
    if _fixed_part(before["spec"]) != _fixed_part(after["spec"]):
        causes.append(Cause("spec", _FIXED, "FieldValueForbidden"))
    if causes:
        raise invalid("", "Pod", name_of(after), causes)


def _fixed_part(spec: Json) -> Json:
    free = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds")
    fixed = {key: value for key, value in spec.items() if key not in free}
    fixed["containers"] = [{**container, "image": ""} for container in spec.get("containers") or []]
    return fixed


def _wrong(field: str, value: object, words: str) -> Cause:
    shown = json.dumps(value, ensure_ascii=False)
    return Cause(field, f"Invalid value: {shown}: {words}")


def _required(field: str, words: str = "") -> Cause:
    return Cause(field, f"Required value: {words}" if words else "Required value", "FieldValueRequired")


def _metadata_causes(obj: Json) -> Iterator[Cause]:
    name = name_of(obj)
    if not name:
        yield _required("metadata.name", "name or generateName is required")
    elif len(name) > 253 or not _SUBDOMAIN.fullmatch(name):
        yield _wrong("metadata.name", name, _SUBDOMAIN_RULE)
    for value in (dig(obj, "metadata", "labels") or {}).values():
        if len(value) > 63:
            yield _wrong("metadata.labels", value, "must be no more than 63 bytes")
        elif not _LABEL_VALUE.fullmatch(value):
            yield _wrong("metadata.labels", value, _VALUE_RULE)


def _daemon_set_causes(spec: Json) -> list[Cause]:
    wanted = dig(spec, "selector", "matchLabels") or {}
    labels = dig(spec, "template", "metadata", "labels") or {}
    causes: list[Cause] = []
    if not wanted:
        causes.append(_required("spec.selector"))
    elif any(labels.get(key) != value for key, value in wanted.items()):
        causes.append(
            _wrong("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        )
    return causes + list(_pod_causes(spec["template"]["spec"], "spec.template.spec"))


def _job_causes(spec: Json) -> list[Cause]:
    template = spec["template"]["spec"]
    causes = list(_pod_causes(template, "spec.template.spec"))
    if template.get("restartPolicy") == "Always":
        words = 'Unsupported value: "Always": supported values: "OnFailure", "Never"'
        causes.append(Cause("spec.template.spec.restartPolicy", words, "FieldValueNotSupported"))
    return causes


def _pod_causes(spec: Json, path: str) -> Iterator[Cause]:
    """In the order in which the API server's own validation comes upon them."""
    yield from _container_causes(spec, path)
    yield from _windows_causes(spec, path)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= 2147483647:
        yield _wrong(f"{path}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive")
    policy = spec.get("restartPolicy")
    if policy not in ("Always", "OnFailure", "Never"):
        yield Cause(
            f"{path}.restartPolicy",
            f'Unsupported value: {json.dumps(policy)}: supported values: "Always", "Never", "OnFailure"',
            "FieldValueNotSupported",
        )
    match dig(spec, "os", "name"):
        case "linux":
            yield from _linux_only_causes(spec, path)
        case "windows":
            yield from _windows_only_causes(spec, path)


def _container_causes(spec: Json, path: str) -> Iterator[Cause]:
    containers = spec.get("containers") or []
    if not containers:
        yield _required(f"{path}.containers")
    for index, container in enumerate(containers):
        where = f"{path}.containers[{index}]"
        name = container.get("name", "")
        if not name:
            yield _required(f"{where}.name")
        elif len(name) > 63 or not _LABEL.fullmatch(name):
            yield _wrong(f"{where}.name", name, _LABEL_RULE)
        if not container.get("image"):
            yield _required(f"{where}.image")
        context = container.get("securityContext") or {}
        if context.get("privileged") and context.get("allowPrivilegeEscalation") is False:
            words = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            yield Cause(f"{where}.securityContext", f"Invalid value: {_go_context(context)}: {words}")
        yield from _user_causes(
            dig(context, "windowsOptions", "runAsUserName"), f"{where}.securityContext.windowsOptions"
        )


def _go_context(context: Json) -> str:
    names = (
        *("Capabilities", "Privileged", "SELinuxOptions", "WindowsOptions", "RunAsUser", "RunAsGroup"),
        *("RunAsNonRoot", "ReadOnlyRootFilesystem", "AllowPrivilegeEscalation", "ProcMount"),
        *("SeccompProfile", "AppArmorProfile"),
    )
    values = {name: context.get(name[0].lower() + name[1:]) for name in names}
    return json.dumps(values, separators=(",", ":"))


def _windows_causes(spec: Json, path: str) -> Iterator[Cause]:
    """HostProcess: all or none, on the host's network, under an account that can be."""
    pod_level = dig(spec, "securityContext", "windowsOptions", "hostProcess")
    levels: list[bool | None] = []
    for index, container in enumerate(spec.get("containers") or []):
        own = dig(container, "securityContext", "windowsOptions", "hostProcess")
        if own is not None and pod_level is not None and own != pod_level:
            field = f"{path}.containers[{index}].securityContext.windowsOptions.hostProcess"
            words = (
                f"pod hostProcess value must be identical if both are specified, was {json.dumps(pod_level)}"
            )
            yield _wrong(field, own, words)
            return
        levels.append(own if own is not None else pod_level)
    options = dig(spec, "securityContext", "windowsOptions") or {}
    yield from _user_causes(options.get("runAsUserName"), f"{path}.securityContext.windowsOptions")
    if not any(levels):
        return
    if not all(levels):
        words = (
            "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        )
        yield _wrong(path, "", words)
    if not spec.get("hostNetwork"):
        words = "hostNetwork must be true if pod contains any hostProcess containers"
        yield _wrong(f"{path}.hostNetwork", False, words)


def _user_causes(user: str | None, path: str) -> Iterator[Cause]:
    if user is None:
        return
    field = f"{path}.runAsUserName"
    domain, _, name = user.rpartition("\\")
    if not user:
        yield _wrong(field, user, "runAsUserName cannot be an empty string")
    elif any(ord(c) < 32 or ord(c) == 127 for c in user):
        yield _wrong(field, user, "runAsUserName cannot contain control characters")
    elif user.count("\\") > 1:
        yield _wrong(field, user, "runAsUserName cannot contain more than one backslash")
    else:
        yield from _user_part_causes(user, domain, name, field)


def _user_part_causes(user: str, domain: str, name: str, field: str) -> Iterator[Cause]:
    if "\\" in user and not domain:
        yield _wrong(field, user, "runAsUserName's Domain doesn't match the NetBIOS nor the DNS format")
    if len(domain) >= 256:
        yield _wrong(field, user, "runAsUserName's Domain length must be under 256 characters")
    if any(c in _BAD_DOMAIN for c in domain):
        yield _wrong(field, user, "runAsUserName's Domain doesn't match the NetBIOS nor the DNS format")
    if not name:
        yield _wrong(field, user, "runAsUserName's User cannot be empty")
    elif len(name) > 104:
        yield _wrong(field, user, "runAsUserName's User length must not be longer than 104 characters")
    elif not name.strip(". "):
        yield _wrong(field, user, "runAsUserName's User cannot contain only periods or spaces")
    elif any(c in _BAD_USER for c in name):
        yield _wrong(
            field, user, f"runAsUserName's User cannot contain the following characters: {_BAD_USER}"
        )


def _linux_only_causes(spec: Json, path: str) -> Iterator[Cause]:
    words = "Forbidden: windows options cannot be set for a linux pod"
    if dig(spec, "securityContext", "windowsOptions"):
        yield Cause(f"{path}.securityContext.windowsOptions", words, "FieldValueForbidden")
    for index, container in enumerate(spec.get("containers") or []):
        if dig(container, "securityContext", "windowsOptions"):
            where = f"{path}.containers[{index}].securityContext.windowsOptions"
            yield Cause(where, words, "FieldValueForbidden")


def _windows_only_causes(spec: Json, path: str) -> Iterator[Cause]:
    for name in ("hostPID", "hostIPC", "shareProcessNamespace"):
        if spec.get(name):
            yield Cause(f"{path}.{name}", _FORBIDDEN_HERE, "FieldValueForbidden")
    of_pod = (
        "appArmorProfile seLinuxOptions seccompProfile fsGroup fsGroupChangePolicy sysctls runAsUser runAsGroup "
        "supplementalGroups supplementalGroupsPolicy"
    )
    yield from _linux_fields(dig(spec, "securityContext"), of_pod, f"{path}.securityContext")
    of_container = (
        "appArmorProfile seLinuxOptions seccompProfile capabilities readOnlyRootFilesystem privileged "
        "allowPrivilegeEscalation procMount runAsUser runAsGroup"
    )
    for index, container in enumerate(spec.get("containers") or []):
        where = f"{path}.containers[{index}].securityContext"
        yield from _linux_fields(container.get("securityContext"), of_container, where)


def _linux_fields(context: Json | None, names: str, path: str) -> Iterator[Cause]:
    for name in names.split():
        if context and context.get(name) is not None:
            yield Cause(f"{path}.{name}", _FORBIDDEN_HERE, "FieldValueForbidden")
