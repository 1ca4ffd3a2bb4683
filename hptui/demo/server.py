"""`python -m hptui.demo.server`: the simulated cluster as a process of its own.

Writes one line of JSON to stdout when it is ready: server, token, kubeconfig and the names of the contexts. Ends when its
stdin closes, so that it never outlives who started it; also on SIGTERM, SIGINT and SIGHUP.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from hptui.demo.process import HostProcess, ProcessIO, ProcessRequest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hptui.demo.server", description=__doc__)
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the kubeconfig in DIR")
    parser.add_argument("--nodes", type=int, default=0, metavar="N", help="N more Windows nodes, for loads")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME=VALUE", help="a fault from the start on"
    )
    parser.add_argument("--brisk", action="store_true", help="no waiting, and nothing happens by itself")
    parser.add_argument(
        "--ready-fd", type=int, metavar="FD", help="write the ready line there, not to stdout"
    )
    parser.add_argument(
        "--stay", action="store_true", help="don't end when stdin closes (for a person at a terminal)"
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        asyncio.run(_serve(options))
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


async def _serve(options: argparse.Namespace) -> None:
    from hptui.demo.cluster import SimulatedCluster
    from hptui.demo.pace import Pace, brisk

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        # Windows has no signal handlers on the loop; there the closing stdin ends the server.
        with contextlib.suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), ended.set)
    cluster = SimulatedCluster(
        pace=brisk() if options.brisk else Pace(),
        extra_nodes=options.nodes,
        folder=options.state,
        starter=_start_process,
    )
    cluster.faults.update(dict(fault.split("=", 1) for fault in options.fault))
    async with cluster:
        if not options.stay:
            _end_with_stdin(loop, ended)
        ready = {
            "server": cluster.server,
            "token": cluster.token,
            "kubeconfig": str(cluster.kubeconfig),
            "users": list(cluster.tokens),
        }
        _tell(options.ready_fd, json.dumps(ready) + "\n")
        # A third of the start is the Windows side, and the first thing that a client asks for is never a process.
        await asyncio.to_thread(_import_windows)
        await ended.wait()


def _import_windows() -> None:
    import hptui.demo.host.start  # noqa: F401


def _start_process(request: ProcessRequest, io: ProcessIO) -> HostProcess:
    """As hptui.demo.host.start.start_process, which is imported by now or waited for."""
    from hptui.demo.host.start import start_process

    return start_process(request, io)


def _tell(descriptor: int | None, line: str) -> None:
    if descriptor is None:
        sys.stdout.write(line)
        sys.stdout.flush()
    else:
        os.write(descriptor, line.encode())


def _end_with_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """A daemon thread: reading a pipe on the loop doesn't work everywhere, and a blocked read must not hold the exit."""
    import threading

    def wait() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, name="stdin", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
