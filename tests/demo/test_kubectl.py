"""kubectl works against the simulated cluster as against any other."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import shutil
import struct
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from hptui.demo.cluster import SimulatedCluster
from tests.demo.conftest import Json
from tests.demo.recorded import exchanges
from tests.demo.rig import add_rig_users, make_rig, pod, until

_KUBECTL = shutil.which("kubectl")
_LIMIT = 30.0  # seconds

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(_KUBECTL is None, reason="kubectl is not installed here"),
]


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(slots=True)
class Kubectl:
    """kubectl with a home of its own."""

    cluster: SimulatedCluster
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
        }

    async def start(self, *arguments: str, **streams: object) -> asyncio.subprocess.Process:
        assert _KUBECTL is not None
        return await asyncio.create_subprocess_exec(
            _KUBECTL,
            *arguments,
            env=self.environment,
            **streams,  # type: ignore[arg-type]
        )

    async def run(self, *arguments: str, stdin: str = "") -> Ran:
        pipe = asyncio.subprocess.PIPE
        process = await self.start(*arguments, stdin=pipe, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), _LIMIT)
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())

    async def good(self, *arguments: str, stdin: str = "") -> str:
        """What it printed; it must have succeeded."""
        ran = await self.run(*arguments, stdin=stdin)
        assert ran.code == 0, f"{arguments}: {ran.err or ran.out}"
        return ran.out

    async def pod(self, name: str, *command: str, **spec: object) -> None:
        """Create it and wait until it is ready."""
        await self.good("apply", "-f", "-", stdin=json.dumps(pod(name, *command, **spec)))
        await self.good("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=20s")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kubectl(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kubectl]:
    async with make_rig() as cluster:
        add_rig_users(cluster)
        yield Kubectl(cluster, tmp_path_factory.mktemp("home"))


async def test_it_lists_nodes(kubectl: Kubectl) -> None:
    table = await kubectl.good("get", "nodes")
    assert table.splitlines()[0].split() == ["NAME", "STATUS", "ROLES", "AGE", "VERSION"]
    assert "win-2022-07   Ready,SchedulingDisabled" in table
    wide = await kubectl.good("get", "nodes", "-o", "wide", "-l", "kubernetes.io/os=windows")
    assert len(wide.splitlines()) == 9
    assert "Windows Server 2025 Datacenter" in wide
    found = json.loads(await kubectl.good("get", "node", "win-2022-01", "-o", "json"))
    assert found["status"]["nodeInfo"]["kernelVersion"] == "10.0.20348.2700"


async def test_it_describes_nodes_and_pods(kubectl: Kubectl) -> None:
    await kubectl.pod("described")
    node = await kubectl.good("describe", "node", "win-2022-01")
    assert "Kernel Version:             10.0.20348.2700" in node
    assert "described" in node
    told = await kubectl.good("describe", "pod", "described")
    assert "Container started" in told
    assert "Node:             win-2022-01/" in told


async def test_it_creates_with_every_command_that_makes_pods(kubectl: Kubectl) -> None:
    manifest = json.dumps(pod("made"))
    assert await kubectl.good("apply", "-f", "-", stdin=manifest) == "pod/made created\n"
    assert await kubectl.good("apply", "-f", "-", stdin=manifest) == "pod/made unchanged\n"
    changed = pod("made")
    changed["metadata"]["labels"]["more"] = "yes"
    assert await kubectl.good("apply", "-f", "-", stdin=json.dumps(changed)) == "pod/made configured\n"
    server = await kubectl.good("apply", "--server-side", "-f", "-", stdin=json.dumps(pod("sided")))
    assert server == "pod/sided serverside-applied\n"
    await kubectl.good("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod("dry")))
    assert (await kubectl.run("get", "pod", "dry")).code == 1


async def test_it_tells_what_the_server_refuses(kubectl: Kubectl) -> None:
    wrong = pod("wrong", hostNetwork=False)
    ran = await kubectl.run("apply", "-f", "-", stdin=json.dumps(wrong))
    assert ran.code == 1
    assert "hostNetwork must be true if pod contains any hostProcess containers" in ran.err
    unknown: Json = pod("wrong")
    unknown["spec"]["nosuchField"] = 1
    ran = await kubectl.run("apply", "-f", "-", stdin=json.dumps(unknown))
    assert ran.code == 1
    assert 'unknown field "spec.nosuchField"' in ran.err


async def test_it_lists_pods_in_every_form(kubectl: Kubectl) -> None:
    await kubectl.pod("listed")
    assert "listed" in await kubectl.good("get", "pods", "-o", "wide")
    names = await kubectl.good("get", "pods", "-l", "app=hpc", "-o", "name")
    assert "pod/listed" in names.splitlines()
    by_node = await kubectl.good("get", "pods", "-A", "--field-selector", "spec.nodeName=win-2022-01")
    assert "listed" in by_node
    assert "PodScheduled" in await kubectl.good("get", "pod", "listed", "-o", "yaml")
    paged = await kubectl.good("get", "nodes", "--chunk-size=3", "-o", "name")
    assert len(paged.splitlines()) == 10


async def test_it_watches(kubectl: Kubectl) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await kubectl.start("get", "pods", "-w", "--output-watch-events", stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    try:
        await until(lambda: kubectl.cluster.counts.watches_open)
        await kubectl.pod("watched")
        seen = ""
        async with asyncio.timeout(_LIMIT):
            while not ("watched" in seen and "Running" in seen.rpartition("watched")[2]):
                seen += (await process.stdout.readline()).decode()
    finally:
        process.terminate()
        await process.communicate()
    assert "ContainerCreating" in seen


async def test_it_shows_and_follows_logs(kubectl: Kubectl) -> None:
    await kubectl.pod("talking", "beat", "0.02")
    await until(lambda: _lines_logged(kubectl, "talking") >= 3)
    tail = await kubectl.good("logs", "talking", "--tail=2")
    assert len(tail.splitlines()) == 2
    process = await kubectl.start("logs", "-f", "--timestamps", "talking", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    lines = [await asyncio.wait_for(process.stdout.readline(), _LIMIT) for _ in range(8)]
    await kubectl.good("delete", "pod", "talking", "--grace-period=0", "--force")
    await asyncio.wait_for(process.communicate(), _LIMIT)
    assert process.returncode == 0
    assert b"heartbeat 1 of talking on win-2022-01" in lines[0]


def _lines_logged(kubectl: Kubectl, name: str) -> int:
    found = next(p for p in kubectl.cluster.pods("hptui") if p["metadata"]["name"] == name)
    return kubectl.cluster.world.containers.of(found, "shell")[-1].log.end


async def test_it_runs_commands_and_gives_their_exit_codes(kubectl: Kubectl) -> None:
    await kubectl.pod("shell")
    assert await kubectl.good("exec", "shell", "--", "whoami") == "nt authority\\system\r\n"
    assert (await kubectl.run("exec", "shell", "--", "powershell.exe", "-Command", "exit 3")).code == 3
    ran = await kubectl.run("exec", "shell", "--", "nosuch.exe")
    assert ran.code == 1
    assert "is not recognized" in ran.err
    apart = await kubectl.run("exec", "shell", "--", "sh")
    assert (apart.out, "to-stderr" in apart.err) == ("to-stdout\n", True)


async def test_it_pipes_into_a_command(kubectl: Kubectl) -> None:
    await kubectl.pod("piped")
    text = "Grüße, 世界\n" * 2000
    assert await kubectl.good("exec", "-i", "piped", "--", "cat", stdin=text) == text


async def test_it_opens_a_terminal(kubectl: Kubectl) -> None:
    await kubectl.pod("terminal")
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    os.set_blocking(primary, False)
    command = ("exec", "-it", "terminal", "--", "powershell.exe", "-NoLogo")
    process = await kubectl.start(*command, stdin=secondary, stdout=secondary, stderr=secondary)
    os.close(secondary)
    screen = bytearray()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(OSError):
            screen.extend(os.read(primary, 65536))

    loop.add_reader(primary, read)
    try:
        await until(lambda: b"PS C:\\> " in screen)
        os.write(primary, b"size\r")
        await until(lambda: b"100 x 30" in screen)
        os.write(primary, b"exit 7\r")
        assert await asyncio.wait_for(process.wait(), _LIMIT) == 7
    finally:
        loop.remove_reader(primary)
        os.close(primary)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_it_attaches_to_the_first_process(kubectl: Kubectl) -> None:
    await kubectl.pod("attached", "beat", "0.02")
    process = await kubectl.start(
        "attach", "attached", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), _LIMIT)
    await kubectl.good("delete", "pod", "attached", "--grace-period=0", "--force")
    await asyncio.wait_for(process.communicate(), _LIMIT)
    assert line.endswith(b"of attached on win-2022-01\n")


async def test_it_runs_jobs_and_waits_for_them(kubectl: Kubectl) -> None:
    job = exchanges("job")["create-one-fails"]["request"]["body"]
    container = job["spec"]["template"]["spec"]["containers"][0]
    quick = json.loads(json.dumps(job).replace(json.dumps(container["command"]), '["cmd", "/c", "exit 0"]'))
    await kubectl.good("apply", "-f", "-", stdin=json.dumps(quick))
    await kubectl.good("wait", "--for=condition=Complete", "job/hpc-fail", "--timeout=20s")
    assert "2/2" in await kubectl.good("get", "jobs")
    await kubectl.good("delete", "job", "hpc-fail")


async def test_it_shows_usage(kubectl: Kubectl) -> None:
    await kubectl.pod("busy")
    nodes = await kubectl.good("top", "nodes")
    assert "win-2022-01" in nodes
    assert "win-2022-04" not in [line.split()[0] for line in nodes.splitlines() if "<unknown>" not in line]
    assert "busy" in await kubectl.good("top", "pods")


async def test_it_asks_about_rights(kubectl: Kubectl) -> None:
    assert await kubectl.good("auth", "can-i", "create", "pods/exec") == "yes\n"
    denied = await kubectl.run("auth", "can-i", "create", "pods", "--as", "viewer")
    assert (denied.code, denied.out) == (1, "no\n")
    listed = await kubectl.good("auth", "can-i", "--list", "--as", "operator")
    assert "pods/exec" in listed
    whoami = await kubectl.good("--context", "hptui-demo-operator", "auth", "whoami")
    assert "operators" in whoami


async def test_it_cordons_and_the_taint_follows(kubectl: Kubectl) -> None:
    await kubectl.good("cordon", "win-2022-06")
    await until(lambda: "node.kubernetes.io/unschedulable" in _taints(kubectl, "win-2022-06"))
    await kubectl.good("uncordon", "win-2022-06")
    await until(lambda: "node.kubernetes.io/unschedulable" not in _taints(kubectl, "win-2022-06"))


def _taints(kubectl: Kubectl, name: str) -> str:
    node = next(n for n in kubectl.cluster.nodes() if n["metadata"]["name"] == name)
    return str(node["spec"].get("taints"))


async def test_it_labels_deletes_and_waits(kubectl: Kubectl) -> None:
    await kubectl.pod("doomed")
    await kubectl.good("label", "pod", "doomed", "fate=sealed")
    assert await kubectl.good("delete", "pods", "-l", "fate=sealed") == 'pod "doomed" deleted\n'
    assert "NotFound" in (await kubectl.run("get", "pod", "doomed")).err


async def test_it_applies_a_daemon_set(kubectl: Kubectl) -> None:
    manifest = json.dumps(exchanges("daemonset")["create"]["request"]["body"])
    await kubectl.good("apply", "-f", "-", stdin=manifest)
    await until(lambda: "privileged-daemonset" in str(kubectl.cluster.pods("hptui")))
    assert "privileged-daemonset" in await kubectl.good("get", "ds")
    await kubectl.good("delete", "ds", "privileged-daemonset")
    await until(lambda: "privileged-daemonset" not in str(kubectl.cluster.pods("hptui")))
