"""`hptui demo`: the same screen on a simulated cluster that lives and dies with it; with --serve only the cluster."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hptui.cli.connecting import Connector, connector
from hptui.cli.options import Connection, connection_options

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster
    from hptui.demo.launch import Demo
    from hptui.settings import Settings


@click.command("demo")
@click.option("--serve", is_flag=True, help="Only the cluster, for kubectl and others, until Ctrl+C.")
@click.option(
    "--fault",
    "faults",
    metavar="NAME=VALUE",
    multiple=True,
    help="Something that goes wrong on purpose, as in pulls=failing; may be repeated. There are latency (s), "
    "bandwidth (bytes/s), refuse_next (requests), refuse_code, retry_after (s), exec_chunk (bytes), "
    "metrics (absent, down, gone), pulls (failing, missing), delete (stuck), create (hang, timeout) and "
    "exec (refused, silent).",
)
@click.option("--nodes", type=click.IntRange(0, 20_000), default=0, help="So many more Windows nodes.")
@connection_options
def demo_command(serve: bool, faults: tuple[str, ...], nodes: int, connection: Connection) -> int:
    """The screen on a simulated cluster; nothing in it is real, and nothing of it remains."""
    loaded = connection.load_settings()
    options = [*(part for fault in faults for part in ("--fault", fault)), "--nodes", str(nodes)]
    if serve:
        from hptui.cli.running import run_cancellable

        return run_cancellable(lambda: _serve(options))

    demo = BackgroundDemo(options)
    try:
        # The cluster's process starts while this one imports the screen.
        demo.begin()
        from hptui.cli.screen import run_screen

        return run_screen(_connector(demo, connection, loaded.settings), loaded, demo=True)
    finally:
        demo.stop()


def _connector(demo: BackgroundDemo, connection: Connection, settings: Settings) -> Connector:
    async def connect() -> Cluster:
        from hptui.cluster.connect import warm_up

        _, running = await asyncio.gather(warm_up(), demo.started())
        kubeconfig = str(running.kubeconfig)
        return await connector(replace(connection, kubeconfig=kubeconfig), settings)()

    return connect


class BackgroundDemo:
    """The simulated cluster's process, on a loop of its own: it outlives the screen's, which still needs it at its end."""

    def __init__(self, options: list[str]) -> None:
        self._options = options
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._demo: Future[Demo] | None = None

    def begin(self) -> None:
        """Start it, once, without waiting."""
        if self._demo is None:
            self._demo = self._start()

    async def started(self) -> Demo:
        """The running cluster; started where it isn't yet. Raises ScreenError."""
        from hptui.demo.launch import DemoFailed
        from hptui.errors import ScreenError

        self.begin()
        assert self._demo is not None
        try:
            return await asyncio.shield(asyncio.wrap_future(self._demo))
        except DemoFailed as error:
            self.stop()
            raise ScreenError(str(error), title="The simulated cluster did not start") from error

    def _start(self) -> Future[Demo]:
        from hptui.demo.launch import start_demo

        loop = asyncio.new_event_loop()
        self._loop = loop
        self._thread = threading.Thread(target=loop.run_forever, name="hptui demo", daemon=True)
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(start_demo(self._options), loop)

    def stop(self) -> None:
        """End it, and the thread; idempotent."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None or self._demo is None:
            return
        asyncio.run_coroutine_threadsafe(_stop(self._demo), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()
        self._demo = None


async def _stop(starting: Future[Demo]) -> None:
    starting.cancel()
    try:
        demo = await asyncio.wrap_future(starting)
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - told where it was waited for, or not wanted any more
        # A start that was cancelled ends its process first.
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
        return
    await demo.stop()


async def _serve(options: list[str]) -> int:
    from hptui.demo.launch import DemoFailed, start_demo
    from hptui.errors import ScreenError

    try:
        demo = await start_demo(options)
    except DemoFailed as error:
        raise ScreenError(str(error), title="The simulated cluster did not start") from error
    try:
        click.echo(f"export KUBECONFIG={demo.kubeconfig}")
        click.echo(
            f"The simulated cluster serves {demo.server} until Ctrl+C. In another shell, after the line above:\n"
            "  kubectl get nodes\n  hptui nodes\n  hptui exec akswin22000000 -- whoami",
            err=True,
        )
        await demo.process.wait()
        return 1  # it ended by itself
    finally:
        await demo.stop()
