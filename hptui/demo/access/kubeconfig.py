"""The kubeconfig that opens the simulated cluster, for kubectl as for hptui."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path

from hptui.demo.objects.plain import Json

CONTEXT = "hptui-demo"
NAMESPACE = "hptui"


def kubeconfig(server: str, authority: bytes, tokens: Mapping[str, str], namespace: str = NAMESPACE) -> Json:
    """One context for each user; the first is current and is called just `hptui-demo`."""
    contexts: list[Json] = []
    for index, user in enumerate(tokens):
        name = CONTEXT if index == 0 else f"{CONTEXT}-{user}"
        contexts.append(
            {"name": name, "context": {"cluster": CONTEXT, "user": f"demo-{user}", "namespace": namespace}}
        )
    cluster: Json = {
        "server": server,
        "certificate-authority-data": base64.b64encode(authority).decode(),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": f"demo-{user}", "user": {"token": token}} for user, token in tokens.items()],
        "contexts": contexts,
        "current-context": CONTEXT,
        "preferences": {},
    }


def write_kubeconfig(path: Path, config: Json) -> None:
    """Readable by its owner only; JSON is YAML."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
        file.write("\n")
