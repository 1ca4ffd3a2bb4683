"""Registries and images: what can be pulled onto which node, and how a pull fails."""

from __future__ import annotations

import hashlib
import re

from hptui.demo.objects.plain import Json, dig

_KNOWN = ("mcr.microsoft.com/", "registry.k8s.io/", "registry.example.com/team/", "docker.io/library/")
_PRIVATE = "registry.example.com/private/"
_BUILDS = (
    (re.compile(r"1809|ltsc2019"), "10.0.17763"),
    (re.compile(r"ltsc2022"), "10.0.20348"),
    (re.compile(r"ltsc2025"), "10.0.26100"),
)
_SIZE = 123_456_789
_ADDRESS = "203.0.113.17"
"""Of every registry: from a range that is kept for examples."""


def size_of(image: str) -> int:
    """In bytes."""
    return 8_192 if "host-process-containers-base-image" in image else _SIZE


def image_id(image: str) -> str:
    """The repository with a digest, as the runtime reports it."""
    repository = image.rpartition(":")[0] if ":" in image.rpartition("/")[2] else image
    return f"{repository}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def present(image: str, node: Json) -> bool:
    return any(image in found.get("names", ()) for found in dig(node, "status", "images") or ())


def entry_point(image: str) -> list[str]:
    """What runs when a container names no command."""
    return ["pwsh.exe"] if "/powershell:" in image else []


def pull_error(image: str, node: Json, pod: Json, fault: str = "ok") -> str:
    """The runtime's words when the pull fails; empty when it works. `fault` as in Faults.pulls."""
    if fault == "failing":
        return (
            f'rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "{image}": failed to resolve '
            f'reference "{image}": failed to do request: Head "{_manifest_url(image)}": '
            f"dial tcp {_ADDRESS}:443: i/o timeout"
        )
    head = f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
    if image.startswith(_PRIVATE) and not dig(pod, "spec", "imagePullSecrets"):
        return (
            f'rpc error: code = Unknown desc = failed to pull and unpack image "{image}": failed to resolve reference '
            f'"{image}": pull access denied, repository does not exist or may require authorization: '
            "authorization failed: no basic auth credentials"
        )
    if fault == "missing" or not image.startswith((*_KNOWN, _PRIVATE)):
        return head + f'failed to resolve reference "{image}": {image}: not found'
    kernel = str(dig(node, "status", "nodeInfo", "kernelVersion") or "")
    is_windows = dig(node, "status", "nodeInfo", "operatingSystem") == "windows"
    for pattern, build in _BUILDS:
        if pattern.search(image) and not (is_windows and kernel.startswith(build)):
            return head + "no match for platform in manifest: not found"
    return ""


def _manifest_url(image: str) -> str:
    """Where the runtime asks what a reference means; names without a host are Docker Hub's."""
    name, _, digest = image.partition("@")
    host, _, path = name.partition("/")
    if not path or not ("." in host or ":" in host or host == "localhost"):
        host, path = "docker.io", name if path else f"library/{name}"
    repository, _, tag = path.partition(":")
    registry = "registry-1.docker.io" if host == "docker.io" else host
    return f"https://{registry}/v2/{repository}/manifests/{digest or tag or 'latest'}"
