"""Credentials of the tests: a plugin that does what a test says, and tokens that say when they end."""

from __future__ import annotations

import base64
import datetime
import json
import sys
from pathlib import Path
from typing import Any

API = "client.authentication.k8s.io/v1"


class Plugin:
    """A credential plugin that does what a test says, and counts its runs."""

    def __init__(self, directory: Path) -> None:
        self.file = directory / "plugin.py"
        self._runs = directory / "runs"

    def does(self, body: str) -> dict[str, Any]:
        head = f"import json, os, sys, time\nopen({str(self._runs)!r}, 'a').write('run\\n')\n"
        self.file.write_text(head + body)
        return {"exec": {"apiVersion": API, "command": sys.executable, "args": [str(self.file)]}}

    def gives(self, **answer: str) -> dict[str, Any]:
        credential = {"apiVersion": API, "kind": "ExecCredential", "status": answer}
        return self.does(f"print({json.dumps(json.dumps(credential))})\n")

    @property
    def runs(self) -> int:
        return self._runs.read_text().count("run") if self._runs.exists() else 0


def in_seconds(seconds: float) -> str:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def jwt(**claims: Any) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "x"])
