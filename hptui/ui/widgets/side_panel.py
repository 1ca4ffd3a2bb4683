"""Beside the terminal: the pod's log, its events, usage over time and the pod's facts, each kept up to date by itself."""

from __future__ import annotations

import asyncio
from contextlib import closing

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TabbedContent, TabPane

from hptui.cluster.port import Cluster
from hptui.errors import HptuiError, NotFoundError, UnavailableError
from hptui.hostprocess.manifest import CONTAINER
from hptui.hostprocess.session import Session
from hptui.ui.widgets.events_panel import EventsPanel
from hptui.ui.widgets.log_panel import LogPanel
from hptui.ui.widgets.pod_panel import PodPanel
from hptui.ui.widgets.usage_panel import UsagePanel


class SidePanel(Vertical):
    """Starts to follow once the session has a pod."""

    DEFAULT_CSS = """
    SidePanel TabbedContent { height: 1fr; }
    SidePanel TabPane { padding: 0; height: 1fr; }
    SidePanel ContentSwitcher { height: 1fr; }
    """

    def __init__(self, session: Session, cluster: Cluster, log_tail: int, usage_interval: float) -> None:
        super().__init__()
        self.session = session
        self.cluster = cluster
        self._log_tail = log_tail
        self._usage_interval = usage_interval
        self._following = False

    def compose(self) -> ComposeResult:
        with TabbedContent():
            with TabPane("Logs", id="logs"):
                yield LogPanel()
            with TabPane("Events", id="events"):
                yield EventsPanel()
            with TabPane("Usage", id="usage"):
                yield UsagePanel()
            with TabPane("Pod", id="pod"):
                yield PodPanel()

    def show_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    def session_changed(self) -> None:
        """The session has told of a change; the first with a pod starts everything."""
        pod = self.session.pod
        if pod is None or not self.is_mounted:
            return
        self.query_one(PodPanel).show(pod, self.session.warnings)
        if not self._following:
            self._following = True
            self._follow_log()
            self._follow_events(pod.uid)
            self._poll_usage()

    @work(group="log", exclusive=True)
    async def _follow_log(self) -> None:
        panel = self.query_one(LogPanel)
        spec = self.session.spec
        stream = self.cluster.follow_log(
            spec.namespace, spec.pod_name, container=CONTAINER, tail=self._log_tail
        )
        try:
            with closing(stream):
                async for update in stream:
                    panel.apply(update)
        except HptuiError as error:
            panel.fail(error)

    @work(group="events", exclusive=True)
    async def _follow_events(self, uid: str) -> None:
        panel = self.query_one(EventsPanel)
        spec = self.session.spec
        try:
            with closing(self.cluster.watch_events(spec.namespace, name=spec.pod_name, uid=uid)) as stream:
                async for update in stream:
                    panel.apply(update)
        except HptuiError as error:
            panel.fail(error)

    @work(group="usage", exclusive=True)
    async def _poll_usage(self) -> None:
        panel = self.query_one(UsagePanel)
        spec = self.session.spec
        while True:
            pod = node = None
            try:
                node = (await self.cluster.node_usage()).get(spec.node)
                pod = await self.cluster.pod_usage(spec.namespace, spec.pod_name)
            except NotFoundError:
                if node is None:
                    panel.say(
                        "The metrics server has no sample of this pod yet; the first takes up to a minute."
                    )
            except UnavailableError as error:
                panel.fail(error)
            except HptuiError as error:
                panel.fail(error)
                return
            if pod is not None or node is not None:
                panel.apply(pod, node, self._usage_interval)
            await asyncio.sleep(self._usage_interval)
