"""The program as it is installed, against a simulated cluster that is a process of its own; both seen from outside."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.tmux import Terminal, terminal

LIMIT = 30.0  # seconds until a condition must hold
NODE = "akswin22000001"
GROUP = 3  # the dialog's fourth choice
PROGRAM = [sys.executable, "-m", "hptui"]
FOR_LONG = ("powershell", "-Command", "Start-Sleep 600")

Cluster = dict[str, Any]


# The simulated cluster


def ask(
    cluster: Cluster, path: str, body: dict[str, object] | None = None, *, method: str | None = None
) -> dict[str, Any]:
    """A request of the cluster's admin; a POST where there is a body."""
    request = urllib.request.Request(
        cluster["server"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + cluster["token"], "Content-Type": "application/json"},
    )
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def break_(cluster: Cluster, **faults: object) -> None:
    """Set the simulated cluster's faults."""
    ask(cluster, "/demo/faults", faults)


def do(cluster: Cluster, what: str, argument: str = "") -> Any:
    """One of the things that happen to a cluster."""
    return ask(cluster, "/demo/do", {"what": what, "argument": argument}).get("result")


def pods(cluster: Cluster) -> list[str]:
    """What the API server has of hptui's pods."""
    return [pod["metadata"]["name"] for pod in whole_pods(cluster)]


def whole_pods(cluster: Cluster) -> list[dict[str, Any]]:
    selector = "app.kubernetes.io%2Fmanaged-by%3Dhptui"
    found: list[dict[str, Any]] = ask(cluster, f"/api/v1/pods?labelSelector={selector}")["items"]
    return found


def count(cluster: Cluster, what: str) -> int:
    """What the simulated cluster has seen or has open of this."""
    found: int = ask(cluster, "/demo/counts")[what]
    return found


# Programs


def environment_of(cluster: Cluster, home: Path) -> dict[str, str]:
    """Away from the settings and the cluster of whoever runs the tests."""
    return {
        "KUBECONFIG": cluster["kubeconfig"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def start(
    cluster: Cluster, home: Path, *, more: Mapping[str, str] | None = None, **size: int
) -> AbstractContextManager[Terminal]:
    """The screen, in a terminal; `more` is added to its environment."""
    environment = {**environment_of(cluster, home), "COLORTERM": "truecolor", **(more or {})}
    return terminal(PROGRAM, environment=environment, **size)


def to_node(screen: Terminal) -> None:
    """The cursor on NODE."""
    screen.sees(NODE, "live")
    screen.send("/")
    screen.type(NODE)
    screen.until(lambda: "akswin19000000" not in screen.text(), "the filter")


def to_prompt(screen: Terminal, *, account: int = 0) -> None:
    """From the nodes to a shell on NODE, by the dialog; as a group it is Administrators."""
    to_node(screen)
    screen.send("Enter")
    screen.sees("Open a session on", "✓ allowed")
    screen.send(*["Down"] * account, "Enter")
    if account == GROUP:
        screen.sees("name of a local group")
        screen.type("Administrators")
    screen.sees("PS C:\\")


def run(
    cluster: Cluster, home: Path, *command: str, settings: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """`hptui` with these words. Its stderr ends when its guardian does, which holds it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HPTUI_", "KUBE"))}
    return subprocess.Popen(
        [*PROGRAM, *command],
        env={**environment, **environment_of(cluster, home), **(settings or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def running(
    cluster: Cluster, home: Path, *, node: str = NODE, settings: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """`hptui exec` with a command that goes on for long, from when its pod is there."""
    process = run(cluster, home, "exec", node, "--", *FOR_LONG, settings=settings)
    until(lambda: pods(cluster), "its pod")
    return process


def journal(home: Path) -> list[Path]:
    """The files in which it stands what may be left."""
    return list((home / "state" / "hptui" / "journal").glob("*"))


# Processes


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def program_of(screen: Terminal) -> int:
    """The process of the program in it."""
    return children(screen.pid)[0]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)  # between two looks at a condition with a limit
